"""What may be asked of decisions: what waits for whom, what a proposal stands on, what was decided, what was heard.

Every answer holds only what a live role of the viewer lets them see; opening one is recorded before its content leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from jiuzhu.casework.accounts.permissions import Grant, Viewer, actor, powers, require, visible
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.freezing import answer_of
from jiuzhu.casework.decisions.models import Conference, Decision, Hearing, Item, Proposal
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.roads.actions import CONFIRMING, COUNTY_ROLES, HANDLING
from jiuzhu.casework.roads.permitted import scope
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.phrases import number_words
from jiuzhu.rules.programmes.tree import HOUSEHOLD, LISTS, MEMBERS, Stated
from jiuzhu.rules.tree import Title

READ = "decisions.read"
FAMILY = "case__household_key"


@dataclass(frozen=True)
class Fact:
    """One fact with where it comes from. whose: key of a member's party, "" for the household; value: as it was stated, words: as
    it is read; others: what other sources say.
    """

    path: str
    whose: str
    title: Title
    value: str
    words: Title
    source: str
    on: date | None
    others: Mapping[str, Title]


@dataclass(frozen=True)
class Basis:
    """What a proposal stands on. answer: of its programme; alternatives: what else was judged; numbers: local numbers used."""

    facts: Sequence[Fact]
    answer: Mapping[str, Any]
    alternatives: Sequence[Mapping[str, Any]]
    numbers: Sequence[Mapping[str, Any]]
    household_class: str | None
    rulebook: str


def items(*, viewer: Viewer, at: datetime) -> QuerySet[Item]:
    """What is decided within reach, newest first."""
    found = visible(Item.objects.all(), viewer, READ, at=at, household=FAMILY)
    return found.select_related("case", "walk", "party", "member").order_by("-pk")


def waiting(*, viewer: Viewer, at: datetime, state: str = "") -> QuerySet[Item]:
    """What waits for the offices of the viewer's roles, or stands in one state of a road; `due`: the day of its task, soonest first."""
    found = items(viewer=viewer, at=at).filter(walk__ended=False)
    roles = {one.role for one in powers(viewer, at=at)}
    kinds = [kind for kind, mine in ((CONFIRMING, roles & COUNTY_ROLES), (HANDLING, roles - COUNTY_ROLES - {"anyone"})) if mine]
    tasks = Task.objects.filter(case=OuterRef("case"), round=OuterRef("walk__round"), state=Task.State.OPEN)
    if state:
        found, kinds = found.filter(walk__state=state), [CONFIRMING, HANDLING]
    else:
        # A family that was heard waits for both: the township may keep its benefit, the county cuts or ends it.
        mine = Exists(tasks.filter(kind__in=kinds)) | Q(walk__state="heard")
        found, kinds = found.filter(mine).exclude(walk__state="in_force"), [CONFIRMING, HANDLING]
    due = tasks.filter(kind__in=kinds).order_by("due_on").values("due_on")[:1]
    return found.annotate(due=Subquery(due)).order_by(F("due").asc(nulls_last=True), "pk").select_related("walk__parent")


def subject(item: Item) -> Subject:
    return Subject("item", item.key, item.division_code, item.case.household_key, item.case.key)


@transaction.atomic
def one(*, viewer: Viewer, key: str, at: datetime) -> tuple[Item, Grant] | None:
    """One item within reach and what its reader may see of it, and that it was looked at; None for any other."""
    found = items(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        return None
    grant = require(viewer, READ, on=scope(found.walk, viewer, at=at), at=at)
    record(READ, by=actor(viewer, grant), at=at, on=subject(found), purpose=grant.purpose)
    return found, grant


def basis(proposal: Proposal) -> Basis | None:
    """None where its case was erased. The item was asked for before."""
    frozen = freezing.opened(proposal)
    if frozen is None:
        return None
    told, item = frozen.told, proposal.item
    member = item.member.key if item.member else ""
    answer = answer_of(told, item.programme, member)
    others = [one for one in told["programmes"] if (one["code"], one["member"]) != (answer["code"], answer["member"])]
    numbers = [one for one in told["parameters"] if one["value"] is not None]
    facts = facts_in_words(frozen.gathered(), rulebooks.catalogue(proposal.rulebook))
    return Basis(facts, answer, others, numbers, told["class"], proposal.rulebook.version)


def reason(of: Proposal | Decision) -> str:
    """The words of whoever proposed or decided, "" where none were needed."""
    table = "decisions_proposal" if isinstance(of, Proposal) else "decisions_decision"
    return opened(of.because, column=f"{table}.because", row=of.key) if of.because else ""


def hearing(of: Hearing) -> Mapping[str, str]:
    """Who was heard, what they were told, what they said."""
    return {name: opened(getattr(of, name), column=f"decisions_hearing.{name}", row=of.key) for name in ("who", "told", "said")}


def conference(of: Conference) -> Mapping[str, str]:
    """What was put to a case conference, and what it resolved."""
    return {
        name: opened(getattr(of, name), column=f"decisions_conference.{name}", row=of.key) for name in ("question", "resolution")
    }


def recompute(decision: Decision) -> bytes | None:
    """What was judged, judged again from what was kept: equal bytes, whatever came later (F6); None where its case was erased."""
    return freezing.recomputed(decision.proposal)


def facts_in_words(frozen: Gathered, catalogue: Catalogue) -> list[Fact]:
    """Each fact stated, in the order of the file of facts: the household, its members, what is listed."""
    told, vocabulary = [], catalogue.programmes.vocabulary
    for key, value in frozen.facts.items():
        if key == MEMBERS or key in LISTS or (one := vocabulary.find(HOUSEHOLD, key)) is None:
            continue
        told.append(_fact(frozen, key, "", one, value))
    for level in (MEMBERS, *LISTS):
        things = frozen.facts.get(level)
        for place, thing in enumerate(things if isinstance(things, list) else (), start=1):
            whose = str(thing.get("name" if level == MEMBERS else "member", ""))
            for key, value in thing.items():
                known = vocabulary.find(level, key)
                if known is not None and key not in ("name", "source"):
                    path = f"{level}/{whose if level == MEMBERS else place}/{key}"
                    told.append(_fact(frozen, path, whose, known, value))
    return told


def _fact(frozen: Gathered, path: str, whose: str, one: Stated, value: Any) -> Fact:
    source = frozen.sources.get(path, {})
    on = date.fromisoformat(source["on"]) if source.get("on") else None
    others = {name: in_words(one, said) for name, said in frozen.others.get(path, {}).items()}
    return Fact(path, whose, one.title, str(value), in_words(one, value), source.get("source", ""), on, others)


def in_words(one: Stated, value: Any) -> Title:
    """A value as people read it: 18,000 元, 是, 城镇."""
    if isinstance(value, bool):
        return Title("是", "yes") if value else Title("否", "no")
    if isinstance(value, list):
        some = [in_words(one, each) for each in value]
        return Title("、".join(each.zh for each in some), ", ".join(each.en for each in some))
    code = one.code_words.get(str(value), str(value))
    if code in one.codes:
        return one.codes[code]
    if one.type.kind in ("money", "number") and _NUMBER.fullmatch(str(value)):
        number = Decimal(str(value))
        return Title(number_words(number, one.type.unit, "zh"), number_words(number, one.type.unit, "en"))
    asked = next(
        (field for field in application_form().fields.values() if (field.level, field.fact) == (one.level, one.name)), None
    )
    options = asked.question.options if asked else {}  # a text is free in a file of facts; the form has words for what it offers
    return options.get(str(value), Title(str(value), str(value)))


_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
