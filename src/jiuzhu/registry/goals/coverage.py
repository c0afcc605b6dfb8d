"""Coverage without dead corner: what rules read, county by county, and where nothing new enough has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.coverage import divisions_covered, span
from jiuzhu.registry.profile.divisions import COUNTY, prefix_of
from jiuzhu.rules.tree import Dataset


@dataclass(frozen=True)
class DeadCorner:
    """A dataset that rules cannot rely on in a county. newest: the last day it speaks of there, None if nothing ever came.

    since: the first day on which that was too old; None if nothing ever came.
    """

    dataset: str
    title_zh: str
    title_en: str
    department: str
    division: str
    newest: date | None
    since: date | None


@dataclass(frozen=True)
class CoverageGoal:
    """fresh: pairs of a dataset that rules read and a county of the release that are fresh on the day, of `pairs`.

    since: the first day any of these datasets speaks of; None where none does.
    """

    fresh: int
    pairs: int
    datasets: int
    counties: int
    since: date | None
    dead_corners: tuple[DeadCorner, ...]


def coverage_goal(
    datasets: Sequence[Dataset], deliveries: Iterable[Delivered], places: Iterable[str], as_of: date
) -> CoverageGoal:
    """datasets: those rules read. deliveries: those that count. places: codes of the places where people of the release live."""
    counties = sorted({prefix[:COUNTY] for place in places if len(prefix := prefix_of(place)) >= COUNTY})
    read = {one.code for one in datasets}
    begun = [one for one in deliveries if one.dataset in read and (days := span(one)) is not None and days[0] <= as_of]
    newest = _newest(begun, as_of)
    corners = []
    for dataset in sorted(datasets, key=lambda one: one.code):
        told = newest.get(dataset.code, {})
        for county in counties:
            last = max((day for division, day in told.items() if county.startswith(division)), default=None)
            if last is None or (as_of - last).days > dataset.stale_after:
                corners.append(_corner(dataset, county, last))
    first = min((min(days[0], one.oldest or days[0]) for one in begun if (days := span(one)) is not None), default=None)
    pairs = len(read) * len(counties)
    return CoverageGoal(pairs - len(corners), pairs, len(read), len(counties), first, tuple(corners))


def _newest(deliveries: Iterable[Delivered], as_of: date) -> Mapping[str, Mapping[str, date]]:
    """By dataset and division the last day that deliveries speak of, no later than the day."""
    answer: dict[str, dict[str, date]] = {}
    for one in deliveries:
        days = span(one)
        assert days is not None, "only those with days were chosen"
        there = answer.setdefault(one.dataset, {})
        for division in divisions_covered(one):
            there[division] = max(there.get(division, date.min), min(days[1], as_of))
    return answer


def _corner(dataset: Dataset, county: str, last: date | None) -> DeadCorner:
    since = None if last is None else last + timedelta(days=dataset.stale_after + 1)
    return DeadCorner(dataset.code, dataset.title.zh, dataset.title.en, dataset.department, county, last, since)
