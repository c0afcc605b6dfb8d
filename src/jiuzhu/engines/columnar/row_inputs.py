"""An input over rows: which rows of each subject count, certainly or perhaps, and what may be missing.

How rows, doubts and windows meet is said in the reference engine's `rows.py`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import calendar, steps
from jiuzhu.engines.columnar.aggregates import answer, answer_of_few
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.columnar.expressions import flag
from jiuzhu.engines.columnar.folds import Rows
from jiuzhu.engines.columnar.rare import Rare
from jiuzhu.engines.columnar.sieves import ENDLESS, Sieve, passing, sieve
from jiuzhu.engines.columnar.values import Index, Mask, Number, Value, both, either, mask, negated, taken
from jiuzhu.engines.windows import Stretch, stretch
from jiuzhu.rules import tree
from jiuzhu.rules.parameters import ancestors, trimmed

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.scopes import Scope

Whole = npt.NDArray[Any]
_NEEDS_AT = ("latest", "first", "run")


def row_input(given: tree.RowInput, scope: Scope) -> Value | Rare:
    """The value of `given` for the subjects of `scope`."""
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[given.dataset]
    if dataset.keyed == "division" and not given.by and group.count and scope.by_place(given):
        # One subject of each class of places answers for all of them; where all live in one class, once for the whole base.
        if len(group.classes) == 1:
            key = "by place", scope.key(given.name), group.classes[0]
            return world.places.kept(key, lambda: _worked(given, scope.of(group.one_each()))).take(group.class_of)
        if group.count > len(group.classes):
            return _worked(given, scope.of(group.one_each())).take(group.class_of)
    return _worked(given, scope)


def _worked(given: tree.RowInput, scope: Scope) -> Value | Rare:
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[given.dataset]
    spans = _Spans(given, scope)
    after = scope.named(given.after) if given.after else None
    open_bound = after.unknown if after is not None else False
    covered = both(spans.covered(), group.authorised() if dataset.authorised_only else True)
    if dataset.keyed == "division" and not given.by:
        found = _of_divisions(given, scope, spans, after)
    else:
        rows, owner = group.rows(given.dataset, given.by)
        found = _counted(given, RowScope(scope, given.dataset, rows, owner), spans, after)
    lasting = True if dataset.rows != "state" else covered
    unknown = either(spans.unset, open_bound)
    if found is not None and isinstance(covered, bool) and isinstance(unknown, bool):
        return answer_of_few(given, found, group.count, covered, lasting, unknown)
    return answer(given, found, group.count, covered, lasting, unknown)


class RowScope:
    """Rows of one dataset beside the subjects they belong to. rows: a slice or row numbers. owner: the subject of each, ascending.

    depth: of rows of divisions, how many divisions above its subject's own each speaks of.
    """

    def __init__(self, outer: Scope, dataset: str, rows: Any, owner: Whole, depth: Whole | None = None) -> None:
        self.outer = outer
        self.dataset = dataset
        self.rows = rows
        self.owner = owner
        self.depth = depth
        self.columns = outer.world.columns
        self.words = outer.words

    def table(self, code: str) -> tree.Table:
        return self.outer.table(code)

    def resolve(self, name: tree.Name, at: Index | None) -> Value:
        if name.source == "column":
            return self.cell(name.name, at)
        return self.outer.resolve(name, self.owner if at is None else self.owner[at])

    def number(self, at: Index | None) -> Any:
        """The rows of the table that these are."""
        if at is None:
            return self.rows
        return at + self.rows.start if isinstance(self.rows, slice) else self.rows[at]

    def only(self, at: Index) -> RowScope:
        """Some of these rows."""
        depth = None if self.depth is None else self.depth[at]
        return RowScope(self.outer, self.dataset, self.number(at), self.owner[at], depth)

    def cell(self, name: str, at: Index | None) -> Value:
        return self.columns.value(self.dataset, name, self.number(at))

    def bare(self, name: str, at: Index | None) -> tuple[Whole, npt.NDArray[np.bool_] | None]:
        return self.columns.bare(self.dataset, name, self.number(at))


def _counted(given: tree.RowInput, rows: RowScope, spans: _Spans, after: Value | None) -> Rows | None:
    """The rows that stand or may stand; None where there are none. Each condition is asked only of rows that those before it left."""
    if not len(rows.owner):
        return None
    doubtful: Mask = False
    if given.window is not None or given.after or given.newest or given.aggregate in _NEEDS_AT:
        rows, doubtful = _in_time(given, rows, spans, after)
    parts = given.where.of if isinstance(given.where, tree.Both) else () if given.where is None else (given.where,)
    for part in parts:
        if not len(rows.owner):
            break
        bounds = sieve(part, rows) if len(rows.owner) >= steps.MANY else None
        if bounds is not None:
            rows, doubtful = _sifted(rows, bounds, doubtful)
        else:
            found = flag(part, rows)
            rows, doubtful = _left(rows, either(found.true, found.unknown), either(doubtful, found.unknown))
    return Rows(rows, rows.owner, doubtful) if len(rows.owner) else None


def _left(rows: RowScope, keep: Mask, doubtful: Mask) -> tuple[RowScope, Mask]:
    if keep is True:
        return rows, doubtful
    left = np.flatnonzero(keep) if isinstance(keep, np.ndarray) else np.empty(0, np.intp)
    if len(left) == len(rows.owner):
        return rows, doubtful
    return rows.only(left), taken(doubtful, left)


def _sifted(rows: RowScope, bounds: Sieve, doubtful: Mask) -> tuple[RowScope, Mask]:
    cells, empty = rows.bare(bounds.column, None)
    open_ones = rows.columns.column_of(rows.dataset, bounds.column).empty == "unknown"
    left = passing(cells, empty, bounds, open_ones=open_ones or bounds.empty_too)
    if empty is not None and open_ones:
        doubtful = either(taken(doubtful, left) if left is not None else doubtful, empty if left is None else empty[left])
    elif left is not None:
        doubtful = taken(doubtful, left)
    return rows if left is None else rows.only(left), doubtful


def _in_time(given: tree.RowInput, rows: RowScope, spans: _Spans, after: Value | None) -> tuple[RowScope, Mask]:
    """The rows whose `at` lies in the window and after the bound; an empty `at` leaves them in doubt, or out."""
    dataset = rows.outer.world.catalogue.datasets[given.dataset]
    name = given.at or dataset.at
    told = rows.columns.column_of(given.dataset, name)
    if len(rows.owner) >= steps.MANY and after is None:
        bounds = spans.sieve(name, told.type.kind)
        if bounds is not None:
            return _sifted(rows, bounds, False)
    at = rows.cell(name, None)
    assert isinstance(at, Number)
    holds = spans.holds(at, told.holds, rows.owner)
    if after is not None:
        bound = after.take(rows.owner)
        assert isinstance(bound, Number)
        mine, yours = calendar.in_one_measure(at, bound)
        holds = both(holds, mask(mine > yours), negated(bound.none))
    keep = either(at.unknown, both(holds, negated(at.none), negated(at.unknown)))
    return _left(rows, keep, at.unknown)


# --- windows ---------------------------------------------------------------------------------------------------------


class _Spans:
    """The window of an input in each class of places the group lives in.

    sizes: number and shift, where they are parameters: asked for each class of places of the subject around; None: not set.
    """

    def __init__(self, given: tree.RowInput, scope: Scope) -> None:
        self.given, self.scope = given, scope
        self.world, self.group = scope.world, scope.group
        window = given.window
        self.sizes: list[tuple[int, int] | None] | None = None
        if window is not None and (isinstance(window.number, str) or isinstance(window.shift, str)):
            self.sizes = [self._size(window, one) for one in scope.outermost().group.classes]

    def _size(self, window: tree.Window, of: int) -> tuple[int, int] | None:
        numbers: list[int] = []
        for part in (window.number, window.shift):
            if isinstance(part, str):
                given = self.scope.parameter(part)
                found = self.world.places.parameter(given.owner, given.parameter, of)
                if found is None:
                    return None
                part = int(found)
            numbers.append(part)
        return numbers[0], numbers[1]

    def _size_of(self) -> Whole:
        """Which of `sizes` each subject has."""
        outer = self.scope.outermost()
        return outer.group.class_of if outer is self.scope else outer.group.class_of[self.scope.owner_in_outermost()]

    @property
    def unset(self) -> Mask:
        """Where a number of the window is not set."""
        if self.sizes is None:
            return False
        unset = [size is None for size in self.sizes]
        return np.array(unset)[self._size_of()] if any(unset) else False

    @cached_property
    def pairs(self) -> tuple[list[tuple[int, tuple[int, int]]], Whole | None]:
        """The different (class of places, size of the window), and which of them each subject has; None: there is but one."""
        group, window = self.group, self.given.window
        assert window is not None
        if self.sizes is None:
            assert isinstance(window.number, int)
            assert isinstance(window.shift, int)
            size = (window.number, window.shift)
            return [(one, size) for one in group.classes], None if len(group.classes) < 2 else group.class_of
        sizes = [size or (0, 0) for size in self.sizes]
        if len(sizes) < 2 and len(group.classes) < 2:
            return [(one, size) for one in group.classes for size in sizes], None
        if self.scope.outermost() is self.scope:
            return list(zip(group.classes, sizes, strict=True)), group.class_of
        found, index = np.unique(group.class_of * len(sizes) + self._size_of(), return_inverse=True)
        return [(group.classes[one // len(sizes)], sizes[one % len(sizes)]) for one in found.tolist()], index

    def _stretch(self, of: int, size: tuple[int, int]) -> Stretch:
        given, world = self.given, self.world
        window = given.window
        assert window is not None
        column = world.columns.column_of(given.dataset, given.at or world.catalogue.datasets[given.dataset].at)
        coverage, place = world.base.coverage, world.places.of[of]
        held = {"closed months": coverage.months, "closed quarters": coverage.quarters}.get(window.measure)

        def work() -> Stretch:
            delivered = tuple(held.get((given.dataset, place), ())) if held is not None else ()
            return stretch(window, *size, column.holds, world.moment, delivered)

        return world.places.kept((given.dataset, column.name, window, size, of if held is not None else -1), work)

    def covered(self) -> Mask:
        """Where nothing is missing over the window."""
        places, dataset = self.world.places, self.given.dataset
        if self.given.window is None:
            return self.group.flag_by_place(lambda of: places.known(dataset, of, None, None))
        found, index = self.pairs
        answers = []
        for of, size in found:
            span = self._stretch(of, size).span
            answers.append(span is not None and places.known(dataset, of, *span))
        if all(answers) and answers:
            return True
        return np.array(answers)[index] if any(answers) and index is not None else False

    def sieve(self, column: str, kind: str) -> Sieve | None:
        """The window as bounds of its column, where it is the same for all; without a window every cell that is not empty counts."""
        if self.given.window is None:
            return Sieve(column, -ENDLESS, ENDLESS)
        stretches = {id(one): one for one in (self._stretch(*pair) for pair in self.pairs[0])}  # each is worked out once
        if len(stretches) != 1:
            return None
        (one,) = stretches.values()
        measure = {"closed months": "month", "closed quarters": "quarter"}.get(self.given.window.measure)
        if measure is None:
            low, high = (calendar.day_number(one.low), calendar.day_number(one.high)) if kind == "date" else (one.low, one.high)
            return Sieve(column, low, high)
        if kind != measure or not one.periods:
            return None
        return Sieve(column, one.periods[-1], one.periods[0], tuple(one.periods))

    def holds(self, at: Number, holds: str, owner: Whole) -> Mask:
        """Whether a known `at` lies inside the window of the row's subject."""
        if self.given.window is None:
            return True
        found, index = self.pairs
        closed = self.given.window.measure if self.given.window.measure.startswith("closed") else ""
        numbers: dict[int, int] = {}
        stretches = [self._stretch(of, size) for of, size in found]
        number_of = [numbers.setdefault(id(one), len(numbers)) for one in stretches]  # the same one is worked out once
        different = {id(one): one for one in stretches}
        parts = [_inside(one, closed, at) for one in different.values()]
        if index is None or len(parts) == 1:
            return parts[0] if parts else False
        which = np.array(number_of)[index][owner]
        return either(*(both(part, which == number) for number, part in enumerate(parts)))


def _inside(one: Stretch, closed: str, at: Number) -> Mask:
    if closed:
        number = calendar.month_of(at) if closed == "closed months" else calendar.quarter_of(at)
        if not one.periods:
            return False
        newest, oldest = one.periods[0], one.periods[-1]
        if newest - oldest == len(one.periods) - 1:  # no month is missing between them
            return both(mask(number >= oldest), mask(number <= newest))
        return mask(np.isin(number, np.array(one.periods, np.int64)))
    low, high = one.low, one.high
    if at.kind == "date":
        low, high = calendar.day_number(low), calendar.day_number(high)
    return both(mask(at.whole >= low), mask(at.whole <= high))


# --- rows of divisions -----------------------------------------------------------------------------------------------


def _of_divisions(given: tree.RowInput, scope: Scope, spans: _Spans, after: Value | None) -> Rows | None:
    """Of the division each subject lives in, or the nearest above it that has a row that counts."""
    world, group = scope.world, scope.group
    reach = world.places.kept(("rows of divisions", given.dataset), lambda: _by_division(world.columns, given.dataset))
    chains = [[reach.get(code, _NO_ROWS) for code in ancestors(world.places.codes[world.places.of[of]])] for of in group.classes]
    counts = np.array([sum(map(len, chain)) for chain in chains], np.intp)
    if not counts.sum():
        return None
    flat = [np.concatenate(chain) for chain in chains]
    depths = [np.repeat(np.arange(len(chain)), [len(rows) for rows in chain]) for chain in chains]
    start = np.cumsum(counts) - counts
    of = group.class_of
    owner = np.repeat(np.arange(group.count), counts[of])
    first = np.repeat(start[of], counts[of])
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts[of]) - counts[of], counts[of])
    at = first + within
    found = _counted(
        given, RowScope(scope, given.dataset, np.concatenate(flat)[at], owner, np.concatenate(depths)[at]), spans, after
    )
    if found is None:
        return None
    mine = found.scope.depth
    assert mine is not None
    nearest = np.full(group.count, 1 << 30)
    np.minimum.at(nearest, found.owner, mine)
    return found.only(mine == nearest[found.owner])


_NO_ROWS = np.empty(0, np.intp)


def _by_division(columns: Columns, dataset: str) -> dict[str, Whole]:
    """The rows of each division, by its code without the noughts of the tiers below it."""
    if not columns.rows(dataset):
        return {}
    codes, empty = columns.bare(dataset, "region_code", slice(None))
    found: dict[str, list[Whole]] = {}
    for number in np.unique(codes if empty is None else codes[~empty]):
        mine = codes == number if empty is None else (codes == number) & ~empty
        found.setdefault(trimmed(columns.words.texts(np.array([number]))[0]), []).append(np.flatnonzero(mine))
    return {code: np.sort(np.concatenate(rows)) for code, rows in found.items()}
