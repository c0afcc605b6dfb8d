"""What is tried: other numbers and rules on a release, and proposals that numbers move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jiuzhu.registry.calibration import door as calibration
from jiuzhu.registry.calibration.book import Book, Decision, Tendency
from jiuzhu.registry.calibration.by_hand import Counts, counts_of
from jiuzhu.registry.calibration.by_hand import by_hand as hand_made
from jiuzhu.registry.calibration.decided import ProposalStanding, decide
from jiuzhu.registry.calibration.evidence import Outcome
from jiuzhu.registry.calibration.ground import Ground
from jiuzhu.registry.calibration.proposals import MadeProposals
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.declared import division_name
from jiuzhu.registry.public.opened import catalogue_of, columns_of, current, known, release_of, releases, subjects_of
from jiuzhu.registry.release.groups import GroupCount, Groups, compared, groups_of
from jiuzhu.registry.release.what_if import OtherNumber, OtherRule, WhatIf, named_by, try_on
from jiuzhu.rules.catalogue import Catalogue, from_text


def what_if(
    workspace: Path, change: OtherNumber | OtherRule, *, release: str | None = None, outcomes: Mapping[str, bool] | None = None
) -> WhatIf:
    """A number or a rule tried on a release, which stays as it is.

    outcomes: warning id to whether the visit found a family in need, where one was made. Raises NotToBeTried, NoRelease.
    """
    chosen, told = known(workspace, release)
    columns = columns_of(str(workspace.absolute()), chosen.name)
    tried = try_on(columns.base, columns, told, (chosen.signals, chosen.unknown), change)
    return named_by(tried, subjects_of(chosen), outcomes or {})


def what_if_by_group(
    workspace: Path, change: OtherNumber | OtherRule, *, release: str | None = None, outcomes: Mapping[str, bool] | None = None
) -> tuple[WhatIf, tuple[GroupCount, ...]]:
    """A try, and how it falls on groups of people: by age, sex and registration (F3). Raises NotToBeTried, NoRelease."""
    chosen, told = known(workspace, release)
    columns = columns_of(str(workspace.absolute()), chosen.name)
    tried = try_on(columns.base, columns, told, (chosen.signals, chosen.unknown), change)
    groups = compared(tried, chosen.signals, _groups(str(workspace.absolute()), chosen.name))
    return named_by(tried, subjects_of(chosen), outcomes or {}), groups


@lru_cache(maxsize=1)
def _groups(workspace: str, name: str) -> Groups:
    return groups_of(release_of(Path(workspace), name).base)


def shadow_counts(workspace: Path, change: OtherNumber, *, release: str) -> Counts:
    """A number of another value beside the one in force, on one release. Raises NotToBeTried, NoRelease."""
    return counts_of(_ground(workspace, release), change)


def propose_by_hand(
    workspace: Path,
    change: OtherNumber,
    *,
    by: str,
    because: str,
    as_of: date,
    release: str | None = None,
    first: Callable[[str], object] = str,
) -> str:
    """Write a person's proposal into the book and give its number; no number changes by it.

    first: what must have happened before, told the number; whatever it raises leaves the book as it was.
    Raises NoRelease, NotToBeTried, ProposalRefused, WorkspaceBusy.
    """
    home = Workspace(workspace)
    ground = _ground(workspace, release)
    with home.writing("propose"):
        return hand_made(ground, change, book=Book(home), by=by, because=because, on=as_of, first=first)


def _ground(workspace: Path, release: str | None) -> Ground:
    chosen, told = known(workspace, release)
    return Ground(chosen, told, columns_of(str(workspace.absolute()), chosen.name))


def rule_from(workspace: Path, text: str, path: Path, *, release: str | None = None) -> OtherRule:
    """A rule as its file says it, read beside the declarations of a release. Raises CatalogueFaults."""
    return OtherRule(from_text(text, catalogue_of(workspace, release), path))


def propose(
    workspace: Path,
    *,
    outcomes: Mapping[str, Outcome],
    as_of: date,
    by: str,
    division: str | None = None,
    visits: int | None = None,
) -> MadeProposals:
    """For every number marked adaptive: another value that finds more for the visits there are, written into the book.

    Rests on the newest full release up to `as_of`; no number changes by it. outcomes: warning id to how its visit ended.
    division: where (by default the smallest that holds the release). visits: how many can be made for these indicators in all
    (by default as many as the numbers now ask for). Raises NoRelease, OutcomeRefused, ProposalRefused.
    """
    home = Workspace(workspace)
    with home.writing("propose"):
        return calibration.propose(_history(workspace, as_of), outcomes, by, division, visits, division_name)


def proposals(workspace: Path, *, outcomes: Mapping[str, Outcome] | None = None, as_of: date) -> tuple[ProposalStanding, ...]:
    """Every proposal ever made, the oldest first: what was decided, and the warnings and finds since. Raises OutcomeRefused."""
    return calibration.standings(_history(workspace, as_of), outcomes or {})


def decide_proposal(
    workspace: Path,
    proposal: str,
    word: str,
    *,
    by: str,
    because: str,
    at: datetime,
    holds_from: date | None = None,
    folder: Path | None = None,
    catalogue: Catalogue,
) -> Decision:
    """`release` a proposal from a day on, as a row in the catalogue folder `folder`, or `decline` it.

    Whoever made it may not. catalogue: the declarations in force, those of `folder` among them. Raises ProposalRefused.
    """
    home = Workspace(workspace)
    with home.writing("proposal"):
        return decide(
            Book(home), proposal, word, by=by, because=because, at=at, holds_from=holds_from, folder=folder, catalogue=catalogue
        )


def tendencies(workspace: Path, *, as_of: date, division: str = "000000") -> tuple[Tendency, ...]:
    """Of every strand of `strands.toml`, how many households of a division are known, and how many fare worse than a year before.

    As of the newest full release up to `as_of`. Raises NoRelease.
    """
    return calibration.tendencies(_history(workspace, as_of), division)


def _history(workspace: Path, as_of: date) -> calibration.History:
    """The releases of everybody up to a day."""
    made = [release_of(workspace, name) for name in releases(workspace)]
    full = [one for one in made if not one.manifest.only and one.manifest.as_of <= as_of]
    seen = current(workspace)
    full.sort(key=lambda one: (one.manifest.as_of, one.name == seen, one.name))
    return calibration.History(Workspace(workspace), as_of, full, lambda one: known(workspace, one.name)[1])
