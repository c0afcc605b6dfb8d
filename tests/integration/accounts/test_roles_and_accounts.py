"""Accounts are opened, roles given until a day and ended, handed down and taken back; each act leaves one event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from jiuzhu.casework.accounts import actions, roles
from jiuzhu.casework.accounts.models import Assignment, Delegation, Grid, Office, Officer, Person
from jiuzhu.casework.accounts.permissions import Console, NotAllowed, Scope, allowed, present
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.trace.models import Event
from tests.integration.accounts.conftest import AT, COUNTY, TOWNSHIP, VILLAGE
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
LATER = AT + timedelta(days=30)


@pytest.fixture
def office() -> Office:
    return actions.open_office(department="民政", division_code=COUNTY, name="东营区民政局", by=Console(), at=AT)


def opened(office: Office, by: Any, name: str = "zhou", **other: Any) -> Officer:
    told = {"account": name, "password": "a long enough one", "staff_number": f"s-{name}", "name": name, **other}
    return actions.open_account(office=office, by=by, at=AT, **told)


def assign(
    to: Officer, office: Office, by: Any, role: str = "township_officer", division: str = TOWNSHIP, **other: Any
) -> Assignment:
    told = {"officer": to, "role": role, "division_code": division, "office": office, "since": AT, "until": AT + YEAR, **other}
    return roles.assign(by=by, at=AT, **told)


def may(viewer: Officer, at: datetime, operation: str = "warnings.list", division: str = VILLAGE) -> bool:
    return allowed(viewer, operation, on=Scope(division, "open"), at=at) is not None


def events(operation: str) -> list[tuple[str, str, str, str]]:
    return list(Event.objects.filter(operation=operation).values_list("who", "role", "subject_kind", "subject_division"))


def test_an_account_is_opened_and_its_role_begins_and_ends_by_itself(office: Office, system: Officer, security: Officer):
    zhou = opened(office, system)
    assert not may(zhou, AT)
    assign(zhou, office, security, since=AT + timedelta(hours=1))
    assert [may(zhou, AT + passed) for passed in (timedelta(0), timedelta(hours=1), YEAR - timedelta(seconds=1), YEAR)] == [
        False,
        True,
        True,
        False,
    ]
    assert events("accounts.open") == [("system", "system_administrator", "account", COUNTY)]
    assert events("roles.assign") == [("security", "security_administrator", "role", TOWNSHIP)]


def test_a_role_that_is_ended_gives_nothing_from_then_on_and_stays_to_be_read(office: Office, security: Officer):
    zhou = opened(office, Console())
    given = assign(zhou, office, security)
    roles.end(assignment=given, because="moved to another office", by=security, at=LATER)
    assert (may(zhou, LATER - timedelta(seconds=1)), may(zhou, LATER)) == (True, False)
    kept = Assignment.objects.get(pk=given.pk)
    assert (kept.until, kept.ended_by, kept.ended_because) == (LATER, "security", "moved to another office")
    assert roles.end(assignment=given, because="again", by=security, at=LATER + YEAR).until == LATER
    assert len(events("roles.end")) == 1


def test_a_role_that_has_not_begun_ends_before_it_did(office: Office, security: Officer):
    given = assign(opened(office, Console()), office, security, since=LATER)
    assert roles.end(assignment=given, because="a mistake", by=security, at=AT).until == LATER


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "a role there is not": ({"role": "street_sweeper"}, roles.WrongRole, "street_sweeper"),
    "a township's role in a county": ({"division": COUNTY}, roles.WrongRole, "tiers: township"),
    "the machine's role": ({"role": "console"}, roles.WrongRole, "tiers: none"),
    "no term": ({"until": AT}, roles.WrongRole, "ends after it began"),
    "a division that does not exist": ({"division": "370502999"}, actions.NoSuchDivision, "370502999"),
    "a division of another county": ({"division": "370503001"}, roles.WrongRole, "does not answer for it"),
    "no code at all": ({"division": "东营"}, actions.NoSuchDivision, "6, 9 or 12 digits"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_role_that_cannot_be_held_so_is_refused(what: str, office: Office, security: Officer):
    told, fault, why = WRONG[what]
    zhou = opened(office, Console())
    before = Event.objects.count()
    with pytest.raises(fault, match=why):
        assign(zhou, office, security, **told)
    assert not zhou.assignments.exists()
    assert Event.objects.count() == before


@pytest.mark.parametrize("role", ["system_administrator", "audit_administrator", "county_officer", "auditor", "data_steward"])
def test_only_a_security_administrator_gives_and_ends_roles(role: str, office: Office, security: Officer):
    zhou, other = opened(office, Console()), officer("other", role, COUNTY)
    given = assign(zhou, office, security)
    with pytest.raises(NotAllowed, match=r"roles\.assign"):
        assign(zhou, office, other, since=LATER)
    with pytest.raises(NotAllowed, match=r"roles\.end"):
        roles.end(assignment=given, because="out", by=other, at=AT)


def test_a_security_administrator_of_another_county_gives_nothing_here(office: Office):
    with pytest.raises(NotAllowed):
        assign(opened(office, Console()), office, officer("far", "security_administrator", "370503"))


def test_nobody_gives_a_role_to_themselves_under_whichever_account(office: Office, security: Officer):
    second = account("second", person=security.person)
    for to in (security, second):
        with pytest.raises(NotAllowed, match="to themselves"):
            assign(to, office, security, role="security_administrator", division=COUNTY)


DUTIES = ("system_administrator", "security_administrator", "audit_administrator", "county_officer")


@pytest.mark.parametrize("held", DUTIES)
@pytest.mark.parametrize("wanted", DUTIES)
def test_whoever_runs_guards_or_audits_the_system_holds_no_other_duty_under_any_account(held: str, wanted: str, office: Office):
    duty = held if held != "county_officer" else "casework"
    first = opened(office, Console(), "first", staff_number="s-1", duty=duty)
    second = opened(office, Console(), "second", staff_number="s-1", duty=wanted)
    assert second.person == first.person
    assign(first, office, Console(), role=held, division=COUNTY)
    for to in (first, second):
        if wanted == held:
            assign(to, office, Console(), role=wanted, division=COUNTY, since=AT + timedelta(hours=1))
        else:
            with pytest.raises(roles.WrongRole, match="nobody holds both"):
                assign(to, office, Console(), role=wanted, division=COUNTY)


def test_a_role_laid_into_the_table_beside_the_person_s_duty_gives_nothing(office: Office):
    zhou = officer("zhou", "county_officer", COUNTY)
    give(zhou, "security_administrator", COUNTY)
    assert zhou.assignments.count() == 2
    assert not allowed(zhou, "roles.assign", on=None, at=AT)
    assert may(zhou, AT)


def test_a_closed_account_may_nothing_though_its_roles_stand(office: Office, system: Officer, security: Officer):
    zhou = opened(office, system)
    assign(zhou, office, security)
    for _ in range(2):
        actions.close_account(officer=zhou, because="left the service", by=system, at=LATER)
    assert not may(zhou, LATER)
    assert zhou.assignments.get().until == AT + YEAR
    assert len(events("accounts.close")) == 1


def test_an_account_without_a_role_is_closed_by_the_office_that_opened_it(office: Office, system: Officer):
    zhou = opened(office, system)
    with pytest.raises(NotAllowed):
        actions.close_account(officer=zhou, because="never used", by=officer("far", "system_administrator", "370503"), at=AT)


def test_a_taken_account_is_refused_and_leaves_nothing(office: Office, system: Officer):
    opened(office, system)
    with pytest.raises(IntegrityError):
        opened(office, system, staff_number="another")
    assert not Person.objects.filter(staff_number="another").exists()


def test_an_office_is_entered_once(office: Office, system: Officer):
    again = actions.open_office(department="民政", division_code="370502000000", name="another name", by=system, at=AT)
    assert (again, again.name, again.tier, Office.objects.filter(department="民政", division_code=COUNTY).count()) == (
        office,
        "东营区民政局",
        "county",
        1,
    )


def test_a_grid_lies_below_its_village_and_its_worker_reaches_nothing_else(office: Office, system: Officer, security: Officer):
    grid = actions.draw_grid(village_code=VILLAGE, number=7, name="第七网格", since=AT.date(), by=system, at=AT)
    assert (grid.code, grid.village_code) == (f"{VILLAGE}007", VILLAGE)
    assign(opened(office, Console()), office, security, role="grid_worker", division=grid.code)
    actions.end_grid(grid=grid, until=AT.date(), by=system, at=AT)
    with pytest.raises(actions.NoSuchDivision, match="not in force"):
        assign(opened(office, Console(), "li"), office, security, role="grid_worker", division=grid.code)
    assert len(events("places.draw")) == 2


@pytest.mark.parametrize(("village", "number"), [(TOWNSHIP, 1), (VILLAGE, 0), (VILLAGE, 1000)])
def test_a_grid_elsewhere_or_without_a_number_is_refused(village: str, number: int, system: Officer):
    with pytest.raises(actions.NoSuchDivision):
        actions.draw_grid(village_code=village, number=number, name="网格", since=date(2026, 1, 1), by=system, at=AT)
    assert not Grid.objects.exists()


@pytest.fixture
def boss() -> Officer:
    return officer("boss", "county_officer", COUNTY)


@pytest.fixture
def taker() -> Officer:
    return account("taker")


def handed(boss: Officer, taker: Officer, division: str = TOWNSHIP, **other: Any) -> Delegation:
    told = {"assignment": boss.assignments.get(), "until": AT + YEAR, "because": "leave", "operation": "warnings.reopen", **other}
    return roles.delegate(taker=taker, division_code=division, by=boss, at=AT, **told)


def may_reopen(viewer: Officer, division: str, at: datetime = AT) -> bool:
    return allowed(viewer, "warnings.reopen", on=Scope(division, "closed"), at=at) is not None


def test_what_is_handed_down_reaches_that_division_and_that_operation_only(boss: Officer, taker: Officer):
    handed(boss, taker)
    grant = allowed(taker, "warnings.reopen", on=Scope(VILLAGE, "closed"), at=AT)
    assert (grant.role, grant.division_code, grant.delegated_by) == ("county_officer", TOWNSHIP, "boss")
    assert may_reopen(boss, "370502002001")
    assert [may_reopen(taker, code) for code in (TOWNSHIP, "370502002001", COUNTY, "370503001001")] == [True, False, False, False]
    assert not may(taker, AT)
    assert events("roles.delegate") == [("boss", "county_officer", "role", TOWNSHIP)]


def test_a_whole_role_handed_down_still_reaches_nothing_beside_or_above(boss: Officer, taker: Officer):
    handed(boss, taker, operation="")
    assert may(taker, AT)
    far = Scope("370503", count=1)
    assert allowed(boss, "family.find_by_number", on=far, at=AT)
    assert not allowed(taker, "family.find_by_number", on=far, at=AT)


def test_what_is_handed_down_ends_with_the_role_it_came_from(boss: Officer, taker: Officer, security: Officer):
    handed(boss, taker)
    roles.end(assignment=boss.assignments.get(), because="retired", by=security, at=LATER)
    assert (may_reopen(taker, VILLAGE, LATER - timedelta(seconds=1)), may_reopen(taker, VILLAGE, LATER)) == (True, False)


def test_what_is_handed_down_can_be_taken_back_by_who_did(boss: Officer, taker: Officer):
    given = handed(boss, taker)
    with pytest.raises(roles.NotYours):
        roles.end_delegation(delegation=given, because="enough", by=taker, at=LATER)
    for _ in range(2):
        roles.end_delegation(delegation=given, because="back from leave", by=boss, at=LATER)
    assert not may_reopen(taker, VILLAGE, LATER)
    assert len(events("roles.delegate")) == 2


def test_what_was_handed_down_goes_no_further(boss: Officer, taker: Officer):
    handed(boss, taker, operation="")
    with pytest.raises(roles.NotYours, match="does not hold that role"):
        roles.delegate(
            assignment=boss.assignments.get(),
            taker=account("third"),
            division_code=TOWNSHIP,
            until=LATER,
            because="x",
            by=taker,
            at=AT,
        )


def test_a_role_above_everything_handed_down_is_not_widened_by_a_row_that_says_so(boss: Officer, taker: Officer):
    """Also where the action was passed by: laid straight into the table."""
    assignment = boss.assignments.get()
    Delegation.objects.create(assignment=assignment, taker=taker, division_code="370500", since=AT, until=AT + YEAR, because="x")
    assert not may_reopen(taker, VILLAGE)


NOT_YOURS: dict[str, tuple[dict[str, Any], str]] = {
    "a division beside": ({"division": "370503001"}, "does not lie in"),
    "longer than the role": ({"until": datetime(2030, 1, 1, tzinfo=AT.tzinfo)}, "ends before the role"),
    "no term": ({"until": AT}, "ends before the role"),
    "an operation the role has not": ({"operation": "roles.assign"}, "may not do"),
    "an operation that reaches only elsewhere": ({"operation": "family.open_elsewhere"}, "may not do"),
}


@pytest.mark.parametrize("what", NOT_YOURS)
def test_only_what_one_has_goes_down(what: str, boss: Officer, taker: Officer):
    told, why = NOT_YOURS[what]
    with pytest.raises(roles.NotYours, match=why):
        handed(boss, taker, **told)
    assert not Delegation.objects.exists()


def test_nothing_is_handed_to_oneself_or_to_another_duty(boss: Officer, system: Officer):
    for to in (account("own second", person=boss.person), system):
        with pytest.raises(roles.NotYours, match="another person"):
            handed(boss, to)


def test_an_act_whose_event_cannot_be_written_does_not_happen(office: Office, security: Officer, monkeypatch: pytest.MonkeyPatch):
    zhou = opened(office, Console())

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(roles, "record", broken)
    with pytest.raises(OSError, match="full"):
        assign(zhou, office, security)
    assert not zhou.assignments.exists()


def test_a_page_names_the_oldest_role_of_one_s_own(boss: Officer, taker: Officer):
    assert posting(taker, at=AT) is None
    handed(boss, taker)
    assert posting(taker, at=AT).delegated_by == "boss"
    give(taker, "grid_worker", VILLAGE, since=AT)
    assert (posting(taker, at=AT).role, posting(taker, at=AT).division_code) == ("grid_worker", VILLAGE)


def test_the_roles_of_one_request_are_read_once_and_those_of_another_instant_anew(boss: Officer, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        viewer = present(boss, at=AT)
        assert all(allowed(viewer, "warnings.list", on=Scope(VILLAGE, "open"), at=AT) for _ in range(9))
    Assignment.objects.update(until=LATER)
    assert not allowed(viewer, "warnings.list", on=Scope(VILLAGE, "open"), at=LATER)
    assert (present(None, at=AT), present(Console(), at=AT)) == (None, Console())
