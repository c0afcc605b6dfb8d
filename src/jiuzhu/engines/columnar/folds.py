"""What the certain rows of each subject come to: one pass over stretches of rows, which stand in the order of their subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import calendar, steps
from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.engines.columnar.expressions import evaluate
from jiuzhu.engines.columnar.values import (
    Flag,
    Index,
    Mask,
    Number,
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
ZERO = ("count", "sum", "distinct", "run")  # what these come to over no rows is nought; over none the others have no value
_BITS = 64
_ONE_ROW = ("latest", "first", "since")


@dataclass(frozen=True)
class Rows:
    """Rows that stand or may stand. owner: the subject of each, ascending; after `few` numbered among those who have any."""

    scope: RowScope
    owner: Array
    doubtful: Mask

    def few(self) -> tuple[Index, Rows]:
        """The subjects that have any of these rows, and the rows with those alone as their owners."""
        subjects, owner = steps.numbered(self.owner)
        return subjects, replace(self, owner=owner)

    def only(self, keep: Array) -> Rows:
        left = np.flatnonzero(keep)
        if len(left) == len(self.owner):
            return self
        return Rows(self.scope.only(left), self.owner[left], taken(self.doubtful, left))


@dataclass(frozen=True)
class Found:
    """What the certain rows of some subjects come to.

    subjects: ascending (or a slice: all there are). value: nought where not `there`. open_cell: a cell that counts is unknown.
    bounded: with `each`, where every group has a bound; without, everywhere.
    """

    subjects: Any
    value: Array
    there: Array
    open_cell: Mask = False
    bounded: Mask = True
    bounded_in_doubt: Mask = True


# --- stretches -------------------------------------------------------------------------------------------------------


def starts(owner: Array) -> Index:
    """Where each stretch of equal numbers begins."""
    return np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))


def _fold(which: Any, values: Array, begin: Index) -> Array:
    folded: Array = which.reduceat(values, begin)
    return folded


def worked(given: tree.RowInput, rows: Rows) -> Found:
    """Over certain rows only."""
    if not given.each:
        return _of_each(given, rows, rows.owner)
    order, group, owners = steps.grouped(rows.owner, _keys(given.each, rows))
    return _kept(given, _of_each(given, Rows(rows.scope.only(order), rows.owner[order], False), group), owners)


def _of_each(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    """One value for each stretch of equal owners."""
    found: Found = _ONE[given.aggregate](given, rows, owner)
    return found


def _keys(columns: Sequence[str], rows: Rows) -> Array:
    """A number for each row that tells it from those with other cells; an empty cell is one of its own."""
    keys, size = np.zeros(len(rows.owner), np.int64), 1
    for column in columns:
        cells, empty = rows.scope.bare(column, None)
        low, room = int(cells.min()), int(cells.max()) - int(cells.min()) + 2
        if size * room >= 2**62:
            keys, size = _numbered(keys, cells, empty), len(keys)
            continue
        mine = cells.astype(np.int64) - (low - 1)
        keys = keys * room + (mine if empty is None else np.where(empty, 0, mine))
        size *= room
    return keys


def _numbered(group: Array, cells: Array, empty: Array | None) -> Array:
    """Numbers for pairs of a group and a cell that keep the order of the groups."""
    found, cell = np.unique(cells, return_inverse=True)
    cell = cell + 1
    if empty is not None:
        cell = np.where(empty, 0, cell)
    return np.unique(group * (len(found) + 1) + cell, return_inverse=True)[1]


def _kept(given: tree.RowInput, found: Found, owners: Array) -> Found:
    """The greatest, least or sum of the groups."""
    owner = owners[found.subjects]
    begin = starts(owner)
    value, there = found.value.astype(np.int64), found.there
    if given.aggregate in ZERO:
        there = np.ones(len(there), bool)
    fold: Any = {"max": np.maximum, "min": np.minimum, "sum": np.add}[given.keep]
    worst = {"max": np.iinfo(np.int64).min, "min": np.iinfo(np.int64).max, "sum": 0}[given.keep]
    any_there = _fold(np.logical_or, there, begin)
    folded = np.where(any_there, _fold(fold, np.where(there, value, worst), begin), 0)
    open_cell = spread(found.open_cell, len(owner))
    if given.aggregate in _ONE_ROW:  # a known winner stands beside unknown ones
        open_cell = open_cell & ~there
    lacking = ~there
    return Found(
        owner[begin],
        folded,
        any_there,
        _fold(np.logical_or, open_cell, begin),
        ~_fold(np.logical_or, lacking & open_cell, begin),
        ~_fold(np.logical_or, lacking, begin),
    )


# --- the aggregates --------------------------------------------------------------------------------------------------


def _values(given: tree.RowInput, rows: Rows) -> tuple[Array, Mask, Mask]:
    """The value of each row, where there is one that is known, and where it is unknown."""
    assert given.value is not None
    value = evaluate(given.value, rows.scope)
    whole = spread(value.true if isinstance(value, Flag) else value.whole, len(rows.owner))
    return whole, negated(either(value.unknown, value.none)), value.unknown


def _any_in(mark: Mask, owner: Array, begin: Index) -> Mask:
    return False if mark is False else _fold(np.logical_or, spread(mark, len(owner)), begin)


def _count(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    subjects, value = steps.counted(owner)
    return Found(subjects, value, np.ones(len(subjects), bool))


def _sum(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    return _folded("sum", *_values(given, rows), owner)


def _folded(which: str, whole: Array, known: Mask, unknown: Mask, owner: Array) -> Found:
    """Sum, greatest or least of the known values of each subject; whole numbers without end where a sum runs over 64 bits."""
    if steps.pays(owner, whole):
        found = steps.folded(which, whole, known, unknown, owner)
        if found is not None:
            return Found(*found)
    begin = starts(owner)
    known = spread(known, len(owner), bool)
    fold: Any = {"sum": np.add, "max": np.maximum, "min": np.minimum}[which]
    worst = {"sum": 0, "max": np.iinfo(np.int64).min, "min": np.iinfo(np.int64).max}[which]
    whole = np.where(known, whole if whole.dtype == object else whole.astype(np.int64), worst)
    if which == "sum" and whole.dtype != object and int(np.abs(whole).max()) > 2**62 // len(whole):
        whole = whole.astype(object)
    there = _fold(np.logical_or, known, begin)
    return Found(owner[begin], np.where(there, _fold(fold, whole, begin), 0), there, _any_in(unknown, owner, begin))


def _outermost(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    whole, known, unknown = _values(given, rows)
    return _extreme(given.aggregate, whole, known, unknown, owner, _texts(given, rows))


def _texts(given: tree.RowInput, rows: Rows) -> Any:
    """The words, where values are texts: they are compared as such."""
    return rows.scope.words if given.type.kind == "text" else None


def _extreme(which: str, whole: Array, known: Mask, unknown: Mask, owner: Array, words: Any) -> Found:
    if words is None:
        return _folded(which, whole, known, unknown, owner)
    found = _folded(which, words.ranks(whole), known, unknown, owner)
    return replace(found, value=np.where(found.there, words.of_ranks(found.value.astype(np.intp)), 0))


def _at(given: tree.RowInput, rows: Rows) -> Array:
    name = given.at or rows.scope.outer.world.catalogue.datasets[given.dataset].at
    return rows.scope.bare(name, None)[0]


def _of_one_row(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    """At the last (or first) `at` the greatest value; an unknown one goes before none."""
    whole, known, unknown = _values(given, rows)
    words = _texts(given, rows)
    if words is not None:
        whole = words.ranks(whole)
    latest = given.aggregate == "latest"
    found = _at_end(latest, _at(given, rows), whole, known, unknown, owner)
    if words is None:
        return found
    return replace(found, value=np.where(found.there, words.of_ranks(found.value.astype(np.intp)), 0))


def _at_end(latest: bool, at: Array, whole: Array, known: Mask, unknown: Mask, owner: Array) -> Found:
    if steps.pays(owner, whole):
        return Found(*steps.of_last(latest, at, whole, known, unknown, owner))
    begin = starts(owner)
    end = _fold(np.maximum if latest else np.minimum, at, begin)
    wins = np.flatnonzero(at == np.repeat(end, np.diff(np.append(begin, len(owner)))))
    found = _folded("max", whole[wins], taken(known, wins), taken(unknown, wins), owner[wins])
    return replace(found, open_cell=both(found.open_cell, ~found.there))


def _since(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    """Of the row that was sent last, then the greater record id."""
    assert isinstance(given.value, tree.Name)
    scope = rows.scope
    sent, unsent = scope.bare("data_date", None)
    sent = sent.astype(np.int64) if unsent is None else np.where(unsent, np.iinfo(np.int64).min, sent)
    record = scope.columns.record_ranks(scope.dataset)[scope.rows]
    order = np.lexsort((record, sent, owner))
    begin = starts(owner)
    last = order[np.append(begin[1:], len(owner)) - 1]
    value, empty = scope.bare(f"{given.value.name}__since", None)
    there = np.ones(len(begin), bool) if empty is None else ~empty[last]
    return Found(owner[begin], np.where(there, value[last], 0).astype(np.int64), there, ~there)


def _distinct(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    if len(given.columns) == 1:
        cells, empty = rows.scope.bare(given.columns[0], None)
        if int(cells.max()) - int(cells.min()) < _BITS:
            return _distinct_of_few(cells, empty, owner)
    full = np.ones(len(owner), bool)
    pair = owner.astype(np.int64)
    for column in given.columns:
        cells, empty = rows.scope.bare(column, None)
        full &= True if empty is None else ~empty
        pair = _numbered(pair, cells, empty)
    begin = starts(owner)
    new = np.zeros(len(owner), bool)
    kept = np.flatnonzero(full)
    new[kept[np.unique(pair[kept], return_index=True)[1]]] = True
    return Found(owner[begin], _fold(np.add, new.astype(np.int64), begin), np.ones(len(begin), bool))


def _distinct_of_few(cells: Array, empty: Array | None, owner: Array) -> Found:
    """Of values that lie close together (months), one bit each."""
    if steps.pays(owner):
        subjects, value = steps.different(cells, empty, owner)
        return Found(subjects, value, np.ones(len(subjects), bool))
    bits = np.left_shift(np.uint64(1), (cells - cells.min()).astype(np.uint64))
    if empty is not None:
        bits[empty] = 0
    begin = starts(owner)
    value = np.bitwise_count(_fold(np.bitwise_or, bits, begin)).astype(np.int64)
    return Found(owner[begin], value, np.ones(len(begin), bool))


def _run(given: tree.RowInput, rows: Rows, owner: Array) -> Found:
    """The length of the stretch that ends last: it begins where no earlier row reaches, and nothing begins after it."""
    scope = rows.scope
    dataset = scope.outer.world.catalogue.datasets[given.dataset]
    at = scope.cell(given.at or dataset.at, None)
    assert isinstance(at, Number)
    today = calendar.step(Number(day_number(scope.outer.world.moment.as_of), kind="date"), given.run)
    first = spread(calendar.step(at, given.run), len(owner)).astype(np.int64)
    last = first
    open_end: Mask = False
    if given.until:
        until = scope.cell(given.until, None)
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
    return Found(subjects, value, np.ones(len(subjects), bool), _any_in(open_end, owner, begin))


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


def newest_of(given: tree.RowInput, rows: Rows) -> Array:
    """Only rows at the so many newest different `at`; one whose `at` is empty stays in doubt."""
    name = given.at or rows.scope.outer.world.catalogue.datasets[given.dataset].at
    cells, empty = rows.scope.bare(name, None)
    return steps.newest(cells, empty, rows.owner, given.newest)


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
