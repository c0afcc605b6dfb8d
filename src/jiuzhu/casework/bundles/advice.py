"""What a family could have: every item of the library judged by its own rule, with the reason in words, the best first.

Nothing is opened here and nothing is kept: an officer reads it with the family and chooses. The judge is the one that decides; no
word and no order comes from anywhere but the rules, the facts, and what is written of an item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from jiuzhu.casework.bundles.declared import is_class, library
from jiuzhu.casework.bundles.showing import days_of
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import rulebooks
from jiuzhu.casework.decisions.facts import Gathered, plain
from jiuzhu.casework.decisions.letters import unmet
from jiuzhu.engines.programmes import assess
from jiuzhu.engines.programmes import plain as as_plain
from jiuzhu.rules.library import LibraryItem
from jiuzhu.rules.programmes.family import family_of
from jiuzhu.rules.tree import Title

Outcome = Literal["fits", "unknown", "anyone", "not"]
ORDER: Mapping[Outcome, int] = {"fits": 0, "unknown": 1, "anyone": 2, "not": 3}
JUDGED: Mapping[str, Outcome] = {"granted": "fits", "unknown": "unknown", "refused": "not"}
YEARLY = {"monthly": 12, "yearly": 1, "once": 1}  # how often in a year an amount comes
MOST_REASONS = 6


@dataclass(frozen=True)
class Advice:
    """One item for one family. why: the sentences that hold, that fail, or what is not known. yuan: what it pays each time it does, in
    all, None where it pays nothing or that is not known. members: keys of those it is for, none where it is for the household.

    days: working days it takes, 0 where nobody said. opens: how many items rest on it.
    """

    item: LibraryItem
    outcome: Outcome
    why: Sequence[Title]
    yuan: Decimal | None
    pays: str
    members: Sequence[str]
    days: int
    opens: int

    @property
    def yearly(self) -> Decimal:
        return (self.yuan or Decimal(0)) * YEARLY.get(self.pays, 0)


def advice(known: Gathered, *, division: str, at: datetime) -> list[Advice]:
    """Every item of the library, the best plan first: what fits before what is not known, and that before what does not.

    Among those that fit a class goes first, for others rest on it, then what gives more in a year, then what takes less time. known:
    what was declared and found; with nothing known nothing is judged. Raises FamilyRefused where facts are not in our words.
    """
    told = _judged(known, at) if known.facts else {}
    found = [_advice(one, told, division, local_day(at)) for one in library().items.values()]
    return sorted(found, key=lambda one: (ORDER[one.outcome], -one.opens, -one.yearly, one.days))


def _judged(known: Gathered, at: datetime) -> Mapping[str, list[Mapping[str, Any]]]:
    """The answers of each programme, and of each item's own tests, by their code."""
    catalogue = rulebooks.catalogue(rulebooks.in_force(at=at))
    facts = plain({**known.facts, "on": local_day(at)})
    family = family_of(facts, catalogue.programmes)
    programmes = library().judging(catalogue.programmes)
    wanted = dict.fromkeys(code for one in library().items.values() for code in (*one.programmes, one.rule))
    codes = [code for code in programmes.codes(local_day(at)) if code in wanted]
    answers: dict[str, list[Mapping[str, Any]]] = {}
    for one in as_plain(assess(replace(catalogue, programmes=programmes), family, codes))["programmes"]:
        answers.setdefault(one["code"], []).append(one)
    return answers


def _advice(item: LibraryItem, told: Mapping[str, list[Mapping[str, Any]]], division: str, on: date) -> Advice:
    answers = [one for code in (*item.programmes, item.rule) for one in told.get(code, ())]
    days = days_of(item, division=division, on=on)
    opens = sum(one.after_class for one in library().items.values()) if is_class(item) else 0
    if not answers:
        judged = bool(item.programmes or item.rule)
        nothing = [Title("还没有这户的信息", "nothing is known of this family yet")] if judged else [item.tells]
        return Advice(item, "unknown" if judged else "anyone", nothing, None, item.pays, (), days, opens)
    best = min((JUDGED[one["outcome"]] for one in answers), key=lambda outcome: ORDER[outcome])
    those = [one for one in answers if JUDGED[one["outcome"]] == best]
    paid = [Decimal(one["amount"]) for one in those if one["amount"] is not None] if best == "fits" else []
    members = [str(one["member"]) for one in those if one["member"]] if best == "fits" else []
    why = dict.fromkeys(reason for one in those for reason in _why(one, best))
    return Advice(item, best, list(why)[:MOST_REASONS], sum(paid) if paid else None, those[0]["pays"], members, days, opens)


def _why(answer: Mapping[str, Any], outcome: Outcome) -> list[Title]:
    """Sentences of the rule itself: the tests that hold, those that do not, or what is missing to say."""
    if outcome == "not":
        return [Title(zh, en) for zh, en in zip(unmet(answer, "zh"), unmet(answer, "en"), strict=True)]
    if outcome == "unknown":
        gaps = [(one["title"], one["says"]) for one in answer["missing"]]
        return [Title(f"{title['zh']}：{says['zh']}", f"{title['en']}: {says['en']}") for title, says in gaps]
    tests = [one for one in answer["tests"] if one["kind"] == "test"]
    return [Title(f"{one['title']['zh']}：{one['says']['zh']}", f"{one['title']['en']}: {one['says']['en']}") for one in tests]


def place_of(case: Case, known: Gathered) -> str:
    """Whose numbers count: the division the facts name, else where the family is cared for."""
    return str(known.facts.get("division") or case.division_code)
