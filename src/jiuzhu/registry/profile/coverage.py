"""What was delivered for which place and stretch of time, so that "none" is told from "not known"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from jiuzhu.engines.base import ByArea, Coverage
from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.divisions import COUNTY, prefix_of
from jiuzhu.rules.tree import Dataset
from jiuzhu.vocabulary.period import month_first, month_last, month_number


@dataclass
class _Reach:
    """What the deliveries of one dataset cover in one division.

    told: months that were asked about and answered, if only by silence. filled: those of which there is something, which
    alone can be the newest closed ones.
    """

    newest: date = date.min
    first: date = date.max
    told: set[int] = field(default_factory=set)
    filled: set[int] = field(default_factory=set)

    def add(self, first: date, last: date, told: Iterable[int], filled: Iterable[int]) -> None:
        self.newest = max(self.newest, last)
        self.first = min(self.first, first)
        self.told.update(told)
        self.filled.update(filled)


def span(delivery: Delivered) -> tuple[date, date] | None:
    """The days a delivery was made in: its period, else the whole months of its `data_date`s; None if neither is known."""
    if delivery.first is not None and delivery.last is not None:
        return delivery.first, delivery.last
    if delivery.oldest is None or delivery.newest is None:
        return None
    return delivery.oldest.replace(day=1), month_last(month_number(delivery.newest))


def divisions_covered(delivery: Delivered) -> set[str]:
    """The divisions a delivery speaks for, as prefixes: one, or what became of it.

    The smallest that holds all its rows, but never less than a county: departments sit in counties and above, and a
    month with three rows in one township does not mean that the other townships were left out.
    """
    return {prefix_of(code)[:COUNTY] for code in delivery.areas or (delivery.division,)}


def coverage_of(datasets: Iterable[Dataset], deliveries: Sequence[Delivered], places: Sequence[str], *, as_of: date) -> Coverage:
    """Coverage of each dataset in each place (its index in `places`), from deliveries that begin no later than `as_of`.

    Deliveries speak for counties or more, so all places of a county, which are an area here, are covered alike.
    """
    prefixes = [prefix_of(place)[:COUNTY] for place in places]
    counties = {prefix: area for area, prefix in enumerate(sorted(set(prefixes)))}
    areas = [counties[prefix] for prefix in prefixes]
    fresh: dict[tuple[str, int], bool] = {}
    first_day: dict[tuple[str, int], date] = {}
    gaps: dict[tuple[str, int], frozenset[int]] = {}
    months: dict[tuple[str, int], tuple[int, ...]] = {}
    quarters: dict[tuple[str, int], tuple[int, ...]] = {}
    by_dataset: dict[str, list[Delivered]] = {}
    for delivery in deliveries:
        by_dataset.setdefault(delivery.dataset, []).append(delivery)
    for dataset in datasets:
        there = _reaches(dataset, by_dataset.get(dataset.code, ()), as_of)
        if not there:
            continue
        answers: dict[tuple[str, ...], _Answer] = {}
        for prefix, number in counties.items():
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
    return Coverage(
        ByArea(fresh, areas), ByArea(first_day, areas), ByArea(gaps, areas), ByArea(months, areas), ByArea(quarters, areas)
    )


@dataclass(frozen=True)
class _Answer:
    fresh: bool
    first: date
    gaps: frozenset[int]
    months: tuple[int, ...]
    quarters: tuple[int, ...]


def _reaches(dataset: Dataset, deliveries: Iterable[Delivered], as_of: date) -> Mapping[str, _Reach]:
    """What was delivered of one dataset, by division."""
    answer: dict[str, _Reach] = {}
    for delivery in deliveries:
        days = span(delivery)
        if days is None or days[0] > as_of:
            continue
        first, (told, filled) = min(days[0], delivery.oldest or days[0]), _months(dataset, delivery, days)
        if delivery.first is None and dataset.rows != "state":
            first = month_first(told[0])
        for division in divisions_covered(delivery):
            answer.setdefault(division, _Reach()).add(first, days[1], told, filled)
    return answer


def _months(dataset: Dataset, delivery: Delivered, days: tuple[date, date]) -> tuple[Sequence[int], Sequence[int]]:
    """The months told and filled by a delivery, ascending.

    A period is told and filled whole: an empty file for October says that October was empty. Without one the rows must say
    it. One row a month is owed for every month, so only months with rows are told. Events may rest for a month: a file
    speaks from its first event to the day it was made, but that something of a month is in it only its rows can say:
    wages of September, sent on the last of October, do not mean that October's were not paid.
    """
    made = range(month_number(days[0]), month_number(days[1]) + 1)
    if delivery.first is not None or dataset.rows == "state" or not delivery.months:
        return made, made
    if dataset.rows == "month":
        return delivery.months, delivery.months
    first = delivery.months[0]
    return range(first, made[-1] + 1), range(first, delivery.months[-1] + 1)


def _answer(dataset: Dataset, reaches: Sequence[_Reach], as_of: date) -> _Answer:
    newest = min(max(reach.newest for reach in reaches), as_of)
    told = set().union(*(reach.told for reach in reaches))
    filled = set().union(*(reach.filled for reach in reaches))
    closed = {month for month in filled if month_last(month) <= as_of}
    everyone = range(min(told), max(told) + 1)
    complete = {month // 3 for month in closed if {month // 3 * 3, month // 3 * 3 + 1, month // 3 * 3 + 2} <= closed}
    return _Answer(
        fresh=(as_of - newest).days <= dataset.stale_after,
        first=min(reach.first for reach in reaches),
        gaps=frozenset(set(everyone) - told) if dataset.rows != "state" else frozenset(),
        months=tuple(sorted(closed, reverse=True)),
        quarters=tuple(sorted(complete, reverse=True)),
    )
