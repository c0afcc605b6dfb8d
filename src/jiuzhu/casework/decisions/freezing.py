"""Judging, frozen: what the judge read and what it answered, so that years later the same bytes come out again (F5, F6)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jiuzhu.casework.decisions import rulebooks
from jiuzhu.casework.decisions.facts import Gathered, plain
from jiuzhu.casework.decisions.models import Proposal, Rulebook
from jiuzhu.casework.decisions.refusals import NoSuchAmount
from jiuzhu.casework.trace.own_keys import opened_each, sealed_bytes
from jiuzhu.engines.programmes import assess, written
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import family_of

COLUMN = "decisions_proposal.content"
BESIDE: Mapping[str, tuple[str, ...]] = {"dibao": ("single_person_dibao",)}  # told with it, where that is given
ALSO = ("temporary_assistance",)  # what could be asked for besides, whatever class it is


@dataclass(frozen=True)
class Frozen:
    """What a proposal stands on. assessment: the bytes as they were; codes: the programmes that were judged; classes: whether its class
    was worked out besides.
    """

    facts: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, str]]
    others: Mapping[str, Mapping[str, Any]]
    codes: Sequence[str]
    assessment: bytes
    classes: bool = True

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
        return Gathered(facts, self.sources, self.others)


def freeze(gathered: Gathered, programme: str, book: Rulebook) -> Frozen:
    """Judge one family by a rulebook: its class by every rank, this programme, and what could be asked for besides.

    Raises FamilyRefused where facts are not in the words of the catalogue.
    """
    catalogue = rulebooks.catalogue(book)
    facts = plain(gathered.facts)
    codes = _codes(catalogue, programme, date.fromisoformat(facts["on"]))
    return Frozen(facts, plain(gathered.sources), plain(gathered.others), codes, _judged(facts, codes, catalogue))


def freeze_only(gathered: Gathered, programme: str, book: Rulebook) -> Frozen:
    """The same for this programme alone: where many are judged again by a new number, and nothing else is asked."""
    catalogue = rulebooks.catalogue(book)
    facts, codes = plain(gathered.facts), (programme,)
    told = _judged(facts, codes, catalogue, classes=False)
    return Frozen(facts, plain(gathered.sources), plain(gathered.others), codes, told, classes=False)


def answer_of(told: Mapping[str, Any], programme: str, member: str = "") -> Mapping[str, Any]:
    """Raises KeyError where the programme has no text in force that day, or no such member was judged."""
    for one in told["programmes"]:
        if one["code"] == programme and (not member or one["member"] == member):
            return dict(one)
    raise KeyError(f"{programme} was not judged; it has no text in force on {told['on']}")


def packed(frozen: Frozen, *, case: str, key: str) -> bytes:
    """Sealed for that proposal under the key of its case."""
    content = json.dumps(
        {
            "facts": frozen.facts, "sources": frozen.sources, "others": frozen.others, "codes": list(frozen.codes),
            "assessment": frozen.assessment.decode(), "classes": frozen.classes,
        },
        ensure_ascii=False, sort_keys=True,
    )  # fmt: skip
    return sealed_bytes(zlib.compress(content.encode(), 6), of=case, name=COLUMN, about=key)


def opened(proposal: Proposal) -> Frozen | None:
    """None where the key of the case was destroyed: what was frozen is then gone for good (C8)."""
    return opened_many([proposal])[proposal.pk]


def opened_many(proposals: Iterable[Proposal]) -> dict[int, Frozen | None]:
    """The same of many, by their numbers."""
    held = list(proposals)
    contents = opened_each([(bytes(one.content), COLUMN, one.key) for one in held])
    return {one.pk: None if content is None else _unpacked(content) for one, content in zip(held, contents, strict=True)}


def _unpacked(content: bytes) -> Frozen:
    kept = json.loads(zlib.decompress(content))
    return Frozen(kept["facts"], kept["sources"], kept["others"], kept["codes"], kept["assessment"].encode(), kept["classes"])


def recomputed(proposal: Proposal) -> bytes | None:
    """The assessment again, from the facts and the rulebook that were kept; None where its case was erased."""
    frozen = opened(proposal)
    return (
        None
        if frozen is None
        else _judged(frozen.facts, frozen.codes, rulebooks.catalogue(proposal.rulebook), classes=frozen.classes)
    )


def is_same(proposal: Proposal) -> bool:
    """Whether the judgement comes out again byte by byte."""
    frozen = opened(proposal)
    return frozen is not None and recomputed(proposal) == frozen.assessment


def fen_of(yuan: str | None) -> int | None:
    """Whole fen of an amount in yuan, None where it is not known. Raises NoSuchAmount for a part of a fen: a place rounds to nothing less."""
    if yuan is None:
        return None
    fen = Decimal(yuan) * 100
    if fen != fen.to_integral_value():
        raise NoSuchAmount(f"{yuan} yuan is no whole number of fen; set benefit.rounding_unit to 0.01 or more")
    return int(fen)


def _judged(facts: Mapping[str, Any], codes: Sequence[str], catalogue: Catalogue, *, classes: bool = True) -> bytes:
    return written(assess(catalogue, family_of(facts, catalogue.programmes), codes, classes=classes))


def _codes(catalogue: Catalogue, programme: str, on: date) -> tuple[str, ...]:
    here = catalogue.programmes.codes(on)
    texts = catalogue.programmes.texts
    wanted = {programme, *BESIDE.get(programme, ()), *ALSO}
    return tuple(code for code in here if texts[code][0].rank or code in wanted)
