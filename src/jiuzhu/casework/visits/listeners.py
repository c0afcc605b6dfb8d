"""What was found on a visit goes to the case, its people and its file by itself: nobody enters a fact of a family twice (SF051)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jiuzhu.casework.cases.events import listens
from jiuzhu.casework.cases.findings import Found, Relative, Told, take_in
from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.visits.answers import field_name
from jiuzhu.casework.visits.models import Visit
from jiuzhu.rules.forms import MEMBER_FACTS, Form

NAME, RELATION = MEMBER_FACTS


@listens("visit.closed", name="findings")
def found_on_a_visit(announcement: Announcement, at: datetime) -> None:
    _take_in(announcement.subject_key, at)


@listens("visit.corrected", name="findings")
def put_right(announcement: Announcement, at: datetime) -> None:
    _take_in(announcement.subject_key, at)


def prefilled(form: Form, facts: Mapping[str, Found], members: Sequence[Relative]) -> dict[str, list[str]]:
    """The fields of a form that are known already, as they would be typed. facts: by what they tell."""
    typed = {
        field_name(one): [facts[one.tells].text]
        for one in form.questions.values()
        if one.tells in facts and not (one.group and form.groups[one.group].rows)
    }
    for group in form.groups.values():
        telling = {one.tells: one for one in form.of_group(group.name) if one.tells in MEMBER_FACTS}
        if group.rows and NAME in telling:
            for number, member in enumerate(members[: group.rows]):
                for fact, text in ((NAME, member.name), (RELATION, member.relation)):
                    if fact in telling and text:
                        typed[field_name(telling[fact], number)] = [text]
    return typed


def told_by(form: Form, answers: Mapping[str, Any]) -> tuple[dict[str, Told], list[Relative]]:
    """What the answers of a form tell: facts of the family, and its members."""
    facts = {
        one.tells: Told(str(answers[one.name]), one.level)
        for one in form.questions.values()
        if one.tells and one.tells not in MEMBER_FACTS and answers.get(one.name)
    }
    members = []
    for group in form.groups.values():
        telling = {one.tells: one.name for one in form.of_group(group.name) if one.tells}
        if group.rows and NAME in telling:
            for row in answers.get(group.name, ()):
                name, relation = (str(row.get(telling.get(fact, ""), "")).strip() for fact in MEMBER_FACTS)
                members += [Relative(name, relation)] if name else []
    return facts, members


def _take_in(key: str, at: datetime) -> None:
    visit = Visit.objects.select_related("case").filter(key=key).first()
    form = visiting().forms.get(visit.form) if visit is not None else None
    if visit is None or form is None:
        return
    facts, members = told_by(form, json.loads(opened(visit.answers, column="visit.answers", row=visit.key)))
    take_in(case=visit.case, facts=facts, members=members, source=("visit", visit.key), found_at=visit.ended_at, at=at)
