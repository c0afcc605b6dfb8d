"""What proposals are made from: a release, the month before, and what became of warnings of all releases so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from jiuzhu.engines.base import Base
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry.calibration.book import Tendency
from jiuzhu.registry.calibration.evidence import Outcome, Visited
from jiuzhu.registry.calibration.features import Known, months_of, trends_of
from jiuzhu.registry.release.counted import kind_of, places_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.scales import value_decimals
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.rules.parameters import trimmed
from jiuzhu.rules.tree import Indicator

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

STRETCH = 200_000  # households whose months are held in memory at a time: 77 MB a strand
_TIERS = (6, 4, 2)


@dataclass(frozen=True)
class Ground:
    """A release with its declarations, and its base as columns."""

    release: Release
    catalogue: Catalogue
    columns: Columns


def smallest_division(base: Base) -> str:
    """The county, city, province or nation that holds every place of a base, in six digits."""
    codes: list[str] = [code.ljust(12, "0") for code in base.places["code"].to_pylist()]
    for tier in _TIERS:
        if len({code[:tier] for code in codes}) == 1:
            return codes[0][:tier].ljust(6, "0")
    return "000000"


def warnings_here(ground: Ground, division: str) -> Mapping[str, int]:
    """Warnings of each indicator in a division."""
    signals = ground.release.signals
    codes = ground.columns.base.places["code"].combine_chunks().take(places_of(ground.columns.base, ground.catalogue, signals))
    found = pc.value_counts(signals["indicator"].combine_chunks().filter(pc.starts_with(codes, trimmed(division)))).to_pylist()
    return {one["values"]: one["counts"] for one in found}


def visited_in(
    releases: Sequence[Release],
    catalogue_of: Callable[[Release], Catalogue],
    asked: Mapping[str, Indicator],
    outcomes: Mapping[str, Outcome],
    division: str,
) -> list[Visited]:
    """Outcomes beside the value that their warning had in the newest release no later than the month of the visit.

    releases: the oldest first. asked: the indicators by code, as they are now; a warning of another rule under the same
    code says nothing of this one.
    """
    answer: dict[str, Visited] = {}
    place = trimmed(division)
    for release in reversed(releases):
        catalogue, who = catalogue_of(release), Subjects(release)
        month = f"{release.manifest.as_of:%Y-%m}"
        due = {key for key, outcome in outcomes.items() if outcome.month >= month and key not in answer}
        if not due:
            continue
        same = [code for code, one in asked.items() if code in catalogue.indicators and alike(catalogue.indicators[code], one)]
        for code in same:
            kind, decimals = kind_of(catalogue, code), value_decimals(asked[code])
            mine = release.signals.filter(pc.equal(release.signals["indicator"], code))
            for subject, value in zip(mine["subject"].to_pylist(), mine["value"].to_pylist(), strict=True):
                key = who.warning_id(code, kind, subject)
                if key in due:
                    number = None if value is None else Decimal(value).scaleb(-decimals)
                    at = who.division(kind, subject)
                    answer[key] = Visited(code, at, number, outcomes[key].found, outcomes[key].month)
    return [one for one in answer.values() if one.division.startswith(place)]


def alike(one: Indicator, other: Indicator) -> bool:
    """Whether both measure the same of the same subjects."""
    return (one.of, one.group, one.inputs, one.person_inputs, one.rule) == (
        other.of,
        other.group,
        other.inputs,
        other.person_inputs,
        other.rule,
    )


class Tendencies:
    """How the strands of the households of a division go, each worked out when first asked for."""

    def __init__(self, ground: Ground, division: str) -> None:
        self.ground = ground
        codes = [code.startswith(trimmed(division)) for code in ground.columns.base.places["code"].to_pylist()]
        self.here: Known = np.array(codes, np.bool_)[ground.columns.home]
        self._found: dict[str, Tendency] = {}

    def of(self, indicator: Indicator) -> tuple[Tendency, ...]:
        """Of the strands that read what the indicator reads."""
        read = set(self.ground.catalogue.datasets_read(indicator))
        strands = self.ground.catalogue.strands.by_code
        return tuple(self._of(code) for code, one in strands.items() if any(line.dataset in read for line in one.lines))

    def all(self) -> tuple[Tendency, ...]:
        return tuple(self._of(code) for code in self.ground.catalogue.strands.by_code)

    def _of(self, code: str) -> Tendency:
        if code not in self._found:
            known = worse = 0
            for part, here in self._stretches():
                strand = self.ground.catalogue.strands.by_code[code]
                trends = trends_of(months_of(self.ground.columns, strand, part))
                known += int((trends.change.known & here).sum())
                worse += int((trends.worsening(strand) & here).sum())
            self._found[code] = Tendency(code, known, worse)
        return self._found[code]

    def _stretches(self) -> Iterable[tuple[slice, Known]]:
        for begin in range(0, len(self.here), STRETCH):
            part = slice(begin, begin + STRETCH)
            yield part, self.here[part]
