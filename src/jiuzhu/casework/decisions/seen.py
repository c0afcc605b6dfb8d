"""What was seen at a home and said next door: the answers of a survey as facts, and a neighbour's as words beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.findings import names_of
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions.facts import VISIT, Told
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.visits.models import Visit
from jiuzhu.casework.visits.queries import newest
from jiuzhu.rules.forms import Form
from jiuzhu.rules.programmes.tree import HOUSEHOLD, MEMBERS
from jiuzhu.rules.tree import Title

BY_ITSELF = "system:decisions"
SURVEYORS = 2  # a survey that facts are taken from is made by two (L05 article 15)
NAME = "member_name"


@dataclass(frozen=True)
class Said:
    """One answer of a neighbour. visit: its key."""

    asks: Title
    answer: Title
    on: date
    visit: str


def seen_at_home(case: Case, *, since: datetime, at: datetime) -> Told | None:
    """The newest survey by two people since that instant, what was put right counted by its last word; None without one.

    Only answers whose question states a fact are facts; a row about somebody whose name no member, or more than one, bears states none.
    """
    made, form = _newest(case, since)
    if made is None or form is None:
        return None
    answers = _answers(made)
    facts: dict[str, Any] = {MEMBERS: _of_members(case, form, answers, at)}
    for name, value in answers.items():
        question = form.questions.get(name)
        if question is None or question.group in form.groups or (said := question.stated(value)) is None:
            continue
        level, _, fact = question.states.partition(".")
        facts.setdefault(level, {})[fact] = said
    for group in form.groups.values():
        rows = answers.get(group.name, []) if group.rows else [answers]
        for row in rows:
            _thing(form, group.name, row, facts)
    return Told(VISIT, local_day(made.ended_at), facts)


def surveyed_by(case: Case, *, since: datetime) -> str:
    """The key of the survey the facts are of, "" where there is none."""
    made, _ = _newest(case, since)
    return made.key if made is not None else ""


def said_next_door(case: Case, *, since: datetime) -> Sequence[Said]:
    """What neighbours chose from what they were asked, newest first; their own words stay on the page of the visit."""
    told = []
    forms = [code for code, form in visiting().forms.items() if not form.outcome]
    for made in newest(Visit.objects.filter(case=case, form__in=forms, recorded_at__gte=since)).order_by("-recorded_at", "-pk"):
        form = visiting().forms[made.form]
        for name, value in _answers(made).items():
            question = form.questions.get(name)
            if question is not None and question.type == "one" and value in question.options:
                told.append(Said(question.asks, question.options[value], local_day(made.ended_at), made.key))
    return told


def _newest(case: Case, since: datetime) -> tuple[Visit | None, Form | None]:
    forms = {code: form for code, form in visiting().forms.items() if form.persons >= SURVEYORS}
    visits = Visit.objects.filter(case=case, form__in=forms, second__isnull=False, recorded_at__gte=since)
    made = newest(visits).order_by("-recorded_at", "-pk").first()
    return made, forms[made.form] if made else None


def _answers(made: Visit) -> Mapping[str, Any]:
    """Empty where its case was erased."""
    found: Mapping[str, Any] = json.loads(opened(made.answers, column="visit.answers", row=made.key) or "{}")
    return found


def _of_members(case: Case, form: Form, answers: Mapping[str, Any], at: datetime) -> list[dict[str, Any]]:
    rows = list(case.members.filter(until__isnull=True).select_related("party").order_by("pk"))
    named: dict[str, list[str]] = {}
    known = names_of(rows, by=BY_ITSELF, at=at) if rows else {}
    for row in rows:
        named.setdefault(known.get(row.pk, ""), []).append(row.party.key)
    told = []
    for group in form.groups.values():
        for row in answers.get(group.name, []) if group.rows else ():
            keys = named.get(row.get(NAME, ""), [])
            stated = {fact: said for level, fact, said in _stated(form, row) if level == MEMBERS}
            if len(keys) == 1 and stated:
                told.append({"name": keys[0], **stated})
    return told


def _thing(form: Form, group: str, row: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """One home or vehicle, told by a row or by a group; without a kind it is none: a family that rents owns no home here."""
    things: dict[str, dict[str, Any]] = {}
    for level, fact, said in _stated(
        form, {name: row[name] for name in row if name in {one.name for one in form.of_group(group)}}
    ):
        if level not in (HOUSEHOLD, MEMBERS):
            things.setdefault(level, {})[fact] = said
        elif level == HOUSEHOLD:
            facts.setdefault(HOUSEHOLD, {})[fact] = said
    for level, thing in things.items():
        if "kind" in thing:
            facts.setdefault(level, []).append(thing)


def _stated(form: Form, row: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Level, fact and value of each answer that states one."""
    told = []
    for name, value in row.items():
        question = form.questions.get(name)
        said = question.stated(value) if question is not None else None
        if question is not None and said is not None:
            level, _, fact = question.states.partition(".")
            told.append((level, fact, said))
    return told
