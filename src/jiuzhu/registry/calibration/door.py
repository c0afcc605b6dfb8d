"""What the registry's door asks of calibration, over all releases made so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry.calibration import decided
from jiuzhu.registry.calibration.book import Book, ProposalRefused, Tendency
from jiuzhu.registry.calibration.evidence import Outcome, Visited, checked
from jiuzhu.registry.calibration.ground import Ground, Tendencies, smallest_division, visited_in
from jiuzhu.registry.calibration.proposals import MadeProposals, Setting, adaptive, calibrated
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import NoRelease, Release
from jiuzhu.rules.parameters import trimmed

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

_DIVISION = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")


@dataclass(frozen=True)
class History:
    """All releases of everybody up to a day, the oldest first, of one day that everybody sees last; and their declarations."""

    workspace: Workspace
    as_of: date
    releases: Sequence[Release]
    catalogue_of: Callable[[Release], Catalogue]

    @property
    def month(self) -> str:
        return f"{self.as_of:%Y-%m}"

    def newest(self, before: str = "") -> Release | None:
        """The newest release; before: a month, 2026-11, that it must be earlier than."""
        found = [one for one in self.releases if not before or f"{one.manifest.as_of:%Y-%m}" < before]
        return found[-1] if found else None

    def ground(self, of: Release) -> Ground:
        told = self.catalogue_of(of)
        return Ground(of, told, Columns(of.base, told))

    def visited(self, outcomes: Mapping[str, Outcome], now: Catalogue, division: str) -> list[Visited]:
        asked = {code: now.indicators[code] for code, _ in adaptive(now) if code in now.indicators}
        return visited_in(self.releases, self.catalogue_of, asked, outcomes, division)


def propose(
    history: History,
    outcomes: Mapping[str, Outcome],
    by: str,
    division: str | None,
    visits: int | None,
    name_of: Callable[[str], str],
) -> MadeProposals:
    """As `public.propose`; the caller holds the lock."""
    if not by.strip():
        raise ProposalRefused("proposals say who made them: give `by`; another person decides about them")
    if division is not None and not _DIVISION.fullmatch(division):
        raise ProposalRefused(f"division {division!r}: write its code of 6, 9 or 12 digits, 000000 for the nation")
    here = _ground(history)
    ends = checked(outcomes, history.month)
    earlier = history.newest(f"{here.release.manifest.as_of:%Y-%m}")
    place = division or smallest_division(here.columns.base)
    visited = history.visited(ends, here.catalogue, place)
    before = history.ground(earlier) if earlier is not None else None
    book = Book(history.workspace)
    setting = Setting(place, name_of(trimmed(place) or place), history.as_of, by, visits)
    found = calibrated(here, before, book, visited, ends, setting)
    for one in found.proposals:
        book.add(one)
    return found


def standings(history: History, outcomes: Mapping[str, Outcome]) -> tuple[decided.ProposalStanding, ...]:
    ends, newest = checked(outcomes, history.month), history.newest()
    visited = history.visited(ends, history.catalogue_of(newest), "000000") if newest is not None else []
    return decided.standings(Book(history.workspace), history.releases, visited)


def tendencies(history: History, division: str) -> tuple[Tendency, ...]:
    return Tendencies(_ground(history), division).all()


def _ground(history: History) -> Ground:
    newest = history.newest()
    if newest is None:
        raise NoRelease(f"there is no release of everybody up to {history.as_of}; `jiuzhu run --as-of DAY` makes one")
    return history.ground(newest)
