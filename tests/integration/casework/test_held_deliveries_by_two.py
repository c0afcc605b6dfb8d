"""Verdicts about held deliveries and answers about rejected rows: who may, how many it takes, and what stays in the record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Console, NotAllowed
from jiuzhu.casework.stewardship import actions, queries
from jiuzhu.casework.stewardship.models import ReturnedRows, Verdict
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.support import aid
from tests.support.county import AS_OF
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path, national: Catalogue, settings: Any) -> Path:
    aid.delivered(tmp_path / "files", tmp_path / "w", national)
    settings.WORKSPACE = tmp_path / "w"
    return tmp_path / "w"


def held(workspace: Path, national: Catalogue) -> actions.HeldDelivery:
    (one,) = public.held(workspace, as_of=AS_OF, catalogue=national)
    return actions.HeldDelivery(one.delivery, one.dataset, one.division)


def decided(one: actions.HeldDelivery, word: str, by: Any, national: Catalogue, because: str = "phoned them") -> Verdict:
    return actions.decide(held=one, word=word, because=because, by=by, at=AT, as_of=AS_OF, catalogue=national)


def is_held(workspace: Path, delivery: str) -> bool:
    return any(one.held for one in public.deliveries(workspace, as_of=AS_OF) if one.delivery == delivery)


def second_account(of: Officer, name: str) -> Officer:
    other = account(name, person=of.person)
    give(other, "data_steward", "370502")
    return other


def test_a_release_counts_only_after_a_second_person(workspace: Path, national: Catalogue):
    first, second = officer("first", "data_steward", "370502"), officer("second", "data_steward", "370500")
    one = held(workspace, national)
    verdict = decided(one, "release", first, national)
    assert verdict.state == "waiting"
    assert is_held(workspace, one.delivery)
    actions.sign(verdict=verdict.pk, because="I phoned them too", by=second, at=AT)
    assert not is_held(workspace, one.delivery)
    told = Event.objects.filter(operation="deliveries.decide").order_by("pk").values_list("who", "subject_key")
    assert list(told) == [("first", one.delivery), ("second", one.delivery)]


def test_a_second_account_of_the_same_person_does_not_count_as_a_second_person(workspace: Path, national: Catalogue):
    first = officer("first", "data_steward", "370502")
    one = held(workspace, national)
    verdict = decided(one, "release", first, national)
    for again in (first, second_account(first, "first at home")):
        with pytest.raises(actions.SamePerson):
            actions.sign(verdict=verdict.pk, because="me again", by=again, at=AT)
    assert is_held(workspace, one.delivery)


def test_the_database_itself_refuses_one_person_twice_and_a_release_by_one(workspace: Path, national: Catalogue):
    first = officer("first", "data_steward", "370502")
    verdict = decided(held(workspace, national), "release", first, national)
    table = Verdict._meta.db_table
    for change in (
        f"UPDATE {table} SET second_person_id = first_person_id WHERE id = {verdict.pk}",
        f"UPDATE {table} SET state = 'decided' WHERE id = {verdict.pk}",
        f"UPDATE {table} SET because = '' WHERE id = {verdict.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_two_releases_of_one_delivery_do_not_wait_at_once(workspace: Path, national: Catalogue):
    first, other = officer("first", "data_steward", "370502"), officer("other", "data_steward", "370502")
    one = held(workspace, national)
    decided(one, "release", first, national)
    with pytest.raises(actions.Settled):
        decided(one, "release", other, national)


def test_sending_back_takes_one_person_and_withdraws_a_release_that_waits(workspace: Path, national: Catalogue):
    first, other = officer("first", "data_steward", "370502"), officer("other", "data_steward", "370502")
    one = held(workspace, national)
    waiting = decided(one, "release", first, national)
    decided(one, "send_back", other, national)
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"
    (found,) = public.held(workspace, as_of=AS_OF, catalogue=national)
    assert found.sent_back
    with pytest.raises(actions.Settled):
        actions.sign(verdict=waiting.pk, because="too late", by=officer("third", "data_steward", "370502"), at=AT)


def test_taking_the_sound_rows_leaves_a_delivery_of_their_own(workspace: Path, national: Catalogue):
    before = len(public.deliveries(workspace, as_of=AS_OF))
    decided(held(workspace, national), "take_trusted", officer("first", "data_steward", "370502"), national)
    told = public.deliveries(workspace, as_of=AS_OF)
    assert len(told) == before + 1
    assert sorted(one.accepted for one in told if one.period == "2026-10") == [aid.ROWS - aid.ZEROS, aid.ROWS]


@pytest.mark.parametrize(("role", "division"), [("county_officer", "370502"), ("auditor", "370502"), ("data_steward", "370503")])
def test_who_may_not_decides_nothing(workspace: Path, national: Catalogue, role: str, division: str):
    with pytest.raises(NotAllowed):
        decided(held(workspace, national), "send_back", officer("who", role, division), national)
    with pytest.raises(NotAllowed):
        decided(held(workspace, national), "send_back", Console(), national)
    assert not Verdict.objects.exists()


def test_nothing_is_kept_where_the_registry_refuses(workspace: Path, national: Catalogue, monkeypatch: pytest.MonkeyPatch):
    def busy(*_: Any, **__: Any) -> None:
        raise public.WorkspaceBusy("a run is under way")

    monkeypatch.setattr(public, "verdict", busy)
    with pytest.raises(public.WorkspaceBusy):
        decided(held(workspace, national), "send_back", officer("first", "data_steward", "370502"), national)
    assert not Verdict.objects.exists()
    assert not Event.objects.filter(operation="deliveries.decide").exists()


def test_no_verdict_without_a_reason(workspace: Path, national: Catalogue):
    with pytest.raises(actions.NoReason):
        decided(held(workspace, national), "send_back", officer("first", "data_steward", "370502"), national, because="  ")


def department_officer(name: str, department: str) -> Officer:
    made = account(name)
    give(made, "department_officer", "370502")
    office = made.assignments.get().office
    office.department = department
    office.save()
    return made


@pytest.fixture
def returned(workspace: Path) -> ReturnedRows:
    (rows,) = public.rejected(workspace)
    steward = officer("steward", "data_steward", "370502")
    return actions.send_rows_back(rows=rows, department="总工会", because="amounts are words", by=steward, at=AT)


def test_rows_go_back_to_their_source_once_and_are_answered_once(returned: ReturnedRows):
    (rows,) = public.rejected(Path(str(returned and actions._workspace())))
    other = officer("other", "data_steward", "370502")
    again = actions.send_rows_back(rows=rows, department="总工会", because="again", by=other, at=AT)
    assert (again.pk, again.because, again.rows) == (returned.pk, "amounts are words", 2)
    union = department_officer("union", "总工会")
    assert [one.pk for one in queries.returned(viewer=union, at=AT)] == [returned.pk]
    done = actions.answer(rows=returned.pk, word="corrected", words="sent anew", by=union, at=AT)
    assert (done.state, done.answer, done.answered_by) == ("done", "corrected", "union")
    with pytest.raises(actions.Settled):
        actions.answer(rows=returned.pk, word="withdrawn", words="no", by=union, at=AT)


def test_a_department_neither_sees_nor_answers_rows_of_another(returned: ReturnedRows):
    medical = department_officer("medical", "医疗保障")
    assert not queries.returned(viewer=medical, at=AT).exists()
    with pytest.raises(NotAllowed):
        actions.answer(rows=returned.pk, word="corrected", words="mine now", by=medical, at=AT)


def test_an_answer_is_whole_or_not_there(returned: ReturnedRows):
    table = ReturnedRows._meta.db_table
    for change in ("state = 'done'", "answer = 'corrected'", "answered_by = 'x'", "rows = 0"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change} WHERE id = {returned.pk}")


def test_every_act_on_a_dataset_is_in_its_log(returned: ReturnedRows, national: Catalogue):
    steward = officer("steward2", "data_steward", "370502")
    workspace = actions._workspace()
    decided(held(workspace, national), "send_back", steward, national)
    actions.look_at_rows(datasets=["union_assistance"], by=steward, at=AT)
    log = {(one.operation, one.role): one.times for one in queries.uses(viewer=steward, dataset="union_assistance", at=AT)}
    assert log == {
        ("quarantine.return", "data_steward"): 1,
        ("deliveries.decide", "data_steward"): 1,
        ("quarantine.read", "data_steward"): 1,
    }
    assert queries.uses(viewer=steward, dataset="medins_settlement", at=AT) == []
