"""What was delivered for which place and stretch of time, so that "none" is told from "not known"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from jiuzhu.engines.base import Coverage
from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.divisions import COUNTY, prefix_of
from jiuzhu.rules.tree import Dataset


@dataclass
class _Reach:
    """What the deliveries of one dataset cover in one division."""

    newest: date = date.min
    first: date = date.max
    months: set[int] = field(default_factory=set)

    def add(self, first: date, last: date) -> None:
        self.newest = max(self.newest, last)
        self.first = min(self.first, first)
        self.months.update(range(month_number(first), month_number(last) + 1))


def month_number(day: date) -> int:
    """Months since year 0, as the rules count them."""
    return day.year * 12 + day.month - 1


def last_day(month: int) -> date:
    """The last day of a month number."""
    return date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def span(delivery: Delivered) -> tuple[date, date] | None:
    """The days a delivery speaks for: its period, else the whole months of its rows; None if neither is known."""
    if delivery.first is not None and delivery.last is not None:
        return delivery.first, delivery.last
    if delivery.oldest is None or delivery.newest is None:
        return None
    return delivery.oldest.replace(day=1), last_day(month_number(delivery.newest))


def divisions_covered(delivery: Delivered) -> set[str]:
    """The divisions a delivery speaks for, as prefixes: one, or what became of it.

    The smallest that holds all its rows, but never less than a county: departments sit in counties and above, and a
    month with three rows in one township does not mean that the other townships were left out.
    """
    return {prefix_of(code)[:COUNTY] for code in delivery.areas or (delivery.division,)}


def coverage_of(datasets: Iterable[Dataset], deliveries: Sequence[Delivered], places: Sequence[str], *, as_of: date) -> Coverage:
    """Coverage of each dataset in each place (its index in `places`), from deliveries that begin no later than `as_of`."""
    fresh: dict[tuple[str, int], bool] = {}
    first_day: dict[tuple[str, int], date] = {}
    gaps: dict[tuple[str, int], frozenset[int]] = {}
    months: dict[tuple[str, int], tuple[int, ...]] = {}
    quarters: dict[tuple[str, int], tuple[int, ...]] = {}
    reaches = _reaches(deliveries, as_of)
    for dataset in datasets:
        there = reaches.get(dataset.code)
        if not there:
            continue
        answers: dict[tuple[str, ...], _Answer] = {}
        for number, place in enumerate(places):
            prefix = prefix_of(place)
            over = tuple(division for division in there if prefix.startswith(division))
            if not over:
                continue
            if over not in answers:
                answers[over] = _answer(dataset, [there[division] for division in over], as_of)
            answer = answers[over]
            key = (dataset.code, number)
            fresh[key], first_day[key] = answer.fresh, answer.first
            months[key], quarters[key] = answer.months, answer.quarters
            if answer.gaps:
                gaps[key] = answer.gaps
    return Coverage(fresh, first_day, gaps, months, quarters)


@dataclass(frozen=True)
class _Answer:
    fresh: bool
    first: date
    gaps: frozenset[int]
    months: tuple[int, ...]
    quarters: tuple[int, ...]


def _reaches(deliveries: Sequence[Delivered], as_of: date) -> Mapping[str, Mapping[str, _Reach]]:
    answer: dict[str, dict[str, _Reach]] = {}
    for delivery in deliveries:
        days = span(delivery)
        if days is None or days[0] > as_of:
            continue
        for division in divisions_covered(delivery):
            reach = answer.setdefault(delivery.dataset, {}).setdefault(division, _Reach())
            reach.add(min(days[0], delivery.oldest or days[0]), days[1])
    return answer


def _answer(dataset: Dataset, reaches: Sequence[_Reach], as_of: date) -> _Answer:
    newest = min(max(reach.newest for reach in reaches), as_of)
    covered = set().union(*(reach.months for reach in reaches))
    closed = {month for month in covered if last_day(month) <= as_of}
    everyone = range(min(covered), max(covered) + 1)
    complete = {month // 3 for month in closed if {month // 3 * 3, month // 3 * 3 + 1, month // 3 * 3 + 2} <= closed}
    return _Answer(
        fresh=(as_of - newest).days <= dataset.stale_after,
        first=min(reach.first for reach in reaches),
        gaps=frozenset(set(everyone) - covered) if dataset.rows != "state" else frozenset(),
        months=tuple(sorted(closed, reverse=True)),
        quarters=tuple(sorted(complete, reverse=True)),
    )
