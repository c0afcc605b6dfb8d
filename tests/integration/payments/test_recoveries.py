"""What was paid too much: found, heard, decided, returned to the fund or written off, each step in the books and by people."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import tags
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.refusals import DutyHeld
from jiuzhu.casework.grievances import actions as grievances
from jiuzhu.casework.notices import actions as notices
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.payments import ledger, recovering
from jiuzhu.casework.payments.models import CameBack, Posting, Recovery
from jiuzhu.casework.payments.recovering import EnteredBefore, Heard, NotHeard, NothingToReturn, Part, WrongPlan
from jiuzhu.casework.payments.sending import work
from jiuzhu.casework.roads.refusals import NeedsReason, NotNow
from tests.support.families import TOWNSHIP
from tests.support.officers import officer
from tests.support.paying import AT, STANDARD, Office, person, quiet

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FUND = "fund:dibao-370502-2026"
HEARD = Heard("at_office", date(2026, 12, 8), "the daughter", "a month was paid after the death", "she will return it")


class Desk(Office):
    """The office, a clerk of the township, and a family whose one month was paid too much."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.clerk = officer("clerk", "township_officer", TOWNSHIP)
        self.paid_to = self.grant()
        self.checked()
        bank = quiet(folder)
        for hours in range(3):
            work(bank, at=AT + timedelta(hours=hours))
        assert recovering.paid(self.paid_to) == {"2026-12": STANDARD}

    def found(self) -> Recovery:
        self.change(self.paid_to, "end", "2026-12")
        with transaction.atomic():
            made = recovering.found(self.paid_to, cause="death", who="maker", at=AT)
        assert made is not None
        return made

    def decided(self, fen: int = STANDARD, parts: int = 2) -> Recovery:
        made = recovering.hear(recovery=self.found(), heard=HEARD, party=person(), by=self.clerk, at=AT + 2 * DAY)
        plan = [Part(date(2026, 12, 20 + number), fen // parts) for number in range(parts)]
        return recovering.decide(recovery=made, fen=fen, plan=plan, because="paid after a death", by=self.maker, at=AT + 2 * DAY)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def books() -> tuple[int, int, int]:
    """Still to be returned, written off, and in the fund; and that all there is adds up to nothing."""
    assert (Posting.objects.filter(journal__posted=True).aggregate(fen=Sum("fen"))["fen"] or 0) == 0
    return ledger.balance(recovering.RECOVERABLE), ledger.balance(recovering.WRITTEN_OFF), ledger.balance(FUND)


@pytest.mark.requirement("D1")
def test_money_that_comes_back_goes_to_the_fund_it_left_and_the_last_fen_ends_it(desk: Desk) -> None:
    whole = ledger.balance(FUND)
    made = desk.decided()
    assert (made.walk.state, books()) == ("decided", (STANDARD, 0, whole))
    told = {"day": date(2026, 12, 10), "by": desk.maker, "at": AT + 4 * DAY}
    made = recovering.receive(recovery=made, fen=300_00, receipt="R1", **told)
    assert (made.walk.state, recovering.outstanding(made), books()) == (
        "decided",
        STANDARD - 300_00,
        (STANDARD - 300_00, 0, whole + 300_00),
    )
    for fen, receipt in ((STANDARD, "R2"), (1, "R1"), (0, "R3"), (1, " ")):
        with pytest.raises(EnteredBefore):
            recovering.receive(recovery=made, fen=fen, receipt=receipt, **told)
    made = recovering.receive(recovery=made, fen=STANDARD - 300_00, receipt="R2", **told)
    assert (made.walk.state, made.walk.ended, books()) == ("settled", True, (0, 0, whole + STANDARD))
    with pytest.raises(DatabaseError), transaction.atomic():
        CameBack.objects.update(fen=1)


@pytest.mark.requirement("F4")
def test_nothing_is_to_be_returned_before_somebody_living_was_heard_and_another_officer_decides(desk: Desk) -> None:
    made = desk.found()
    plan = [Part(date(2026, 12, 20), STANDARD)]
    told = {"fen": STANDARD, "plan": plan, "because": "paid after a death", "at": AT + 2 * DAY}
    with pytest.raises(NotNow):
        recovering.decide(recovery=made, by=desk.maker, **told)
    gone = person()
    tags.tag(case=made.case, party=gone, code="deceased", because="certificate", by=desk.clerk, at=AT)
    with pytest.raises(NotHeard):
        recovering.hear(recovery=made, heard=HEARD, party=gone, by=desk.clerk, at=AT + 2 * DAY)
    made = recovering.hear(recovery=made, heard=HEARD, party=person(), by=desk.clerk, at=AT + 2 * DAY)
    with pytest.raises(NotAllowed):
        recovering.decide(recovery=made, by=desk.clerk, **told)
    with pytest.raises(NeedsReason):
        recovering.decide(recovery=made, by=desk.maker, **{**told, "because": " "})
    for wrong in (
        {"fen": STANDARD + 1},
        {"fen": 0},
        {"plan": [Part(date(2026, 12, 20), 1)]},
        {"plan": [Part(date(2026, 12, 1), STANDARD)]},
    ):
        with pytest.raises(WrongPlan):
            recovering.decide(recovery=made, by=desk.maker, **{**told, **wrong})
    assert not Notice.objects.filter(kind="N16").exists()
    recovering.decide(recovery=made, by=desk.maker, **told)
    letter = Notice.objects.get(kind="N16")
    assert (letter.subject_key, letter.party_id) == (made.key, made.party_id)


def test_what_will_not_come_back_is_written_off_on_a_ground_by_another_officer(desk: Desk) -> None:
    whole, made = ledger.balance(FUND), desk.decided()
    told = {"because": "nothing was left behind", "at": AT + 3 * DAY}
    with pytest.raises(DutyHeld):
        recovering.write_off(recovery=made, ground="no_estate", by=desk.maker, **told)
    with pytest.raises(WrongPlan):
        recovering.write_off(recovery=made, ground="because", by=desk.checker, **told)
    made = recovering.write_off(recovery=made, ground="no_estate", by=desk.checker, **told)
    assert (made.walk.state, made.ground, books()) == ("written_off", "no_estate", (0, STANDARD, whole))


def test_a_late_instalment_is_asked_for_once_until_it_comes(desk: Desk) -> None:
    made = desk.decided()
    assert recovering.remind(at=AT + 10 * DAY) == 0
    assert recovering.remind(at=AT + 14 * DAY) == 1  # the first was due on the 20th
    assert (recovering.remind(at=AT + 14 * DAY), recovering.late(made, on=date(2026, 12, 21))) == (0, STANDARD // 2)
    made = recovering.receive(
        recovery=made, fen=STANDARD // 2, receipt="R1", day=date(2026, 12, 21), by=desk.maker, at=AT + 14 * DAY
    )
    assert not Task.objects.filter(kind="recovery", state="open").exists()
    assert recovering.late(made, on=date(2026, 12, 21)) == 0
    later = recovering.replan(
        recovery=made, plan=[Part(date(2026, 12, 31), STANDARD // 2)], because="she is ill", by=desk.maker, at=AT + 14 * DAY
    )
    assert [(one.plan, one.fen) for one in later.instalments.order_by("pk")] == [(1, STANDARD // 2)] * 2 + [(2, STANDARD // 2)]
    assert recovering.late(later, on=date(2026, 12, 24)) == 0


def test_months_an_officer_found_wrong_are_taken_up_once_and_never_more_than_arrived(desk: Desk) -> None:
    told = {"because": "a car was hidden", "by": desk.maker, "at": AT}
    with pytest.raises(NothingToReturn):
        recovering.enter(grant=desk.paid_to, wrong={"2026-12": STANDARD + 1}, **told)
    with pytest.raises(NotAllowed):
        recovering.enter(grant=desk.paid_to, wrong={"2026-12": 100_00}, **{**told, "by": desk.clerk})
    first = recovering.enter(grant=desk.paid_to, wrong={"2026-12": 100_00}, **told)
    with pytest.raises(NothingToReturn):
        recovering.enter(grant=desk.paid_to, wrong={"2026-12": STANDARD}, **told)
    recovering.drop(recovery=first, because="the car is her brother's", by=desk.maker, at=AT)
    assert recovering.enter(grant=desk.paid_to, wrong={"2026-12": STANDARD}, **told).fen == STANDARD


def test_an_appeal_upheld_takes_what_is_still_to_be_returned_out_of_the_books(desk: Desk) -> None:
    whole, made = ledger.balance(FUND), desk.decided()
    letter = Notice.objects.get(kind="N16")
    notices.serve(notice=letter, how="hand", proof="she signed", by=desk.maker, at=AT + 2 * DAY)
    asked = grievances.lodge(
        "appeal", channel="counter", words="nobody told us", division_code="", notice=letter, by=desk.clerk, at=AT + 3 * DAY
    )
    grievances.answer(grievance=asked, outcome="upheld", answer="the office knew of the death", by=desk.checker, at=AT + 3 * DAY)
    made = Recovery.objects.get(pk=made.pk)
    assert (made.walk.state, made.decided_fen, books()) == ("heard", None, (0, 0, whole))
