"""An act and its event stand or fall together, and no row of the record is ever changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from jiuzhu.casework.trace import written
from jiuzhu.casework.trace.actions import Actor, NotInTransaction, NotRecordable, Subject, record, refused
from jiuzhu.casework.trace.models import Event, EventSubject, Head, Kept, Seal, Span
from tests.integration.trace.conftest import AT

pytestmark = pytest.mark.django_db
FAMILY = Subject("household", "H1", division_code="370502001001", household="H1")


def look(by: Actor, **told: Any) -> Event:
    with transaction.atomic():
        return record("family.open", by=by, at=AT, **{"on": FAMILY, "purpose": "casework", **told})


@pytest.mark.requirement("C3")
def test_events_of_a_connection_are_numbered_and_each_names_the_code_of_the_one_before(zhou: Actor):
    first, second, third = look(zhou), look(zhou), look(zhou)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert {one.writer for one in (first, second, third)} == {first.writer}
    assert (first.previous_code, second.previous_code, third.previous_code) == ("", first.code, second.code)
    head = Head.objects.get()
    assert (head.writer, head.number, head.code) == (first.writer, 3, third.code)


@pytest.mark.requirement("C3")
def test_a_rollback_takes_the_event_along_and_gives_its_number_back(zhou: Actor):
    look(zhou)

    def half() -> None:
        with transaction.atomic():
            record("family.open", by=zhou, at=AT, on=FAMILY)
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        half()
    assert Event.objects.count() == 1
    assert look(zhou).number == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded(zhou: Actor):
    with pytest.raises(NotInTransaction, match="in the transaction of its act"):
        record("family.open", by=zhou, at=AT, on=FAMILY)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("C3", "C1")
def test_a_refusal_is_recorded_after_the_rollback_and_not_inside_the_act(zhou: Actor):
    with pytest.raises(RuntimeError), transaction.atomic():
        refused("family.open", by=zhou, at=AT, on=FAMILY)
    assert not Event.objects.exists()
    event = refused("family.open", by=zhou, at=AT, on=FAMILY, because="no task and no reason")
    assert (event.outcome, written.opened_reason(event)) == ("refused", "no task and no reason")
    assert Event.objects.get() == event


def test_what_cannot_be_told_is_not_recorded(zhou: Actor):
    with pytest.raises(NotRecordable, match=r"operation 'family\.sell' has no words"), transaction.atomic():
        record("family.sell", by=zhou, at=AT)
    with pytest.raises(NotRecordable, match="subject 'dog' has no words"):
        look(zhou, on=Subject("dog", "1"))
    with pytest.raises(NotRecordable, match="time zone"), transaction.atomic():
        record("family.open", by=zhou, at=datetime(2026, 11, 21), on=FAMILY)  # noqa: DTZ001
    with pytest.raises(NotRecordable, match="who"):
        look(Actor(""))
    with pytest.raises(NotRecordable, match="task"):
        look(zhou, task="t" * 81)
    assert not Event.objects.exists()


@pytest.mark.requirement("C2")
def test_an_event_says_who_what_when_and_why_and_holds_no_value(zhou: Actor):
    told = {
        "task": "T7",
        "because": "the canary 370502198001010012 asked",
        "before": {"income": Decimal("31460.00"), "name": "canary-before"},
        "after": {"income": Decimal("0.00"), "name": "canary-after", "on": date(2026, 11, 20)},
        "device_at": datetime(2026, 11, 20, 23, tzinfo=UTC),
        "request_id": "r-1",
    }
    kept = Event.objects.values().get(pk=look(zhou, **told).pk)
    assert (kept["who"], kept["role"], kept["division_code"], kept["operation"]) == (
        "zhou",
        "township_officer",
        "370502001",
        "family.open",
    )
    assert (kept["subject_kind"], kept["subject_key"], kept["household_key"]) == ("household", "H1", "H1")
    assert (kept["purpose"], kept["task"], kept["request_id"]) == ("casework", "T7", "r-1")
    assert (kept["at"], kept["device_at"]) == (AT, told["device_at"])
    assert len(kept["before_hash"]) == len(kept["after_hash"]) == 64
    assert {"catalogue_version", "release"} <= kept.keys()
    everything = " ".join(str(value) for value in kept.values())
    for canary in ("370502198001010012", "canary", "31460"):
        assert canary not in everything


def test_equal_states_of_one_thing_have_equal_hashes_and_of_two_things_different_ones(zhou: Actor):
    other = Subject("household", "H2")
    one, same = look(zhou, after={"grade": "red"}), look(zhou, before={"grade": "red"})
    assert one.after_hash == same.before_hash
    assert look(zhou, on=other, after={"grade": "red"}).after_hash != one.after_hash


@pytest.mark.requirement("C3")
def test_a_bulk_act_is_one_event_with_its_subjects_beside_it(zhou: Actor):
    subjects = [Subject("warning", f"W{n}", household=f"H{n}") for n in range(300)]
    with transaction.atomic():
        event = record("warnings.release", by=zhou, at=AT, subjects=subjects)
    assert (Event.objects.count(), event.subject_count) == (1, 300)
    assert list(event.subjects.order_by("position").values_list("key", flat=True)) == [f"W{n}" for n in range(300)]


def filled(zhou: Actor) -> None:
    with transaction.atomic():
        event = record("warnings.release", by=zhou, at=AT, subjects=[FAMILY])
    seal = Seal.objects.create(number=1, at=AT, statement="{}", signature="s", key="k")
    Span.objects.create(seal=seal, writer=event.writer, first=1, last=1)
    Kept.objects.create(seal=seal, at=AT)


@pytest.mark.parametrize("model", [Event, EventSubject, Seal, Span, Kept])
def test_rows_of_the_record_can_be_neither_changed_removed_nor_replaced(zhou: Actor, model: Any):
    filled(zhou)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(id=F("id"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
    if connection.vendor == "sqlite":
        columns = ", ".join(field.column for field in model._meta.concrete_fields if field.column != "id")
        table = model._meta.db_table
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")
    assert model.objects.count() == 1
