"""Whoever an application names becomes a party, and its family the case's: by numbers alone, since of two with one name each is another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiuzhu.casework.applications.form import MEMBERS
from jiuzhu.casework.applications.known import Records
from jiuzhu.casework.applications.models import Application, Named
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import open_cases_of
from jiuzhu.casework.cases.tasks import office_of
from jiuzhu.casework.parties.actions import named
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import actions as roads
from jiuzhu.vocabulary.id_number import IdNumber

RELATION = {
    "self": "02",
    "spouse": "10",
    "parent": "5",
    "grandchild": "4",
    "grandparent": "6",
    "sibling": "7",
    "in_law": "8",
    "other": "8",
}
SON, DAUGHTER = "2", "3"


@dataclass(frozen=True)
class Line:
    """One line of the members: who it is, how they stand to the applicant as a code of relation_to_head, whether they live together."""

    party: Party
    relation: str
    together: bool


def lines(values: Mapping[str, Any], records: Records, *, at: datetime) -> list[Line]:
    """The parties of the members, the applicant first. The applicant has the telephone and address of the form, the others their own."""
    found = []
    for number, row in enumerate(values[MEMBERS]):
        spelt = row.get("member_id_number", "")
        place = records.place_of(spelt)
        known = records.people[place].registry_person if place is not None else ""
        first = {"phone": values.get("phone", ""), "address": values.get("address", "")} if number == 0 else {}
        party = named(
            name=row["member_name"], id_number=spelt, phone=first.get("phone") or row.get("member_phone", ""),
            address=first.get("address", ""), registry_person=known, household=records.household if known else "", at=at,
        )  # fmt: skip
        found.append(Line(party, _relation(row["member_relation"], spelt), row.get("member_lives_together") != "no"))
    return found


def agent_of(values: Mapping[str, Any], *, at: datetime) -> Party | None:
    if values.get("agent") != "yes":
        return None
    return named(name=values["agent_name"], id_number=values["agent_id_number"], phone=values["agent_phone"], at=at)


def family_case(application: Application, found: Sequence[Line], records: Records) -> Case:
    """The open case of the family: of the applicant, else of the household the records know, else the one the draft was begun in."""
    of_applicant = Case.objects.filter(state="open", members__party=found[0].party, members__until__isnull=True)
    first = of_applicant.exclude(pk=application.case_id).order_by("opened_at", "pk").first()
    if first is not None:
        return first
    known = [pk for pk in open_cases_of([records.household]).get(records.household, ()) if pk != application.case_id]
    return Case.objects.get(pk=known[0]) if known else application.case


def settle(held: Application, case: Case, found: Sequence[Line], records: Records, division: str, *, at: datetime) -> Case:
    """Let the application stand in its family's case and where it is examined, the family being who was named. Gives the case.

    A case that was opened for the draft alone ends with it; one that others work on stays where it is and as it is.
    """
    if case.pk != held.case_id and not held.case.members.exists():
        cases.put_into(held.case, case, at=at)
    elif case.pk == held.case_id and case.division_code != division and not case.members.exists():
        case = cases.moved(case, division)
        case.tasks.filter(state="open").update(division_code=division, office=office_of(division))
    if records.household and not case.household_key and not open_cases_of([records.household]):
        case = cases.of_household(case, records.household)
    for line in found:
        if line.together:
            cases.joined(case, line.party, line.relation, at=at)
    roads.settled(held.walk, case=case, party=found[0].party, division_code=division)
    return case


def name(held: Application, found: Sequence[Line]) -> None:
    Named.objects.filter(application=held).delete()
    rows = [Named(application=held, line=number, party=line.party, together=line.together) for number, line in enumerate(found)]
    Named.objects.bulk_create(rows)


def live_beside(held: Application, found: Sequence[Line], items: Sequence[str]) -> Application | None:
    """An application in hand that names one of these people and asks for one of the same things, the oldest first."""
    wanted = set(items)
    standing = Application.objects.filter(
        number__gt="", walk__ended=False, named__party__in=[line.party for line in found if line.together], named__together=True
    ).exclude(pk=held.pk)
    for other in standing.select_related("walk", "case", "applicant", "agent").distinct().order_by("submitted_at", "pk"):
        theirs = set(other.items.split())
        if wanted & theirs or "unsure" in wanted | theirs:
            return other
    return None


def _relation(word: str, number: str) -> str:
    if word != "child":
        return RELATION[word]
    return {1: SON, 2: DAUGHTER}[IdNumber.parse(number).sex] if number else ""
