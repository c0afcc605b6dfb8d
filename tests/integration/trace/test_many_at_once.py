"""Rows found by one value that holds all their keys, and changed each once: as Django's own, for any number and either kind of key."""

from __future__ import annotations

import pytest
from django.db import DataError, connection, transaction

from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.trace import bulk
from jiuzhu.casework.trace.bulk import insert_many, update_many
from tests.support.casework import AT, case, task, warning

pytestmark = pytest.mark.django_db
MANY = 40_000  # more than SQLite takes as parameters


def test_among_finds_what_in_finds_by_texts_numbers_and_rows_of_another_table():
    cases = [case(household_key=f"H'{n}") for n in range(6)]
    tasks = [task(one) for one in cases]
    chosen, keys = {one.pk for one in cases[:4]}, [f"H'{n}" for n in (1, 3, 9)]
    assert set(Case.objects.filter(pk__among=chosen)) == set(Case.objects.filter(pk__in=chosen)) == set(cases[:4])
    assert set(Case.objects.filter(household_key__among=keys)) == {cases[1], cases[3]}
    assert set(Task.objects.filter(case__among=chosen)) == set(tasks[:4])
    assert set(Task.objects.filter(case__household_key__among=keys)) == {tasks[1], tasks[3]}


def test_among_nothing_is_nobody_and_its_opposite_everybody():
    one = case()
    assert not Case.objects.filter(pk__among=[]).exists()
    assert list(Case.objects.exclude(pk__among=set())) == [one]


def test_among_takes_more_keys_than_a_statement_takes_parameters():
    one = case(household_key="H7")
    assert list(Case.objects.filter(household_key__among=[f"H{n}" for n in range(MANY)])) == [one]
    assert not Case.objects.filter(pk__among=range(one.pk + 1, one.pk + MANY)).exists()


@pytest.mark.parametrize("piece", [2, bulk.PIECE])
def test_many_rows_are_changed_each_its_own_way_and_no_other(monkeypatch, piece):
    monkeypatch.setattr(bulk, "PIECE", piece)
    warnings = [warning(f"w{n}") for n in range(4)]
    of = [case() for _ in warnings]
    tasks = [task(one) for one in of]
    rows = [(one.case_id, one.pk, told.pk) for one, told in zip(tasks[:3], warnings, strict=False)]
    update_many(
        type(warnings[0]),
        same={"handling": "released", "released_at": AT, "released_by": "zhou"},
        columns=("case_id", "task_id"),
        rows=rows,
    )
    for told in warnings:
        told.refresh_from_db()
    assert [(told.case_id, told.task_id, told.released_at) for told in warnings[:3]] == [
        (one.case_id, one.pk, AT) for one in tasks[:3]
    ]
    assert (warnings[3].handling, warnings[3].case_id) == ("waiting", None)


@pytest.mark.parametrize("piece", [2, bulk.PIECE])
def test_many_rows_are_put_in_with_texts_numbers_and_days_that_differ_and_of_none_none(monkeypatch, piece):
    monkeypatch.setattr(bulk, "PIECE", piece)
    own = [case() for _ in range(3)]
    days = [AT.date(), None, AT.date()]
    rows = [(f"T'\"\\户{n}", one.pk, day, n) for n, (one, day) in enumerate(zip(own, days, strict=True))]
    same = {
        "round": 1,
        "kind": "visit",
        "division_code": "370502001",
        "office": "370502001",
        "made_at": AT,
        "because": "by_warnings",
    }
    insert_many(Task, same=same, columns=("key", "case_id", "due_on", "priority"), rows=rows)
    insert_many(Task, same=same, columns=("key", "case_id", "due_on", "priority"), rows=[])
    told = Task.objects.order_by("priority").values_list("key", "case_id", "due_on", "priority")
    assert list(told) == rows
    assert set(Task.objects.values_list("made_at", "state")) == {(AT, "open")}


def test_a_text_that_is_too_long_is_never_cut():
    """SQLite takes it as it is; PostgreSQL refuses it, and nothing is put in."""
    long = "T" * 200
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            insert_many(
                Case,
                same={"opened_at": AT, "opened_because": "by_warnings", "household_key": ""},
                columns=("key", "division_code"),
                rows=[(long, "370502")],
            )
    assert not Case.objects.filter(key__startswith="TTT").exists()
