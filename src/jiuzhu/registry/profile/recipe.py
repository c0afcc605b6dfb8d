"""What the rows in force of a dataset follow from, so that a run can tell whether they are those of the last release."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.fulls import EPOCH, Fulls
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.stored import StoredArchive
from jiuzhu.rules.tree import Dataset

_RELINKED = "a row without a right id number is taken for somebody else"


@dataclass(frozen=True)
class Came:
    """What came since. numbers: the old number of each delivery that was there to its new one; new: the numbers of the others."""

    numbers: Mapping[int, int]
    new: frozenset[int]


@dataclass(frozen=True)
class Recipe:
    """Beside the day and the declarations, which whoever compares looks after.

    deliveries: what is known of each, in order; people: whom the candidates in its rows stand for, as a digest; months: see
    `Delivered`. rows: how many all of them hold. fulls: the numbers of those that replace others on the day. sent: the last
    day of sending, counted from 1970. latest: the last day, month or moment a row speaks of, as `at` holds it. Both None where
    there are no rows, or no such column.
    """

    deliveries: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    months: tuple[tuple[int, ...], ...] = ()
    rows: int = 0
    fulls: tuple[int, ...] = ()
    sent: int | None = None
    latest: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Recipe:
        whole = {name: tuple(told[name]) for name in ("deliveries", "people", "fulls")}
        return cls(**{**told, **whole, "months": tuple(tuple(one) for one in told["months"])})


def recipes_of(
    archive: StoredArchive,
    deliveries: Sequence[Delivered],
    datasets: Iterable[Dataset],
    people: Mapping[tuple[str, int], str],
    as_of: date,
    last: Mapping[str, Recipe],
) -> dict[str, Recipe]:
    """deliveries: those of the archive, measured. people: see `Recipe`, by dataset and number.

    last: those of an earlier run, so that no file is asked twice.
    """
    answer = {}
    for dataset in datasets:
        mine = [one for one in deliveries if one.dataset == dataset.code]
        known = tuple(known_as(one) for one in mine)
        before = last.get(dataset.code)
        if before is not None and before.deliveries == known:
            latest = before.latest
        else:
            latest = _latest(dataset, [path for paths in archive.files.get(dataset.code, {}).values() for path in paths])
        answer[dataset.code] = Recipe(
            known,
            tuple(people.get((dataset.code, one.number), "") for one in mine),
            tuple(one.months for one in mine),
            sum(one.accepted for one in mine),
            tuple(one.number for one in Fulls.of(dataset.code, mine, as_of).fulls),
            max(((one.newest - EPOCH).days for one in mine if one.newest is not None), default=None),
            latest,
        )
    return answer


def differs(dataset: Dataset, last: tuple[Recipe, Moment], now: tuple[Recipe, Moment]) -> str:
    """Why the rows in force may be others than they were, "" where they cannot be."""
    (before, then), (after, moment) = last, now
    if before.deliveries != after.deliveries:
        came = len(set(after.deliveries) - set(before.deliveries))
        gone = len(set(before.deliveries) - set(after.deliveries))
        return f"{came} deliveries came" + (f", {gone} count no more" if gone else "")
    if before.fulls != after.fulls:
        return "a full delivery replaces others by now"
    if before.people != after.people:
        return _RELINKED
    return _later(dataset, before, then, moment)


def added_to(dataset: Dataset, last: tuple[Recipe, Moment], now: tuple[Recipe, Moment], rows: int) -> tuple[Came | None, str]:
    """What came since, where all that was there counts as it did; else None, and why.

    rows: how many there are in the last base: fewer than were delivered, and some lie hidden that new ones may bring back.
    """
    (before, then), (after, moment) = last, now
    place = {known: number for number, known in enumerate(after.deliveries)}
    if any(known not in place for known in before.deliveries) or len(place) < len(after.deliveries):
        return None, "deliveries count no more"
    if before.fulls or after.fulls:
        return None, "a full delivery is among them"
    if before.rows != rows:
        return None, "not every row that was delivered counts"
    numbers = {number: place[known] for number, known in enumerate(before.deliveries)}
    if any(before.people[number] != after.people[there] for number, there in numbers.items()):
        return None, _RELINKED
    why = _later(dataset, before, then, moment)
    return (None, why) if why else (Came(numbers, frozenset(place.values()) - frozenset(numbers.values())), "")


def _later(dataset: Dataset, before: Recipe, then: Moment, moment: Moment) -> str:
    """Why a row may count on this day that did not on the last, or the other way round."""
    if (then.as_of, then.seconds) == (moment.as_of, moment.seconds):
        return ""
    if (moment.as_of, moment.seconds) < (then.as_of, then.seconds):
        return "the day is an earlier one"
    if before.sent is not None and before.sent > (then.as_of - EPOCH).days:
        return "rows of later days had come"
    at = dataset.columns.get(dataset.at)
    if dataset.rows == "state" or at is None or before.latest is None:
        return ""
    bounds = {
        "date": (then.as_of - EPOCH).days,
        "instant": then.seconds,
        "month": then.month,
        "quarter": then.month // 3,
    }
    return "rows speak of later days" if before.latest > bounds.get(at.holds, before.latest) else ""


def known_as(one: Delivered) -> str:
    """Everything of a delivery that decides about rows, short."""
    told = (one.digest, one.source, one.first, one.last, one.full, one.part, one.division, one.oldest, one.newest, one.accepted)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _latest(dataset: Dataset, files: Sequence[Path]) -> int | None:
    """The greatest `at` of these files, from what they say of themselves; a file that does not counts as of a far day."""
    at = dataset.columns.get(dataset.at)
    if dataset.rows == "state" or at is None:
        return None
    found: list[int] = []
    for path in files:
        told = pq.read_metadata(path)
        place = next((one for one in range(told.num_columns) if told.schema.column(one).name == at.name), None)
        for group in range(told.num_row_groups if place is not None else 0):
            column = told.row_group(group).column(place)
            greatest = column.statistics.max if column.statistics is not None and column.statistics.has_min_max else None
            if isinstance(greatest, date):
                greatest = (greatest - EPOCH).days
            empty = column.statistics is not None and column.statistics.null_count == column.num_values
            found += [] if greatest is None and empty else [2**62 if greatest is None else int(greatest)]
    return max(found, default=None)
