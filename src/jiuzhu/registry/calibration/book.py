"""The book of proposals and of what people decided about them: only added to, a file each, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from jiuzhu.crypto.files import appearing
from jiuzhu.registry.ingest.workspace import Workspace

Word = Literal["release", "decline"]


class ProposalRefused(ValueError):
    """No such proposal, or it may not be decided so; says what to do instead."""


@dataclass(frozen=True)
class County:
    """Where the present limit stands in a county, in percent of those measured; before: the month before, "" if unknown."""

    county: str
    measured: int
    percent: str
    before: str


@dataclass(frozen=True)
class Tendency:
    """A strand that the rule reads: households known here, and how many of them surely fare worse than the year before."""

    strand: str
    known: int
    worse: int


@dataclass(frozen=True)
class Proposal:
    """Another value for one number in one division, and why; a record, which changes nothing.

    Numbers are decimal texts. least, most: bounds of the law, "" where the catalogue gives none. visits_now, visits_then:
    warnings of the indicator here. finds: expected change in finds, between finds_low and finds_high 95 times in a hundred.
    visited, found: the visits that rests on. outcomes_up_to: their last month. budget: visits there were for all proposals made
    together on that day, of which there are `together`. previous: the release of the month before, "" if there is none.
    """

    owner: str
    name: str
    unit: str
    division: str
    present: str
    proposed: str
    least: str
    most: str
    visits_now: int
    visits_then: int
    finds: str
    finds_low: str
    finds_high: str
    visited: int
    found: int
    counties: tuple[County, ...]
    tendencies: tuple[Tendency, ...]
    why_zh: str
    why_en: str
    release: str
    previous: str
    outcomes_up_to: str
    budget: int
    together: int
    made_on: str
    by: str

    @property
    def id(self) -> str:
        return hashlib.sha256(_text(self)).hexdigest()[:16]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.owner, self.name, self.division


@dataclass(frozen=True)
class Decision:
    """at: when, with offset. holds_from: the first day a released number holds; "" of one declined."""

    proposal: str
    word: Word
    by: str
    because: str
    at: str
    holds_from: str


class Book:
    """`proposals/` and `decisions/` of a workspace's folder `calibration`."""

    def __init__(self, workspace: Workspace) -> None:
        self.proposals_at = workspace.folder / "calibration" / "proposals"
        self.decisions_at = workspace.folder / "calibration" / "decisions"

    def proposals(self) -> dict[str, Proposal]:
        """All that were ever made, by id, the oldest first."""
        found = [_proposal(_read(path)) for path in self.proposals_at.glob("*.json")]
        return {one.id: one for one in sorted(found, key=lambda one: (one.made_on, one.key, one.id))}

    def decisions(self) -> dict[str, Decision]:
        """By the id of the proposal."""
        found = [Decision(**_read(path)) for path in self.decisions_at.glob("*.json")]
        return {one.proposal: one for one in found}

    def add(self, proposal: Proposal) -> None:
        """The same proposal made twice is one."""
        _write(self.proposals_at / f"{proposal.id}.json", proposal)

    def decide(self, decision: Decision) -> None:
        """The first decision stands. Raises ProposalRefused where there is another."""
        other = self.decisions().get(decision.proposal)
        if other is not None and (other.word, other.by, other.holds_from) != (decision.word, decision.by, decision.holds_from):
            word = {"release": "released", "decline": "declined"}[other.word]
            raise ProposalRefused(
                f"proposal {decision.proposal} was {word} by {other.by} on {other.at[:10]}; wait for the next month's"
            )
        if other is None:
            _write(self.decisions_at / f"{decision.proposal}.json", decision)


def word_of(text: str) -> Word:
    """Raises ProposalRefused."""
    words: dict[str, Word] = {word: word for word in get_args(Word)}
    if text not in words:
        raise ProposalRefused(f"{text!r}: a proposal is decided by one of {', '.join(words)}")
    return words[text]


def _text(record: Proposal | Decision) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=False, sort_keys=True, indent=1).encode()


def _write(path: Path, record: Proposal | Decision) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        with appearing(path) as file:
            file.write(_text(record) + b"\n")


def _read(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def _proposal(told: Mapping[str, Any]) -> Proposal:
    counties = tuple(County(**one) for one in told["counties"])
    return Proposal(**{**told, "counties": counties, "tendencies": tuple(Tendency(**one) for one in told["tendencies"])})
