"""Open work when officers leave and divisions are merged: it goes back to its office, or on to where the division went (F7)."""

from __future__ import annotations

import csv
import gzip
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path

import pytest

from jiuzhu.casework.accounts import roles
from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.dispatch.following import follow_divisions
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.models import Event
from tests.support.casework import AT, COUNTY, TODAY, TOWNSHIP, case, task, warning
from tests.support.officers import UNTIL, account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("F7")]
CHANGES = Path(__file__).parents[3] / "catalogue" / "divisions" / "changes.csv.gz"
MERGED = "500112129"  # a township of Yubei that became one of Liangjiang on 2025-11-06; Yubei itself was split


def became(code: str) -> str:
    """The last word of the catalogue's table on a code, read by itself."""
    with gzip.open(CHANGES) as file:
        return [row["new"] for row in csv.DictReader(TextIOWrapper(file, "utf-8")) if row["old"] == code][-1]


def laid(division: str, number: str = "w1", **other: str) -> Task:
    of = task(case(division_code=division, household_key=f"H-{number}"), **other)
    warning(number, division_code=division, handling="released", case=of.case, task=of, released_at=AT, released_by="gu")
    return of


def stands() -> set[str]:
    return {one.division_code[:9] for model in (Case, Task, Warning) for one in model.objects.all()}


def test_open_work_of_a_merged_township_stands_where_it_went_and_its_office_is_the_new_one():
    laid(f"{MERGED}001")
    laid(f"{MERGED}001", "w2", office=MERGED[:6])
    warning("waiting", division_code=f"{MERGED}001")
    warning("closed", division_code=f"{MERGED}001", state="closed", handling="lapsed", stands=False)
    to = became(MERGED)
    assert follow_divisions(at=AT, today=TODAY) == 2 + 2 + 3
    assert set(Task.objects.values_list("office", flat=True)) == {to, to[:6]}
    assert stands() == {to, MERGED}
    assert Warning.objects.get(warning_id="closed").division_code == f"{MERGED}001"
    told = Event.objects.get(operation="divisions.follow")
    assert told.subject_count == 7
    assert set(told.subjects.values_list("division_code", flat=True)) == {f"{MERGED}001"}


def test_it_is_looked_for_once_a_day_and_what_comes_later_follows_the_next_day():
    assert follow_divisions(at=AT, today=TODAY) == 0
    laid(f"{MERGED}001")
    assert follow_divisions(at=AT, today=TODAY) == 0
    assert follow_divisions(at=AT, today=TODAY + timedelta(days=1)) == 3


@pytest.mark.parametrize("division", ["500112", "370502001011", "500112999001"], ids=["split", "in force", "unknown"])
def test_what_was_split_or_is_in_force_or_nobody_knows_stays_where_it_is(division: str):
    laid(division)
    assert follow_divisions(at=AT, today=TODAY) == 0
    assert stands() == {division[:9]}


@pytest.mark.parametrize(
    "how", ["the account is closed", "the role ended", "the role is of another township", "what was handed down ended"]
)
def test_tasks_of_who_has_left_go_back_to_their_office(how: str):
    held = task()
    if how == "what was handed down ended":
        gu, boss = account("gu"), officer("boss", "township_officer", TOWNSHIP)
        roles.delegate(
            assignment=Assignment.objects.get(officer=boss), taker=gu, division_code=TOWNSHIP, until=AT + timedelta(days=1), because="x",
            by=boss, at=AT,
        )  # fmt: skip
    else:
        gu = officer("gu", "township_officer", TOWNSHIP)
    Task.objects.update(owner=gu, given_by="boss", given_at=AT)
    assert tasks.give_back_of_left(at=AT) == 0
    later = AT + timedelta(days=2)
    if how == "the account is closed":
        Officer.objects.filter(pk=gu.pk).update(is_active=False)
    elif how != "what was handed down ended":
        Assignment.objects.filter(officer=gu).update(until=AT + timedelta(days=1))
    if how == "the role is of another township":
        give(gu, "township_officer", "370502102", since=later)
    assert tasks.give_back_of_left(at=later) == 1
    assert tasks.give_back_of_left(at=later) == 0
    held.refresh_from_db()
    assert (held.owner, held.given_by, held.state, held.office, held.version) == (None, "", "open", TOWNSHIP, 2)
    assert list(Event.objects.get(operation="tasks.left").subjects.values_list("key", flat=True)) == [held.key]


@pytest.mark.parametrize("division", [TOWNSHIP, f"{TOWNSHIP}011", COUNTY, "370500", "370000"])
def test_who_still_works_there_below_it_or_above_it_keeps_the_task(division: str):
    gu = officer("gu", {6: "county_officer", 9: "township_officer", 12: "grid_worker"}[len(division)], division, until=UNTIL)
    task(owner=gu, given_by="boss", given_at=AT)
    assert tasks.give_back_of_left(at=AT) == 0
