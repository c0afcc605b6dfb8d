"""Whatever the bank's line does, and wherever the worker stops, every family is paid once for a month, and the books say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from jiuzhu.casework.payments import days, ledger, lists, sending
from jiuzhu.casework.payments.days import NotOver
from jiuzhu.casework.payments.lists import NotNow, NotWhatWasSigned
from jiuzhu.casework.payments.models import BudgetLine, Discrepancy, Grant, Instruction, PayList, Posting, Statement
from jiuzhu.casework.payments.sending import work
from jiuzhu.casework.trace.models import Event
from jiuzhu.gateways.bank.base import Answer, Portion, Unreachable
from jiuzhu.gateways.bank.twin import Twin
from jiuzhu.portals.cli.banking import money_moves
from jiuzhu.registry import public
from tests.support.dying import Dying, Stop
from tests.support.families import COUNTY
from tests.support.paying import AT, PROGRAMME, STANDARD, Office, lines_of, owed, quiet, states

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 7)


@pytest.fixture
def office() -> Office:
    return Office()


def worked(bank: Twin, *, rounds: int = 60, portion: int = 3) -> None:
    """Rounds an hour apart until nothing is open with the bank, and it has told all it has to tell."""
    for number in range(rounds):
        work(bank, at=AT + timedelta(hours=number), portion=portion)
        open_ones = Instruction.objects.filter(state__in=("intent", "sent", "in_doubt"))
        if not open_ones.exists() and not bank.telling():
            return
    raise AssertionError(
        f"after {rounds} rounds something is still open: {list(Instruction.objects.values_list('number', 'state'))}"
    )


def even(bank: Twin) -> None:
    """The bank's own book and ours tell the same: each live instruction was paid once, and what is not paid is owed."""
    paid = bank.paid()
    ours = dict(Instruction.objects.filter(state="confirmed").values_list("number", "fen"))
    assert ours == paid
    assert ledger.balance(ledger.UNDER_WAY) == 0
    assert 100_000_000_00 - ledger.balance("fund:dibao-370502-2026") == sum(paid.values())
    for grant in Grant.objects.all():
        asked = sum(one.fen for one in lines_of(grant) if one.follows_id is None and one.state != "withdrawn")
        got = sum(fen for number, fen in paid.items() if Instruction.objects.get(number=number).grant_id == grant.pk)
        assert owed(grant) == asked - got
        assert got in (0, asked)
    assert Posting.objects.filter(journal__posted=True).aggregate(fen=Sum("fen"))["fen"] == 0


@pytest.mark.requirement("D3")
def test_a_list_goes_to_the_bank_in_portions_and_is_closed_when_all_of_it_arrived(office: Office, tmp_path: Path):
    families = [office.grant() for _ in range(7)]
    made, bank = office.checked(), quiet(tmp_path)
    done = work(bank, at=AT, portion=3)
    assert (done.sent, done.confirmed, done.closed) == (7, 7, 1)
    made.refresh_from_db()
    assert (made.state, states(made)) == ("closed", {"confirmed": 7})
    assert {one.paid_on for family in families for one in lines_of(family)} == {TODAY}
    assert work(bank, at=AT + timedelta(hours=1)).sent == 0
    even(bank)
    assert Event.objects.filter(operation="payments.send").count() == 3


@pytest.mark.requirement("D5")
def test_the_bank_gets_the_digest_that_was_signed_and_nothing_of_a_list_that_was_changed(office: Office, tmp_path: Path):
    office.grant()
    made, bank, heard = office.checked(), quiet(tmp_path), []

    class Listening:
        def __getattr__(self, name: str) -> Any:
            return getattr(bank, name)

        def pay(self, portion: Portion) -> None:
            heard.append((portion.list, portion.digest, portion.count, portion.fen))
            bank.pay(portion)

    office.grant()
    work(Listening(), at=AT)
    assert heard == [(made.key, made.digest, 1, STANDARD)]
    second = office.checked()
    second.instructions.update(state="withdrawn", live=False)
    with pytest.raises(NotWhatWasSigned):
        work(Listening(), at=AT)
    assert len(heard) == 1


@pytest.mark.requirement("D3")
@pytest.mark.parametrize("seed", range(6))
def test_through_a_line_that_loses_doubles_delays_and_reorders_everybody_is_paid_once(office: Office, tmp_path: Path, seed: int):
    for _ in range(12):
        office.grant()
    office.checked()
    bank = Twin(tmp_path / "bank.db", seed, TODAY, lost=40, late=40, doubled=40, reordered=60, refused=15, returned=15)
    worked(bank)
    even(bank)
    assert not Discrepancy.objects.exists()


@pytest.mark.requirement("D3")
def test_without_an_answer_it_is_in_doubt_and_asked_about_under_its_number_and_never_gets_a_new_one(
    office: Office, tmp_path: Path
):
    grant = office.grant()
    office.checked()
    bank = quiet(tmp_path)
    calls: list[tuple[str, Any]] = []

    class Silent:
        """Hears everything, tells nothing by itself."""

        def pay(self, portion: Portion) -> None:
            calls.append(("pay", [one.number for one in portion.orders]))
            bank.pay(portion)
            raise Unreachable("lost")

        def ask(self, numbers: Sequence[str]) -> Sequence[Answer]:
            calls.append(("ask", list(numbers)))
            return bank.ask(numbers)

        def answers(self) -> Sequence[Answer]:
            raise Unreachable("lost")

    number = lines_of(grant)[0].number
    work(Silent(), at=AT)  # type: ignore[arg-type]
    assert [one.state for one in lines_of(grant)] == ["sent"]
    work(Silent(), at=AT + timedelta(hours=1))  # type: ignore[arg-type]
    assert calls == [("pay", [number])]
    done = work(Silent(), at=AT + timedelta(hours=2))  # type: ignore[arg-type]
    assert (done.doubted, done.confirmed) == (1, 1)
    assert calls == [("pay", [number]), ("ask", [number])]
    assert [(one.number, one.state, one.asked) for one in lines_of(grant)] == [(number, "confirmed", 1)]
    even(bank)


def test_a_bank_that_does_not_answer_is_asked_again_only_when_patience_has_passed_once_more(office: Office):
    office.grant()
    office.checked()
    asked = []

    class Dumb:
        def pay(self, portion: Portion) -> None:
            raise Unreachable("lost")

        def ask(self, numbers: Sequence[str]) -> Sequence[Answer]:
            asked.extend(numbers)
            return [Answer(number, "under_way") for number in numbers]

        def answers(self) -> Sequence[Answer]:
            raise Unreachable("lost")

    for minutes in range(0, 481, 20):
        work(Dumb(), at=AT + timedelta(minutes=minutes))  # type: ignore[arg-type]
    assert len(asked) == 4  # after two, four, six and eight hours


@pytest.mark.requirement("D3")
def test_what_the_bank_never_had_goes_out_again_under_the_same_number(office: Office, tmp_path: Path):
    grant = office.grant()
    office.checked()
    bank, lost = quiet(tmp_path), [True]

    class Deaf:
        def __getattr__(self, name: str) -> Any:
            return getattr(bank, name)

        def pay(self, portion: Portion) -> None:
            if lost.pop() if lost else False:
                raise Unreachable("before the bank heard")
            bank.pay(portion)

    number = lines_of(grant)[0].number
    for hours in (0, 2, 3):
        work(Deaf(), at=AT + timedelta(hours=hours))  # type: ignore[arg-type]
    assert [(one.number, one.state) for one in lines_of(grant)] == [(number, "confirmed")]
    even(bank)


@pytest.mark.requirement("D4")
def test_what_came_back_is_paid_again_once_after_a_second_officer_looked_at_the_account(office: Office, tmp_path: Path):
    grant = office.grant()
    office.checked()
    bank = Twin(tmp_path / "bank.db", 1, TODAY, lost=0, late=0, doubled=50, reordered=50, refused=0, returned=100)
    work(bank, at=AT)
    back = lines_of(grant)[0]
    assert (back.state, back.says, back.live, owed(grant)) == ("returned", "name_differs", False, STANDARD)
    with pytest.raises(NotNow, match="no list"):
        lists.pay_again(instruction=back, by=office.maker, at=AT)
    office.draw()
    with pytest.raises(NotNow, match="second officer"):
        lists.pay_again(instruction=back, by=office.maker, at=AT)
    later = AT + timedelta(hours=1)
    office.account(grant.case, grant.party, "6217000000077", at=later)
    with pytest.raises(NotNow, match="second officer"):
        lists.pay_again(instruction=back, by=office.maker, at=later)  # the new account is paid to from the next month
    line = BudgetLine.objects.create(code="dibao-370502-2027", division_code=COUNTY, programme=PROGRAMME, year=2027)
    ledger.appropriate(line, 10_000_00, about="budget 2027", at=AT)
    PayList.objects.filter(state="drawn").delete()
    next_month = AT + timedelta(days=31)
    office.draw("2027-01", at=next_month)
    again = lists.pay_again(instruction=back, by=office.maker, at=next_month)
    assert (again.follows, again.month, again.kind, again.fen) == (back, "2026-12", "monthly", STANDARD)
    for one in (back, again):
        with pytest.raises(NotNow):
            lists.pay_again(instruction=one, by=office.maker, at=next_month)
    lists.check(
        made=lists.make(made=again.list, by=office.maker, at=next_month), by=office.checker, at=next_month, because="as said"
    )
    bank.returned = 0
    work(bank, at=next_month)
    again.refresh_from_db()
    assert (again.state, owed(grant)) == ("confirmed", 0)
    assert sum(bank.paid().values()) == 2 * STANDARD  # December, paid again, and January


@pytest.mark.requirement("D3")
def test_what_contradicts_the_books_is_named_for_a_person_and_changes_nothing(office: Office, tmp_path: Path):
    grant = office.grant()
    office.checked()
    work(quiet(tmp_path), at=AT)
    number = lines_of(grant)[0].number
    told = [
        Answer(number, "refused", STANDARD, TODAY),
        Answer(number, "paid", STANDARD + 1, TODAY),
        Answer("Znobody", "paid", 5, TODAY),
        Answer(number, "paid", STANDARD, TODAY),
    ]
    assert sending.settle(told, at=AT).odd == 3
    assert sending.settle(told, at=AT).odd == 3
    assert sorted(Discrepancy.objects.values_list("kind", flat=True)) == ["contradicts", "other_amount", "unknown"]
    assert lines_of(grant)[0].state == "confirmed"


@pytest.mark.requirement("D5")
def test_a_day_ends_with_a_difference_of_nothing_or_with_exceptions_that_have_a_name(office: Office, tmp_path: Path):
    for _ in range(4):
        office.grant()
    office.checked()
    bank = quiet(tmp_path)
    work(bank, at=AT)
    with pytest.raises(NotOver):
        days.reconcile(bank, day=TODAY, today=TODAY, at=AT)
    tomorrow = TODAY + timedelta(days=1)
    held = days.reconcile(bank, day=TODAY, today=tomorrow, at=AT)
    assert (held.theirs, held.ours, held.named) == (4 * STANDARD, 4 * STANDARD, 0)

    class Less:
        def statement(self, day: date) -> Sequence[Answer]:
            return [*bank.statement(day)[1:], Answer("Zmore", "paid", 9, day)]

    held = days.reconcile(Less(), day=TODAY, today=tomorrow, at=AT)  # type: ignore[arg-type]
    assert (held.ours - held.theirs, held.named) == (STANDARD - 9, 2)
    found = Discrepancy.objects.get(kind="not_in_statement")
    days.settle_exception(found=found, because="the bank sent a second sheet", by=office.checker, at=AT)
    found.refresh_from_db()
    assert (found.settled_by, "sheet" in found.because) == ("checker", False)
    assert days.reconcile(bank, day=TODAY, today=tomorrow, at=AT).named == 1
    assert Statement.objects.count() == 1


def test_beside_the_pages_of_an_invented_workspace_money_moves_by_itself(office: Office, tmp_path: Path):
    office.grant()
    office.checked()
    assert money_moves(tmp_path, at=AT) == {}  # no bank is connected: the list waits
    public.mark_invented(tmp_path)
    for hours in range(40):
        money_moves(tmp_path, at=AT + timedelta(hours=hours))
    assert Instruction.objects.get().state in ("confirmed", "refused", "returned")
    assert [one.ours - one.theirs for one in Statement.objects.all()] == [0] * Statement.objects.count()


@pytest.mark.requirement("D3")
@pytest.mark.django_db(transaction=True)
def test_stopped_at_any_step_and_begun_again_everybody_is_paid_once(tmp_path: Path):
    """Every crash point in turn: the k-th statement, or begin or end of a call, is where the worker of the k-th list dies."""
    office, bank = Office(), quiet(tmp_path)
    for point in range(1, 400):
        for _ in range(2):
            office.grant()
        office.checked()
        dying, at = Dying(bank, point), AT + timedelta(days=point)
        try:
            with connection.execute_wrapper(dying.statement):
                work(dying, at=at, portion=1)  # type: ignore[arg-type]
            break
        except Stop:
            pass
        for hours in (1, 3, 4):
            work(bank, at=at + timedelta(hours=hours), portion=1)
        assert set(Instruction.objects.values_list("state", flat=True)) == {"confirmed"}
        assert Instruction.objects.count() == len(bank.paid()) == 2 * point
    assert 30 < point < 399
    even(bank)
