"""The three sets of working rules: a number of two persons changes what acts do, from its day on and where it holds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Console, NotAllowed
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.refusals import WrongDay
from jiuzhu.casework.stewardship import actions as stewardship
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.visits.actions import Told, record_visit
from jiuzhu.casework.working_rules import actions, queries
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.registry.public import RejectedRows
from tests.support import families
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, VILLAGE, task, warning
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
CITY = "370500"


@pytest.fixture
def county() -> Officer:
    return officer("county", "county_officer", COUNTY)


@pytest.fixture
def city() -> Officer:
    return officer("city", "policy_officer", CITY)


def put(rule: str, value: str, county: Officer, city: Officer, *, division: str = COUNTY, since: date = TOMORROW) -> RuleChange:
    """The number is in force by two persons."""
    made = actions.propose(rule=rule, division_code=division, value=value, because="needed", by=county, at=AT)
    return actions.decide(change=made.pk, word="released", because="agreed", holds_from=since, by=city, at=AT)


def holds(rule: str, on: date = TOMORROW, division: str = VILLAGE) -> Decimal | None:
    return queries.number(rule, division=division, on=on)


@pytest.mark.feature("SF108")
def test_the_three_sets_are_there_and_every_rule_has_a_number_between_its_bounds():
    told = visiting().working
    assert {one.set for one in told.by_code.values()} == {"exchange", "handling", "checks"}
    for code, one in told.by_code.items():
        now = holds(code)
        assert now is not None, code
        assert one.least <= now <= one.most, code
        assert one.basis, code


@pytest.mark.feature("SF108")
def test_a_number_of_two_persons_holds_from_its_day_on_in_its_division_alone(county: Officer, city: Officer):
    made = actions.propose(rule="handling.tier_wd", division_code=COUNTY, value="4", because="far villages", by=county, at=AT)
    assert holds("handling.tier_wd") == 2  # proposed is not in force
    with pytest.raises(actions.Unsaid):
        actions.decide(change=made.pk, word="released", because="yes", holds_from=TODAY, by=city, at=AT)
    actions.decide(change=made.pk, word="released", because="yes", holds_from=TOMORROW, by=city, at=AT)
    assert (holds("handling.tier_wd", TODAY), holds("handling.tier_wd"), holds("handling.tier_wd", division=ELSEWHERE)) == (
        2,
        4,
        2,
    )
    put("handling.tier_wd", "5", county, city, division=TOWNSHIP)
    assert (holds("handling.tier_wd"), holds("handling.tier_wd", division="370502102001")) == (5, 4)  # the nearest wins
    put("handling.tier_wd", "3", county, city, division=TOWNSHIP, since=TOMORROW + timedelta(days=9))
    assert (holds("handling.tier_wd"), holds("handling.tier_wd", TOMORROW + timedelta(days=9))) == (5, 3)  # the newest wins
    assert Event.objects.filter(operation__in=("rules.propose", "rules.decide")).count() == 6


@pytest.mark.feature("SF108")
def test_one_person_never_changes_a_rule_alone_whatever_accounts_they_use(county: Officer, city: Officer):
    second = account("second account", person=city.person)
    give(second, "policy_officer", CITY)
    made = actions.propose(rule="handling.tier_wd", division_code=COUNTY, value="4", because="x", by=city, at=AT)
    told = {"change": made.pk, "word": "released", "because": "x", "holds_from": TOMORROW, "at": AT}
    for one in (city, second):
        with pytest.raises(actions.SamePerson):
            actions.decide(by=one, **told)
    with pytest.raises(NotAllowed):
        actions.decide(by=county, **told)  # a county proposes, the city decides
    with pytest.raises(NotAllowed):
        actions.propose(rule="visit.second_wd", division_code=COUNTY, value="4", because="x", by=Console(), at=AT)
    with pytest.raises(NotAllowed):
        actions.propose(rule="visit.second_wd", division_code="370503", value="4", because="x", by=county, at=AT)
    with pytest.raises(actions.Settled):
        actions.propose(rule="handling.tier_wd", division_code=COUNTY, value="5", because="x", by=county, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleChange.objects.filter(pk=made.pk).update(state="released", holds_from=TOMORROW, decided_person=city.person)
    for act in (made.delete, lambda: RuleChange.objects.update(value="9")):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert holds("handling.tier_wd") == 2


@pytest.mark.parametrize("value", ["0", "11", "2", "1.5", "two", "-3", ""])
def test_a_number_outside_its_bounds_or_in_force_already_is_not_proposed(county: Officer, value: str):
    with pytest.raises(actions.Unfit):
        actions.propose(rule="handling.tier_wd", division_code=COUNTY, value=value, because="x", by=county, at=AT)
    with pytest.raises(actions.Unsaid):
        actions.propose(rule="handling.tier_wd", division_code=COUNTY, value="3", because="  ", by=county, at=AT)


@pytest.mark.feature("SF108")
def test_handling_obeys_when_the_next_tier_is_told_and_how_long_a_warning_is_snoozed(county: Officer, city: Officer):
    put("handling.tier_wd", "4", county, city)
    put("handling.snooze_days", "10", county, city)
    later = AT + timedelta(days=3)
    one = task(due_on=TODAY, rises_on=TOMORROW)
    far = task(families.family(ELSEWHERE), due_on=TODAY, rises_on=TOMORROW)
    tasks.escalate_due(at=later, today=date(2026, 11, 23))
    for found in (one, far):
        found.refresh_from_db()
    assert (one.rises_on, far.rises_on) == (
        date(2026, 11, 27),
        date(2026, 11, 25),
    )  # four working days, and two where nothing was put
    warning("a")
    told = {"chosen": These(("a",)), "because": "known_false", "by": county, "at": later}
    with pytest.raises(WrongDay, match="10 days at most"):
        dispatch.snooze(until=date(2026, 12, 4), **told)
    assert dispatch.snooze(until=date(2026, 12, 3), **told) == 1


@pytest.mark.feature("SF108")
def test_exchange_obeys_how_long_a_source_has_to_answer_for_rows_sent_back(county: Officer, city: Officer):
    steward = officer("steward", "data_steward", COUNTY)
    put("exchange.answer_wd", "3", county, city)

    def back(delivery: str, division: str, at: date) -> date | None:
        rows = RejectedRows(delivery, "medins_settlement", "", "2026-10", division, "bad_id", "", 1, ())
        sent = AT + timedelta(days=(at - TODAY).days)
        by = steward if division == COUNTY else officer(f"steward {delivery}", "data_steward", division)
        return stewardship.send_rows_back(rows=rows, department="医疗保障", because="x", by=by, at=sent).due_on

    assert back("d1", COUNTY, TODAY) == date(2026, 12, 4)  # ten working days, before the change holds
    assert back("d2", COUNTY, date(2026, 11, 23)) == date(2026, 11, 26)
    assert back("d3", "370503", date(2026, 11, 23)) == date(2026, 12, 7)


@pytest.mark.feature("SF108")
def test_checks_obey_how_many_visits_are_made_again(county: Officer, city: Officer):
    put("visit.sample_share", "1", county, city)
    zhou = officer("zhou", "township_officer", TOWNSHIP)

    def visited(household: str, days: int) -> list[str]:
        one, now = families.task(families.family(household=household)), AT + timedelta(days=days)
        told = Told(form="F17", typed={"met": ["nobody"]}, began_at=now, ended_at=now, outcome="no_difficulty")
        record_visit(task=one, told=told, by=zhou, at=now)
        return [kind for kind in one.case.tasks.values_list("kind", flat=True) if kind == "sample_visit"]

    assert sum(bool(visited(f"before {n}", 0)) for n in range(12)) < 12  # one in twenty
    assert all(visited(f"after {n}", 1) for n in range(12))
