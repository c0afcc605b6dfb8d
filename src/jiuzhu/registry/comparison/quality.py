"""How good a source is: four parts that anybody can recompute, and their weighted mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from jiuzhu.registry.comparison.compared import Compared
from jiuzhu.registry.ingest.archive import Manifest as Delivery
from jiuzhu.registry.release.manifest import Manifest
from jiuzhu.rules.tree import Dataset

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Part:
    """`good` of `whole`. whole 0: could not be measured, and is left out of the score."""

    good: int
    whole: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.good, self.whole) if self.whole else None

    @property
    def percent(self) -> Decimal | None:
        """One decimal, half up; None where it could not be measured."""
        return _rounded(self.share)


@dataclass(frozen=True)
class SourceQuality:
    """One source of one dataset, as of the day of the release.

    source: who delivered, as the deliveries say. newest: the last day they speak of. completeness: cells filled, of those
    that are required or whose emptiness leaves something unknown; a row sent back for an empty required cell counts as
    one empty cell. validity: rows accepted, of those received. timeliness: `stale_after` days in full, then less, none
    from twice that. agreement: words that agree with the authority's, of those held against one. score: 0 to 100.
    """

    dataset: str
    title_zh: str
    title_en: str
    department: str
    source: str
    deliveries: int
    newest: date | None
    age_days: int | None
    stale_after: int
    completeness: Part
    validity: Part
    timeliness: Part
    agreement: Part
    score: Decimal | None


@dataclass
class _Tally:
    deliveries: int = 0
    newest: date | None = None
    filled: int = 0
    cells: int = 0
    accepted: int = 0
    received: int = 0
    agreeing: int = 0
    compared: int = 0
    numbers: list[tuple[str, int]] = field(default_factory=list)


def qualities(
    manifest: Manifest, catalogue: Catalogue, deliveries: Iterable[Delivery], found: Compared
) -> tuple[SourceQuality, ...]:
    """Every source of the deliveries a release rests on, by dataset and source. deliveries: the archive's."""
    known = {(one.dataset, one.source, one.period, one.sha256, one.full): one for one in deliveries}
    tallies: dict[tuple[str, str], _Tally] = {}
    for number, used in manifest.numbered():
        one = known.get((used.dataset, used.source, used.period, used.sha256, used.full))
        dataset = catalogue.datasets.get(used.dataset)
        if one is not None and dataset is not None:
            tally = tallies.setdefault((used.dataset, used.source), _Tally())
            tally.numbers.append((used.dataset, number))
            _count(tally, one, dataset, manifest.as_of)
    _agree(tallies, catalogue, found)
    return tuple(
        _quality(catalogue.datasets[code], source, tally, manifest.as_of, catalogue.comparisons.weights)
        for (code, source), tally in sorted(tallies.items())
    )


def _count(tally: _Tally, one: Delivery, dataset: Dataset, as_of: date) -> None:
    tally.deliveries += 1
    tally.received += one.received
    tally.accepted += one.accepted
    if one.last_day is not None:
        last = min(one.last_day, as_of)
        tally.newest = last if tally.newest is None else max(tally.newest, last)
    missing: Mapping[str, int] = one.statistics.get("missing", {})
    gaps = [
        name for name, column in dataset.columns.items() if name in missing and (column.required or column.empty == "unknown")
    ]
    refused = one.reasons.get("missing_value", 0)
    whole = len(gaps) * (one.statistics.get("rows", 0) + refused)
    tally.cells += whole
    tally.filled += whole - sum(missing[name] for name in gaps) - (refused if whole else 0)


def _agree(tallies: Mapping[tuple[str, str], _Tally], catalogue: Catalogue, found: Compared) -> None:
    """Add up how often each delivery's words agreed with a more trusted source's."""
    whose = {number: tally for tally in tallies.values() for number in tally.numbers}
    for code, counts in found.counts.items():
        statements = catalogue.comparisons.by_code[code].statements
        for (number, delivery), (good, whole) in counts.agreement.items():
            tally = whose.get((statements[number].dataset, delivery))
            if tally is not None:
                tally.agreeing += good
                tally.compared += whole


def _quality(dataset: Dataset, source: str, tally: _Tally, as_of: date, weights: Mapping[str, int]) -> SourceQuality:
    age = (as_of - tally.newest).days if tally.newest is not None else None
    parts = {
        "completeness": Part(tally.filled, tally.cells),
        "validity": Part(tally.accepted, tally.received),
        "timeliness": _timeliness(age, dataset.stale_after),
        "agreement": Part(tally.agreeing, tally.compared),
    }
    return SourceQuality(
        dataset=dataset.code,
        title_zh=dataset.title.zh,
        title_en=dataset.title.en,
        department=dataset.department,
        source=source,
        deliveries=tally.deliveries,
        newest=tally.newest,
        age_days=age,
        stale_after=dataset.stale_after,
        **parts,
        score=score(parts, weights),
    )


def _timeliness(age: int | None, stale_after: int) -> Part:
    """Full while not stale, then less each day, nothing from twice `stale_after` days."""
    if age is None:
        return Part(0, 0)
    return Part(max(0, min(stale_after, 2 * stale_after - age)), stale_after)


def score(parts: Mapping[str, Part], weights: Mapping[str, int]) -> Decimal | None:
    """The mean of the parts that could be measured, each by its weight, 0 to 100 with one decimal; None if there is none."""
    told = [(share, weights.get(name, 0)) for name, part in parts.items() if (share := part.share) is not None]
    whole = sum(weight for _, weight in told)
    return _rounded(sum((share * weight for share, weight in told), Fraction(0)) / whole) if whole else None


def _rounded(share: Fraction | None) -> Decimal | None:
    if share is None:
        return None
    return (Decimal(share.numerator * 100) / Decimal(share.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
