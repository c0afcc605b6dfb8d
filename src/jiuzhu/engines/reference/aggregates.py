"""Makes one value of the rows of an input.

Where `rules.md` is silent this is the reading:
- `exists` of an uncovered state is unknown even with a row, as a later delivery may have ended it.
- A tie in `latest` and `first` goes to the row with a value before one without, then to the greater value.
- In `min` and `max` an empty cell that means none is passed over; if all are, the result is none.
- `run` counts to the newest day (month) that a row fills. Nothing after `as_of` counts; an empty `until` that means none runs to
  `as_of`; a row whose `until` lies before its `at` fills nothing.
- `since` of an empty `__since` cell is unknown.
- `each`: doubtful rows and missing deliveries make every group unknown; the kept value then has a floor under max and sum,
  that of the groups' floors. Groups without a value are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from jiuzhu.engines.reference.calendar import day_of
from jiuzhu.engines.reference.rows import Found
from jiuzhu.engines.reference.values import (
    NONE,
    Number,
    Reason,
    Unknown,
    Value,
    floor_of,
    is_known,
    number,
    unknown_of,
)
from jiuzhu.rules.tree import RowInput
from jiuzhu.vocabulary.period import month_number


class Cells(Protocol):
    """What an aggregate asks of a row, by its index."""

    as_of: date

    def value(self, row: int) -> Value:
        """The value aggregated: a column, or an expression over the row."""
        ...

    def at(self, row: int) -> Any: ...

    def at_holds(self) -> str: ...

    def until(self, row: int) -> Value: ...

    def until_holds(self) -> str: ...

    def since(self, row: int) -> Value: ...

    def cell(self, row: int, column: str) -> Any:
        """The bare cell; None if it is empty."""
        ...


Used = tuple[int, ...]


def aggregated(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    """The value of an input and the rows that decided it."""
    work = _AGGREGATES[given.aggregate]
    if not given.each or not found.sure:
        return work(given, found, cells)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in found.sure:
        groups.setdefault(tuple(cells.cell(row, column) for column in given.each), []).append(row)
    results = [
        work(given, Found(tuple(rows), found.doubtful, found.doubts, found.lasting, found.bounded), cells)
        for rows in groups.values()
    ]
    return _kept(given, [value for value, _ in results]), tuple(row for _, rows in results for row in rows)


def _kept(given: RowInput, values: Sequence[Value]) -> Value:
    present = [value for value in values if value is not NONE]
    if not present:
        return NONE
    if any(isinstance(value, Unknown) for value in present):
        floors = [floor for value in present if (floor := floor_of(value)) is not None]
        if given.keep == "min" or len(floors) < len(present):
            return unknown_of(present)
        return unknown_of(present, max(floors) if given.keep == "max" else sum(floors))
    if given.keep == "sum":
        return sum((number(value) for value in present), 0)
    return _extreme(given.keep, present)


def _extreme(which: str, values: Sequence[Value]) -> Value:
    """The greatest or least of plain values of one kind."""
    plain: list[Any] = list(values)
    answer: Value = max(plain) if which == "max" else min(plain)
    return answer


def _exists(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    if found.sure and found.lasting:
        return True, found.sure
    return (Unknown(because=found.doubts) if found.doubts else bool(found.sure)), found.sure


def _count(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    return _at_least(len(found.sure), found), found.sure


def _distinct(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    tuples = {row: tuple(cells.cell(row, column) for column in given.columns) for row in found.sure}
    full = {row: cell for row, cell in tuples.items() if None not in cell}
    return _at_least(len(set(full.values())), found), tuple(full)


def _sum(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    values = {row: value for row in found.sure if (value := cells.value(row)) is not NONE}
    total = sum((number(value) for value in values.values() if is_known(value)), 0)
    return _at_least(total, found, unknown_of(values.values()).because, given.non_negative), tuple(values)


def _at_least(floor: Number, found: Found, cells: tuple[Reason, ...] = (), bounded: bool = True) -> Value:
    """The number, or, where anything is in doubt, an unknown that is at least it if the sure rows bound it."""
    doubts = tuple(dict.fromkeys([*found.doubts, *cells]))
    return Unknown(floor if bounded and found.bounded else None, doubts) if doubts else floor


def _max(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    return _outermost("max", given, found, cells)


def _min(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    return _outermost("min", given, found, cells)


def _outermost(which: str, given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    values = {row: value for row in found.sure if (value := cells.value(row)) is not NONE}
    known = [value for value in values.values() if is_known(value)]
    extreme = _extreme(which, known) if known else NONE
    decisive = tuple(row for row, value in values.items() if value == extreme)
    doubts = tuple(dict.fromkeys([*found.doubts, *unknown_of(values.values()).because]))
    if not doubts:
        return extreme, decisive
    floor = floor_of(extreme) if which == "max" and given.non_negative and found.bounded else None
    return Unknown(floor, doubts), decisive


def _latest(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    return _of_one_row(found, cells, max)


def _first(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    return _of_one_row(found, cells, min)


def _of_one_row(found: Found, cells: Cells, end: Callable[[Sequence[Any]], Any]) -> tuple[Value, Used]:
    if found.doubts:
        return Unknown(because=found.doubts), found.sure
    if not found.sure:
        return NONE, ()
    at = end([cells.at(row) for row in found.sure])
    tied = {row: cells.value(row) for row in found.sure if cells.at(row) == at}
    winner = max(tied, key=lambda row: (*_rank(tied[row]), cells.cell(row, "record_id")))
    return tied[winner], (winner,)


def _rank(value: Value) -> tuple[int, Any]:
    if isinstance(value, Unknown):
        return 1, 0
    return (0, 0) if value is NONE else (2, value)


def _since(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    if found.doubts:
        return Unknown(because=found.doubts), found.sure
    if not found.sure:
        return NONE, ()
    newest = max(found.sure, key=lambda row: (cells.cell(row, "data_date") or date.min, cells.cell(row, "record_id")))
    return cells.since(newest), (newest,)


def _run(given: RowInput, found: Found, cells: Cells) -> tuple[Value, Used]:
    filled: set[int] = set()
    doubts = list(found.doubts)
    for row in found.sure:
        until = cells.until(row) if given.until else cells.at(row)
        if isinstance(until, Unknown):
            doubts.extend(until.because)
            continue
        last_holds = cells.until_holds() if given.until else cells.at_holds()
        first = _step(given, cells.at(row), cells.at_holds())
        last = _step(given, cells.as_of, "date") if until is NONE else _step(given, until, last_holds)
        filled.update(range(first, min(last, _step(given, cells.as_of, "date")) + 1))
    if doubts:
        return Unknown(because=tuple(dict.fromkeys(doubts))), found.sure
    newest, length = max(filled, default=0), 0
    while newest - length in filled:
        length += 1
    return length, found.sure


def _step(given: RowInput, at: Any, holds: str) -> int:
    """A day or month as a whole number, so that the next one is one more."""
    day = day_of(at, holds)
    return month_number(day) if given.run == "months" else day.toordinal()


_AGGREGATES: dict[str, Callable[[RowInput, Found, Cells], tuple[Value, Used]]] = {
    "exists": _exists,
    "count": _count,
    "sum": _sum,
    "min": _min,
    "max": _max,
    "latest": _latest,
    "first": _first,
    "distinct": _distinct,
    "run": _run,
    "since": _since,
}
