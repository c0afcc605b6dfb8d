"""Along which relations, and how many one after another, a rule of the catalogue asks about other people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jiuzhu.rules.dependencies import expressions_of, facts_of
from jiuzhu.rules.tree import Fact, FactInput, Indicator, Input, MembersInput

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


def relations_used(catalogue: Catalogue) -> Sequence[str]:
    """The relations that any rule or fact follows."""
    used: set[str] = set()
    owners: list[Indicator | Fact] = [*catalogue.indicators.values(), *catalogue.facts.values()]
    for owner in owners:
        used.update(_relation(one) for one in _inputs(owner))
    return sorted(used & catalogue.relations.keys())


def depth_of(catalogue: Catalogue) -> int:
    """The most relations that one answer follows one after another: the father's guardian's death would be two."""
    known: dict[str, int] = {}

    def of_facts(codes: Iterable[str]) -> int:
        return max((of_fact(code) for code in codes if code in catalogue.facts), default=0)

    def of_fact(code: str) -> int:
        if code not in known:
            fact = catalogue.facts[code]
            known[code] = max(of_inputs(fact), of_facts(facts_of([], [fact.value])))
        return known[code]

    def of_inputs(owner: Indicator | Fact) -> int:
        # What is asked of each person of a relation is asked by the owner's person inputs.
        inside = max((of_facts(facts_of([one], [])) for one in owner.person_inputs.values()), default=0)
        return max((_step(one) + max(of_facts(facts_of([one], [])), inside) for one in _inputs(owner)), default=0)

    rules = (max(of_inputs(one), of_facts(facts_of([], expressions_of(one.rule)))) for one in catalogue.indicators.values())
    return max((*rules, of_facts(catalogue.facts)), default=0)


def _inputs(owner: Indicator | Fact) -> tuple[Input, ...]:
    return (*owner.inputs.values(), *owner.person_inputs.values())


def _relation(one: Input) -> str:
    if isinstance(one, FactInput):
        return one.via
    return one.among if isinstance(one, MembersInput) else ""


def _step(one: Input) -> int:
    return 1 if _relation(one) not in ("", "household") else 0
