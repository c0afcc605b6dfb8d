"""One file and one plan a family: the plan is seen, written and compared by version in the file, by whom its case may concern."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client, override_settings

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.cases import plans, versions
from jiuzhu.casework.cases.models import Case, Plan, PlanItem
from jiuzhu.casework.cases.versions import Version
from jiuzhu.casework.files.plan import case_of, plan_told
from jiuzhu.casework.parties.actions import met
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public
from tests.integration.desk.conftest import signed_in
from tests.support.casework import AT, TODAY, TOWNSHIP, VILLAGE, case
from tests.support.county import County
from tests.support.officers import Officer, officer

pytestmark = pytest.mark.django_db
OPENED = "窗口咨询临时救助"


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def written(number: int, *items: tuple[str, str, str, str]) -> Version:
    rows = tuple(
        PlanItem(pk=number * 100 + at, measure=measure, who=who, until=date.fromisoformat(until) if until else None, state=state)
        for at, (measure, who, until, state) in enumerate(items)
    )
    return Version(number, "", "zhou", AT, rows)


def told(change: versions.Change) -> tuple[str, str, str, tuple[str, ...]]:
    return change.how, change.item.measure, change.item.who, change.what


def test_two_versions_are_compared_measure_by_measure():
    first = written(
        1,
        ("medical", "医保局", "2026-12-10", "planned"),
        ("visiting", "网格员甲", "", "running"),
        ("visiting", "网格员乙", "", "running"),
        ("work", "人社局", "2026-12-31", "planned"),
    )
    second = written(
        2,
        ("visiting", "网格员乙", "", "running"),
        ("medical", "医保局", "2026-12-20", "done"),
        ("visiting", "志愿者", "", "running"),
        ("care", "养老院", "", "planned"),
    )
    assert [told(one) for one in versions.changes(first, second)] == [
        ("same", "visiting", "网格员乙", ()),
        ("changed", "medical", "医保局", ("until", "state")),
        ("changed", "visiting", "志愿者", ("who",)),
        ("new", "care", "养老院", ()),
        ("gone", "work", "人社局", ()),
    ]
    assert [one.before and one.before.who for one in versions.changes(first, second)][2] == "网格员甲"
    assert {one.how for one in versions.changes(None, first)} == {"new"}
    assert {one.how for one in versions.changes(first, first)} == {"same"}


@pytest.mark.requirement("A4")
def test_who_may_not_read_what_is_personal_gets_neither_measures_nor_goal(zhou: Officer):
    family = case(household_key="H")
    plans.write_plan(case=family, goal="稳定", items=[plans.Item("care", "甲", None)], based_on=0, by=zhou, at=AT)
    policy = plan_told(viewer=officer("p", "policy_officer", "370502"), household="H", division=VILLAGE, at=AT)
    assert [(one.goal, one.items) for one in policy.versions] == [("", ())]
    assert not policy.may_write
    read = plan_told(viewer=zhou, household="H", division=VILLAGE, at=AT)
    assert [(one.goal, len(one.items)) for one in read.versions] == [("稳定", 1)]
    assert read.may_write


def test_the_plan_is_that_of_the_open_case_found_by_number_or_by_people_and_of_nobody_near_to_the_reader(zhou: Officer):
    old = case(household_key="H", state="closed", closed_at=AT, outcome="helped")
    assert case_of(viewer=zhou, household="H", at=AT) == old
    told = plan_told(viewer=zhou, household="H", division=VILLAGE, at=AT)
    assert (told.may_open, told.may_write) == (True, False)
    family = case(household_key="H-before")
    for party in met(["17"], household="H", at=AT):
        family.members.create(party=party, since=TODAY)
    assert case_of(viewer=zhou, household="H", at=AT) == family
    assert case_of(viewer=officer("far", "township_officer", "370502102"), household="H", at=AT) is None
    kin.mark(found=[(zhou.person.staff_number, household, "register") for household in ("H", "H-before")], at=AT)
    assert plan_told(viewer=zhou, household="H", division=VILLAGE, at=AT).case is None


def test_an_earlier_release_shows_the_plan_as_it_was_then_and_takes_no_new_one(zhou: Officer):
    family = case(household_key="H")
    for number in range(3):
        items = [plans.Item("care", f"第{number + 1}人", None)]
        plans.write_plan(case=family, goal="", items=items, based_on=number, by=zhou, at=AT + timedelta(days=number))
    then = plan_told(viewer=zhou, household="H", division=VILLAGE, at=AT, until=TODAY + timedelta(days=1))
    assert [one.number for one in then.versions] == [2, 1]
    assert (then.may_write, then.may_open) == (False, False)
    now = plan_told(viewer=zhou, household="H", division=VILLAGE, at=AT, number=1, against=3)
    assert (now.shown and now.shown.number, now.against and now.against.number) == (1, 3)


@pytest.mark.feature("SF211")
def test_a_family_is_taken_into_care_from_its_file_and_its_plan_is_written_seen_and_compared_there(county: County):
    numbers = [row["household_id"] for row in county.warnings if row["household_id"]]
    number, key = next(iter(public.family_keys(county.workspace, numbers).items()))
    address = f"/households/{key}/"
    plan = {
        "goal": "稳定治疗",
        "measure": ["medical", ""],
        "who": ["医保局", ""],
        "until": ["2026-12-10", ""],
        "state": ["planned"] * 2,
    }
    with override_settings(WORKSPACE=county.workspace):
        client: Client = signed_in(officer("county", "county_officer", "370502"))
        client.post(address, {"because": OPENED})
        assert "建立个案后就能写帮扶计划" in client.get(address).content.decode()
        assert client.post(f"{address}case/", {"because": "a whim", "key": "k0"}).status_code == 409
        assert not Case.objects.exists()
        assert (
            client.post(f"{address}case/", {"because": "found_by_officer", "key": "k1"}).headers["Location"] == f"{address}#plan"
        )
        family = Case.objects.get()
        assert (family.household_key, family.opened_because) == (number, "found_by_officer")
        post = f"/cases/{family.key}/plan/"
        page = client.get(address).content.decode()
        assert "还没有帮扶计划" in page
        assert f'action="{post}"' in page
        answer = client.post(post, plan | {"family": key, "seen": "0", "key": "k2"})
        assert answer.headers["Location"] == f"{address}#plan"
        second = plan | {
            "goal": "稳定治疗并复学",
            "measure": ["medical", "education"],
            "who": ["医保局", "教育局"],
            "until": ["2026-12-20", ""],
        }
        assert client.post(post, second | {"family": key, "seen": "1", "key": "k3"}).status_code == 302
        assert client.post(post, second | {"family": key, "seen": "1", "key": "k4"}).status_code == 409  # written meanwhile
        assert Plan.objects.count() == 2
        newest = client.get(address).content.decode()
        part = newest[newest.index('id="plan"') : newest.index('id="items"')]
        assert "对照" in part
        assert re.search(r"医保局.*2026-12-20<del>2026-12-10</del>.*有变化", part, re.S)
        assert re.search(r'<tr class="new">.*教育救助.*新增', part, re.S)
        assert "<del>原目标：稳定治疗</del>" in part
        first = client.get(f"{address}?plan=1").content.decode()
        part = first[first.index('id="plan"') : first.index('id="items"')]
        assert "<del>" not in part
        assert (
            '<input class="in" id="goal" name="goal" maxlength="200" value="稳定治疗并复学">' in part
        )  # the next is written over the newest
        english = client.get(address + "?lang=en", follow=True).content.decode()
        assert "One family, one plan" in english
        assert [one.operation for one in Event.objects.filter(case_key=family.key, operation="cases.plan")] == ["cases.plan"] * 2
        other = signed_in(officer("other", "county_officer", "370503"))
        assert other.post(f"{address}case/", {"because": "found_by_officer", "key": "k5"}).status_code == 404
