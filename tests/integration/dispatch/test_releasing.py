"""The gate: what a person lets go becomes one task a family and round; each refusal, the wrong officer, twice at once, half-way."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.cases.models import Announcement, Case, CaseTag, Member, Task
from jiuzhu.casework.cases.refusals import CannotHold
from jiuzhu.casework.dispatch import releasing
from jiuzhu.casework.dispatch.actions import effect, release, take_back
from jiuzhu.casework.dispatch.chosen import AllOf, Chosen, These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.queries import Filter
from jiuzhu.casework.dispatch.refusals import Grown, NotThere, TooMany
from jiuzhu.casework.parties.actions import met
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, VILLAGE, case, task, warning
from tests.support.officers import Officer, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def let_go(chosen: Chosen, by: Officer, **other: object) -> releasing.Effect:
    return release(chosen=chosen, because="released_as_found", by=by, at=AT, **other)


def nothing_happened() -> bool:
    return not (
        Case.objects.exists() or Task.objects.exists() or Event.objects.exists() or Warning.objects.exclude(handling="waiting")
    )


@pytest.mark.feature("SF235", "SF061")
def test_several_warnings_of_a_household_become_one_task_of_its_township_due_by_the_first_of_their_days(zhou: Officer):
    warning("a", household_id="H", level=2, due_on=date(2026, 12, 4))
    warning("b", household_id="H", level=4, due_on=date(2026, 11, 24))
    warning("c", household_id="H2", level=1)
    told = let_go(These(("a", "b", "c")), zhou)
    assert (told.warnings, told.households, told.new_cases, told.new_tasks, told.joined_tasks) == (3, 2, 2, 2, 0)
    family = Case.objects.get(household_key="H")
    one = family.tasks.get()
    assert (one.kind, one.office, one.due_on, one.rises_on, one.priority, one.round) == (
        "visit", TOWNSHIP, date(2026, 11, 24), date(2026, 11, 25), 4, 1,
    )  # fmt: skip
    assert not family.confirmed
    kept = Warning.objects.get(warning_id="a")
    assert (kept.handling, kept.state, kept.case, kept.task, kept.released_by, kept.because) == (
        "released", "open", family, one, "zhou", "released_as_found",
    )  # fmt: skip


@pytest.mark.feature("SF235")
def test_one_release_is_one_event_that_names_every_warning_with_its_reason(zhou: Officer):
    for name in "abc":
        warning(name)
    let_go(These(("a", "b", "c")), zhou, note="三户已电话核过")
    event = Event.objects.get()
    assert (event.operation, event.who, event.subject_count) == ("warnings.release", "zhou", 3)
    assert {one.key for one in event.subjects.all()} == {"a", "b", "c"}
    assert {one.case_key for one in event.subjects.all()} == set(Case.objects.values_list("key", flat=True))
    assert event.because
    assert Announcement.objects.get().kind == "warnings.released"


@pytest.mark.feature("SF235")
def test_a_filter_releases_exactly_what_was_looked_at(zhou: Officer):
    for number in range(5):
        warning(f"red{number}")
    warning("blue", level=1)
    wanted = Filter(levels=(4,))
    assert let_go(AllOf(wanted, 5), zhou).warnings == 5
    assert Warning.objects.get(warning_id="blue").handling == "waiting"
    warning("late one")
    with pytest.raises(Grown, match="covered 5 warnings when you looked and covers 1 now"):
        let_go(AllOf(wanted, 5), zhou)


def test_what_a_release_would_do_is_told_before_and_nothing_is_done(zhou: Officer):
    standing = task(case(household_key="H"))
    for name, household in (("a", "H"), ("b", "H"), ("c", "H2")):
        warning(name, household_id=household)
    chosen = These(("a", "b", "c"))
    told = effect(chosen=chosen, by=zhou, at=AT)
    assert (told.new_cases, told.new_tasks, told.joined_tasks) == (1, 1, 1)
    assert Task.objects.get() == standing
    assert not Event.objects.exists()
    assert let_go(chosen, zhou) == told


def test_an_open_task_takes_new_warnings_in_and_becomes_as_urgent_as_they_are(zhou: Officer):
    standing = task(case(household_key="H-a"), priority=1)
    warning("a", due_on=date(2026, 11, 23))
    let_go(These(("a",)), zhou)
    standing.refresh_from_db()
    assert (standing.due_on, standing.priority, standing.version) == (date(2026, 11, 23), 4, 2)
    assert Warning.objects.get().task == standing
    warning("b", household_id="H-a", level=1, due_on=date(2026, 12, 30))
    let_go(These(("b",)), zhou)
    standing.refresh_from_db()
    assert (standing.due_on, standing.priority, standing.version) == (date(2026, 11, 23), 4, 2)


def test_after_a_task_is_done_the_next_release_begins_a_new_round(zhou: Officer):
    family = case(household_key="H-a")
    task(family, state="done", done_at=AT)
    warning("a")
    let_go(These(("a",)), zhou)
    family.refresh_from_db()
    assert (family.round, family.tasks.get(state="open").round) == (2, 2)


def test_what_concerns_our_own_conduct_goes_to_the_county(zhou: Officer):
    warning("a", side="oversight", household_id="H")
    warning("b", household_id="H")
    assert let_go(These(("a", "b")), zhou).new_tasks == 2
    assert dict(Task.objects.values_list("kind", "office")) == {"review_warning": COUNTY, "visit": TOWNSHIP}


def test_warnings_without_a_household_get_a_case_each_and_find_it_again(zhou: Officer):
    for name in "ab":
        warning(name, household_id="")
    let_go(These(("a", "b")), zhou)
    assert set(Case.objects.values_list("household_key", flat=True)) == {""}
    first = Warning.objects.get(warning_id="a").case
    assert Case.objects.count() == 2
    take_back(chosen=These(("a",)), because="by_mistake", by=zhou, at=AT)
    let_go(These(("a",)), zhou)
    assert Warning.objects.get(warning_id="a").case == first


def test_a_family_is_found_by_its_people_when_the_household_has_another_number(zhou: Officer):
    family = case(household_key="H-old")
    for party in met(["17"], household="H-new", at=AT):
        Member.objects.create(case=family, party=party, since=TODAY)
    warning("a", household_id="H-new")
    assert let_go(These(("a",)), zhou).new_cases == 0
    assert Warning.objects.get().case == family


def test_of_several_cases_the_one_that_goes_by_the_household_is_chosen_and_a_steward_is_asked(zhou: Officer):
    steward = officer("steward", "data_steward", COUNTY)
    parents = case(household_key="H-parents")
    for party in met(["17"], household="H-young", at=AT):
        Member.objects.create(case=parents, party=party, since=TODAY)
    young = case(household_key="H-young")
    warning("a", household_id="H-young")
    assert let_go(These(("a",)), zhou).several == 1
    assert Warning.objects.get().case == young
    asked = Task.objects.get(kind="which_case")
    assert (asked.case, asked.office, asked.owner) == (young, COUNTY, steward)


def test_of_several_cases_a_warning_goes_to_that_of_the_person_it_is_about(zhou: Officer, monkeypatch: pytest.MonkeyPatch):
    parents, young = case(household_key="H-parents"), case(household_key="H-young")
    for family, person in ((parents, "17"), (young, "18"), (young, "19"), (parents, "19")):
        for party in met([person], household="H-young", at=AT):
            Member.objects.create(case=family, party=party, since=TODAY)
    about = {"of the father": 17, "of the son": 18, "of one in both": 19}
    for number in (*about, "of the household"):
        warning(number, household_id="H-young")
    asked: list[str] = []
    monkeypatch.setattr(public, "subjects", lambda _, numbers: asked.extend(numbers) or about)
    told = effect(chosen=These((*about, "of the household")), by=zhou, at=AT)
    done = let_go(These((*about, "of the household")), zhou)
    warning("alone", household_id="H-other")
    let_go(These(("alone",)), zhou)
    assert dict(Warning.objects.exclude(warning_id="alone").values_list("warning_id", "case")) == {
        "of the father": parents.pk,
        "of the son": young.pk,
        "of one in both": young.pk,  # which of two is for a person to say: the one that goes by the household, and a steward
        "of the household": young.pk,
    }
    assert (done.new_cases, done.new_tasks, done.several) == (0, 2, 1)
    assert Task.objects.filter(kind="visit").exclude(warnings__warning_id="alone").count() == done.new_tasks
    assert set(Task.objects.filter(kind="which_case").values_list("case", flat=True)) == {parents.pk, young.pk}
    assert "alone" not in asked  # the registry is asked only where there is a choice
    assert told == done


@pytest.mark.feature("SF221")
def test_a_release_can_name_who_does_the_new_tasks(zhou: Officer):
    grid = officer("han", "grid_worker", VILLAGE)
    warning("a")
    let_go(These(("a",)), zhou, to=grid)
    one = Task.objects.get()
    assert (one.owner, one.given_by, one.given_at) == (grid, "zhou", AT)
    warning("b")
    with pytest.raises(CannotHold, match="no live role"):
        let_go(These(("b",)), zhou, to=officer("far", "grid_worker", ELSEWHERE))
    assert Warning.objects.get(warning_id="b").handling == "waiting"


@pytest.mark.feature("SF034", "SF060")
def test_a_release_tags_the_family_by_rule_until_the_months_are_over(zhou: Officer):
    warning("a", household_id="H")
    warning("b", household_id="H", scenario_id="S03", indicator_id="S03-E01")
    let_go(These(("a", "b")), zhou)
    assert set(CaseTag.objects.values_list("code", "source", "by", "until")) == {
        ("seriously_ill", "rule", "rule:seriously_ill", date(2027, 11, 20)),
        ("disabled", "rule", "rule:disabled", date(2028, 11, 20)),
    }


REFUSED = {
    "one that is not there": (These(("a", "nowhere")), NotThere),
    "one out of reach": (These(("a", "far")), NotThere),
    "one released already": (These(("a", "gone")), NotThere),
    "a hint": (These(("a", "hint")), NotThere),
    "none at all": (These(()), NotThere),
    "an empty filter": (AllOf(Filter(levels=(1,)), 0), NotThere),
}


@pytest.mark.parametrize("what", REFUSED)
def test_all_or_nothing_is_released(what: str, zhou: Officer):
    warning("a")
    warning("far", division_code=ELSEWHERE)
    warning("hint", kind="hint")
    let_go(These((warning("gone").warning_id,)), zhou)
    events = Event.objects.count()
    chosen, refusal = REFUSED[what]
    with pytest.raises(refusal):
        let_go(chosen, zhou)
    assert Warning.objects.get(warning_id="a").handling == "waiting"
    assert Event.objects.count() == events


def test_a_reason_must_be_one_of_the_catalogue(zhou: Officer):
    warning("a")
    with pytest.raises(UnknownCode, match="handling_reason"):
        release(chosen=These(("a",)), because="because", by=zhou, at=AT)
    assert nothing_happened()


@pytest.mark.parametrize("role", ["grid_worker", "auditor", "policy_officer", "data_steward", "surveyor"])
def test_others_find_nothing_to_release(role: str):
    tier = {"grid_worker": VILLAGE, "policy_officer": "370500"}.get(role, COUNTY)
    warning("a")
    with pytest.raises((NotThere, NotAllowed)):
        let_go(These(("a",)), officer("someone", role, tier))
    assert nothing_happened()


def test_more_households_than_the_role_may_release_at_once_are_refused(zhou: Officer, monkeypatch: pytest.MonkeyPatch):
    from copy import deepcopy
    from dataclasses import replace

    from jiuzhu.casework.accounts import permissions

    now = deepcopy(permissions.table())
    key = ("warnings.release", "township_officer")
    now.rows[key] = [replace(row, at_most=2) for row in now.rows[key]]
    monkeypatch.setattr(permissions, "table", lambda: now)
    for name in "abc":
        warning(name)
    with pytest.raises(TooMany, match="3 households at once"):
        let_go(These(("a", "b", "c")), zhou)
    assert nothing_happened()
    assert let_go(These(("a", "b")), zhou).warnings == 2


def test_a_fault_half_way_leaves_nothing(zhou: Officer, monkeypatch: pytest.MonkeyPatch):
    warning("a")

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(releasing, "record", broken)
    with pytest.raises(OSError, match="full"):
        let_go(These(("a",)), zhou)
    assert nothing_happened()


def test_a_release_can_be_taken_back_and_its_task_goes_with_it(zhou: Officer):
    for name, household in (("a", "H"), ("b", "H"), ("c", "H2")):
        warning(name, household_id=household)
    let_go(These(("a", "b", "c")), zhou)
    assert take_back(chosen=These(("a", "c")), because="by_mistake", by=zhou, at=AT) == 2
    assert dict(Warning.objects.values_list("warning_id", "handling")) == {"a": "waiting", "b": "released", "c": "waiting"}
    assert dict(Task.objects.values_list("case__household_key", "state")) == {"H": "open", "H2": "withdrawn"}
    with pytest.raises(NotThere):
        take_back(chosen=These(("a",)), because="by_mistake", by=zhou, at=AT)
