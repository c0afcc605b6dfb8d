"""Facts of a family's people that several bodies state: who agrees, who says something else, and how strong that makes the fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.dispatch.witnesses import OWN_BODY, body_of, score
from jiuzhu.registry import public
from jiuzhu.registry.public import Family, Word
from jiuzhu.rules.comparisons import Comparison
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.tree import Title


@dataclass(frozen=True)
class Said:
    """One body's word. counts: it is independent; what the office's own books say makes nothing surer. verdict: of `Word`."""

    body: Title
    dataset: Title
    value: Title
    said_on: date | None
    verdict: str
    counts: bool


@dataclass(frozen=True)
class FactEvidence:
    """One thing of one member (by place) of which more than one source speaks, the most trusted first.

    agreeing: independent bodies, each once; differing: those that say something else, the office's own among them; one that says
    both differs. What is merely older is neither.
    """

    title: Title
    member: int
    said: tuple[Said, ...]
    agreeing: int
    differing: int

    @property
    def score(self) -> int:
        """That of as many bodies as agree beyond those that differ."""
        return score(self.agreeing - self.differing)


def facts_checked(family: Family, grant: Grant) -> tuple[FactEvidence, ...]:
    """What more than one source states, contradicted things first; nothing of what the grant does not open."""
    found = []
    for stated in public.cross_checked(family.household, family.catalogue):
        comparison = family.catalogue.comparisons.by_code[stated.comparison]
        words = [word for word in stated.words if grant.opens(_level(family, comparison, word))]
        if len({word.dataset for word in words}) < 2:
            continue
        by_body = [(body_of(word.dataset, family.catalogue), word.verdict) for word in words]
        differ = {body for body, verdict in by_body if verdict == "differs"}
        agree = {body for body, verdict in by_body if verdict in ("authority", "agrees")} - differ - {OWN_BODY, ""}
        told = tuple(_said(family, comparison, word) for word in words)
        found.append(FactEvidence(comparison.title, stated.member, told, len(agree), len(differ)))
    return tuple(sorted(found, key=lambda one: (-one.differing, one.member)))


def _said(family: Family, comparison: Comparison, word: Word) -> Said:
    catalogue = family.catalogue
    body = body_of(word.dataset, catalogue)
    dataset = catalogue.datasets[word.dataset].title
    value = comparison.answers.get(word.value, Title(word.value, word.value))
    title = catalogue.bodies[body].title if body else dataset
    return Said(title, dataset, value, word.said_on, word.verdict, body != OWN_BODY)


def _level(family: Family, comparison: Comparison, word: Word) -> str:
    """The level of what a word is made of: the highest of the columns read; of a mere row that it is there, personal."""
    columns = family.catalogue.columns(word.dataset)
    read = {name for one in comparison.statements if one.dataset == word.dataset for name in one.columns}
    return max(("personal", *(columns[name].level for name in read if name in columns)), key=LEVELS.index)
