"""Makes one value a subject of the rows that count; how doubts meet an aggregate is said in the reference engine's `aggregates.py`.

Rows stand in the order of their subjects, so that every aggregate is one pass over stretches of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import calendar
from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.engines.columnar.expressions import evaluate
from jiuzhu.engines.columnar.values import (
    Flag,
    Index,
    Mask,
    Number,
    Value,
    Whole,
    both,
    chosen,
    either,
    negated,
    spread,
    taken,
)
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.row_inputs import RowScope

Array = npt.NDArray[Any]
_ZERO = ("count", "sum", "distinct", "run")  # what these come to over no rows is nought; over none the others have no value
_BITS = 64
_ONE_ROW = ("latest", "first", "since")


@dataclass(frozen=True)
class Rows:
    """Rows that stand or may stand. at: their numbers in `scope` (None: all of it). owner: the subject of each, ascending."""

    scope: RowScope
    at: Index | None
    owner: Array
    doubtful: Mask

    def few(self) -> tuple[Index, Rows]:
        """The subjects that have any of these rows, and the rows with those alone as their owners."""
        begin = starts(self.owner)
        owner = np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(self.owner))))
        return self.owner[begin], replace(self, owner=owner)

    def only(self, keep: Array) -> Rows:
        left = np.flatnonzero(keep)
        if len(left) == len(self.owner):
            return self
        return Rows(self.scope, left if self.at is None else self.at[left], self.owner[left], taken(self.doubtful, left))


@dataclass(frozen=True)
class _Found:
    """What the certain rows of some subjects come to.

    subjects: ascending. value: nought where not `there`. open_cell: a cell that counts is unknown.
    bounded: with `each`, where every group has a bound; without, everywhere.
    """

    subjects: Array
    value: Array
    there: Array
    open_cell: Mask = False
    bounded: Mask = True
    bounded_in_doubt: Mask = True


@dataclass(frozen=True)
class _Kind:
    kind: str = "number"
    scale: int = 0
    is_flag: bool = False


def answer(given: tree.RowInput, rows: Rows | None, count: int, covered: Mask, lasting: Mask, unknown: Mask) -> Value:
    """covered: nothing is missing. lasting: certain rows stand whatever is missing. unknown: the input as a whole is not known."""
    doubt = either(unknown, negated(covered))
    if rows is not None and given.newest:
        rows = rows.only(_newest(given, rows))
    if rows is not None and rows.doubtful is not False:
        some = np.zeros(count, bool)
        some[rows.owner[spread(rows.doubtful, len(rows.owner))]] = True
        doubt = either(doubt, some)
        rows = rows.only(~spread(rows.doubtful, len(rows.owner)))
    if rows is not None and not len(rows.owner):
        rows = None
    if given.aggregate == "exists":
        return _exists(rows, count, doubt, lasting, unknown)
    kind = _kind(given, rows)
    if rows is None:
        return _over_none(given, kind, doubt, lasting, unknown)
    return _spread(given, kind, _worked(given, rows, kind), count, doubt, lasting, unknown)


def _exists(rows: Rows | None, count: int, doubt: Mask, lasting: Mask, unknown: Mask) -> Flag:
    there: Mask = False
    if rows is not None:
        there = np.zeros(count, bool)
        there[rows.owner] = True
    true = both(there, either(lasting, negated(doubt)), negated(unknown))
    return Flag(true, both(doubt, negated(true)))


def _kind(given: tree.RowInput, rows: Rows | None) -> _Kind:
    if given.aggregate == "since":
        return _Kind("date")
    if given.value is None or given.aggregate in ("count", "distinct", "run"):
        return _Kind()
    if rows is None:
        return _Kind(given.type.kind, given.type.scale, given.type.kind == "flag")
    value = evaluate(given.value, rows.scope, np.empty(0, np.intp))
    return _Kind("flag", 0, True) if isinstance(value, Flag) else _Kind(value.kind, value.scale)


def _over_none(given: tree.RowInput, kind: _Kind, doubt: Mask, lasting: Mask, unknown: Mask) -> Value:
    """Nobody asked about has a row."""
    none = negated(doubt)
    if kind.is_flag:
        return Flag(False, doubt, none)
    if given.aggregate not in _ZERO:
        return Number(0, doubt, none, kind.scale, kind.kind)
    floored = both(doubt, lasting, negated(unknown)) if _bounds(given, kind) else False
    return Number(0, doubt, False, kind.scale, kind.kind, 0, floored)


def _bounds(given: tree.RowInput, kind: _Kind) -> bool:
    """Whether the certain rows bound the whole from below."""
    bounded = {"count": True, "distinct": True, "sum": given.non_negative, "max": given.non_negative}
    return bounded.get(given.aggregate, False) and not given.newest and kind.kind == "number"


def _spread(given: tree.RowInput, kind: _Kind, found: _Found, count: int, doubt: Mask, lasting: Mask, unknown: Mask) -> Value:
    """The answers of those who have rows, among those who have none."""
    at = found.subjects
    value = np.zeros(count, found.value.dtype)
    value[at] = found.value
    there = np.zeros(count, bool)
    there[at] = found.there
    open_value = doubt
    if found.open_cell is not False:
        cells = np.zeros(count, bool)
        cells[at] = found.open_cell
        open_value = either(doubt, cells)
    none: Mask = False if given.aggregate in _ZERO else both(~there, negated(open_value))
    if kind.is_flag:
        return Flag(both(value > 0, negated(open_value)), open_value, none)
    floor: Whole = 0
    floored: Mask = False
    if _bounds(given, kind) and open_value is not False:
        floored = _floored(given, found, there, count, doubt)
        floored = both(floored, open_value, lasting, negated(unknown))
        floor = value
    return Number(value, open_value, none, kind.scale, kind.kind, floor, floored)


def _floored(given: tree.RowInput, found: _Found, there: Array, count: int, doubt: Mask) -> Mask:
    if not given.each:
        return True if given.aggregate in _ZERO else there
    if given.keep == "min":
        return ~there if given.aggregate in _ZERO else False
    parts = []
    for mark in (found.bounded_in_doubt, found.bounded):
        whole = np.zeros(count, bool)
        whole[found.subjects] = mark
        parts.append(whole & there)
    groups = chosen(doubt, *parts)
    return either(groups, ~there) if given.aggregate in _ZERO else groups


# --- stretches -------------------------------------------------------------------------------------------------------


def starts(owner: Array) -> Index:
    """Where each stretch of equal numbers begins."""
    return np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))


def _fold(which: Any, values: Array, begin: Index) -> Array:
    folded: Array = which.reduceat(values, begin)
    return folded


def _worked(given: tree.RowInput, rows: Rows, kind: _Kind) -> _Found:
    """Over certain rows only."""
    if not given.each:
        return _of_each(given, rows, rows.owner)
    group, owners = _groups(given, rows)
    order = np.argsort(group, kind="stable")
    sorted_rows = Rows(rows.scope, _rows_at(rows)[order], rows.owner[order], False)
    return _kept(given, _of_each(given, sorted_rows, group[order]), owners)


def _of_each(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    """One value for each stretch of equal owners."""
    found: _Found = _ONE[given.aggregate](given, rows, owner)
    return found


def _rows_at(rows: Rows) -> Index:
    return np.arange(len(rows.owner)) if rows.at is None else rows.at


def _groups(given: tree.RowInput, rows: Rows) -> tuple[Array, Array]:
    """The group of each row, numbered by subject, and the subject of each group; an empty cell makes a group of its own."""
    group = rows.owner.astype(np.int64)
    for column in given.each:
        group = _numbered(group, *rows.scope.bare(column, rows.at))
    owners = np.empty(int(group.max()) + 1, np.int64)
    owners[group] = rows.owner
    return group, owners


def _numbered(group: Array, cells: Array, empty: Array | None) -> Array:
    """Numbers for pairs of a group and a cell that keep the order of the groups."""
    found, cell = np.unique(cells, return_inverse=True)
    cell = cell + 1
    if empty is not None:
        cell = np.where(empty, 0, cell)
    return np.unique(group * (len(found) + 1) + cell, return_inverse=True)[1]


def _kept(given: tree.RowInput, found: _Found, owners: Array) -> _Found:
    """The greatest, least or sum of the groups."""
    owner = owners[found.subjects]
    begin = starts(owner)
    value, there = found.value.astype(np.int64), found.there
    if given.aggregate in _ZERO:
        there = np.ones(len(there), bool)
    fold: Any = {"max": np.maximum, "min": np.minimum, "sum": np.add}[given.keep]
    worst = {"max": np.iinfo(np.int64).min, "min": np.iinfo(np.int64).max, "sum": 0}[given.keep]
    any_there = _fold(np.logical_or, there, begin)
    folded = np.where(any_there, _fold(fold, np.where(there, value, worst), begin), 0)
    open_cell = spread(found.open_cell, len(owner))
    if given.aggregate in _ONE_ROW:  # a known winner stands beside unknown ones
        open_cell = open_cell & ~there
    lacking = ~there
    return _Found(
        owner[begin],
        folded,
        any_there,
        _fold(np.logical_or, open_cell, begin),
        ~_fold(np.logical_or, lacking & open_cell, begin),
        ~_fold(np.logical_or, lacking, begin),
    )


# --- the aggregates --------------------------------------------------------------------------------------------------


def _values(given: tree.RowInput, rows: Rows) -> tuple[Array, Array, Mask]:
    """The value of each row, where there is one that is known, and where it is unknown."""
    assert given.value is not None
    value = evaluate(given.value, rows.scope, rows.at)
    count = len(rows.owner)
    whole = spread(value.true if isinstance(value, Flag) else value.whole, count)
    if whole.dtype != object:
        whole = whole.astype(np.int64)
    known = spread(negated(either(value.unknown, value.none)), count)
    return whole, known, value.unknown


def _any_in(mark: Mask, owner: Array, begin: Index) -> Mask:
    return False if mark is False else _fold(np.logical_or, spread(mark, len(owner)), begin)


def _count(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    begin = starts(owner)
    counted = np.diff(np.append(begin, len(owner)))
    return _Found(owner[begin], counted, np.ones(len(begin), bool))


def _sum(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    whole, known, unknown = _values(given, rows)
    begin = starts(owner)
    whole = np.where(known, whole, 0)
    if whole.dtype != object and len(whole) and int(np.abs(whole).max()) > 2**62 // len(whole):
        whole = whole.astype(object)  # the sum may run over 64 bits
    there = _fold(np.logical_or, known, begin)
    return _Found(owner[begin], _fold(np.add, whole, begin), there, _any_in(unknown, owner, begin))


def _outermost(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    whole, known, unknown = _values(given, rows)
    return _extreme(given.aggregate, whole, known, unknown, owner, _texts(given, rows))


def _texts(given: tree.RowInput, rows: Rows) -> Any:
    """The words, where values are texts: they are compared as such."""
    return rows.scope.words if given.type.kind == "text" else None


def _extreme(which: str, whole: Array, known: Array, unknown: Mask, owner: Array, words: Any) -> _Found:
    begin = starts(owner)
    if words is not None:
        whole = words.ranks(whole)
    kind = whole.dtype if whole.dtype == object else np.int64
    worst = np.iinfo(np.int64).min if which == "max" else np.iinfo(np.int64).max
    folded = _fold(np.maximum if which == "max" else np.minimum, np.where(known, whole, worst).astype(kind), begin)
    there = _fold(np.logical_or, known, begin)
    folded = np.where(there, folded, 0)
    if words is not None:
        folded = np.where(there, words.of_ranks(folded.astype(np.intp)), 0)
    return _Found(owner[begin], folded, there, _any_in(unknown, owner, begin))


def _at(given: tree.RowInput, rows: Rows) -> Array:
    name = given.at or rows.scope.outer.world.catalogue.datasets[given.dataset].at
    return rows.scope.bare(name, rows.at)[0].astype(np.int64)


def _of_one_row(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    """At the last (or first) `at` the greatest value; an unknown one goes before none."""
    at = _at(given, rows)
    begin = starts(owner)
    end = _fold(np.maximum if given.aggregate == "latest" else np.minimum, at, begin)
    wins = np.flatnonzero(at == np.repeat(end, np.diff(np.append(begin, len(owner)))))
    whole, known, unknown = _values(given, rows)
    found = _extreme("max", whole[wins], known[wins], taken(unknown, wins), owner[wins], _texts(given, rows))
    return replace(found, open_cell=both(found.open_cell, ~found.there))


def _since(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    """Of the row that was sent last, then the greater record id."""
    assert isinstance(given.value, tree.Name)
    scope = rows.scope
    sent, unsent = scope.bare("data_date", rows.at)
    sent = sent.astype(np.int64) if unsent is None else np.where(unsent, np.iinfo(np.int64).min, sent)
    record = scope.columns.record_ranks(scope.dataset)[scope.number(rows.at)]
    order = np.lexsort((record, sent, owner))
    begin = starts(owner)
    last = order[np.append(begin[1:], len(owner)) - 1]
    value, empty = scope.bare(f"{given.value.name}__since", rows.at)
    there = np.ones(len(begin), bool) if empty is None else ~empty[last]
    return _Found(owner[begin], np.where(there, value[last], 0).astype(np.int64), there, ~there)


def _distinct(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    if len(given.columns) == 1:
        cells, empty = rows.scope.bare(given.columns[0], rows.at)
        if int(cells.max()) - int(cells.min()) < _BITS:
            return _distinct_of_few(cells, empty, owner)
    full = np.ones(len(owner), bool)
    pair = owner.astype(np.int64)
    for column in given.columns:
        cells, empty = rows.scope.bare(column, rows.at)
        full &= True if empty is None else ~empty
        pair = _numbered(pair, cells, empty)
    begin = starts(owner)
    new = np.zeros(len(owner), bool)
    kept = np.flatnonzero(full)
    new[kept[np.unique(pair[kept], return_index=True)[1]]] = True
    return _Found(owner[begin], _fold(np.add, new.astype(np.int64), begin), np.ones(len(begin), bool))


def _distinct_of_few(cells: Array, empty: Array | None, owner: Array) -> _Found:
    """Of values that lie close together (months), one bit each."""
    begin = starts(owner)
    bits = np.left_shift(np.uint64(1), (cells - cells.min()).astype(np.uint64))
    if empty is not None:
        bits[empty] = 0
    different = np.bitwise_count(_fold(np.bitwise_or, bits, begin)).astype(np.int64)
    return _Found(owner[begin], different, np.ones(len(begin), bool))


def _run(given: tree.RowInput, rows: Rows, owner: Array) -> _Found:
    """The length of the stretch that ends last: it begins where no earlier row reaches, and nothing begins after it."""
    scope = rows.scope
    dataset = scope.outer.world.catalogue.datasets[given.dataset]
    at = scope.cell(given.at or dataset.at, rows.at)
    assert isinstance(at, Number)
    today = calendar.step(Number(day_number(scope.outer.world.moment.as_of), kind="date"), given.run)
    first = spread(calendar.step(at, given.run), len(owner)).astype(np.int64)
    last = first
    open_end: Mask = False
    if given.until:
        until = scope.cell(given.until, rows.at)
        assert isinstance(until, Number)
        open_end = until.unknown
        last = spread(chosen(until.none, today, calendar.step(until, given.run)), len(owner)).astype(np.int64)
    last = np.minimum(last, today)
    begin = starts(owner)
    filled = np.flatnonzero(both(first <= last, negated(open_end)))
    subjects = owner[begin]
    value = np.zeros(len(subjects), np.int64)
    if len(filled):
        value[:] = _last_run(owner[filled], first[filled], last[filled], subjects)
    return _Found(subjects, value, np.ones(len(subjects), bool), _any_in(open_end, owner, begin))


def _last_run(owner: Array, first: Array, last: Array, subjects: Array) -> Array:
    order = np.lexsort((last, first, owner))
    owner, first, last = owner[order], first[order], last[order]
    slot = np.searchsorted(subjects, owner)
    # Each subject's days lie above those of the subject before it, so that one running maximum serves all.
    room = int(last.max()) - int(first.min()) + 2
    lift = slot * room
    reached = np.maximum.accumulate(last + lift)
    new = np.concatenate([[True], first[1:] + lift[1:] > reached[:-1] + 1])
    new |= np.concatenate([[True], owner[1:] != owner[:-1]])
    began = np.maximum.accumulate(np.where(new, np.arange(len(owner)), 0))
    end = np.append(np.flatnonzero(owner[1:] != owner[:-1]), len(owner) - 1)
    length = np.zeros(len(subjects), np.int64)
    length[slot[end]] = reached[end] - lift[end] - first[began[end]] + 1
    return length


def _newest(given: tree.RowInput, rows: Rows) -> Array:
    """Only rows at the so many newest different `at`; one whose `at` is empty stays in doubt."""
    name = given.at or rows.scope.outer.world.catalogue.datasets[given.dataset].at
    cells, empty = rows.scope.bare(name, rows.at)
    never = np.iinfo(np.int64).min
    at = cells.astype(np.int64)
    keep = np.zeros(len(at), bool)
    if empty is not None:
        keep |= empty
        at[empty] = never
    begin = starts(rows.owner)
    size = np.diff(np.append(begin, len(at)))
    for _ in range(given.newest):
        last = np.repeat(_fold(np.maximum, at, begin), size)
        found = (at == last) & (at != never)
        keep |= found
        at[found] = never
    return keep


_ONE: dict[str, Any] = {
    "count": _count,
    "sum": _sum,
    "max": _outermost,
    "min": _outermost,
    "latest": _of_one_row,
    "first": _of_one_row,
    "since": _since,
    "distinct": _distinct,
    "run": _run,
}
