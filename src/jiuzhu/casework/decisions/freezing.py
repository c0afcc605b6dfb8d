"""Judging, frozen: what the judge read and what it answered, so that years later the same bytes come out again (F5, F6)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from jiuzhu.casework.decisions import rulebooks
from jiuzhu.casework.decisions.facts import Gathered, plain
from jiuzhu.casework.decisions.models import Proposal, Rulebook
from jiuzhu.casework.decisions.refusals import NoSuchAmount
from jiuzhu.casework.trace.own_keys import opened_each, sealed_each
from jiuzhu.engines.programmes import assess, written
from jiuzhu.engines.programmes.answers import Assessment
from jiuzhu.engines.programmes.many import Brief, brief_of
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import family_of

COLUMN, FACTS = "decisions_proposal.content", "decisions_proposal.facts"
BESIDE: Mapping[str, tuple[str, ...]] = {"dibao": ("single_person_dibao",)}  # told with it, where that is given
ALSO = ("temporary_assistance",)  # what could be asked for besides, whatever class it is


@dataclass(frozen=True)
class Frozen:
    """What a proposal stands on. assessment: the bytes as they were; codes: the programmes that were judged; classes: whether its class
    was worked out besides. brief: what was kept of one of many judged at once, whose words are worked out when somebody reads them;
    empty elsewhere. weighed: which sources agreed, which an officer believed and why, what a visit alone knows.
    """

    facts: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, str]]
    others: Mapping[str, Mapping[str, Any]]
    codes: Sequence[str]
    assessment: bytes
    classes: bool = True
    brief: bytes = b""
    weighed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.assessment)
        return found

    def answer(self, programme: str, member: str = "") -> Mapping[str, Any]:
        """What was said of one programme, of the household or of one member. Raises KeyError."""
        return answer_of(self.told, programme, member)

    def gathered(self, *, on: date | None = None) -> Gathered:
        """The facts again, judged for another day."""
        facts = {**self.facts, "on": on.isoformat()} if on else self.facts
        agreed = {path: tuple(some) for path, some in self.weighed.get("agreed", {}).items()}
        return Gathered(facts, self.sources, self.others, agreed, self.weighed.get("believed", {}), self.weighed.get("alone", {}))


def freeze(gathered: Gathered, programme: str, book: Rulebook) -> Frozen:
    """Judge one family by a rulebook: its class by every rank, this programme, and what could be asked for besides.

    Raises FamilyRefused where facts are not in the words of the catalogue.
    """
    catalogue = rulebooks.catalogue(book)
    facts = plain(gathered.facts)
    codes = _codes(catalogue, programme, date.fromisoformat(facts["on"]))
    told = written(_judged(facts, codes, catalogue))
    return Frozen(facts, plain(gathered.sources), plain(gathered.others), codes, told, weighed=_weighed(gathered))


def _weighed(gathered: Gathered) -> dict[str, Any]:
    said = {"agreed": gathered.agreed, "believed": gathered.believed, "alone": gathered.alone}
    return {name: plain(one) for name, one in said.items() if one}


def answer_of(told: Mapping[str, Any], programme: str, member: str = "") -> Mapping[str, Any]:
    """Raises KeyError where the programme has no text in force that day, or no such member was judged."""
    for one in told["programmes"]:
        if one["code"] == programme and (not member or one["member"] == member):
            return dict(one)
    raise KeyError(f"{programme} was not judged; it has no text in force on {told['on']}")


def packed(frozen: Frozen, *, case: str, key: str) -> dict[str, bytes]:
    """The columns of that proposal, sealed under the key of its case."""
    facts, content = unsealed(frozen)
    sealed = sealed_each([(facts, case, FACTS, key), (content, case, COLUMN, key)])
    return dict(zip(("facts", "content"), sealed, strict=True))


def unsealed(frozen: Frozen) -> tuple[bytes, bytes]:
    """Facts and content before they are sealed. Of which day the facts speak, the proposal says."""
    content = {"codes": list(frozen.codes), "assessment": frozen.assessment.decode(), "classes": frozen.classes}
    told = {"facts": frozen.facts, "sources": frozen.sources, "others": frozen.others, "weighed": frozen.weighed}
    return _packed(told), _packed(content)


def packed_many(kept: Sequence[tuple[bytes, Brief, str, str]]) -> list[tuple[bytes, bytes]]:
    """The columns of proposals of one programme, each of the facts of an earlier one: these unsealed, what it comes to, case, key."""
    parts = []
    for facts, brief, case, key in kept:
        content = json.dumps(
            {"codes": [brief.code], "brief": brief_written(brief).decode(), "classes": False}, ensure_ascii=False, sort_keys=True
        )
        parts += [(facts, case, FACTS, key), (zlib.compress(content.encode(), 1), case, COLUMN, key)]
    sealed = sealed_each(parts)
    return list(zip(sealed[::2], sealed[1::2], strict=True))


def brief_written(brief: Brief) -> bytes:
    """What one programme comes to in one fixed form: outcome, amount, tests and lines; its words follow from rulebook and facts."""
    told = {
        "code": brief.code, "member": brief.member, "outcome": brief.outcome, "would_be": _text(brief.would_be), "tests": brief.tests,
        "lines": {name: _text(value) for name, value in brief.lines.items()},
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def opened(proposal: Proposal) -> Frozen | None:
    """None where the key of the case was destroyed: what was frozen is then gone for good (C8)."""
    return opened_many([proposal])[proposal.pk]


def opened_many(proposals: Iterable[Proposal]) -> dict[int, Frozen | None]:
    """The same of many, by their numbers."""
    held = list(proposals)
    contents = opened_each([(bytes(one.content), COLUMN, one.key) for one in held])
    facts = facts_opened([(one.key, one.facts, one.content) for one in held])
    return {
        one.pk: None if content is None or said is None else _unpacked(one, content, said)
        for one, content, said in zip(held, contents, facts, strict=True)
    }


def facts_opened(rows: Sequence[tuple[str, bytes | None, bytes]]) -> list[bytes | None]:
    """Facts of proposals before they were sealed, None where the case was erased. rows: key, facts, content.

    Proposals of before the facts lay apart have them in their content.
    """
    return opened_each([
        (bytes(facts), FACTS, key) if facts is not None else (bytes(content), COLUMN, key) for key, facts, content in rows
    ])  # fmt: skip


def facts_of(packed_facts: bytes, *, on: date) -> dict[str, Any]:
    """The facts alone, for the day they are to be judged."""
    return {**json.loads(zlib.decompress(packed_facts))["facts"], "on": on.isoformat()}


def recomputed(proposal: Proposal) -> bytes | None:
    """The assessment again, from the facts and the rulebook that were kept; None where its case was erased.

    Of one of many judged at once it is what was kept in brief, by the judge of one family.
    """
    frozen = opened(proposal)
    if frozen is None:
        return None
    told = _judged(frozen.facts, frozen.codes, rulebooks.catalogue(proposal.rulebook), classes=frozen.classes)
    return _brief_of(told, proposal) if frozen.brief else written(told)


def kept(proposal: Proposal) -> bytes | None:
    """The bytes that `recomputed` must come to."""
    frozen = opened(proposal)
    return None if frozen is None else frozen.brief or frozen.assessment


def is_same(proposal: Proposal) -> bool:
    """Whether the judgement comes out again byte by byte."""
    before = kept(proposal)
    return before is not None and recomputed(proposal) == before


def fen_of(yuan: str | Decimal | None) -> int | None:
    """Whole fen of an amount in yuan, None where it is not known. Raises NoSuchAmount for a part of a fen: a place rounds to nothing less."""
    if yuan is None:
        return None
    fen = Decimal(yuan) * 100
    if fen != fen.to_integral_value():
        raise NoSuchAmount(f"{yuan} yuan is no whole number of fen; set benefit.rounding_unit to 0.01 or more")
    return int(fen)


def _unpacked(proposal: Proposal, content: bytes, facts: bytes) -> Frozen:
    said, told = json.loads(zlib.decompress(facts)), json.loads(zlib.decompress(content))
    stated = {**said["facts"], "on": proposal.on.isoformat()}
    assessment, brief = told.get("assessment", "").encode(), told.get("brief", "").encode()
    if brief:
        assessment = written(_judged(stated, told["codes"], rulebooks.catalogue(proposal.rulebook), classes=told["classes"]))
    weighed = said.get("weighed", {})
    return Frozen(stated, said["sources"], said["others"], told["codes"], assessment, told["classes"], brief, weighed)


def _brief_of(told: Assessment, proposal: Proposal) -> bytes:
    member = proposal.item.member.key if proposal.item.member else ""
    return next(brief_written(brief_of(answer)) for answer in told.answers if not member or answer.called == member)


def _judged(facts: Mapping[str, Any], codes: Sequence[str], catalogue: Catalogue, *, classes: bool = True) -> Assessment:
    return assess(catalogue, family_of(facts, catalogue.programmes), codes, classes=classes)


def _codes(catalogue: Catalogue, programme: str, on: date) -> tuple[str, ...]:
    here = catalogue.programmes.codes(on)
    texts = catalogue.programmes.texts
    wanted = {programme, *BESIDE.get(programme, ()), *ALSO}
    return tuple(code for code in here if texts[code][0].rank or code in wanted)


def _packed(told: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(told, ensure_ascii=False, sort_keys=True).encode(), 6)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
