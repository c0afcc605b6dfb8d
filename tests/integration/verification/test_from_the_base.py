"""What departments delivered answers a verification: one person's rows and nobody else's, and many people as one by one."""

from __future__ import annotations

import io
import json
import random
import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from jiuzhu.casework.accounts.permissions import Console
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import asking, reporting
from jiuzhu.casework.verification.batch import EACH, verify_many
from jiuzhu.casework.verification.comparing import found_in
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.refusals import NotAuthorised
from jiuzhu.portals.cli import database
from jiuzhu.portals.cli import verifying as command
from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber
from tests.support.county import County
from tests.support.verifying import Home

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=8)))


def everybody(county: County) -> dict[int, public.Warrant]:
    return public.signed_under(county.workspace, "", by="test", purpose="test", at=AT)


def test_many_people_are_answered_as_each_of_them_alone(county: County) -> None:
    signed = everybody(county)
    chosen = sorted(random.Random(5).sample(sorted(signed), 30))
    items = list(verifying().asked("assistance", AT.date()))
    many = public.verification_of_many(
        county.workspace, {one: signed[one] for one in chosen}, items, by="test", purpose="test", at=AT
    )
    assert set(many.people) == set(chosen)
    datasets, seen = {one.dataset for one in items}, set()
    for at, person in enumerate(many.people):
        alone = public.verification(county.workspace, {person: signed[person]}, datasets, by="test", purpose="test", at=AT)[
            person
        ]
        for item, answers in zip(items, many.answers, strict=True):
            told = alone[item.dataset]
            found = found_in(item, [row.columns for row in told.rows], many.as_of)
            state = "late" if told.state == "late" else "answered" if found.rows else "none"
            seen.add(state)
            assert ("late" if answers.late[at] else "answered" if answers.counts[at] else "none") == state, item.code
            total = Decimal(int(answers.totals[at])) / answers.scale if item.sum else Decimal(int(answers.counts[at]))
            assert total == (found.number if found.rows else 0), item.code
    assert seen >= {"answered", "none"}


@pytest.mark.requirement("K1")
def test_the_door_reads_nobody_whose_authorisation_does_not_open_it_that_day(county: County) -> None:
    person = min(everybody(county))
    day = AT.date()
    for warrant in (
        public.Warrant("SQ-1", day + timedelta(days=1), day + timedelta(days=9), frozenset({"traffic_vehicle"})),
        public.Warrant("SQ-1", day - timedelta(days=9), day - timedelta(days=1), frozenset({"traffic_vehicle"})),
        public.Warrant("SQ-1", day, day, frozenset({"bank_deposit"})),
    ):
        with pytest.raises(public.NotAuthorised):
            public.verification(county.workspace, {person: warrant}, ["traffic_vehicle"], by="test", purpose="test", at=AT)


def test_of_one_person_no_row_of_another_member_leaves(county: County) -> None:
    signed = everybody(county)
    datasets = ["police_population", "hr_pension_contribution", "medins_settlement", "civil_dibao_member"]
    checked = 0
    for person in sorted(signed)[:40]:
        told = public.verification(county.workspace, {person: signed[person]}, datasets, by="test", purpose="test", at=AT)[person]
        records = {(dataset, row.record_id) for dataset in datasets for row in told[dataset].rows}
        for other in sorted(signed)[:40]:
            if other != person:
                theirs = public.verification(
                    county.workspace, {other: signed[other]}, datasets, by="test", purpose="test", at=AT
                )[other]
                assert not records & {(dataset, row.record_id) for dataset in datasets for row in theirs[dataset].rows}
        checked += len(records)
        if checked > 60:
            break
    assert checked


@pytest.mark.feature("SF065", "SF184")
def test_a_case_is_verified_from_deliveries_and_a_gateway_alike(home: Home, county: County, settings: Any) -> None:
    settings.WORKSPACE = county.workspace
    person = next(
        one for one in sorted(everybody(county)) if IdNumber.parse(number_of(county, one)).birth_date < date(2000, 1, 1)
    )
    party = Party.objects.create(key=new_key("P"), registry_person=str(person), proved_by="delivery", met_at=AT)
    home.signed(party, at=AT)
    made = home.ask(party, at=AT)
    asking.collect(made, at=AT, departments={"tax": home.twin(is_down=True)}, seconds=2)
    rows = {one.item: one for one in reporting.rows_of(made, AT)}
    assert rows["VM04"].state == "late"
    assert rows["VC01"].state == "not_declared"
    assert rows["VC01"].data_date
    assert {one.way for one in made.questions.filter(source="tax")} == {"gateway"}
    assert {one.way for one in made.questions.exclude(source="tax")} == {"base"}


def number_of(county: County, person: int) -> str:
    return public.identities(county.workspace, [person], full=True, by="test", purpose="test", at=AT)[person].number


@pytest.fixture
def same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "open_database", lambda _: None)
    monkeypatch.setattr(command, "open_database", lambda _: None)


@pytest.mark.feature("SF196")
def test_the_command_answers_item_by_item_for_who_signed_and_refuses_the_others(
    county: County, same_database: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = everybody(county)
    mine, other = sorted(signed)[:2]
    ids = f"{number_of(county, mine)}\n{number_of(county, other)}\n11010519491231002X\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(ids))
    told = [
        "verify",
        "--workspace",
        str(county.workspace),
        "--authorisation",
        signed[mine].number,
        "--as-of",
        "2026-11-20",
        "--json",
    ]
    assert main([*told, "--ids", "-"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"report_no", "as_of", "authorisation", "rows"}
    assert set(answer["rows"][0]) == {"item_id", "person", "declared", "found", "source", "data_date", "state", "limit"}
    states = {
        person: {row["state"] for row in answer["rows"] if row["person"] == number_of(county, person)} for person in (mine, other)
    }
    same = signed[mine].number == signed[other].number
    assert states[mine] <= {"answered", "none", "late"}
    assert states[other] == {"refused"} or same
    assert len([row for row in answer["rows"] if row["person"] == number_of(county, mine)]) == 88
    event = Event.objects.get(operation="verification.batch")
    assert event.subject_count == (2 if same else 1)
    monkeypatch.setattr("sys.stdin", io.StringIO(ids))
    assert main([*told[:4], "SQ-nobody-signed", *told[5:], "--ids", "-"]) == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["error"]["code"] == "not_authorised"
    assert Event.objects.filter(operation="verification.batch").count() == 1


def test_everybody_is_verified_under_their_own_authorisation(county: County) -> None:
    batch = verify_many(workspace=county.workspace, authorisation=EACH, id_numbers=None, by=Console(), at=AT, template="dibao")
    assert len(batch.people) == len(everybody(county))
    lines = list(batch.lines())
    assert len(lines) == len(batch.people) * 58
    assert {one.state for one in lines} <= {"answered", "none", "late"}
    with pytest.raises(NotAuthorised):
        verify_many(workspace=county.workspace, authorisation=EACH, id_numbers=["11010519491231002X"], by=Console(), at=AT)


@pytest.mark.feature("SF228", "SF229")
def test_a_million_people_a_month_are_some_hours_of_one_core(county: County) -> None:
    begun = time.process_time()
    batch = verify_many(workspace=county.workspace, authorisation=EACH, id_numbers=None, by=Console(), at=AT)
    lines = sum(1 for _ in batch.lines())
    took = time.process_time() - begun
    assert lines == len(batch.people) * len(batch.items)
    # Measured 0.3 hours (make bench-verification); here with the fixed cost of a handful of people, on whatever machine this is.
    assert took / len(batch.people) * 1_000_000 < 6 * 3600
