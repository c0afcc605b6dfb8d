"""What sources say of the same thing: how good they are, where they differ, and what they took back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from jiuzhu.registry.comparison.compared import Compared, compared, of_one
from jiuzhu.registry.comparison.quality import SourceQuality, qualities
from jiuzhu.registry.comparison.retracted import RestedOn
from jiuzhu.registry.comparison.retracted import rested_on_retracted as rested_on
from jiuzhu.registry.comparison.told import (
    ComparisonCount,
    SideBySide,
    Teller,
    counted,
    packed_by_position,
    position_of,
    shown_conflicts,
)
from jiuzhu.registry.comparison.told import people_in as people_compared
from jiuzhu.registry.ingest.archive import deliveries as archived
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.public.opened import is_invented, known, vault_of
from jiuzhu.registry.public.refusals import NoComparison, NoPerson
from jiuzhu.registry.release import make
from jiuzhu.registry.release.folder import Release
from jiuzhu.rules.catalogue import Catalogue


@lru_cache(maxsize=2)
def _compared(workspace: str, name: str) -> Compared:
    """Everything of everybody compared once; a release never changes."""
    chosen, told = known(Path(workspace), name)
    return compared(chosen, told, packed_by_position(chosen, vault_of(Path(workspace))))


def _all_compared(workspace: Path, release: str | None) -> tuple[Release, Catalogue, Compared]:
    chosen, told = known(workspace, release)
    return chosen, told, _compared(str(workspace.absolute()), chosen.name)


def sources(workspace: Path, *, release: str | None = None) -> tuple[SourceQuality, ...]:
    """How good each source of each dataset is, as of the day of a release; counts only, nobody is named. Raises NoRelease."""
    chosen, told, found_words = _all_compared(workspace, release)
    return qualities(chosen.manifest, told, archived(Workspace(workspace)), found_words)


def comparisons(workspace: Path, *, division: str = "", release: str | None = None) -> tuple[ComparisonCount, ...]:
    """How often sources agree on each thing that several state; `here` counts people of one division ("" all)."""
    return counted(*_all_compared(workspace, release), division)


def conflicts(
    workspace: Path,
    comparison: str | None = None,
    *,
    by: str,
    at: datetime,
    purpose: str = "conflicting sources",
    division: str = "",
    skip: int = 0,
    limit: int | None = None,
    release: str | None = None,
) -> list[SideBySide]:
    """The people of whom sources say different things, with every source's word; the look is written down.

    comparison: its code, all if not given. division: only people who live there. skip, limit: entries passed over, and shown at most.
    Raises NoComparison, NoRelease.
    """
    chosen, told, found_words = _all_compared(workspace, release)
    codes = list(told.comparisons.by_code) if comparison is None else [comparison]
    if comparison is not None and comparison not in told.comparisons.by_code:
        raise NoComparison(f"there is no comparison {comparison!r}; there are: {', '.join(told.comparisons.by_code)}")
    tables = shown_conflicts(chosen, found_words, codes, division, skip, limit)
    vault = vault_of(workspace)
    vault.record_look(by=by, purpose=purpose, person_ids=people_compared(chosen, tables.values()), at=at)
    teller = Teller(chosen, told, vault, is_invented(workspace))
    return [one for code, table in tables.items() for one in teller.told(code, table)]


def side_by_side(
    workspace: Path,
    person: int | None = None,
    *,
    id_number: str = "",
    by: str,
    at: datetime,
    purpose: str,
    division: str = "",
    release: str | None = None,
) -> list[SideBySide]:
    """Everything that sources say of one person, also where they agree; the look is written down.

    person: the number this workspace gave; or id_number, in any of its spellings. Raises NoPerson where nobody of the
    release has it, or lives outside `division`, NoRelease.
    """
    chosen, told = known(workspace, release)
    vault = vault_of(workspace)
    wanted = vault.find(id_number) if person is None else person
    vault.record_look(by=by, purpose=purpose, person_ids=[wanted] if wanted else [], at=at)
    position = position_of(chosen, wanted, division)
    if position is None:
        raise NoPerson("nobody of this release is known by that number; check it, or the day of the release")
    teller = Teller(chosen, told, vault, is_invented(workspace))
    words = of_one(chosen, told, packed_by_position(chosen, vault), position)
    return [one for code, table in words.items() for one in teller.told(code, table)]


def rested_on_retracted(workspace: Path, *, as_of: date, release: str | None = None) -> list[RestedOn]:
    """Warnings of a release whose rows were retracted or corrected since, for a person to look at again.

    as_of: nothing delivered for a later day is looked at. The next run evaluates these households anyway. Raises NoRelease.
    """
    chosen, told = known(workspace, release)
    moment = Moment(as_of, datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC))
    passed, _ = make.judged(Workspace(workspace), moment)
    return rested_on(chosen, told, passed, moment)
