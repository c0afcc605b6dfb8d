"""Who gets money is told what arrived and how much, once a payment, whatever breaks on the way; and of another account beforehand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jiuzhu.casework.cases import events
from jiuzhu.casework.cases.models import Announcement, Heard, Task
from jiuzhu.casework.notices import messages, queries, sms
from jiuzhu.casework.notices.models import Message
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.payments.models import Grant, Instruction
from jiuzhu.casework.payments.payees import Account, propose
from jiuzhu.casework.payments.sending import work
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.gateways.sms.base import Outgoing, Receipt, Unreachable
from jiuzhu.gateways.sms.twin import Twin
from tests.support.dying import Dying, Stop
from tests.support.paying import AT, Office, quiet

pytestmark = pytest.mark.django_db
PHONE = "13905461234"


def with_phone(grant: Grant, number: str = PHONE) -> Grant:
    text = sealed(number, column="parties_party.phone", row=grant.party.key)
    Party.objects.filter(pk=grant.party_id).update(phone=text)
    grant.party.refresh_from_db()
    return grant


def provider(folder: Path, **told: int) -> Twin:
    """A provider whose line never fails and that delivers everything, unless told otherwise."""
    smooth = {"seed": 1, "lost": 0, "late": 0, "doubled": 0, "reordered": 0, "busy": 0, "gone": 0}
    return Twin(folder / "sms.db", today=date(2026, 12, 7), **smooth | told)


class Spy:
    """A provider that keeps what it was handed."""

    def __init__(self, *says: Receipt) -> None:
        self.sent: list[Outgoing] = []
        self.says = list(says)

    def send(self, messages: Any) -> None:
        self.sent += messages

    def ask(self, numbers: Any) -> list[Receipt]:
        return [Receipt(number, "under_way") for number in numbers]

    def receipts(self) -> list[Receipt]:
        return self.says

    def fetched(self, receipts: Any) -> None:
        self.says = []


def paid(office: Office, folder: Path, families: int = 1) -> None:
    for _ in range(families):
        with_phone(office.grant())
    office.checked()
    work(quiet(folder), at=AT)


@pytest.mark.feature("SF030")
def test_a_payment_that_arrived_is_told_by_kind_and_amount_and_by_nothing_else(tmp_path: Path):
    paid(Office(), tmp_path)
    assert events.hear(at=AT)
    spy = Spy()
    assert sms.work(spy, at=AT).sent == 1
    (out,) = spy.sent
    assert out.to == PHONE
    assert "770.00元已到账（2026-12）" in out.text
    assert "低保" in out.text
    told = Instruction.objects.get()
    for hidden in (PHONE, told.number, told.grant.key, told.grant.case.key, "someone", "6217"):
        assert hidden not in out.text
    assert PHONE not in repr(spy.sent)


@pytest.mark.feature("SF030")
def test_it_is_written_once_however_often_it_is_heard_and_not_for_what_came_back(tmp_path: Path):
    office = Office()
    paid(office, tmp_path, families=2)
    Instruction.objects.filter(pk=Instruction.objects.earliest("pk").pk).update(state="returned", live=False)
    events.hear(at=AT)
    assert Message.objects.count() == 1
    Heard.objects.all().delete()
    Announcement.objects.update(heard_at=None)
    events.hear(at=AT)
    assert Message.objects.count() == 1


@pytest.mark.feature("SF030")
@pytest.mark.parametrize(
    ("number", "why"), [("", "no_number"), ("0546-8081234", "wrong_number"), ("13900000000", "wrong_number")]
)
def test_a_number_no_message_could_reach_is_written_down_with_its_reason(tmp_path: Path, number: str, why: str):
    office = Office()
    grant = office.grant()
    if number:
        with_phone(grant, number)
    office.checked()
    work(quiet(tmp_path), at=AT)
    events.hear(at=AT)
    made = Message.objects.get()
    assert (made.state, made.why, made.to) == ("unsendable", why, "")
    assert sms.work(Spy(), at=AT).sent == 0
    assert list(queries.messages(viewer=office.maker, at=AT)) == [made]


@pytest.mark.feature("SF030")
@pytest.mark.parametrize("seed", range(4))
def test_through_a_line_that_loses_doubles_delays_and_reorders_everybody_reads_it_once(tmp_path: Path, seed: int):
    paid(Office(), tmp_path, families=12)
    events.hear(at=AT)
    bad = provider(tmp_path, seed=seed, lost=25, late=40, doubled=30, reordered=50, busy=20, gone=0)
    at = AT
    for _ in range(120):
        sms.work(bad, at=at, portion=5)
        at += timedelta(minutes=45)
    read = [number.partition("/")[0] for number in bad.delivered()]
    assert len(read) == len(set(read))
    states = dict(Message.objects.values_list("key", "state"))
    assert {key for key, state in states.items() if state == "delivered"} == set(read)
    assert set(states.values()) <= {"delivered", "failed"}  # failed: busy at each of its attempts
    assert len(read) >= 11


def test_what_failed_for_now_gets_a_new_attempt_under_a_new_number_after_a_growing_pause_and_what_failed_for_good_none():
    office = Office()
    made = _message(with_phone(office.grant()))
    at = AT
    for attempt, pause in enumerate((*sms.PAUSES, None), start=1):
        spy = Spy()
        assert sms.work(spy, at=at).sent == 1
        assert spy.sent[0].number == f"{made.key}/{attempt}"
        sms.settle([Receipt(f"{made.key}/{attempt}", "failed", None, "busy")], at=at)
        made.refresh_from_db()
        if pause is None:
            assert (made.state, made.why) == ("failed", "busy")
            break
        assert (made.state, made.next_at) == ("queued", at + pause)
        assert sms.work(Spy(), at=at + pause - timedelta(seconds=1)).sent == 0
        at += pause
    other = _message(with_phone(office.grant()))
    sms.work(Spy(), at=AT + timedelta(days=9))
    sms.settle([Receipt(f"{other.key}/1", "failed", None, "no_such_number")], at=AT + timedelta(days=9))
    other.refresh_from_db()
    assert (other.state, other.why) == ("failed", "no_such_number")


def _message(grant: Grant) -> Message:
    words = {"benefit": "低保", "amount": "1.00", "month": "2026-12"}
    about = Subject("instruction", grant.key, grant.division_code)
    return messages.write("N13", party=grant.party, case=grant.case, about=about, words=words, at=AT)


@pytest.mark.feature("SF030")
@pytest.mark.django_db(transaction=True)
def test_stopped_at_any_step_and_begun_again_each_payment_is_told_once(tmp_path: Path):
    """Every crash point in turn: the k-th statement, or begin or end of a call, is where the worker of the k-th payment dies."""
    office, bank, line = Office(), quiet(tmp_path), provider(tmp_path)
    for point in range(1, 400):
        with_phone(office.grant())
        office.checked()
        at = AT + timedelta(days=point)
        work(bank, at=at)
        dying = Dying(line, point)
        try:
            with connection.execute_wrapper(dying.statement):
                events.hear(at=at)
                sms.work(dying, at=at)  # type: ignore[arg-type]
            break
        except Stop:
            pass
        for hours in (1, 3):
            events.hear(at=at + timedelta(hours=hours))
            sms.work(line, at=at + timedelta(hours=hours))
        assert set(Message.objects.values_list("state", flat=True)) == {"delivered"}
        assert Message.objects.count() == Instruction.objects.count() == len(line.delivered()) == point
    assert 40 < point < 399


@pytest.mark.requirement("D6")
def test_another_account_is_told_to_the_old_telephone_before_it_is_paid_to_even_if_the_telephone_is_changed_right_after(
    tmp_path: Path,
):
    office = Office()
    grant = with_phone(office.grant())
    assert not Message.objects.exists()  # the first account is no change
    account = Account("6217009999999999", "someone", "a bank")
    propose(case=grant.case, party=Party.objects.get(pk=grant.party_id), account=account, by=office.maker, at=AT)
    with_phone(grant, "13805460000")
    spy = Spy()
    sms.work(spy, at=AT)
    (out,) = spy.sent
    assert out.to == PHONE
    assert "2027-01" in out.text
    assert "6217" not in out.text
    assert not Task.objects.filter(kind="reach_family").exists()
    made = Message.objects.get()
    sms.settle([Receipt(f"{made.key}/1", "failed", None, "no_such_number")], at=AT)
    assert Task.objects.get(kind="reach_family").case == grant.case
    assert opened(made.to, column="notices_message.to", row=made.key) == PHONE


@pytest.mark.requirement("D6")
def test_a_change_that_no_message_can_tell_is_somebodys_task_at_once():
    office = Office()
    grant = office.grant()
    propose(case=grant.case, party=grant.party, account=Account("6217009999999999", "x", "y"), by=office.maker, at=AT)
    assert Message.objects.get().why == "no_number"
    assert Task.objects.get(kind="reach_family").case == grant.case


def test_a_provider_that_does_not_answer_is_asked_again_only_when_patience_has_passed():
    made = _message(with_phone(Office().grant()))
    asked: list[str] = []

    class Silent(Spy):
        def receipts(self) -> list[Receipt]:
            raise Unreachable

        def ask(self, numbers: Any) -> list[Receipt]:
            asked.extend(numbers)
            return super().ask(numbers)

    for minutes in (0, 10, 31, 40, 61, 62):
        sms.work(Silent(), at=AT + timedelta(minutes=minutes))
    assert asked == [f"{made.key}/1"] * 2
    sms.settle([Receipt(f"{made.key}/1", "unknown")], at=AT + timedelta(hours=2))
    spy = Spy()
    sms.work(spy, at=AT + timedelta(hours=2))
    assert [one.number for one in spy.sent] == [f"{made.key}/1"]  # never had: the same number again
