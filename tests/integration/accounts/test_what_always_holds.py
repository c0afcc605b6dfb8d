"""What the database itself refuses, whoever asks it, and how accounts of before came to have roles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import CheckConstraint, Model, ProtectedError

from jiuzhu.casework.accounts.models import Assignment, Delegation, Grid, Office, Officer, Person
from jiuzhu.casework.accounts.permissions import Scope, allowed
from tests.integration.accounts.conftest import AT, COUNTY, TOWNSHIP, VILLAGE
from tests.support.officers import SINCE, UNTIL, account, give, officer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def assignment(**other: Any) -> Assignment:
    zhou = account("zhou")
    office = Office.objects.create(department="民政", division_code=COUNTY, tier="county", name="民政局")
    told = {"officer": zhou, "office": office, "role": "county_officer", "duty": "casework", "division_code": COUNTY}
    return Assignment(**{**told, "since": SINCE, "until": UNTIL, "given_by": "test", **other})


def delegation(**other: Any) -> Delegation:
    kept = assignment()
    kept.save()
    told = {
        "assignment": kept,
        "taker": account("li"),
        "division_code": TOWNSHIP,
        "since": SINCE,
        "until": UNTIL,
        "because": "leave",
    }
    return Delegation(**{**told, **other})


# What is wrong, and the constraint or the column that says so.
REFUSED: dict[tuple[str, str], Any] = {
    ("a role without an end", "until"): lambda: assignment(until=None),
    ("a role without a beginning", "since"): lambda: assignment(since=None),
    ("a role that ends before it begins", "assignment_has_an_end"): lambda: assignment(until=SINCE - DAY),
    ("a role without a name", "assignment_duty_of_its_role"): lambda: assignment(role=""),
    ("an administrator's role as casework", "assignment_duty_of_its_role"): lambda: assignment(role="audit_administrator"),
    ("casework as an administrator's duty", "assignment_duty_of_its_role"): lambda: assignment(duty="audit_administrator"),
    ("one administrator's role as another's duty", "assignment_duty_of_its_role"): lambda: assignment(
        role="audit_administrator", duty="system_administrator"
    ),
    ("an end without a reason", "assignment_ended_by_somebody_for_a_reason"): lambda: assignment(ended_by="li"),
    ("an end by nobody", "assignment_ended_by_somebody_for_a_reason"): lambda: assignment(ended_because="moved"),
    ("a delegation without an end", "until"): lambda: delegation(until=None),
    ("a delegation that ends before it begins", "delegation_has_an_end"): lambda: delegation(until=SINCE - DAY),
    ("a delegation without a reason", "delegation_has_a_reason"): lambda: delegation(because=""),
    ("a delegation ended by nobody", "delegation_ended_by_somebody_for_a_reason"): lambda: delegation(ended_because="back"),
    ("a person without a number", "person_has_a_number"): lambda: Person(staff_number="", name="周"),
    ("a person of no duty", "person_has_a_duty"): lambda: Person(staff_number="1", name="周", duty="none"),
    ("an office of another tier", "office_tier_of_its_division"): lambda: Office(
        department="民政", division_code=TOWNSHIP, tier="county", name="民政"
    ),
    ("an office of a grid", "office_tier_of_its_division"): lambda: Office(
        department="民政", division_code=f"{VILLAGE}001", tier="grid", name="民政"
    ),
    ("a grid below another village", "grid_below_its_village"): lambda: Grid(
        code="370502001013001", village_code=VILLAGE, name="一", since=date(2026, 1, 1)
    ),
    ("a grid with a short code", "grid_below_its_village"): lambda: Grid(
        code=f"{VILLAGE}01", village_code=VILLAGE, name="一", since=date(2026, 1, 1)
    ),
    ("a grid that ends before it began", "grid_ends_after_it_began"): lambda: Grid(
        code=f"{VILLAGE}001", village_code=VILLAGE, name="一", since=date(2026, 1, 2), until=date(2026, 1, 1)
    ),
    ("an account of nobody", "person_id"): lambda: Officer(account="nobody", display_name="nobody"),
}


@pytest.mark.parametrize(("what", "by"), REFUSED)
def test_the_database_refuses(what: str, by: str):
    row: Model = REFUSED[what, by]()
    with pytest.raises(IntegrityError, match=by), transaction.atomic():
        row.save()


def test_every_check_of_these_tables_is_tried():
    models = (Person, Office, Grid, Assignment, Delegation)
    checks = {one.name for model in models for one in model._meta.constraints if isinstance(one, CheckConstraint)}
    assert checks <= {by for _, by in REFUSED}


def test_what_is_unique_is_there_once():
    given = assignment()
    given.save()
    for again in (
        Assignment(**{**{field.attname: getattr(given, field.attname) for field in given._meta.concrete_fields}, "id": None}),
        Office(department="民政", division_code=COUNTY, tier="county", name="another"),
        Person(staff_number="staff zhou", name="another"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()


CHANGED = {
    "accounts_person": ("duty = 'audit_administrator'", "staff_number = '7'"),
    "accounts_officer": ("person_id = (SELECT max(id) FROM accounts_person)", "account = 'other'"),
    "accounts_assignment": ("role = 'auditor'", "division_code = '370000'", "until = '2031-01-01'", "since = '2020-01-01'"),
    "accounts_delegation": ("operation = 'warnings.list'", "division_code = '370000'", "until = '2031-01-01'", "because = 'x'"),
}


@pytest.mark.parametrize(("table", "change"), [(table, change) for table, changes in CHANGED.items() for change in changes])
def test_a_duty_a_role_and_what_was_handed_down_cannot_be_changed_by_direct_sql(table: str, change: str):
    delegation().save()
    with connection.cursor() as cursor:
        for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match=table), transaction.atomic():
                cursor.execute(statement)


def test_a_role_may_end_earlier_and_nothing_else():
    given = assignment()
    given.save()
    given.until, given.ended_by, given.ended_because = AT, "li", "moved"
    given.save()
    assert Assignment.objects.get().until == AT
    given.until = UNTIL
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save()


def test_a_role_of_another_duty_laid_in_by_direct_sql_gives_nothing():
    zhou = officer("zhou", "county_officer", COUNTY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_assignment (officer_id, office_id, role, duty, division_code, since, until, given_by, ended_by, "
            "ended_because) SELECT officer_id, office_id, 'security_administrator', 'security_administrator', division_code, since, "
            "until, given_by, '', '' FROM accounts_assignment"
        )
    assert zhou.assignments.count() == 2
    assert allowed(zhou, "roles.assign", on=Scope(COUNTY), at=AT) is None
    assert allowed(zhou, "warnings.list", on=Scope(COUNTY, "open"), at=AT) is not None


def test_who_has_roles_cannot_be_removed():
    given = give(account("zhou"), "auditor", COUNTY)
    for row in (given.officer.person, given.office, given.officer):
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.django_db(transaction=True)
def test_accounts_of_before_keep_what_they_could_do_until_the_end_of_the_year():
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate([("accounts", "0001_initial")])
    try:
        then = executor.loader.project_state([("accounts", "0001_initial")]).apps.get_model("accounts", "Officer")
        for name, role, code in (
            ("county", "county_officer", COUNTY),
            ("city", "auditor", "370500"),
            ("town", "township_officer", TOWNSHIP),
        ):
            then.objects.create(account=name, password="x", display_name=name, role=role, division_code=code, division_name=code)
    finally:
        MigrationExecutor(connection).migrate(newest)
    kept = Assignment.objects.order_by("pk").values_list("officer__account", "role", "division_code", "office__tier", "until")
    year = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert list(kept) == [
        ("county", "county_officer", COUNTY, "county", year),
        ("city", "auditor", "370500", "prefecture", year),
        ("town", "township_officer", TOWNSHIP, "township", year),
    ]
    town = Officer.objects.get(account="town")
    for at, may in ((AT, True), (year, False)):
        assert bool(allowed(town, "warnings.list", on=Scope(VILLAGE, "open"), at=at)) is may
