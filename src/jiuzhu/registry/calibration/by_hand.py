"""A proposal that a person makes: another value for any number of an indicator, with what it would change and the person's reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jiuzhu.registry.calibration.book import Book, Proposal, ProposalRefused
from jiuzhu.registry.calibration.candidates import bounds
from jiuzhu.registry.calibration.ground import Ground, warnings_here
from jiuzhu.registry.release.what_if import OtherNumber, try_on
from jiuzhu.rules.parameters import trimmed


@dataclass(frozen=True)
class Counts:
    """A number tried on a release, in one division: warnings with the number in force and with the other one, gained and lost."""

    live: int
    tried: int
    added: int
    lost: int


def counts_of(ground: Ground, change: OtherNumber) -> Counts:
    """Raises NotToBeTried."""
    live = (ground.release.signals, ground.release.unknown)
    tried = try_on(ground.columns.base, ground.columns, ground.catalogue, live, change)
    wanted = trimmed(change.division)
    here = [one for one in tried.lines if one.township.startswith(wanted[:9])]
    return Counts(sum(one.live for one in here), sum(one.tried for one in here), len(tried.added), len(tried.lost))


def by_hand(
    ground: Ground, change: OtherNumber, *, book: Book, by: str, because: str, on: date, first: Callable[[str], object]
) -> str:
    """Write the proposal into the book and give its number, after `first` was called with it. Raises ProposalRefused, NotToBeTried."""
    if not by.strip() or not because.strip():
        raise ProposalRefused("a proposal says who made it and why: give `by` and `because`")
    parameters = ground.catalogue.parameters
    present = parameters.value(change.owner, change.name, change.division, on)
    if present is None or present.value is None:
        raise ProposalRefused(f"{change.owner} has no number {change.name!r} in {change.division}; docs/reference/parameters.md")
    if present.owner != change.owner:
        raise ProposalRefused(f"{change.name} follows the shared number {present.name!r}; that one is changed in its own file")
    if present.value == change.value:
        raise ProposalRefused(f"{change.name} is {present.value} already; propose another value")
    least, most = bounds(parameters, change.owner, change.name, change.division, on)
    if (least is not None and change.value < least) or (most is not None and change.value > most):
        raise ProposalRefused(f"{change.value} lies outside the law: {least or '…'} to {most or '…'}")
    counts = counts_of(ground, change)
    told: Mapping[str, str] = {"least": _text(least), "most": _text(most)}
    proposal = Proposal(
        owner=change.owner, name=change.name, unit=present.unit, division=change.division,
        present=f"{present.value:f}", proposed=f"{change.value:f}", **told,
        visits_now=warnings_here(ground, change.division).get(change.owner, 0), visits_then=counts.tried,
        finds="", finds_low="", finds_high="", visited=0, found=0, counties=(), tendencies=(),
        why_zh=because, why_en=because, release=ground.release.name, previous="", outcomes_up_to="",
        budget=0, together=1, made_on=on.isoformat(), by=by,
    )  # fmt: skip
    first(proposal.id)
    book.add(proposal)
    return proposal.id


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
