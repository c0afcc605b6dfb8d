"""Needs on three levels: a station, a grid worker and a partner of society each see what they need to know, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.casework.accounts.bonds import KinLink
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.supervision import sharing
from jiuzhu.casework.visits.actions import Told, correct, record_visit
from jiuzhu.casework.visits.models import Visit
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.registry.public import NATIONAL
from jiuzhu.rules.permissions import load_permissions
from tests.support import families
from tests.support.families import NOW, TOWNSHIP, VILLAGE
from tests.support.officers import give, officer

pytestmark = pytest.mark.django_db
SEEN: dict[str, Any] = {"met": ["self"], "safe_tonight": ["yes"], "enough_food": ["short"], "housing": ["dangerous"]}


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def found(by: Officer, household: str, *needs: str, division: str = VILLAGE, outcome: str = "policy_told") -> Visit:
    """A family whose visit found these needs."""
    made = families.task(families.family(division, household))
    families.warning(made)
    told = Told(form="F17", typed={**SEEN, "needs": list(needs)}, began_at=NOW, ended_at=NOW, outcome=outcome)
    return record_visit(task=made, told=told, by=by, at=NOW)


def seen(who: Officer) -> list[dict[str, Any]]:
    return [dict(one.shown) for one in sharing.needs(viewer=who, at=NOW)]


@pytest.mark.feature("SF269")
def test_a_station_sees_whom_to_help_with_what_and_nothing_of_why(zhou: Officer):
    visit = found(zhou, "H1", "medical", "housing")
    found(zhou, "H2", "work", division="370502001002")
    station = officer("station", "station_worker", VILLAGE)
    shown = seen(station)
    assert [(one["need"], one["department"]) for one in shown] == [("housing", "住房城乡建设"), ("medical", "医疗保障")]
    assert {tuple(one) for one in shown} == {("place", "name", "need", "department", "since")}
    assert {one["name"] for one in shown} == {visit.case_id}
    assert {one["since"] for one in shown} == {date(2026, 11, 20)}


@pytest.mark.feature("SF269")
def test_a_grid_worker_sees_the_families_of_their_own_tasks_alone(zhou: Officer):
    worker = officer("worker", "grid_worker", VILLAGE)
    mine, other = found(zhou, "H1", "medical"), found(zhou, "H2", "work")
    assert seen(worker) == []
    task = families.task(mine.case, "second_visit", owner=worker, due_on=date(2026, 11, 26))
    families.task(other.case, "second_visit", owner=zhou)
    (one,) = seen(worker)
    assert one == {"place": VILLAGE, "name": mine.case_id, "need": "medical", "due": date(2026, 11, 26)}
    Task.objects.filter(pk=task.pk).update(state="done", done_at=NOW)
    assert seen(worker) == []


@pytest.mark.feature("SF269")
def test_society_sees_how_many_families_a_township_has_and_never_one_of_them(zhou: Officer):
    for number in range(3):
        found(zhou, f"H{number}", "housing", division=f"37050200100{number + 1}")
    for number in range(2):
        found(zhou, f"few {number}", "veteran")
    partner = officer("partner", "society_partner", "370502")
    assert seen(partner) == [
        {"township": TOWNSHIP, "need": "housing", "families": 3}
    ]  # two are fewer than the rule lets be shown
    assert seen(officer("beside", "society_partner", "370503")) == []


@pytest.mark.feature("SF269")
def test_with_two_roles_a_family_is_shown_by_the_one_that_reaches_it(zhou: Officer):
    county = officer("county", "county_officer", "370502")
    for number in range(3):
        found(county, f"H{number}", "housing", division="370502002001")
    near = found(zhou, "near", "medical")
    both = officer("both", "society_partner", "370502")
    give(both, "station_worker", VILLAGE)
    named = [one for one in seen(both) if "name" in one]
    assert [one["name"] for one in named] == [near.case_id]
    assert [one for one in seen(both) if "name" not in one] == [{"township": "370502002", "need": "housing", "families": 3}]


def test_only_the_newest_word_of_an_open_case_counts_and_kin_are_in_other_hands(zhou: Officer):
    station = officer("station", "station_worker", TOWNSHIP)
    visit = found(zhou, "H1", "medical")
    told = Told(form="F17", typed={**SEEN, "needs": ["work"]}, began_at=NOW, ended_at=NOW, outcome="policy_told")
    later = NOW + timedelta(hours=1)
    correct(visit=visit, told=told, because="misheard", by=zhou, at=later)
    assert [one["need"] for one in seen(station)] == ["work"]
    link = KinLink.objects.create(
        person=station.person, household="H1", key="K1", because="address", since=NOW - timedelta(days=1), told_by="x"
    )
    assert seen(station) == []
    link.delete()
    case = visit.case
    case.state, case.closed_at, case.outcome = "closed", NOW, "helped"
    case.save()
    assert seen(station) == []


@pytest.mark.feature("SF269")
def test_each_level_serves_a_role_of_its_own_and_the_counted_one_names_nobody():
    levels, told = visiting().outreach.levels, load_permissions(NATIONAL)
    assert set(levels) == {"stations", "grid", "society"}
    for level in levels.values():
        rows = told.rows["needs.read", level.role]
        assert {row.level for row in rows} == {"open" if level.counted else "personal"}
    assert [code for code, level in levels.items() if level.counted] == ["society"]
    assert not {"name", "place", "since", "due"} & set(levels["society"].shows)
