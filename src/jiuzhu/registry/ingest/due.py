"""What should have come by a day and has not, and which monthly checks have fallen due: counted in working days."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.cells import EPOCH
from jiuzhu.rules.bodies import Schedule
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Dataset
from jiuzhu.vocabulary.working_days import WorkingDays

State = Literal["here", "due", "late", "silent"]
_MONTHS = {"monthly": 1, "quarterly": 3}


@dataclass(frozen=True)
class DueDataset:
    """One dataset of one body. until: the last day that deliveries speak of, None if there were none.

    here: the newest period that has to be there is. due: it has to come today. late: it had to come `late_by` working days
    ago. silent: nothing ever came, or nothing for so long that what it says has grown old; then `late_by` is None.
    """

    body: str
    dataset: str
    state: State
    until: date | None
    late_by: int | None = None


@dataclass(frozen=True)
class DueCheck:
    """A monthly check. day: when it last fell due. done: a release of everybody has been made for that day or later."""

    schedule: str
    day: date
    done: bool


def due_datasets(catalogue: Catalogue, archived: Iterable[Manifest], days: WorkingDays, as_of: date) -> list[DueDataset]:
    """Every dataset of every body, in their order. Raises YearNotLoaded."""
    until = _spoken_of(catalogue, archived, as_of)
    return [
        _due(body.code, dataset, body.working_days(dataset), until.get(dataset.code), days, as_of)
        for body in sorted(catalogue.bodies.values(), key=lambda one: one.code)
        for dataset in sorted(catalogue.datasets.values(), key=lambda one: one.code)
        if body.states(dataset)
    ]


def due_checks(schedules: Mapping[str, Schedule], released: date | None, days: WorkingDays, as_of: date) -> list[DueCheck]:
    """Every monthly check with the day it last fell due. released: the latest day a release of everybody was made for."""
    checks = []
    for schedule in sorted(schedules.values(), key=lambda one: one.code):
        day = days.add(as_of.replace(day=1) - timedelta(days=1), schedule.working_day)
        if day > as_of:
            last_month = as_of.replace(day=1) - timedelta(days=1)
            day = days.add(last_month.replace(day=1) - timedelta(days=1), schedule.working_day)
        checks.append(DueCheck(schedule.code, day, released is not None and released >= day))
    return checks


def _due(body: str, dataset: Dataset, within: int, until: date | None, days: WorkingDays, as_of: date) -> DueDataset:
    if until is None or (as_of - until).days > dataset.stale_after:
        return DueDataset(body, dataset.code, "silent", until)
    # The first period that nobody has spoken of yet; if it is not over, or not due, no later one is.
    missing = next(end for end in _ends(dataset, until, days) if end > until) if until < as_of else None
    late_by = days.between(missing, as_of) - within if missing is not None and missing <= as_of else -1
    if late_by < 0:
        return DueDataset(body, dataset.code, "here", until)
    return DueDataset(body, dataset.code, "due" if late_by == 0 else "late", until, late_by)


def _ends(dataset: Dataset, start: date, days: WorkingDays) -> Iterator[date]:
    """The last days of the periods of a dataset from that of `start` on: working days, months or quarters."""
    months = _MONTHS.get(dataset.refresh)
    if months is None:
        yield days.add(start, 1)
        return
    year, month = start.year, (start.month - 1) // months * months + months
    while True:
        yield date(year, month, calendar.monthrange(year, month)[1])
        year, month = (year + 1, months) if month == 12 else (year, month + months)


def _spoken_of(catalogue: Catalogue, archived: Iterable[Manifest], as_of: date) -> Mapping[str, date]:
    """Dataset to the last day that a delivery of it speaks of.

    What comes daily speaks up to its newest row: a file named by the month does not say that the month is over. What comes
    monthly or by the quarter may be quiet at the end of its period, and speaks for all of it.
    """
    found: dict[str, date] = {}
    for one in archived:
        dataset = catalogue.datasets.get(one.dataset)
        if dataset is None:
            continue
        newest = one.statistics.get("last_day")
        told = [EPOCH + timedelta(days=newest)] if newest is not None else []
        if one.last_day is not None and (dataset.refresh in _MONTHS or one.first_day == one.last_day or not told):
            told.append(one.last_day)
        if told and (one.first_day is None or one.first_day <= as_of):
            # A period that has begun speaks at most up to today; what it says of later days is not known yet.
            found[one.dataset] = max(
                found.get(one.dataset, date.min), max(told) if dataset.refresh in _MONTHS else min(max(told), as_of)
            )
    return found
