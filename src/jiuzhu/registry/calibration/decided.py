"""A second person releases a proposal with a day, as a row of a catalogue folder, or declines it; and what came of it since."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from jiuzhu.crypto.files import appearing
from jiuzhu.registry.calibration.book import Book, Decision, Proposal, ProposalRefused, word_of
from jiuzhu.registry.calibration.candidates import bounds
from jiuzhu.registry.calibration.evidence import Visited
from jiuzhu.registry.release.folder import Release
from jiuzhu.rules.parameters import OWNED, trimmed

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

FILE = Path("parameters") / "indicators.csv"


@dataclass(frozen=True)
class Seen:
    """Warnings of the indicator in the division, in one release made since."""

    as_of: str
    release: str
    warnings: int


@dataclass(frozen=True)
class ProposalStanding:
    """A proposal and what became of it. state: open, superseded (a newer one of the same number was made), released, declined.

    since: releases from the day the number holds; visited, found: visits since then that ended, and the finds among them.
    """

    id: str
    proposal: Proposal
    state: str
    decision: Decision | None
    since: tuple[Seen, ...]
    visited: int
    found: int


def decide(
    book: Book,
    proposal_id: str,
    word: str,
    *,
    by: str,
    because: str,
    at: datetime,
    holds_from: date | None,
    folder: Path | None,
    catalogue: Catalogue,
) -> Decision:
    """Release or decline. The decision is written down before the row, so that no number is live without one.

    Given again in the same words it writes the row that a fault kept from being written. Raises ProposalRefused.
    """
    known = book.proposals()
    if proposal_id not in known:
        raise ProposalRefused(f"there is no proposal {proposal_id!r}; `jiuzhu proposals` lists them")
    proposal, verdict = known[proposal_id], word_of(word)
    if not by.strip() or not because.strip():
        raise ProposalRefused("a decision says who decided and why: give `by` and `because`")
    if by.strip() == proposal.by.strip():
        raise ProposalRefused(f"{by} made the proposals of {proposal.made_on}; another person decides about them")
    decision = Decision(
        proposal_id, verdict, by, because, at.isoformat(), holds_from.isoformat() if holds_from and verdict == "release" else ""
    )
    if verdict == "decline":
        book.decide(decision)
        return decision
    if folder is None or holds_from is None:
        raise ProposalRefused("a released number is written into a catalogue folder and holds from a day: give both")
    told = _told(folder)
    written = any(row["source"].startswith(_source(proposal_id)) for row in told.rows)
    if not written:
        _check(book, proposal, known.values(), at.date(), holds_from, catalogue)
    book.decide(decision)
    if not written:
        _write(folder, told, _row(proposal, proposal_id, decision))
    return decision


def _check(book: Book, proposal: Proposal, known: Iterable[Proposal], on: date, holds_from: date, catalogue: Catalogue) -> None:
    newer = _newest(known)[proposal.key]
    if newer.id != proposal.id:
        raise ProposalRefused(f"proposal {newer.id} of {newer.made_on} is newer; decide about that one")
    if holds_from < on:
        raise ProposalRefused(f"{holds_from} is over: a number never holds backwards; give {on} or a later day")
    rows = catalogue.parameters.of(proposal.owner, proposal.name)
    if any(trimmed(row.division) == trimmed(proposal.division) and row.since == holds_from for row in rows):
        raise ProposalRefused(
            f"{proposal.owner} {proposal.name} has a row of {holds_from} in {proposal.division} already; give another day"
        )
    present = catalogue.parameters.value(proposal.owner, proposal.name, proposal.division, holds_from)
    if present is None or present.value != Decimal(proposal.present):
        now = "unset" if present is None else str(present.value)
        raise ProposalRefused(f"the number was {proposal.present} when this was proposed and will be {now}; make new proposals")
    least, most = bounds(catalogue.parameters, proposal.owner, proposal.name, proposal.division, holds_from)
    value = Decimal(proposal.proposed)
    if (least is not None and value < least) or (most is not None and value > most):
        raise ProposalRefused(f"{value} lies outside the law since: {least or '…'} to {most or '…'}; make new proposals")


@dataclass(frozen=True)
class _File:
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def _told(folder: Path) -> _File:
    path = folder / FILE
    if not path.exists():
        return _File(OWNED, ())
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), strict=True)
    rows = tuple({name: cell or "" for name, cell in row.items()} for row in reader)
    columns = tuple(reader.fieldnames or ())
    return _File(columns + tuple(name for name in OWNED if name not in columns), rows)


def _source(proposal_id: str) -> str:
    return f"proposal {proposal_id} released"


def _row(proposal: Proposal, proposal_id: str, decision: Decision) -> Mapping[str, str]:
    # A semicolon divides phrases of a source; what a person wrote is one phrase.
    because = decision.because.replace(";", ",").replace("；", "，").replace("\n", " ")
    return {
        "indicator": proposal.owner,
        "name": proposal.name,
        "division": proposal.division,
        "from": decision.holds_from,
        "value": proposal.proposed,
        "unit": proposal.unit,
        "source": f"{_source(proposal_id)} by {decision.by}: {because}",
        "confidence": "medium",
        "least": proposal.least,
        "most": proposal.most,
        "adaptive": "yes",
    }


def _write(folder: Path, told: _File, row: Mapping[str, str]) -> None:
    """The file with one row more; it appears whole or stays as it was, and readable by whom it was readable."""
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    text = io.StringIO()
    writer = csv.DictWriter(text, told.columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows([*told.rows, row])
    with appearing(path) as file:
        file.write(text.getvalue().encode())
    path.chmod(mode)


def standings(book: Book, releases: Sequence[Release], visited: Sequence[Visited]) -> tuple[ProposalStanding, ...]:
    """Every proposal ever made, the oldest first. visited: outcomes of their indicators, everywhere."""
    known, decisions = book.proposals(), book.decisions()
    newest = _newest(known.values())
    answer = []
    for number, proposal in known.items():
        decision = decisions.get(number)
        if decision is not None:
            state = {"release": "released", "decline": "declined"}[decision.word]
        else:
            state = "open" if newest[proposal.key].id == number else "superseded"
        begins = decision.holds_from if decision is not None else ""
        ends = _since(proposal, begins, visited) if begins else []
        seen = _seen(proposal, begins, releases) if begins else ()
        answer.append(ProposalStanding(number, proposal, state, decision, seen, len(ends), sum(one.found for one in ends)))
    return tuple(answer)


def _newest(proposals: Iterable[Proposal]) -> Mapping[tuple[str, str, str], Proposal]:
    """Of each number the proposal made last; of two made on a day the one of the greater id."""
    return {one.key: one for one in sorted(proposals, key=lambda one: (one.made_on, one.id))}


def _since(proposal: Proposal, begins: str, visited: Sequence[Visited]) -> list[Visited]:
    place = trimmed(proposal.division)
    return [
        one
        for one in visited
        if one.indicator == proposal.owner and one.month >= begins[:7] and one.division.startswith(place)
    ]  # fmt: skip


def _seen(proposal: Proposal, begins: str, releases: Sequence[Release]) -> tuple[Seen, ...]:
    place = trimmed(proposal.division)
    answer = []
    for release in releases:
        day = release.manifest.as_of.isoformat()
        if day >= begins:
            counts = pq.read_table(release.folder / "counts.parquet", filters=[("indicator", "==", proposal.owner)]).to_pylist()
            warnings = sum(one["count"] for one in counts if one["level"] and one["division"].startswith(place))
            answer.append(Seen(day, release.name, warnings))
    return tuple(sorted(answer, key=lambda one: (one.as_of, one.release)))
