"""What may be done with people, accounts, offices and grids. Roles are given and handed down in `roles.py`."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts import places, sessions
from jiuzhu.casework.accounts.models import Grid, Office, Officer, Person
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.registry import public
from jiuzhu.vocabulary.division import DivisionFault
from jiuzhu.vocabulary.local_day import local_day


class NoSuchDivision(ValueError):
    """No division of the catalogue, and no grid, had that code on that day."""


@transaction.atomic
def open_office(*, department: str, division_code: str, name: str, by: Viewer, at: datetime) -> Office:
    """Enter the office of a department in a division; the same twice gives the one that is there.

    Raises NoSuchDivision, NotAllowed.
    """
    code = division_in_force(division_code, on=local_day(at))
    grant = require(by, "offices.open", on=Scope(code), at=at)
    office, made = Office.objects.get_or_create(
        department=department, division_code=code, defaults={"tier": places.tier(code), "name": name}
    )
    if made:
        on = Subject("office", str(office.pk), code)
        record("offices.open", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, after={"department": department})
    return office


@transaction.atomic
def open_account(
    *, account: str, password: str, staff_number: str, name: str, office: Office, by: Viewer, at: datetime, duty: str = ""
) -> Officer:
    """Give a person an account; the person is known by the staff number, so that a second account is of the same one.

    duty: of a person met for the first time, `casework` if empty; of somebody known it is not changed.
    Raises NotAllowed, IntegrityError if the account is taken.
    """
    grant = require(by, "accounts.open", on=Scope(office.division_code), at=at)
    kept = {"name": name, "duty": duty or Person.Duty.CASEWORK}
    person, _ = Person.objects.get_or_create(staff_number=staff_number, defaults=kept)
    officer = Officer.objects.create_officer(account, password, display_name=name, person=person)
    on = Subject("account", account, office.division_code)
    record("accounts.open", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, after={"duty": person.duty})
    return officer


@transaction.atomic
def close_account(*, officer: Officer, because: str, by: Viewer, at: datetime) -> bool:
    """Nothing is allowed to it from the next request on; its roles stand as they were. Gives whether it was open until now.

    Twice is harmless. Raises NotAllowed.
    """
    last = officer.assignments.order_by("-until", "pk").first()
    grant = require(by, "accounts.close", on=Scope(last.division_code if last else ""), at=at)
    closed = bool(Officer.objects.filter(pk=officer.pk, is_active=True).update(is_active=False))
    if closed:
        sessions.end_all(officer=officer, because="account_closed", at=at)
        on = Subject("account", officer.account, last.division_code[:12] if last else "")
        record(
            "accounts.close",
            by=actor(by, grant),
            at=at,
            on=on,
            purpose=grant.purpose,
            because=because,
            before={"is_active": True},
            after={"is_active": False},
        )
    return closed


@transaction.atomic
def draw_grid(*, village_code: str, number: int, name: str, since: date, by: Viewer, at: datetime) -> Grid:
    """Enter a grid of a village. number: 1 to 999, never used again in that village. Raises NoSuchDivision, NotAllowed."""
    code = division_in_force(village_code, on=since)
    if places.tier(code) != "village" or not 1 <= number <= 999:
        raise NoSuchDivision(f"grid {number} of {village_code}: a grid lies below a village and has a number from 1 to 999")
    grant = require(by, "places.draw", on=Scope(code), at=at)
    grid = Grid.objects.create(code=f"{code}{number:03}", village_code=code, name=name, since=since)
    on = Subject("division", grid.code, code)
    record("places.draw", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, after={"since": since})
    return grid


@transaction.atomic
def end_grid(*, grid: Grid, until: date, by: Viewer, at: datetime) -> None:
    """It is in force before that day and no longer from it on; its code stays taken. Raises NotAllowed."""
    grant = require(by, "places.draw", on=Scope(grid.code), at=at)
    before = grid.until
    grid.until = until
    grid.save(update_fields=["until"])
    on = Subject("division", grid.code, grid.village_code)
    kept = {"until": before}
    record("places.draw", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, before=kept, after={"until": until})


def division_in_force(code: str, *, on: date) -> str:
    """Its one short spelling. Raises NoSuchDivision if the catalogue, or the list of grids, has none of that code on that day."""
    try:
        short = places.canonical(code)
    except DivisionFault as wrong:
        raise NoSuchDivision(str(wrong)) from None
    if places.tier(short) == "grid":
        there = Grid.objects.filter(code=short, since__lte=on).exclude(until__lte=on).exists()
    else:
        there = public.divisions().find(short, on=on) is not None
    if not there:
        raise NoSuchDivision(f"division {short} was not in force on {on}; look it up in catalogue/divisions")
    return short
