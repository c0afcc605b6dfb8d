"""A need goes to the department whose it is, with the facts it needs and no more; it answers in three ways, or its silence is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jiuzhu.casework.accounts.models import Office, Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.referrals import actions, queries
from jiuzhu.casework.referrals.actions import AlreadyReferred, NoNeed, NoOffice, NotNow, NotSaid
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.referrals.models import Referral, Step
from jiuzhu.casework.trace.models import Event
from tests.support import families
from tests.support.families import NOW, TODAY, TOWNSHIP, VILLAGE
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
ANSWERS = {
    "met": "self",
    "housing": "dangerous",
    "safe_tonight": "no",
    "illness": "a rare illness",
    "self_paid_medical": "31460.50",
}


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


@pytest.fixture
def housing() -> Officer:
    return families.department("住房城乡建设")


def refer(by: Officer, *, need: str = "housing", household: str = "", **other: Any) -> Referral:
    kept: dict[str, Any] = {
        "case": families.family(household=household),
        "asked": "a bed for tonight",
        "who": "a family of two",
        "at": NOW,
    }
    return actions.make(**{**kept, "need": need, "by": by, "form": visiting().forms["F17"], "answers": ANSWERS, **other})


@pytest.mark.feature("SF231")
def test_a_need_goes_to_the_nearest_office_of_its_department_by_its_working_days(township: Officer):
    Office.objects.create(department="住房城乡建设", division_code="370500", tier="prefecture", name="city")
    city = refer(township)
    families.department("住房城乡建设")
    county = refer(township, household="2")
    assert (city.office.division_code, county.office.division_code) == ("370500", "370502")
    assert (county.state, county.answer, county.due_on) == ("open", "sent", date(2026, 11, 27))
    event = Event.objects.get(operation="referrals.make", subject_key=county.key)
    assert event.who == "township"


@pytest.mark.requirement("A2")
def test_a_department_reads_the_answers_its_need_shows_and_nothing_else(township: Officer, housing: Officer):
    made = refer(township)
    found = queries.referral(viewer=housing, key=made.key, at=NOW)
    assert found is not None
    assert found.answers == {"housing": "dangerous", "safe_tonight": "no"}
    assert (found.asked, found.who, found.theirs) == ("a bed for tonight", "a family of two", True)
    assert Event.objects.filter(operation="referrals.read", who=housing.account).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT asked, who, facts FROM referrals_referral")
        assert "bed" not in "".join(cursor.fetchone())


def test_other_departments_and_other_counties_do_not_see_it(township: Officer, housing: Officer):
    made = refer(township)
    for other in (
        families.department("教育"),
        families.department("住房城乡建设", "370503", account_name="next county"),
        officer("next township", "township_officer", "370502002"),
        officer("worker", "grid_worker", VILLAGE),
    ):
        assert queries.referral(viewer=other, key=made.key, at=NOW) is None
        assert list(queries.referrals(viewer=other, at=NOW)) == []
        with pytest.raises(NotAllowed):
            actions.report(referral=made, said="done", by=other, at=NOW)
    auditor = officer("auditor", "auditor", "370502")
    seen = queries.referral(viewer=auditor, key=made.key, at=NOW)
    assert seen is not None
    assert (seen.asked, seen.who, seen.answers) == ("", "", {})


def test_it_is_taken_up_until_a_day_and_reported_with_a_sentence_for_the_family(township: Officer, housing: Officer):
    made = refer(township)
    taken = actions.accept(
        referral=made, said="we take them in", until=date(2026, 11, 20), sentence="today at five", by=housing, at=NOW
    )
    assert (taken.state, taken.answer, taken.answered_at) == ("open", "accepted", NOW)
    done = actions.report(
        referral=made, said="in the home", sentence="stay as long as needed", by=housing, at=NOW + timedelta(hours=5)
    )
    assert (done.state, done.answer) == ("done", "reported")
    found = queries.referral(viewer=township, key=made.key, at=NOW)
    assert found is not None
    assert [(one.step.act, one.said, one.sentence) for one in found.steps] == [
        ("accept", "we take them in", "today at five"), ("report", "in the home", "stay as long as needed"),
    ]  # fmt: skip
    assert Event.objects.filter(operation="referrals.answer", subject_key=made.key).count() == 2


def test_it_is_asked_about_once_and_the_days_waited_are_given_back(township: Officer, housing: Officer):
    made = refer(township)
    actions.ask(referral=made, said="a photo of the roof", by=housing, at=NOW)
    with pytest.raises(NotNow):
        actions.accept(referral=made, said="x", until=TODAY, by=housing, at=NOW)
    supplied = actions.supply(
        referral=made, said="here it is", by=township, at=NOW + timedelta(days=5)
    )  # Wednesday: three working days
    assert (supplied.answer, supplied.due_on) == ("sent", date(2026, 12, 2))
    with pytest.raises(NotNow):
        actions.ask(referral=made, said="another one", by=housing, at=NOW + timedelta(days=5))
    with pytest.raises(NotAllowed):
        actions.supply(referral=made, said="x", by=housing, at=NOW + timedelta(days=5))


def test_it_is_refused_only_with_whose_it_is(township: Officer, housing: Officer):
    made = refer(township)
    for wrong in ("", "住房城乡建设", "a department nobody knows"):
        with pytest.raises(NotSaid):
            actions.refuse(referral=made, said="not ours", belongs_to=wrong, by=housing, at=NOW)
    gone = actions.refuse(referral=made, said="not ours", belongs_to="应急管理", by=housing, at=NOW)
    assert (gone.state, gone.answer, gone.steps.get().belongs_to) == ("done", "refused", "应急管理")


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (lambda one, by: actions.accept(referral=one, said="", until=TODAY, by=by, at=NOW), NotSaid),
        (lambda one, by: actions.accept(referral=one, said="x", until=None, by=by, at=NOW), NotSaid),
        (lambda one, by: actions.accept(referral=one, said="x", until=date(2026, 11, 19), by=by, at=NOW), NotSaid),
        (lambda one, by: actions.report(referral=one, said=" ", by=by, at=NOW), NotSaid),
        (lambda one, by: actions.supply(referral=one, said="x", by=by, at=NOW), NotAllowed),
    ],
)
def test_an_answer_says_something(township: Officer, housing: Officer, act: Callable[[Referral, Officer], Referral], fault: type):
    made = refer(township)
    with pytest.raises(fault):
        act(made, housing)
    assert Step.objects.count() == 0


def test_what_cannot_be_sent_is_refused(township: Officer, housing: Officer):
    case = families.family(household="H9")
    refer(township, case=case)
    with pytest.raises(AlreadyReferred):
        refer(township, case=case)
    with pytest.raises(NoNeed):
        refer(township, need="gold")
    with pytest.raises(NoOffice, match="教育"):
        refer(township, need="schooling")
    with pytest.raises(NotSaid):
        refer(township, asked=" ")
    with pytest.raises(NotAllowed):
        refer(officer("next township", "township_officer", "370502002"))
    assert Referral.objects.count() == 1


@pytest.mark.feature("SF050")
def test_silence_is_listed_by_department_and_told_to_the_division_above_once(township: Officer, housing: Officer):
    families.department("教育")
    late, taken, asked, schooling = (
        refer(township, household="1"), refer(township, household="2"), refer(township, household="3"),
        refer(township, household="4", need="schooling"),
    )  # fmt: skip
    actions.accept(referral=taken, said="soon", until=date(2026, 12, 20), by=housing, at=NOW)
    actions.ask(referral=asked, said="more", by=housing, at=NOW)
    later = NOW + timedelta(days=9)  # the five working days of housing are over, the seven of education are not
    found = queries.unanswered(viewer=officer("county", "county_officer", "370502"), at=later, today=date(2026, 11, 29))
    assert [(one.department, one.open, one.waiting, one.late, one.oldest) for one in found] == [
        ("住房城乡建设", 3, 1, 2, date(2026, 11, 27)), ("教育", 1, 1, 0, schooling.due_on),
    ]  # fmt: skip
    assert actions.raise_overdue(at=later) == 2
    assert actions.raise_overdue(at=later) == 0
    assert set(Referral.objects.filter(raised_on__isnull=False).values_list("pk", flat=True)) == {late.pk, taken.pk}
    event = Event.objects.get(operation="referrals.raise")
    assert {one.key for one in event.subjects.all()} == {late.key, taken.key}


def test_every_department_of_an_indicators_route_can_be_asked(township: Officer):
    """The duty list: for each need one department, and days for it."""
    for number, need in enumerate(visiting().duties.needs.values()):
        Office.objects.get_or_create(department=need.department, division_code="370502", defaults={"tier": "county", "name": "x"})
        made = refer(township, need=need.code, household=f"N{number}")
        assert made.office.department == need.department
        assert made.due_on is not None
        assert made.due_on > TODAY


BREAKS = {
    "an act is changed": ("UPDATE referrals_step SET act = 'report'", "append-only"),
    "an act is removed": ("DELETE FROM referrals_step", "append-only"),
    "done but not answered": ("UPDATE referrals_referral SET state = 'done'", "referral_state_of_its_answer"),
    "answered at no time": ("UPDATE referrals_referral SET answered_at = NULL", "referral_answered_at_an_instant"),
    "asking nothing": ("UPDATE referrals_referral SET asked = ''", "referral_asks_something"),
    "of no grade": ("UPDATE referrals_referral SET priority = 9", "referral_priority"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_database_refuses_what_must_never_be(township: Officer, housing: Officer, what: str):
    made = refer(township)
    actions.accept(referral=made, said="x", until=TODAY, by=housing, at=NOW)
    statement, told = BREAKS[what]
    with pytest.raises((DatabaseError, IntegrityError), match=told), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "changed",
    [
        {"act": "refuse", "belongs_to": ""},
        {"act": "report", "belongs_to": "教育"},
        {"act": "accept", "until": None},
        {"act": "report", "said": ""},
    ],
)
def test_the_database_takes_no_act_that_says_too_little(township: Officer, housing: Officer, changed: dict[str, Any]):
    kept = {"referral": refer(township), "number": 1, "by": "x", "at": NOW, "said": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(**{**kept, **changed})
