"""Makes one value a subject of the rows that count; how doubts meet an aggregate is said in the reference engine's `aggregates.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.expressions import evaluate
from jiuzhu.engines.columnar.folds import ZERO, Found, Rows, newest_of, worked
from jiuzhu.engines.columnar.rare import FEW, Rare
from jiuzhu.engines.columnar.sweeps import DOUBTFUL, KNOWN, OPEN, SURE, Swept
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

Array = npt.NDArray[Any]
Marks: TypeAlias = "tuple[Mask, Mask, Mask]"


@dataclass(frozen=True)
class _Kind:
    kind: str = "number"
    scale: int = 0
    is_flag: bool = False


def answer(given: tree.RowInput, rows: Rows | None, count: int, covered: Mask, lasting: Mask, unknown: Mask) -> Value:
    """covered: nothing is missing. lasting: certain rows stand whatever is missing. unknown: the input as a whole is not known."""
    doubt = either(unknown, negated(covered))
    if rows is not None and given.newest:
        rows = rows.only(newest_of(given, rows))
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
    found = worked(given, rows)
    return _spread(given, kind, found, count, doubt, lasting, unknown)


def answer_of_few(given: tree.RowInput, rows: Rows, count: int, covered: bool, lasting: Mask, unknown: bool) -> Value | Rare:
    """The same where doubts are alike for all subjects: only those who have rows are written down where they are few."""
    told = covered, lasting, unknown
    if rows.doubtful is not False:
        at, few = rows.few()
        if len(at) * FEW >= count:
            return answer(given, rows, count, *told)
        return Rare(at, answer(given, few, len(at), *told), answer(given, None, 0, *told), count)
    if given.aggregate == "exists":
        at = steps.counted(rows.owner)[0]
        if len(at) * FEW >= count:
            return answer(given, rows, count, *told)
        doubt = either(unknown, not covered)
        here = both(either(lasting, negated(doubt)), negated(unknown))
        return Rare(at, Flag(here, both(doubt, negated(here))), answer(given, None, 0, *told), count)
    if given.newest:
        rows = rows.only(newest_of(given, rows))
    kind = _kind(given, rows)
    found = worked(given, rows)
    doubt = either(unknown, not covered)
    if len(found.subjects) * FEW >= count:
        return _spread(given, kind, found, count, doubt, lasting, unknown)
    few_only = replace(found, subjects=slice(None))
    values = _spread(given, kind, few_only, len(found.subjects), doubt, lasting, unknown)
    return Rare(found.subjects.astype(np.intp, copy=False), values, answer(given, None, 0, *told), count)


def answer_of_swept(given: tree.RowInput, told: tree.Type | None, swept: Swept, count: int, marks: Marks) -> Value | Rare:
    """The same of what one pass found. told: the type of the column folded, None without one. marks: covered, lasting, unknown."""
    covered, lasting, unknown = marks
    kind = _Kind() if told is None else _Kind(told.kind, told.scale, told.kind == "flag")
    doubt = either(unknown, negated(covered))
    at = swept.subjects
    alike = isinstance(doubt, bool) and isinstance(lasting, bool) and isinstance(unknown, bool)
    if not alike or len(at) * FEW >= count:
        return _settled(given, kind, swept, at, count, doubt, lasting, unknown)
    rest = answer(given, None, 0, *marks)
    if not len(at):
        return rest
    return Rare(at, _settled(given, kind, swept, None, len(at), doubt, lasting, unknown), rest, count)


def _settled(
    given: tree.RowInput, kind: _Kind, swept: Swept, at: Index | None, count: int, doubt: Mask, lasting: Mask, unknown: Mask
) -> Value:
    """at: which of so many subjects those with rows are; None: all."""
    doubtful, sure = swept.some(DOUBTFUL), swept.some(SURE)
    if doubtful is not False:
        doubt = either(doubt, doubtful if at is None else _any_of(doubtful, at, count))
    if given.aggregate == "exists":
        there = sure if at is None else _any_of(sure, at, count)
        true = both(there, either(lasting, negated(doubt)), negated(unknown))
        return Flag(true, both(doubt, negated(true)))
    if sure is False:
        return _over_none(given, kind, doubt, lasting, unknown)
    known, open_cell = swept.some(KNOWN), swept.some(OPEN)
    if given.aggregate in ("latest", "first"):  # a known winner stands beside unknown ones
        open_cell = both(open_cell, negated(known))
    there = spread(True if given.aggregate in ("count", "distinct") else known, len(swept.told), bool)
    subjects: Any = slice(None) if at is None else at
    found = Found(subjects, swept.value, there, open_cell)
    if sure is not True:
        mine = np.flatnonzero(sure)
        found = Found(mine if at is None else at[mine], swept.value[mine], there[mine], taken(open_cell, mine))
    return _spread(given, kind, found, count, doubt, lasting, unknown)


def _any_of(mark: Mask, at: Index, count: int) -> Mask:
    """A mark of some of so many subjects."""
    if mark is False:
        return False
    marks = np.zeros(count, bool)
    marks[at if mark is True else at[mark]] = True
    return marks


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
    if given.aggregate not in ZERO:
        return Number(0, doubt, none, kind.scale, kind.kind)
    floored = both(doubt, lasting, negated(unknown)) if _bounds(given, kind) else False
    return Number(0, doubt, False, kind.scale, kind.kind, 0, floored)


def _bounds(given: tree.RowInput, kind: _Kind) -> bool:
    """Whether the certain rows bound the whole from below."""
    bounded = {"count": True, "distinct": True, "sum": given.non_negative, "max": given.non_negative}
    return bounded.get(given.aggregate, False) and not given.newest and kind.kind == "number"


def _spread(given: tree.RowInput, kind: _Kind, found: Found, count: int, doubt: Mask, lasting: Mask, unknown: Mask) -> Value:
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
    none: Mask = False if given.aggregate in ZERO else both(~there, negated(open_value))
    if kind.is_flag:
        return Flag(both(value > 0, negated(open_value)), open_value, none)
    floor: Whole = 0
    floored: Mask = False
    if _bounds(given, kind) and open_value is not False:
        floored = _floored(given, found, there, count, doubt)
        floored = both(floored, open_value, lasting, negated(unknown))
        floor = value
    return Number(value, open_value, none, kind.scale, kind.kind, floor, floored)


def _floored(given: tree.RowInput, found: Found, there: Array, count: int, doubt: Mask) -> Mask:
    if not given.each:
        return True if given.aggregate in ZERO else there
    if given.keep == "min":
        return ~there if given.aggregate in ZERO else False
    parts = []
    for mark in (found.bounded_in_doubt, found.bounded):
        whole = np.zeros(count, bool)
        whole[found.subjects] = mark
        parts.append(whole & there)
    groups = chosen(doubt, *parts)
    return either(groups, ~there) if given.aggregate in ZERO else groups
