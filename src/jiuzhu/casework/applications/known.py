"""What departments know of whoever applies: fills the form, so that nobody writes or brings what a source shows (SF006).

Nothing here is needed to take an application in: where the records cannot be asked, the form stays empty there, the receipt is given
all the same, and they are asked again when the application is examined (SF090).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import MASK, MEMBERS, SELF, Typed, field_name
from jiuzhu.casework.parties.models import Party
from jiuzhu.registry import public
from jiuzhu.rules.application_form import ApplicationForm, Field, Fill

PURPOSE = "application"
RELATIONS: Mapping[str, str] = {
    "1": "spouse",
    "2": "child",
    "3": "child",
    "4": "grandchild",
    "5": "parent",
    "6": "grandparent",
    "7": "sibling",
}


@dataclass(frozen=True)
class Person:
    """One of the household. number: in full, "" where none is known."""

    registry_person: str
    name: str
    number: str


@dataclass(frozen=True)
class Records:
    """What the records say of a household. asked: whether they could be asked at all; where not, all else is empty and means nothing."""

    asked: bool
    household: str = ""
    division: str = ""
    people: Sequence[Person] = ()
    rows: Mapping[str, Sequence[public.KnownRow]] = field(default_factory=dict)

    def row(self, dataset: str, member: int | None, only: Mapping[str, str]) -> public.KnownRow | None:
        """The newest row of a person, or of the household, with these codes."""
        fitting = [
            row
            for row in self.rows.get(dataset, ())
            if row.member == member and all(row.columns.get(column) == code for column, code in only.items())
        ]
        return max(fitting, key=lambda row: row.columns.get("data_date", ""), default=None)

    def place_of(self, number: str) -> int | None:
        return next((place for place, person in enumerate(self.people) if number and person.number == number), None)


UNASKED = Records(False)


def of_number(number: str, *, by: str, at: datetime) -> Records:
    """The records of the household of whoever has this id number; the look is written down. UNASKED where there is no release."""
    workspace = Path(settings.WORKSPACE)
    try:
        if public.current(workspace) is None:
            return UNASKED
        household = public.household_of(workspace, number, by=by, purpose=PURPOSE, at=at)
        return of_household(household, by=by, at=at) if household else Records(True)
    except (*public.REFUSALS, OSError):
        return UNASKED


def of_party(party: Party, *, by: str, at: datetime) -> Records:
    """As `of_number`, for whom the records know already."""
    return of_household(party.registry_household, by=by, at=at) if party.registry_household else UNASKED


def of_household(household: str, *, by: str, at: datetime) -> Records:
    workspace = Path(settings.WORKSPACE)
    try:
        told = public.household(workspace, household, by=by, purpose=PURPOSE, at=at)
        identities = public.identities(
            workspace, [one for one in told.people if one > 0], full=True, by=by, purpose=PURPOSE, at=at
        )
    except (*public.REFUSALS, OSError):
        return UNASKED
    nobody = public.Identity("", "")
    people = [Person(str(one) if one > 0 else "", *_said(identities.get(one, nobody))) for one in told.people]
    return Records(True, household, told.division, people, told.rows)


def _said(identity: public.Identity) -> tuple[str, str]:
    return identity.name, identity.number


def filled(
    records: Records, *, number: str = "", whole: bool = True, form: ApplicationForm | None = None
) -> dict[str, list[str]]:
    """The fields of the form that the records answer, as they would be typed; the applicant's line first, numbers masked.

    number: the applicant's. whole: False names the others of the household and tells nothing else of them. The applicant is named
    only by themselves; whoever the register still lists, though they left long ago, is one of the lines, to be taken out by whoever
    fills the form.
    """
    form = form or application_form()
    first = records.place_of(number)
    order = [place for place in range(len(records.people)) if place != first]
    order = order if first is None else [first, *order]
    typed: dict[str, list[str]] = {}
    for one in form.fields.values():
        fill = one.fill if one.section != MEMBERS else None
        if fill is not None and first is not None and (text := _answer(fill, records, first)):
            typed[one.question.name] = [text]
    members = [one for one in form.fields.values() if one.section == MEMBERS]
    for line, place in enumerate(order[: form.sections[MEMBERS].rows]):
        shown = members if whole or place == first else [one for one in members if one.fill is None]
        typed |= _line(shown, records, place, line, is_applicant=place == first)
    return typed


def _line(members: Sequence[Field], records: Records, place: int, line: int, *, is_applicant: bool) -> dict[str, list[str]]:
    person = records.people[place]
    said = {
        "member_name": person.name,
        "member_id_kind": "id_card" if person.number else "",
        "member_id_number": masked(person.number),
        "member_relation": SELF if is_applicant else _relation(records, place),
    }
    for one in members:
        if one.fill is not None and (text := _answer(one.fill, records, place)):
            said[one.question.name] = text
    questions = {one.question.name: one.question for one in members}
    return {field_name(questions[name], line): [text] for name, text in said.items() if text}


def _relation(records: Records, place: int) -> str:
    """How somebody stands to the head of the register, where the applicant is the head; "" where that is not said."""
    row = records.row("police_population", place, {})
    return RELATIONS.get(row.columns.get("relation_to_head", "")[:1], "") if row else ""


def _answer(fill: Fill, records: Records, place: int) -> str:
    row = records.row(fill.dataset, place, fill.only)
    text = row.columns.get(fill.column, "") if row else ""
    return fill.means.get(text, "") if fill.means else text


def masked(number: str) -> str:
    return f"{number[:4]}{MASK * 10}{number[14:]}" if number else ""


def unmasked(typed: Typed, records: Records) -> dict[str, list[str]]:
    """Numbers that were shown masked and left so, as they are; one that fits nobody of the household, or two, stays as it was typed."""
    whole: dict[str, list[str]] = {}
    for person in records.people:
        whole.setdefault(masked(person.number), []).append(person.number)
    return {
        name: [whole[text][0] if MASK in text and len(whole.get(text, ())) == 1 else text for text in given]
        for name, given in typed.items()
    }
