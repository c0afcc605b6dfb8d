"""Accounts with roles for tests: put straight into the tables, so that a test of permissions does not rest on the actions."""

from __future__ import annotations

from datetime import UTC, datetime

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.models import Assignment, Office, Officer, Person
from jiuzhu.rules.permissions import ADMINISTRATORS

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
PASSWORD = "a long enough one"


def account(name: str, *, person: Person | None = None, duty: str = "casework") -> Officer:
    """An account without a role."""
    person = person or Person.objects.create(staff_number=f"staff {name}", name=name, duty=duty)
    return Officer.objects.create_officer(name, PASSWORD, display_name=name, person=person)


def officer(name: str, role: str, division: str, *, since: datetime = SINCE, until: datetime = UNTIL) -> Officer:
    """An account with one role."""
    made = account(name, duty=role if role in ADMINISTRATORS else "casework")
    give(made, role, division, since=since, until=until)
    return made


def give(to: Officer, role: str, division: str, *, since: datetime = SINCE, until: datetime = UNTIL) -> Assignment:
    tier = places.tier(division)
    kept = {"tier": tier if tier != "grid" else "village", "name": division}
    office, _ = Office.objects.get_or_create(department="民政", division_code=division[:12], defaults=kept)
    duty = role if role in ADMINISTRATORS else "casework"
    return Assignment.objects.create(
        officer=to, office=office, role=role, duty=duty, division_code=division, since=since, until=until, given_by="test"
    )
