"""Grievances and requests by right: a receipt, an office and a day at once; answered with reasons by somebody else; late ones go up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Resident
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.refusals import CannotHold, Moved, NotOpen
from jiuzhu.casework.grievances import actions, ears, queries
from jiuzhu.casework.grievances.actions import HeldApart, NotAnswered, NotLodged, StillAsked
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.notices import letters, publications
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.notices.publications import Line
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.tree import Title
from tests.support import families
from tests.support.families import COUNTY, TOWNSHIP, VILLAGE
from tests.support.officers import account, give, officer
from tests.support.telling import AT, BY, decision, family, head, person, refusal

pytestmark = pytest.mark.django_db
KINDS = ("copy", "correction", "explanation", "human_review")


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.fixture
def wu() -> Officer:
    return officer("wu", "county_officer", COUNTY)


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was decided anew, in the place of the step that decides."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(ears, "_decides", {"grant": lambda key, because, by, at: told.append((key, because))})
    return told


def lodged(kind: str = "complaint", *, by: Any, at: Any = AT, case: Case | None = None, **more: Any) -> Grievance:
    told = {"channel": "hotline", "words": "窗口不收材料", "division_code": VILLAGE, "by": by, "at": at, "case": case} | more
    return actions.lodge(kind, **told)


def served(clerk: Officer, **more: Any) -> Notice:
    made = refusal(family(), **more)
    letters.serve(notice=made, how="hand", proof="签收", by=clerk, at=AT)
    made.refresh_from_db()
    return made


@pytest.mark.feature("SF089")
@pytest.mark.parametrize("channel", ["hotline", "portal", "phone", "counter"])
def test_whatever_the_channel_it_has_a_receipt_an_office_and_a_day_from_the_first_moment(zhou: Officer, channel: str):
    made = lodged(by=zhou, channel=channel)
    assert made.receipt == "GRV-370502-2026-000001"
    assert (made.office, made.state, made.due_on) == ("370502", "open", date(2026, 12, 4))  # ten working days after Friday
    assert made.rises_on == date(2026, 12, 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM grievances_grievance")
        assert "窗口" not in repr(cursor.fetchall())


@pytest.mark.requirement("K2")
@pytest.mark.parametrize("channel", ["counter", "phone", "portal"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_person_may_ask_for_by_right_has_a_date_and_an_owner_goes_up_when_late_and_ends_with_a_letter(
    zhou: Officer, kind: str, channel: str
):
    case = family()
    asker = Resident(head(case).key) if channel == "portal" else zhou
    made = lodged(kind, by=asker, channel=channel, case=case, party=head(case), words="请给我看我的档案")
    assert (made.office, made.due_on) == (TOWNSHIP, date(2026, 12, 11))
    receipt = letters.read(Notice.objects.get(kind="N23"))
    assert made.receipt in receipt.text.zh
    assert "2026-12-11" in receipt.text.zh
    actions.assign(grievance=made, to=zhou, by=zhou, at=AT)
    made.refresh_from_db()
    assert made.owner == zhou
    day = AT + timedelta(days=21)  # 11 December
    assert actions.raise_overdue(at=day) == 0
    assert actions.raise_overdue(at=day + timedelta(days=1)) == 1
    assert actions.raise_overdue(at=day + timedelta(days=1)) == 0
    made.refresh_from_db()
    assert (made.raised_to, made.tier_up) == (COUNTY, 1)
    assert actions.raise_overdue(at=day + timedelta(days=6)) == 1  # two working days later the tier above
    made.refresh_from_db()
    assert made.raised_to == "370500"
    actions.answer(grievance=made, outcome="done", answer="已经办好", by=zhou, at=day + timedelta(days=6))
    answer = letters.read(Notice.objects.get(kind="N24"))
    assert "已办理" in answer.text.zh
    assert "已经办好" in answer.text.zh
    assert actions.raise_overdue(at=day + timedelta(days=40)) == 0


@pytest.mark.requirement("K2")
def test_a_correction_travels_to_the_department_and_back_before_it_is_answered(zhou: Officer):
    housing, case = families.department("住房城乡建设"), family()
    made = lodged("correction", by=zhou, channel="counter", case=case, party=head(case), words="不动产登记不是我的")
    asked = actions.ask_to_correct(grievance=made, department="住房城乡建设", asked="核对不动产登记", by=zhou, at=AT)
    assert asked.referral is not None
    assert (asked.referral.need, asked.referral.due_on) == ("correction", date(2026, 12, 4))
    with pytest.raises(StillAsked):
        actions.answer(grievance=asked, outcome="done", answer="x", by=zhou, at=AT)
    referrals.report(referral=asked.referral, said="已更正", by=housing, at=AT + timedelta(days=2))
    asked.referral.refresh_from_db()
    done = actions.answer(grievance=asked, outcome="done", answer="部门已更正", by=zhou, at=AT + timedelta(days=3))
    assert done.state == "answered"
    with pytest.raises(NotLodged):
        actions.ask_to_correct(
            grievance=lodged(by=zhou), department="住房城乡建设", asked="x", by=officer("wu", "county_officer", COUNTY), at=AT
        )


@pytest.mark.feature("SF089")
def test_an_appeal_keeps_the_term_that_runs_from_service_and_a_late_one_is_taken_and_says_so(zhou: Officer, wu: Officer):
    made = served(zhou)
    term = AT + timedelta(days=60)
    early = lodged("appeal", by=zhou, notice=made, at=term)
    assert (early.until, early.late, early.office) == (date(2027, 1, 19), False, COUNTY)
    late = lodged("appeal", by=zhou, notice=made, at=term + timedelta(days=1))
    assert (late.until, late.late) == (date(2027, 1, 19), True)
    unserved = lodged("appeal", by=zhou, notice=refusal(family()))
    assert (unserved.until, unserved.late) == (None, False)
    with pytest.raises(NotLodged):
        lodged("appeal", by=zhou)


@pytest.mark.parametrize("outcome", ["upheld", "partly"])
def test_upheld_the_decision_the_letter_told_of_is_decided_anew_in_the_same_transaction(
    zhou: Officer, wu: Officer, decided: list[tuple[str, str]], outcome: str
):
    letter = served(zhou)
    made = lodged("appeal", by=zhou, notice=letter)
    done = actions.answer(grievance=made, outcome=outcome, answer="收入算错", by=wu, at=AT)
    assert decided == [(letter.subject_key, "收入算错")]
    assert done.again
    with pytest.raises(NotOpen):
        actions.answer(grievance=made, outcome=outcome, answer="again", by=wu, at=AT)


def test_rejected_nothing_is_decided_anew_and_what_nobody_could_decide_is_not_answered_as_upheld(
    zhou: Officer, wu: Officer, decided: list[tuple[str, str]]
):
    made = lodged("appeal", by=zhou, notice=served(zhou))
    assert not actions.answer(grievance=made, outcome="rejected", answer="计算无误", by=wu, at=AT).again
    assert decided == []
    other = lodged("appeal", by=zhou, notice=served(zhou))
    ears._decides.clear()
    with pytest.raises(ears.NobodyDecides), transaction.atomic():
        actions.answer(grievance=other, outcome="upheld", answer="x", by=wu, at=AT)
    other.refresh_from_db()
    assert other.state == "open"


def test_whoever_gave_the_letter_does_not_answer_under_any_account(zhou: Officer, wu: Officer):
    letter = served(zhou, by=wu)
    second = account("wu2", person=wu.person)
    give(second, "county_officer", COUNTY)
    made, third = lodged("appeal", by=zhou, notice=letter), officer("sun", "county_officer", COUNTY)
    for same in (wu, second):
        with pytest.raises(HeldApart):
            actions.answer(grievance=made, outcome="rejected", answer="x", by=same, at=AT)
        with pytest.raises(HeldApart):
            actions.assign(grievance=made, to=same, by=third, at=AT)
    assert actions.answer(grievance=made, outcome="rejected", answer="x", by=third, at=AT).answered_by == "sun"


def test_an_objection_to_a_publication_is_open_at_once_and_its_answer_settles_it(zhou: Officer, wu: Officer):
    case = family()
    hung = publications.publish(
        "N07",
        case=case,
        about=decision(case),
        lines=[Line(head(case), 1, Title("低保", "dibao"), 1)],
        place="x",
        days=7,
        by=BY,
        at=AT,
    )
    made = actions.object_to(publication=hung, because="有房", by=AnonymousUser(), at=AT)
    assert (made.kind, made.channel, made.office, made.due_on) == ("objection", "portal", TOWNSHIP, date(2026, 12, 4))
    assert not publications.over(hung, AT + timedelta(days=8))
    actions.answer(grievance=made, outcome="rejected", answer="核实无房", by=zhou, at=AT + timedelta(days=1))
    assert publications.over(hung, AT + timedelta(days=8))
    upheld = actions.object_to(publication=hung, because="有车", name="王五", by=AnonymousUser(), at=AT)
    actions.answer(grievance=upheld, outcome="upheld", answer="属实", by=zhou, at=AT)
    assert not publications.over(hung, AT + timedelta(days=8))


def test_an_answer_says_what_came_of_it_and_why_and_goes_over_nobody_elses(zhou: Officer, wu: Officer):
    made = lodged(by=zhou)
    for told in ({"outcome": "maybe"}, {"answer": " "}):
        with pytest.raises(NotAnswered):
            actions.answer(**{"grievance": made, "outcome": "rejected", "answer": "x", "by": wu, "at": AT} | told)
    actions.assign(grievance=made, to=wu, by=wu, at=AT, seen=1)
    with pytest.raises(Moved):
        actions.answer(grievance=made, outcome="rejected", answer="x", by=wu, at=AT, seen=1)
    with pytest.raises(CannotHold):
        actions.assign(grievance=made, to=officer("li", "township_officer", "370503001"), by=wu, at=AT)
    with pytest.raises(NotLodged):
        lodged(by=zhou, words=" ")
    with pytest.raises(NotLodged):
        lodged("no_such", by=zhou)
    with pytest.raises(NotLodged):
        lodged(by=zhou, channel="pigeon")
    with pytest.raises(DatabaseError), transaction.atomic():
        Grievance.objects.update(words="x")


def test_a_resident_lodges_and_sees_their_own_and_nobody_elses_and_officers_those_of_their_place(zhou: Officer):
    case = family()
    self, other = Resident(head(case).key), Resident(person("李敏").key)
    made = lodged("copy", by=self, channel="portal", case=case, party=head(case))
    assert [one.pk for one in queries.mine(viewer=self, at=AT)] == [made.pk]
    assert list(queries.mine(viewer=other, at=AT)) == []
    opened = queries.grievance(viewer=self, key=made.key, at=AT)
    assert opened is not None
    assert opened.words == "窗口不收材料"
    assert queries.grievance(viewer=other, key=made.key, at=AT) is None
    with pytest.raises(NotAllowed):
        lodged("copy", by=other, channel="portal", case=case, party=head(case))
    li, auditor = officer("li", "township_officer", "370503001"), officer("aud", "auditor", COUNTY)
    assert queries.grievance(viewer=li, key=made.key, at=AT) is None
    seen = queries.grievance(viewer=auditor, key=made.key, at=AT)
    assert seen is not None
    assert seen.words == ""
    assert [one.pk for one in queries.grievances(viewer=zhou, at=AT)] == [made.pk]
    assert queries.counts(viewer=zhou, at=AT + timedelta(days=60)) == {"open": 1, "late": 1, "answered": 0}
    assert Event.objects.filter(operation="grievances.lodge", who=head(case).key).exists()


def test_a_family_member_who_is_unknown_gets_no_letter_and_loses_nothing(zhou: Officer, wu: Officer):
    made = lodged(by=zhou, name="王五", contact="hotline 12345")
    actions.answer(grievance=made, outcome="upheld", answer="已道歉", by=wu, at=AT)
    assert not Notice.objects.exists()
    opened = queries.grievance(viewer=wu, key=made.key, at=AT)
    assert opened is not None
    assert (opened.name, opened.answer) == ("王五", "已道歉")
    assert not Party.objects.exists()
