"""A list holds what is owed, no more and no less; some lines wait for a person; what was signed does not change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Announcement, Task
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.payments import grants, ledger, lists, payees
from jiuzhu.casework.payments.drawing import ListOpen, NoBudget, WrongMonth, draw
from jiuzhu.casework.payments.grants import NotSo, Said, amounts
from jiuzhu.casework.payments.lists import NotNow, NotWhatWasSigned, SameHand, Stopped
from jiuzhu.casework.payments.models import BudgetLine, Instruction, PayList, Term
from jiuzhu.casework.payments.payees import Account, ChangeWaits, NotAnAccount, NotByTheSame
from tests.support import casework
from tests.support.families import COUNTY, TOWNSHIP
from tests.support.officers import officer
from tests.support.paying import AT, MONTH, PROGRAMME, STANDARD, Office, lines_of, owed, person, states

pytestmark = pytest.mark.django_db
NEXT_MONTH = AT + timedelta(days=31)


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_month_is_owed_by_the_last_decision_that_covers_it():
    terms = [Said("2026-07", 500), Said("2026-10", 600), Said("2026-09", 550), Said("2026-11", 0)]
    assert amounts(terms, "2026-12") == {"2026-07": 500, "2026-08": 500, "2026-09": 550, "2026-10": 550}
    assert amounts([Said("2027-01", 500)], "2026-12") == {}


def test_a_term_follows_the_last_one_and_says_what_its_kind_says(office: Office):
    grant = office.grant()
    for kind, fen in (("start", 1), ("resume", 1), ("raise", STANDARD), ("cut", STANDARD), ("end", 5), ("raise", -1)):
        with pytest.raises(NotSo):
            office.change(grant, kind, MONTH, fen)
    with pytest.raises(NotSo, match="began in"):
        office.change(grant, "raise", "2026-11", STANDARD + 1)
    office.change(grant, "end", "2027-01")
    with pytest.raises(NotSo):
        office.change(grant, "raise", "2027-02", STANDARD + 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Term.objects.update(fen=1)
    with pytest.raises(NotAllowed):
        grants.change(
            grant=grant, kind="end", from_month=MONTH, decision="D", by=officer("t", "township_officer", TOWNSHIP), at=AT
        )


def test_every_grant_in_force_gets_one_line_and_a_second_drawing_adds_none(office: Office):
    first, ended, later = office.grant(), office.grant(), office.grant(since="2027-01")
    office.change(ended, "end", MONTH)
    drawn = office.draw()
    assert (drawn.added, drawn.held, states(drawn.list)) == (1, 0, {"intent": 1})
    assert [(one.grant, one.fen, one.month, one.kind) for one in drawn.list.instructions.all()] == [
        (first, STANDARD, MONTH, "monthly")
    ]
    assert (owed(first), owed(ended), owed(later)) == (STANDARD, 0, 0)
    again = office.draw()
    assert (again.added, again.list) == (0, drawn.list)
    assert ledger.balance(ledger.BENEFIT) == STANDARD


@pytest.mark.requirement("D2")
def test_the_database_holds_one_live_instruction_of_a_grant_month_and_kind(office: Office):
    grant = office.grant()
    office.draw()
    line = lines_of(grant)[0]
    kept = {"list": line.list, "grant": grant, "payee": line.payee, "month": MONTH, "fen": 1, "state": "intent"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Instruction.objects.create(number=new_key("Z"), kind="monthly", **kept)
    for change in ({"fen": 1}, {"number": "Zother"}, {"month": "2027-01"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Instruction.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_instruction")


def test_a_raise_that_reaches_back_is_paid_once_with_the_next_list(office: Office):
    grant = office.grant(since="2026-10")
    office.draw()
    assert {one.kind: one.fen for one in lines_of(grant)} == {"monthly": STANDARD, "arrears": 2 * STANDARD}
    office.checked()
    office.change(grant, "raise", "2026-11", STANDARD + 20_00)
    assert office.draw().added == 0  # December has its lines; nothing is ordered twice for it
    BudgetLine.objects.create(code="dibao-370502-2027", division_code=COUNTY, programme=PROGRAMME, year=2027)
    drawn = office.draw("2027-01", at=NEXT_MONTH)
    assert {one.kind: one.fen for one in drawn.list.instructions.all()} == {"monthly": STANDARD + 20_00, "arrears": 2 * 20_00}
    assert sorted(drawn.list.instructions.get(kind="arrears").dues.values_list("month", "fen")) == [
        ("2026-11", 20_00),
        ("2026-12", 20_00),
    ]
    assert office.draw("2027-01", at=NEXT_MONTH).added == 0
    assert owed(grant) == 2 * STANDARD + STANDARD + STANDARD + 20_00 + 2 * 20_00


def test_months_that_were_paid_too_much_take_nothing_back_by_themselves(office: Office):
    grant = office.grant(since="2026-10")
    office.checked()
    office.change(grant, "cut", "2026-10", STANDARD - 100_00)
    office.change(grant, "end", "2026-12")
    assert office.draw().added == 0
    assert owed(grant) == 3 * STANDARD


@pytest.mark.requirement("D7")
def test_a_suspected_death_prison_or_double_benefit_holds_one_line_back_for_one_run_and_asks_a_person(office: Office):
    held = office.grant(household="H9")
    quiet = office.grant()
    casework.warning("W1", household_id="H9", indicator_id="S21-R01", scenario_id="S21", side="exit")
    casework.warning("W2", household_id="H9", indicator_id="S22-R01", scenario_id="S22", side="exit")
    casework.warning("W3", household_id="H9", indicator_id="S01-E01", scenario_id="S01")
    drawn = office.draw()
    assert (drawn.added, drawn.held) == (2, 1)
    assert {one.grant: (one.state, one.held) for one in drawn.list.instructions.all()} == {
        held: ("held", "death duplicate"),
        quiet: ("intent", ""),
    }
    assert [(one.case, one.kind) for one in Task.objects.all()] == [(held.case, "held_payment")]
    office.checked()
    assert office.draw().freed == 0  # another list of the month frees nothing: nobody has looked
    BudgetLine.objects.create(code="dibao-370502-2027", division_code=COUNTY, programme=PROGRAMME, year=2027)
    following = office.draw("2027-01", at=NEXT_MONTH)  # the warning still stands, and holds January's line
    assert (following.freed, following.held) == (1, 1)
    assert [(one.month, one.state) for one in lines_of(held)] == [("2026-12", "intent"), ("2027-01", "held")]


@pytest.mark.requirement("D7")
def test_a_line_held_in_a_list_that_has_gone_is_paid_with_the_one_that_is_open(office: Office):
    casework.warning("W1", household_id="H1", indicator_id="S21-R01", scenario_id="S21", side="exit")
    grant = office.grant(household="H1")
    office.grant()
    office.checked()
    with pytest.raises(NotNow, match="no list"):
        lists.pay_held(instruction=lines_of(grant)[0], by=office.checker, at=AT)
    office.grant()
    second = office.draw().list
    paid = lists.pay_held(instruction=lines_of(grant)[0], by=office.checker, at=AT)
    assert (paid.list, paid.state, paid.held) == (second, "intent", "")


def test_the_same_benefit_twice_of_one_person_is_held_also_when_the_first_has_gone_already(office: Office):
    first = office.grant()
    office.checked()
    second = grants.begin(
        case=first.case,
        party=first.party,
        programme=PROGRAMME,
        from_month=MONTH,
        fen=100_00,
        decision="D2",
        by=office.maker,
        at=AT,
    )
    office.draw()
    assert [one.held for one in lines_of(second)] == ["twice"]


def test_one_month_more_and_another_as_much_less_is_arrears_for_the_one(office: Office):
    grant = office.grant(since="2026-10")
    office.checked()
    office.change(grant, "raise", "2026-10", STANDARD + 50_00)
    office.change(grant, "cut", "2026-11", STANDARD - 50_00)
    office.change(grant, "raise", "2026-12", STANDARD)
    BudgetLine.objects.create(code="dibao-370502-2027", division_code=COUNTY, programme=PROGRAMME, year=2027)
    drawn = office.draw("2027-01", at=NEXT_MONTH)
    assert {one.kind: one.fen for one in drawn.list.instructions.all()} == {"monthly": STANDARD, "arrears": 50_00}


@pytest.mark.requirement("D7")
def test_an_officer_pays_a_held_line_or_takes_it_off_when_the_grant_has_ended(office: Office):
    for household in ("H1", "H2"):
        casework.warning(f"W{household}", household_id=household, indicator_id="S21-R01", scenario_id="S21", side="exit")
    alive, dead = office.grant(household="H1"), office.grant(household="H2")
    office.draw()
    assert lists.pay_held(instruction=lines_of(alive)[0], by=office.checker, at=AT).state == "intent"
    office.change(dead, "end", MONTH)
    assert lists.withdraw(instruction=lines_of(dead)[0], by=office.checker, at=AT).state == "withdrawn"
    assert (owed(alive), owed(dead)) == (STANDARD, 0)
    assert office.draw().added == 0
    with pytest.raises(NotNow):
        lists.withdraw(instruction=lines_of(alive)[0], by=office.checker, at=AT)
    with pytest.raises(NotAllowed):
        lists.pay_held(instruction=lines_of(alive)[0], by=officer("t", "township_officer", TOWNSHIP), at=AT)


def test_a_line_taken_off_by_mistake_is_drawn_again(office: Office):
    casework.warning("W1", household_id="H1", indicator_id="S21-R01", scenario_id="S21", side="exit")
    grant = office.grant(household="H1")
    office.draw()
    lists.withdraw(instruction=lines_of(grant)[0], by=office.checker, at=AT)
    assert (office.draw().added, owed(grant)) == (1, STANDARD)


@pytest.mark.requirement("D6")
def test_an_account_is_seen_by_two_and_a_change_waits_a_month_and_is_told_to_the_old_telephone(office: Office):
    grant = office.grant(account="-")
    assert office.draw().held == 1
    case, party = grant.case, grant.party
    for number, name in (("12 34", "a"), ("6217000a0000", "a"), ("6217000000001", " ")):
        with pytest.raises(NotAnAccount):
            payees.propose(case=case, party=party, account=Account(number, name, "b"), by=office.maker, at=AT)
    made = payees.propose(case=case, party=party, account=Account("6217 0000 0000 1", "a", "b"), by=office.maker, at=AT)
    with pytest.raises(ChangeWaits):
        payees.propose(case=case, party=party, account=Account("6217000000002", "a", "b"), by=office.maker, at=AT)
    with pytest.raises(NotByTheSame):
        payees.look(payee=made, case=case, right=True, by=office.maker, at=AT)
    assert payees.paid_to([party.pk], MONTH) == {}
    first = payees.look(payee=made, case=case, right=True, by=office.checker, at=AT)
    assert payees.told(first) == Account("6217000000001", "a", "b")
    assert payees.paid_to([party.pk], MONTH) == {party.pk: first.pk}
    assert not Announcement.objects.filter(kind="payee.changing").exists()
    second = office.account(case, party, "6217000000002")
    assert Announcement.objects.filter(kind="payee.changing").count() == 1
    assert payees.paid_to([party.pk], MONTH) == {party.pk: first.pk}
    assert payees.paid_to([party.pk], "2027-01") == {party.pk: second.pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, name, bank FROM payments_payee")
        assert "6217" not in str(cursor.fetchall())


@pytest.mark.requirement("D6")
def test_one_account_of_two_families_is_shown_and_of_two_people_of_one_family_is_not(office: Office):
    first, other = office.grant(account="6217000000009"), office.grant(account="6217000000009")
    alone = office.grant()
    party = person()
    office.account(alone.case, party, "6217000000010")
    grants.begin(
        case=alone.case, party=party, programme=PROGRAMME, from_month=MONTH, fen=100_00, decision="D1", by=office.maker, at=AT
    )
    drawn = office.draw()
    held = {one.grant for one in drawn.list.instructions.filter(held="shared_account")}
    assert held == {first, other}


@pytest.mark.requirement("D8")
def test_a_line_ten_times_what_it_was_is_held_back(office: Office):
    usual, jumps = office.grant(since="2026-12"), office.grant(since="2026-12")
    office.checked()
    BudgetLine.objects.create(code="dibao-370502-2027", division_code=COUNTY, programme=PROGRAMME, year=2027)
    office.change(jumps, "raise", "2027-01", 10 * STANDARD)
    drawn = office.draw("2027-01", at=NEXT_MONTH)
    assert {one.grant: one.held for one in drawn.list.instructions.all()} == {usual: "", jumps: "amount"}


@pytest.mark.requirement("D8")
@pytest.mark.parametrize(
    ("what", "stops"), [("doubled", "last_month"), ("ten times", "last_month"), ("halved", "last_month"), ("alike", "")]
)
def test_a_list_far_from_last_months_stops_for_a_person(office: Office, what: str, stops: str):
    families = [office.grant() for _ in range(4)]
    office.checked()
    line = BudgetLine.objects.create(code="dibao-370502-2027", division_code=COUNTY, programme=PROGRAMME, year=2027)
    ledger.appropriate(line, 1_000_000_00, about="budget 2027", at=AT)
    for family in families:
        if what == "doubled":
            office.grant(since="2027-01")
        elif what == "ten times":
            office.change(family, "raise", "2027-01", 2 * STANDARD)
    if what == "halved":
        for family in families[:2]:
            office.change(family, "end", "2027-01")
    made = lists.make(made=office.draw("2027-01", at=NEXT_MONTH).list, by=office.maker, at=NEXT_MONTH)
    assert made.stops == stops
    if stops:
        with pytest.raises(Stopped):
            lists.check(made=made, by=office.checker, at=NEXT_MONTH)
    assert lists.check(made=made, by=office.checker, at=NEXT_MONTH, because="the new standard").state == "checked"


@pytest.mark.requirement("D8")
def test_an_empty_list_one_beyond_its_budget_and_one_of_another_month_stop(office: Office):
    with pytest.raises(Stopped, match="empty"):
        lists.check(
            made=lists.make(made=office.draw().list, by=office.maker, at=AT), by=office.checker, at=AT, because="so be it"
        )
    for month in ("2026-11", "2027-02"):
        with pytest.raises(WrongMonth):
            office.draw(month)
    with pytest.raises(NoBudget):
        draw(division_code=COUNTY, programme="tekun", month=MONTH, by=office.maker, at=AT)
    with pytest.raises(ListOpen):
        office.draw()
    lists.send_back(made=PayList.objects.get(), by=office.checker, at=AT)
    office.grant(fen=100_000_000_01)
    made = lists.make(made=office.draw().list, by=office.maker, at=AT)
    assert made.stops == "budget first_list"


@pytest.mark.requirement("D5")
def test_maker_and_checker_are_two_and_sign_the_same_lines(office: Office):
    office.grant()
    made = lists.make(made=office.draw().list, by=office.maker, at=AT)
    with pytest.raises(SameHand):
        lists.check(made=made, by=office.maker, at=AT, because="x")
    checked = lists.check(made=made, by=office.checker, at=AT, because="the first one")
    assert (checked.made_by, checked.checked_by, checked.count, checked.fen) == ("maker", "checker", 1, STANDARD)
    assert "the first one" not in checked.because
    lists.verify(checked)
    with pytest.raises(NotNow):
        lists.make(made=checked, by=office.maker, at=AT)


@pytest.mark.requirement("D5")
@pytest.mark.parametrize(
    "what", ["one fen", "one line more", "one line less", "another account", "another signature", "another statement"]
)
def test_a_list_that_is_not_what_was_signed_is_not_sent(office: Office, what: str):
    first, second = office.grant(), office.grant()
    made = office.checked()
    if what == "one fen":
        with connection.cursor() as cursor:  # as an owner of the database could, with the guard taken away
            cursor.execute(
                "DROP TRIGGER payments_instruction_fixed" + ("" if connection.vendor == "sqlite" else " ON payments_instruction")
            )
        made.instructions.filter(grant=first).update(fen=STANDARD + 1)
    elif what == "one line more":
        third = office.grant()
        Instruction.objects.create(
            number=new_key("Z"),
            list=made,
            grant=third,
            payee=lines_of(first)[0].payee,
            month=MONTH,
            kind="monthly",
            fen=1,
            state="intent",
        )
    elif what == "one line less":
        made.instructions.filter(grant=first).update(state="withdrawn", live=False)
    elif what == "another account":
        made.instructions.filter(grant=first).update(payee=lines_of(second)[0].payee)
    elif what == "another signature":
        made.checker_signature = made.maker_signature
    else:
        made.statement = made.statement.replace("2026-12", "2026-11")
    with pytest.raises(NotWhatWasSigned):
        lists.verify(made)
