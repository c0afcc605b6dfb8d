"""Whom a word may reach, and how: children, the dead and families in protection have rules of their own (K3).

A person under `guardian_below` years is written to through a guardian; nobody writes to the dead; to a family in protection no short
message goes, since whoever it is protected from may read the telephone: an officer tells it in person.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.findings import names_of
from jiuzhu.casework.cases.models import LIVE, Case, CaseTag
from jiuzhu.casework.notices.declared import noticing
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber
from jiuzhu.vocabulary.mobile import MobileFault, mobile

BY_ITSELF = "system:notices"
PURPOSE = "whom a letter may reach"
DECEASED, PROTECTED = "deceased", "protected"  # tags of catalogue/case_tags.toml


class NotToThem(ValueError):
    """The person may not be written to: a child, or somebody who died. Name who is written to instead."""


def addressee(party: Party, *, case: Case | None, guardian: Party | None, at: datetime) -> Party:
    """Who gets what concerns this person: they themselves, or the guardian named for a child. Raises NotToThem."""
    for one in (guardian, party):
        if one is not None and is_deceased(one):
            raise NotToThem(f"{one.key} has died: write to who stands for the family now")
    if not is_child(party, at=at):
        return party
    if guardian is None or guardian.pk == party.pk or is_child(guardian, at=at):
        raise NotToThem(f"{party.key} is under {noticing().guardian_below}: hand in the guardian it is written to")
    return guardian


def telephone(party: Party, *, case: Case | None, at: datetime) -> tuple[str, str]:
    """The number a short message may go to and "", or "" and the code of why none may: `deceased`, `child`, `protected`, `no_number`,
    `wrong_number`."""
    if is_deceased(party):
        return "", "deceased"
    if is_child(party, at=at):
        return "", "child"
    if case is not None and is_protected(case):
        return "", "protected"
    told = opened(party.phone, column="parties_party.phone", row=party.key)
    if not told:
        return "", "no_number"
    try:
        return mobile(told), ""
    except MobileFault:
        return "", "wrong_number"


def is_deceased(party: Party) -> bool:
    return CaseTag.objects.filter(LIVE, party=party, code=DECEASED).exists()


def is_protected(case: Case) -> bool:
    return CaseTag.objects.filter(LIVE, case=case, code=PROTECTED).exists()


def is_child(party: Party, *, at: datetime) -> bool:
    """Known to be under the age from which a person is written to; whose age nobody knows is not treated as a child here."""
    years = age(party, at=at)
    return years is not None and years < noticing().guardian_below


def age(party: Party, *, at: datetime) -> int | None:
    """In whole years, by the id number casework saw, else by the registry's; None where neither is known."""
    number = opened(party.id_number, column="parties_party.id_number", row=party.key) or _registered(party, at)
    return years_between(IdNumber.parse(number).birth_date, local_day(at)) if number else None


def years_between(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def name_of(party: Party, *, case: Case | None, at: datetime) -> str:
    """As somebody saw it, else as the registry has it; "" where neither knows one."""
    row = case.members.filter(party=party, until__isnull=True).select_related("party").first() if case is not None else None
    if row is not None:
        return names_of([row], by=BY_ITSELF, at=at).get(row.pk, "")
    return opened(party.name, column="parties_party.name", row=party.key)


def _registered(party: Party, at: datetime) -> str:
    workspace = Path(settings.WORKSPACE)
    if not party.registry_person.isdecimal() or not workspace.exists() or public.current(workspace) is None:
        return ""
    person = int(party.registry_person)
    found = public.identities(workspace, [person], full=True, by=BY_ITSELF, purpose=PURPOSE, at=at).get(person)
    return found.number if found is not None else ""
