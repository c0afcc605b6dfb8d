"""What cases do when they hear of themselves: a new case gets the people the registry knows in its household."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.elsewhere import registered_elsewhere
from jiuzhu.casework.cases.events import event_of, listens
from jiuzhu.casework.cases.models import Announcement, Case, Member
from jiuzhu.casework.cases.tags import classed
from jiuzhu.casework.parties.actions import met
from jiuzhu.casework.trace.actions import Actor, record
from jiuzhu.registry import public

BY_ITSELF = Actor("system:cases")
PURPOSE = "members of a new case"


@listens("case.opened", name="members")
def members_of_one(announcement: Announcement, at: datetime) -> None:
    if announcement.case is not None:
        enrol(announcement.case, at=at)


@listens("warnings.released", name="members")
def members_of_many(announcement: Announcement, at: datetime) -> None:
    keys = event_of(announcement).subjects.exclude(case_key="").values_list("case_key", flat=True).distinct()
    for case in Case.objects.filter(key__in=list(keys), members__isnull=True).order_by("pk"):
        enrol(case, at=at)


def enrol(case: Case, *, at: datetime) -> None:
    """Enter who lives in the household by the newest release, until a person says otherwise; a case with members stays as it is."""
    if not case.household_key or case.members.exists():
        return
    workspace = Path(settings.WORKSPACE)
    if not workspace.exists() or public.current(workspace) is None:
        return
    try:
        told = public.household(workspace, case.household_key, by=BY_ITSELF.who, purpose=PURPOSE, at=at)
    except public.NoHousehold:
        return  # the registry has let it go since: its people are entered by whoever visits
    people = met([str(person) for person in told.people if person > 0], household=case.household_key, at=at)
    registered = registered_elsewhere(told, public.catalogue_of(workspace))
    counties = {str(told.people[place]): county for place, county in registered.items()}
    for party in people:
        known = {"since": local_day(at), "hukou_county": counties.get(party.registry_person, "")}
        Member.objects.get_or_create(case=case, party=party, until=None, defaults=known)
    numbered = {party.registry_person: party for party in people}
    classes = {numbered[person]: code for person, code in _classes(told).items() if person in numbered}
    classed(case=case, people=classes, at=at)
    record("members.take_in", by=BY_ITSELF, at=at, on=subject(case), after={"members": len(people)})


def _classes(told: public.Household) -> dict[str, str]:
    """Person of the registry to the first class of the file they have a row of."""
    found: dict[str, str] = {}
    for one in codes.tags().values():
        for row in told.rows.get(one.dataset, ()) if one.dataset else ():
            if row.member is not None and row.columns.get(one.column) == one.code_is:
                found.setdefault(str(told.people[row.member]), one.code)
    return found
