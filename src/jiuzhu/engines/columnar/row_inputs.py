"""An input over rows: which rows of each subject count, certainly or perhaps, and what may be missing.

How rows, doubts and windows meet is said in the reference engine's `rows.py`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import calendar, steps
from jiuzhu.engines.columnar.aggregates import answer, answer_of_few, answer_of_swept
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.columnar.expressions import flag
from jiuzhu.engines.columnar.folds import Rows
from jiuzhu.engines.columnar.rare import FEW, Rare
from jiuzhu.engines.columnar.sieves import Sieve, passing, sieve
from jiuzhu.engines.columnar.spans import Spans
from jiuzhu.engines.columnar.sweeps import Sweep, possible, sweep
from jiuzhu.engines.columnar.values import Index, Mask, Number, Value, both, either, mask, negated, taken
from jiuzhu.rules import tree
from jiuzhu.rules.parameters import ancestors, trimmed

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.scopes import Scope

Whole = npt.NDArray[Any]
_NEEDS_AT = ("latest", "first", "run")


def row_input(given: tree.RowInput, scope: Scope, key: Hashable) -> Value | Rare:
    """The value of `given` for the subjects of `scope`. key: what it is known by."""
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[given.dataset]
    if dataset.keyed == "division" and not given.by and group.count and scope.by_place(given):
        # One subject of each class of places answers for all of them; where all live in one class, once for the whole base.
        if len(group.classes) == 1:
            place = "by place", scope.key(given.name), group.classes[0]
            return world.places.kept(place, lambda: _worked(given, scope.of(group.one_each()), key)).take(group.class_of)
        if group.count > len(group.classes):
            return _worked(given, scope.of(group.one_each()), key).take(group.class_of)
    return _worked(given, scope, key)


def _worked(given: tree.RowInput, scope: Scope, key: Hashable) -> Value | Rare:
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[given.dataset]
    swept = _swept(given, scope, key) if world.many and possible(given) and dataset.keyed != "division" else None
    if swept is not None:
        return swept
    few = _of_few(given, scope, key) if group.count >= steps.MANY and scope.outermost() is scope else None
    if few is not None:
        return few
    spans = Spans(given, scope)
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


def _of_few(given: tree.RowInput, scope: Scope, key: Hashable) -> Rare | None:
    """The value where what else an input names leaves only few subjects any row; None: it does not."""
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[given.dataset]
    names = [name for name in world.keys.names(given.where) if name.source not in ("column", "moment")]
    if given.after in scope.inputs():
        names.append(tree.Name(given.after, "input", given.type))
    few = scope.few_named(names) if names else None
    if few is None or len(few) * FEW > group.count or not _never(given, scope.rest()):
        return None
    spans = Spans(given, scope)
    covered, unset = spans.covered(), spans.unset
    if dataset.authorised_only or not isinstance(covered, bool) or not isinstance(unset, bool):
        return None
    rest = answer(given, None, 0, covered, True if dataset.rows != "state" else covered, unset)
    values = row_input(given, scope.of(group.among(few)), key)
    return Rare(few, values.whole() if isinstance(values, Rare) else values, rest, group.count)


def _never(given: tree.RowInput, rest: Scope) -> bool:
    """Whether for these subjects no row can count."""
    if given.after:
        bound = rest.named(given.after)
        if bound.unknown is False and bound.none is True:
            return True
        if bound.unknown is not False:
            return False
    nothing = RowScope(rest, given.dataset, slice(0, 0), np.empty(0, np.intp))
    parts = given.where.of if isinstance(given.where, tree.Both) else () if given.where is None else (given.where,)
    found = (flag(part, nothing) for part in parts)
    return any(one.true is False and one.unknown is False for one in found)


@dataclass(frozen=True)
class _AsPass:
    """An input as a pass over rows, as places of some classes have it. covered, unset: as spans tell; None where they are not alike."""

    sweep: Sweep
    told: tree.Type | None
    covered: Mask | None
    unset: Mask | None


def _swept(given: tree.RowInput, scope: Scope, key: Hashable) -> Value | Rare | None:
    """The value where one pass over the rows tells it."""
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[given.dataset]
    told = ("pass", key, group.kind, tuple(group.classes), tuple(scope.outermost().group.classes))
    plan = world.places.kept(told, lambda: _as_pass(given, scope))
    swept = plan.sweep.over(group) if plan is not None else None
    if plan is None or swept is None:
        return None
    covered, unknown = plan.covered, plan.unset
    if covered is None or unknown is None:
        spans = Spans(given, scope)
        covered, unknown = spans.covered(), spans.unset
    covered = both(covered, group.authorised() if dataset.authorised_only else True)
    lasting = True if dataset.rows != "state" else covered
    return answer_of_swept(given, plan.told, swept, group.count, (covered, lasting, unknown))


def _as_pass(given: tree.RowInput, scope: Scope) -> _AsPass | None:
    spans, world = Spans(given, scope), scope.world
    if world.columns.lines(given.dataset, scope.group.kind) is None:
        return None
    window = None
    if given.window is not None or given.aggregate in _NEEDS_AT:
        name = given.at or world.catalogue.datasets[given.dataset].at
        window = spans.sieve(name, world.columns.column_of(given.dataset, name).type.kind)
        if window is None:
            return None
    found = sweep(given, RowScope(scope, given.dataset, slice(0, 0), np.empty(0, np.intp)), window)
    if found is None:
        return None
    folded = isinstance(given.value, tree.Name) and given.aggregate not in ("exists", "count", "distinct")
    told = world.columns.column_of(given.dataset, given.value.name).type if folded else None  # type: ignore[union-attr]
    covered, unset = spans.covered(), spans.unset
    return _AsPass(found, told, covered if isinstance(covered, bool) else None, unset if isinstance(unset, bool) else None)


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


def _counted(given: tree.RowInput, rows: RowScope, spans: Spans, after: Value | None) -> Rows | None:
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


def _in_time(given: tree.RowInput, rows: RowScope, spans: Spans, after: Value | None) -> tuple[RowScope, Mask]:
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


# --- rows of divisions -----------------------------------------------------------------------------------------------


def _of_divisions(given: tree.RowInput, scope: Scope, spans: Spans, after: Value | None) -> Rows | None:
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
