"""The last deliveries that were due of each dataset, and what became of each: what a steward sees as a row of small boxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.cells import EPOCH
from jiuzhu.registry.ingest.months import month_of
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Dataset
from jiuzhu.vocabulary.working_days import WorkingDays, YearNotLoaded

Box = Literal["here", "short", "held", "late", "none"]
COUNT = 14
_MONTHS = {"monthly": 1, "quarterly": 3}
_MONTH = timedelta(days=31)  # a delivery is due at most fifteen working days after its period
_LEAST_ROWS = 40  # of fewer rows nothing can be said, as at the gate


@dataclass(frozen=True)
class DueBox:
    """One delivery that was due. end: the last day of its period. rows: those a run reads, 0 where that cannot be told by period.

    state: here; short, with fewer than half the rows that are usual; held at the gate or sent back; late, still awaited;
    none, never came while later ones did, or nothing ever did.
    """

    end: date
    due: date
    state: Box
    rows: int


@dataclass(frozen=True)
class Strip:
    """Of one dataset of one body the last deliveries due, the oldest first, and the day on which the next one is.

    Fewer where the calendar does not reach as far back; next_due: None where it does not reach as far ahead.
    """

    body: str
    dataset: str
    boxes: tuple[DueBox, ...]
    next_due: date | None


def strips(
    catalogue: Catalogue,
    archived: Sequence[Manifest],
    held: Collection[str],
    days: WorkingDays,
    as_of: date,
    count: int = COUNT,
) -> list[Strip]:
    """Every dataset of every body. held: numbers of deliveries that no run reads. Raises YearNotLoaded for the year of `as_of`."""
    by_dataset: dict[str, list[Manifest]] = {}
    for one in archived:
        if one.first_day is None or one.first_day <= as_of:
            by_dataset.setdefault(one.dataset, []).append(one)
    return [
        _strip(body.code, dataset, body.working_days(dataset), by_dataset.get(dataset.code, []), held, days, as_of, count)
        for body in sorted(catalogue.bodies.values(), key=lambda one: one.code)
        for dataset in sorted(catalogue.datasets.values(), key=lambda one: one.code)
        if body.states(dataset)
    ]


def _strip(
    body: str,
    dataset: Dataset,
    within: int,
    deliveries: Iterable[Manifest],
    held: Collection[str],
    days: WorkingDays,
    as_of: date,
    count: int,
) -> Strip:
    spans = [(_span(one, dataset), one) for one in deliveries]
    passed = [(span, one) for span, one in spans if one.delivery not in held]
    stopped = [span for span, one in spans if one.delivery in held]
    newest = max((last for (_, last), _ in passed), default=date.min)
    ends = _due_ends(dataset, within, days, as_of, count)
    rows = [_rows(dataset, end, [one for _, one in passed]) for end in ends]
    known = sorted(one for one in rows if one)
    usual = known[len(known) // 2] if known else 0
    boxes = []
    for end, number in zip(ends, rows, strict=True):
        state: Box = "none"
        if any(first <= end <= last for (first, last), _ in passed):
            state = "short" if usual >= _LEAST_ROWS and 0 < number * 2 < usual else "here"
        elif any(first <= end <= last for first, last in stopped):
            state = "held"
        elif newest != date.min and end > newest:
            state = "late"
        boxes.append(DueBox(end, days.add(end, within), state, number))
    return Strip(body, dataset.code, tuple(boxes), _next_due(dataset, ends, within, days))


def _span(one: Manifest, dataset: Dataset) -> tuple[date, date]:
    """The days a delivery speaks of. What comes daily speaks up to its newest row, whatever month its file is named by."""
    newest = one.statistics.get("last_day")
    newest_row = EPOCH + timedelta(days=newest) if newest is not None else None
    if one.last_day is None or one.first_day is None:
        return (newest_row, newest_row) if newest_row is not None else (date.max, date.min)
    if dataset.refresh in _MONTHS or one.first_day == one.last_day or newest_row is None:
        return one.first_day, one.last_day
    return one.first_day, min(one.last_day, newest_row)


def _rows(dataset: Dataset, end: date, passed: Iterable[Manifest]) -> int:
    """Rows of the months of a period; of what comes daily the months do not tell the day."""
    months = _MONTHS.get(dataset.refresh)
    if months is None:
        return 0
    wanted = range(month_of(end) - months + 1, month_of(end) + 1)
    told = (one.statistics.get("months", {}) for one in passed)
    return sum(number for one in told for month, number in one.items() if int(month) in wanted)


def _due_ends(dataset: Dataset, within: int, days: WorkingDays, as_of: date, count: int) -> list[date]:
    """The ends of the last periods whose day has come, the oldest first."""
    ends: list[date] = []
    end = _end_before(dataset, as_of, days)
    while len(ends) < count and {end.year, (end + _MONTH).year} <= days.years:
        if days.add(end, within) <= as_of:
            ends.append(end)
        end = _end_before(dataset, end - timedelta(days=1), days)
    return ends[::-1]


def _end_before(dataset: Dataset, day: date, days: WorkingDays) -> date:
    """The last end of a period no later than a day."""
    months = _MONTHS.get(dataset.refresh)
    if months is None:
        return day if days.is_working(day) else days.add(day, -1)
    after = day + timedelta(days=1)
    month = (after.month - 1) // months * months + 1
    return date(after.year, month, 1) - timedelta(days=1)


def _next_due(dataset: Dataset, ends: Sequence[date], within: int, days: WorkingDays) -> date | None:
    if not ends:
        return None
    months = _MONTHS.get(dataset.refresh)
    try:
        if months is None:
            return days.add(days.add(ends[-1], 1), within)
        begins = month_of(ends[-1]) + months + 1
        return days.add(date(begins // 12, begins % 12 + 1, 1) - timedelta(days=1), within)
    except YearNotLoaded:
        return None
