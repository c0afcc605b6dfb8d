"""City, county, township and village: a warning goes down all four, and what nobody does comes up through all four."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases import queries as cases
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch import actions, queries
from jiuzhu.casework.dispatch.chosen import AllOf
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.queries import Filter
from jiuzhu.casework.visits.actions import Told, record_visit
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, VILLAGE, warning
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
CITY = "370500"
TIERS = {"city": (CITY, "policy_officer"), "county": (COUNTY, "county_officer"), "township": (TOWNSHIP, "township_officer")}
DUE = date(2026, 11, 20)  # a Friday


@pytest.fixture
def staff() -> dict[str, Officer]:
    """Somebody on each tier, and beside each somebody who has nothing to do with it."""
    made = {tier: officer(tier, role, place) for tier, (place, role) in TIERS.items()}
    made["village"] = officer("village", "grid_worker", VILLAGE)
    made["other city"] = officer("other city", "policy_officer", "370600")
    made["other county"] = officer("other county", "county_officer", "370503")
    made["other township"] = officer("other township", "township_officer", "370502002")
    made["other village"] = officer("other village", "grid_worker", "370502002001")
    return made


def see(staff: dict[str, Officer], **wanted: str) -> set[str]:
    """Who has the warning on their list."""
    return {tier for tier, one in staff.items() if queries.warnings(viewer=one, wanted=Filter(**wanted), at=AT).exists()}


def hold(staff: dict[str, Officer]) -> set[str]:
    """Who has the task on their list."""
    return {tier for tier, one in staff.items() if cases.tasks(viewer=one, at=AT).exists()}


@pytest.mark.feature("SF159")
def test_a_warning_goes_down_from_the_city_to_the_village_and_its_outcome_is_seen_on_every_tier(staff: dict[str, Officer]):
    warning("a")
    assert see(staff) == {"city", "county", "township"}
    actions.release(chosen=AllOf(Filter(), 1), because="released_as_found", by=staff["county"], at=AT)  # the county lets it go
    one = Task.objects.get()
    assert (one.office, hold(staff)) == (TOWNSHIP, {"city", "county", "township"})
    one = tasks.assign(task=one, to=staff["village"], by=staff["township"], at=AT)  # the township names who goes
    assert hold(staff) == {"city", "county", "township", "village"}
    told = Told(form="F17", typed={"met": ["nobody"]}, began_at=AT, ended_at=AT, outcome="policy_told")
    record_visit(task=one, told=told, by=staff["village"], at=AT)  # the village goes there
    assert see(staff, queue="closed") == {"city", "county", "township"}
    assert Warning.objects.get().outcome == "policy_told"


@pytest.mark.feature("SF159")
def test_what_the_village_leaves_undone_is_told_to_the_county_then_the_city_then_the_province(staff: dict[str, Officer]):
    warning("a", due_on=DUE)
    actions.release(chosen=AllOf(Filter(), 1), because="released_as_found", by=staff["township"], at=AT)
    tasks.assign(task=Task.objects.get(), to=staff["village"], by=staff["township"], at=AT)
    told = []
    for days in range(8):
        tasks.escalate_due(at=AT, today=DUE + timedelta(days=days))
        told.append(Task.objects.get().raised_to)
    assert told == ["", COUNTY, COUNTY, COUNTY, CITY, CITY, "370000", "370000"]  # Saturday; two working days later; two more
    assert hold(staff) == {"city", "county", "township", "village"}


@pytest.mark.feature("SF159")
def test_what_the_township_does_not_release_is_told_tier_by_tier_and_each_finds_it_by_one_press(staff: dict[str, Officer]):
    warning("a", due_on=DUE)
    warning("elsewhere", division_code=ELSEWHERE)
    assert see(staff, raised_to=COUNTY) == set()
    actions.escalate_unreleased(at=AT, today=DUE + timedelta(days=1))
    assert (see(staff, raised_to=COUNTY), see(staff, raised_to=CITY)) == ({"city", "county", "township"}, set())
    (office,) = queries.offices(viewer=staff["county"], at=AT, today=TODAY + timedelta(days=1))
    assert (office.division_code, office.waiting, office.late, office.raised) == (TOWNSHIP, 1, 1, 1)
    actions.escalate_unreleased(at=AT, today=DUE + timedelta(days=4))
    assert (see(staff, raised_to=COUNTY), see(staff, raised_to=CITY)) == (set(), {"city", "county", "township"})
    by_city = queries.offices(viewer=staff["city"], at=AT, today=TODAY + timedelta(days=4))
    assert [(one.division_code, one.raised) for one in by_city] == [(TOWNSHIP, 1), (ELSEWHERE[:9], 0)]
