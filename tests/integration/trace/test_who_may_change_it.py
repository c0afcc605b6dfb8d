"""Nobody changes the record: not the platform's own account of the database, not the owner of the tables, not a migration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations import Migration, RunSQL
from django.db.migrations.state import ProjectState

from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.grants import ADDED_TO, NoSuchAccount, grant_to
from jiuzhu.casework.trace.models import Event
from tests.integration.trace.conftest import AT

APPLICATION = "jiuzhu_of_a_test"
CHANGES = ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
LIFTS = ["ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {} CASCADE"]
TABLES = [model._meta.db_table for model in ADDED_TO]

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def application() -> str:
    """An account of the database as `jiuzhu audit grant` leaves it."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {APPLICATION}")
    grant_to(APPLICATION)
    return APPLICATION


@contextmanager
def acting_as(account: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {account}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def act(by: Actor) -> Event:
    with transaction.atomic():
        return record("family.open", by=by, at=AT, on=Subject("household", "H1"))


def tried(statement: str) -> str:
    """What the database says to it."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refused.value)


@pytest.mark.requirement("C5")
@pytest.mark.parametrize("table", TABLES)
def test_the_account_of_the_platform_adds_to_the_record_and_changes_nothing_in_it(application: str, table: str, zhou: Actor):
    with acting_as(application):
        first, second = act(zhou), act(zhou)
        assert (second.number, Event.objects.count()) == (first.number + 1, 2)
        for statement in (*CHANGES, *LIFTS):
            said = tried(statement.format(table))
            assert "permission denied" in said or "must be owner" in said
    assert Event.objects.count() == 2


@pytest.mark.requirement("C5")
@pytest.mark.parametrize("table", TABLES)
def test_the_owner_of_the_tables_is_refused_by_triggers(table: str, zhou: Actor):
    act(zhou)
    with connection.cursor() as cursor:  # a row of each table, so that an update of rows finds one
        cursor.execute("INSERT INTO trace_eventsubject (event_id, position, kind, key, division_code, household_key, case_key) "
                       "SELECT id, 0, 'household', 'H1', '', '', '' FROM trace_event")  # fmt: skip
        cursor.execute("INSERT INTO trace_seal (number, at, statement, signature, key) VALUES (1, now(), '{}', 's', 'k')")
        cursor.execute("INSERT INTO trace_span (seal_id, writer, first, last) SELECT id, 'w', 1, 1 FROM trace_seal")
        cursor.execute("INSERT INTO trace_kept (seal_id, at) SELECT id, now() FROM trace_seal")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # with checks still to come nothing could be emptied anyway
    for statement in CHANGES:
        assert "append-only" in tried(statement.format(table))


@pytest.mark.requirement("C5")
def test_a_migration_is_refused_like_everybody_else(zhou: Actor):
    act(zhou)
    migration = Migration("tidy", "trace")
    migration.operations = [RunSQL("DELETE FROM trace_event")]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.schema_editor() as editor:
        migration.apply(ProjectState(), editor)
    assert Event.objects.count() == 1


def test_an_account_that_is_not_there_or_holds_too_much_is_refused():
    with pytest.raises(NoSuchAccount, match="is not there"):
        grant_to("nobody_of_a_test")
    with pytest.raises(NoSuchAccount, match="owns the tables"):
        grant_to(connection.settings_dict["USER"])
