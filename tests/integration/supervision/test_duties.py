"""Duty lists with evidence: of each department, and of each tier that looks for people in need."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals import actions
from jiuzhu.casework.supervision import duties
from jiuzhu.casework.supervision.duties import months_after
from jiuzhu.casework.visits.actions import Told, record_visit
from jiuzhu.registry.public import Delivery
from jiuzhu.rules.catalogue import Catalogue
from tests.support import families
from tests.support.families import NOW, TOWNSHIP
from tests.support.officers import officer

pytestmark = pytest.mark.django_db


def delivery(dataset: str, period: str) -> Delivery:
    return Delivery(dataset + period, dataset, "", period, "", False, 1, 1, 0, {}, ())


@pytest.mark.feature("SF219")
def test_every_duty_of_a_department_stands_with_what_shows_that_it_is_done(national: Catalogue):
    township, housing = officer("township", "township_officer", TOWNSHIP), families.department("住房城乡建设")
    made = [
        actions.make(case=families.family(household=f"H{number}"), need="housing", asked="x", who="x", by=township, at=NOW)
        for number in range(3)
    ]
    actions.report(referral=made[0], said="done", by=housing, at=NOW)
    routed = next(one for one in national.indicators.values() if "department:住房城乡建设" in one.route and one.kind == "warning")
    families.warning(families.task(families.family(household="W")), routed.code)
    Warning.objects.update(due_on=date(2026, 11, 1))
    came = [delivery("housing_dilapidated", "2026-09"), delivery("housing_dilapidated", "2026-10")]
    county = officer("county", "county_officer", "370502")
    later = NOW + timedelta(days=30)
    lines = duties.cooperation(viewer=county, at=later, catalogue=national, delivered=came)
    found = {(one.duty.kind, one.duty.code): one for one in lines if one.duty.department == "住房城乡建设"}
    told = found["deliver", "housing_dilapidated"]
    assert (told.last, told.whole, told.done) == ("2026-10", 2, 2)
    never = found["deliver", "housing_public_rental"]
    assert (never.last, never.whole) == ("", 0)
    answered = found["answer", "housing"]
    assert (answered.whole, answered.done, answered.late, answered.duty.days) == (3, 1, 2, 5)
    looked = found["look", routed.scenario]
    assert (looked.whole, looked.done, looked.late) == (1, 0, 1)
    assert len({one.duty.department for one in lines}) >= 18
    elsewhere = duties.cooperation(
        viewer=officer("far", "county_officer", "370503"), at=later, catalogue=national, delivered=came
    )
    assert {one.whole for one in elsewhere if one.duty.kind != "deliver"} == {0}


@pytest.mark.feature("SF220")
def test_the_next_round_of_a_tier_follows_its_visits_and_comes_sooner_where_a_red_warning_stands():
    township = officer("township", "township_officer", TOWNSHIP)

    def rounds() -> dict[str, duties.Round]:
        return {one.discovery.tier: one for one in duties.discovery(viewer=township, at=NOW)}

    assert set(rounds()) == {"village", "township", "county", "prefecture"}
    assert rounds()["township"].due_on == date(2026, 11, 20)  # nobody ever went: now
    task = families.task(families.family(household="H"))
    families.warning(task)
    ago = NOW - timedelta(days=10)
    told = Told(form="F17", typed={"met": ["nobody"]}, began_at=ago, ended_at=ago, outcome="no_difficulty")
    record_visit(task=task, told=told, by=township, at=ago)
    quiet = rounds()["township"]
    assert (quiet.open, quiet.red, quiet.last, quiet.due_on, quiet.pressed) == (
        0,
        0,
        date(2026, 11, 10),
        date(2027, 2, 10),
        False,
    )
    families.warning(families.task(families.family(household="R")))
    Warning.objects.filter(state="open").update(level=4)
    pressed = rounds()["township"]
    assert (pressed.open, pressed.red, pressed.due_on, pressed.pressed) == (1, 1, date(2026, 11, 27), True)
    assert rounds()["county"].red == 0


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 20), 3, date(2027, 2, 20)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_later(day: date, months: int, later: date):
    assert months_after(day, months) == later
