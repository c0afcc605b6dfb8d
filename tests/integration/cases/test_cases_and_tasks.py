"""Cases and tasks: each act, its refusals, the wrong officer, two at once; what time does; what the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.accounts.roles import delegate
from jiuzhu.casework.cases import actions, events, plans, queries, tags, tasks
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.cases.models import Announcement, Case, CaseTag, Heard, Member, Plan, Task
from jiuzhu.casework.cases.queries import CaseFilter, TaskFilter
from jiuzhu.casework.cases.refusals import CannotHold, DutyHeld, Moved, NothingNew, NotOpen, StillOpen
from jiuzhu.casework.dispatch.models import SavedFilter, Warning
from jiuzhu.casework.parties.actions import met
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.trace.models import Event
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, VILLAGE, case, task, warning
from tests.support.officers import UNTIL, Officer, account, give, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.fixture
def han() -> Officer:
    return officer("han", "grid_worker", VILLAGE)


def operations() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("operation", flat=True))


@pytest.mark.feature("SF221")
def test_a_task_is_given_to_somebody_by_name_taken_back_and_given_to_another(zhou: Officer, han: Officer):
    one = task()
    one = tasks.assign(task=one, to=han, by=zhou, at=AT)
    assert (one.owner, one.given_by, one.given_at, one.version) == (han, "zhou", AT, 2)
    assert list(queries.tasks(viewer=han, at=AT, wanted=TaskFilter(whose="mine"))) == [one]
    with pytest.raises(NothingNew):
        tasks.assign(task=one, to=han, by=zhou, at=AT)
    one = tasks.take_back(task=one, by=zhou, at=AT, because="ill")
    assert (one.owner, one.given_by) == (None, "")
    assert list(queries.tasks(viewer=han, at=AT)) == []
    with pytest.raises(NothingNew):
        tasks.take_back(task=one, by=zhou, at=AT, because="ill")
    assert operations() == ["tasks.assign", "tasks.take_back"]


@pytest.mark.feature("SF221")
@pytest.mark.parametrize("who", ["of another county", "whose role has ended", "without a role", "who audits"])
def test_only_who_can_do_a_task_there_is_named(who: str, zhou: Officer):
    to = {
        "of another county": lambda: officer("far", "grid_worker", ELSEWHERE),
        "whose role has ended": lambda: officer("past", "grid_worker", VILLAGE, until=AT),
        "without a role": lambda: account("none"),
        "who audits": lambda: officer("system", "system_administrator", COUNTY),
    }[who]()
    one = task()
    with pytest.raises(CannotHold):
        tasks.assign(task=one, to=to, by=zhou, at=AT)
    one.refresh_from_db()
    assert (one.owner, one.version) == (None, 1)


@pytest.mark.parametrize("who", ["han", "auditor", "of another township"])
def test_others_give_no_tasks(who: str, han: Officer):
    by = {
        "han": lambda: han, "auditor": lambda: officer("a", "auditor", COUNTY),
        "of another township": lambda: officer("li", "township_officer", "370502102"),
    }[who]()  # fmt: skip
    with pytest.raises(NotAllowed):
        tasks.assign(task=task(), to=han, by=by, at=AT)


def test_of_two_who_looked_at_the_same_version_the_second_is_refused_and_nothing_is_lost(zhou: Officer, han: Officer):
    looked = task()
    other = officer("song", "grid_worker", VILLAGE)
    tasks.assign(task=looked, to=han, by=zhou, at=AT, seen=1)
    with pytest.raises(Moved):
        tasks.assign(task=looked, to=other, by=zhou, at=AT, seen=1)
    assert Task.objects.get().owner == han
    family = case()
    plans.write_plan(case=family, goal="安稳", items=[], based_on=0, by=zhou, at=AT)
    with pytest.raises(Moved):
        plans.write_plan(case=family, goal="别的", items=[], based_on=0, by=zhou, at=AT)
    assert queries.goal(queries.plan(family)) == "安稳"
    assert Plan.objects.count() == 1


@pytest.mark.feature("SF007")
def test_five_tiers_see_what_lies_below_them_and_hand_tasks_down(zhou: Officer, han: Officer):
    one = task()
    tiers = {"370000": "policy_officer", "370500": "policy_officer", COUNTY: "county_officer", TOWNSHIP: "township_officer"}
    for division, role in tiers.items():
        viewer = officer(f"at {division}", role, division)
        assert list(queries.cases(viewer=viewer, at=AT)) == [one.case], division
        beside = {"370000": "320000", "370500": "370600", COUNTY: "370503", TOWNSHIP: "370502102"}[division]
        assert not queries.cases(viewer=officer(f"beside {division}", role, beside), at=AT), beside
    county = officer("county", "county_officer", COUNTY)
    one = tasks.assign(task=one, to=zhou, by=county, at=AT)  # county to township
    one = tasks.assign(task=one, to=han, by=zhou, at=AT)  # township to village
    grid = officer("grid", "grid_worker", f"{VILLAGE}001")
    one = tasks.assign(task=one, to=grid, by=zhou, at=AT)  # and to the grid
    assert [found.key for found in queries.tasks(viewer=grid, at=AT)] == [one.key]


@pytest.mark.feature("SF007")
def test_what_was_delegated_down_reaches_as_far_as_it_says_and_no_longer_than_it_lasts(zhou: Officer, han: Officer):
    held = zhou.assignments.get()
    deputy = account("deputy")
    delegate(
        assignment=held,
        taker=deputy,
        division_code=VILLAGE,
        until=UNTIL,
        because="leave",
        by=zhou,
        at=AT,
        operation="tasks.assign",
    )
    give(deputy, "grid_worker", VILLAGE)
    given = tasks.assign(task=task(), to=han, by=deputy, at=AT)
    assert given.given_by == "deputy"
    assert Event.objects.get(operation="tasks.assign").acting_for == "zhou"
    with pytest.raises(NotAllowed):
        tasks.assign(task=task(case(division_code="370502001012")), to=han, by=deputy, at=AT)
    with pytest.raises(NotAllowed):
        tasks.transfer_task(task=given, division_code=ELSEWHERE[:9], because="", by=deputy, at=AT)


@pytest.mark.feature("SF061")
@pytest.mark.requirement("F7")
def test_a_missed_deadline_goes_up_one_tier_at_a_time_and_stops_at_the_province():
    one = task(due_on=date(2026, 11, 19), rises_on=date(2026, 11, 20))
    task(due_on=TODAY, rises_on=TODAY + timedelta(days=1))

    def after(day: date) -> tuple[int, str]:
        tasks.escalate_due(at=AT, today=day)
        one.refresh_from_db()
        return one.tier_up, one.raised_to

    assert after(date(2026, 11, 19)) == (0, "")
    assert after(date(2026, 11, 20)) == (1, COUNTY)
    assert after(date(2026, 11, 20)) == (1, COUNTY)  # the same day again
    assert one.rises_on == date(2026, 11, 24)  # two working days later, over a weekend
    assert after(date(2026, 11, 24)) == (2, "370500")
    assert after(date(2026, 11, 26)) == (3, "370000")
    assert after(date(2026, 12, 26)) == (3, "370000")
    assert operations()[0] == "tasks.escalate"
    assert one.state == "open"


def test_a_task_passed_on_belongs_to_the_other_office_and_to_nobody_yet(zhou: Officer, han: Officer):
    one = task(owner=han, given_by="zhou", given_at=AT)
    moved = tasks.transfer_task(task=one, division_code=ELSEWHERE[:9], because="lives_elsewhere", by=zhou, at=AT)
    assert (moved.office, moved.owner, moved.state) == (ELSEWHERE[:9], None, "open")
    with pytest.raises(NotAllowed):
        tasks.transfer_task(task=moved, division_code=TOWNSHIP, because="wrong_place", by=zhou, at=AT)
    back = tasks.transfer_task(
        task=moved, division_code=TOWNSHIP, because="wrong_place", by=officer("li", "township_officer", ELSEWHERE[:9]), at=AT
    )
    assert back.office == TOWNSHIP


def test_a_done_task_changes_no_more(zhou: Officer, han: Officer):
    one = task(kind="review")
    tasks.finish_task(task=one, by=zhou, at=AT, because="done")
    for act in (
        lambda: tasks.finish_task(task=one, by=zhou, at=AT, because="again"),
        lambda: tasks.assign(task=one, to=han, by=zhou, at=AT),
    ):
        with pytest.raises((NotOpen, NotAllowed)):
            act()
    assert operations() == ["tasks.finish"]


def test_a_case_is_opened_once_a_household_and_closed_when_nothing_is_open(zhou: Officer):
    told = {"division_code": VILLAGE, "because": "found_by_officer", "by": zhou, "at": AT, "household_key": "H"}
    family = actions.open_case(**told)
    assert actions.open_case(**told) == family
    assert operations() == ["cases.open"]
    with pytest.raises(UnknownCode):
        actions.open_case(**{**told, "because": "a whim"})
    with pytest.raises(NotAllowed):
        actions.open_case(**{**told, "division_code": ELSEWHERE[:9]})
    one = task(family)
    with pytest.raises(StillOpen):
        actions.close_case(case=family, outcome="helped", because="x", by=zhou, at=AT)
    tasks.done(one, at=AT)
    actions.close_case(case=family, outcome="helped", because="x", by=zhou, at=AT)
    with pytest.raises((NotOpen, NotAllowed)):
        actions.close_case(case=family, outcome="helped", because="x", by=zhou, at=AT)
    assert actions.open_case(**told) != family


@pytest.mark.feature("SF034", "SF060")
def test_tags_of_families_and_people_run_out_keep_their_history_and_are_searched(zhou: Officer):
    family, other = case(), case()
    child = met(["17"], household="H", at=AT)[0]
    made = tags.tag(case=family, code="avoids_contact", because="三次不在家", by=zhou, at=AT, until=date(2026, 12, 1))
    of_child = tags.tag(case=family, code="disabled", because="残疾证", by=zhou, at=AT, party=child)
    assert "三次" not in made.because
    with pytest.raises(NothingNew):
        tags.tag(case=family, code="avoids_contact", because="again", by=zhou, at=AT)
    with pytest.raises(UnknownCode):
        tags.tag(case=family, code="rich", because="x", by=zhou, at=AT)
    assert list(queries.cases(viewer=zhou, at=AT, wanted=CaseFilter(tags=("avoids_contact", "disabled")))) == [family]
    assert tags.run_out(at=AT, today=date(2026, 11, 30)) == 0
    assert tags.run_out(at=AT, today=date(2026, 12, 1)) == 1
    assert list(queries.cases(viewer=zhou, at=AT, wanted=CaseFilter(tags=("avoids_contact",)))) == []
    tags.untag(tag=of_child, because="移除", by=zhou, at=AT)
    with pytest.raises(NothingNew):
        tags.untag(tag=of_child, because="移除", by=zhou, at=AT)
    kept = CaseTag.objects.order_by("pk").values_list("code", "source", "by", "ended_by")
    assert list(kept) == [("avoids_contact", "person", "zhou", "system:tags"), ("disabled", "person", "zhou", "zhou")]
    assert other in queries.cases(viewer=zhou, at=AT)


@pytest.mark.feature("SF060")
def test_people_get_the_layer_the_registry_knows_and_the_family_the_first_of_them():
    family = case()
    old, young = met(["1", "2"], household="H", at=AT)
    tags.classed(case=family, people={old: "tekun", young: "dibao"}, at=AT)
    family.refresh_from_db()
    live = CaseTag.objects.filter(ended_at=None)
    assert family.main_class == "tekun"
    assert set(live.values_list("party", "code")) == {(old.pk, "tekun"), (young.pk, "dibao"), (None, "tekun")}
    tags.classed(case=family, people={young: "edge"}, at=AT)
    assert set(live.values_list("party", "code")) == {(young.pk, "edge"), (None, "edge")}
    assert CaseTag.objects.count() == 5


@pytest.mark.feature("SF083")
def test_an_adviser_of_the_area_is_named_sees_the_case_and_leaves_advice(zhou: Officer):
    family, other = case(), case()
    adviser = officer("lin", "adviser", TOWNSHIP)
    with pytest.raises(CannotHold):
        actions.name_adviser(case=family, adviser=officer("far", "adviser", "370503"), by=zhou, at=AT)
    assert queries.case(viewer=adviser, key=family.key, at=AT) is None
    family = actions.name_adviser(case=family, adviser=adviser, by=zhou, at=AT)
    assert list(queries.cases(viewer=adviser, at=AT)) == [family]
    note = actions.advise(case=family, text="先办医疗救助", by=adviser, at=AT)
    assert "医疗" not in note.text
    with pytest.raises(NotAllowed):
        actions.advise(case=other, text="x", by=adviser, at=AT)
    with pytest.raises(NotAllowed):
        actions.advise(case=family, text="x", by=zhou, at=AT)
    with pytest.raises(NothingNew):
        actions.advise(case=family, text="  ", by=adviser, at=AT)


def test_a_plan_is_written_anew_each_time_and_every_version_stays(zhou: Officer):
    family = case()
    first = plans.Item("medical", "区医保局", date(2026, 12, 10))
    plans.write_plan(case=family, goal="稳定治疗", items=[first], based_on=0, by=zhou, at=AT)
    plans.write_plan(
        case=family, goal="稳定治疗", items=[first, plans.Item("work", "人社", None, "running")], based_on=1, by=zhou, at=AT
    )
    kept = [(plan.number, [item.measure for item in plan.items.order_by("position")]) for plan in family.plans.order_by("number")]
    assert kept == [(1, ["medical"]), (2, ["medical", "work"])]
    for items, refusal in (([plans.Item("magic", "x", None)], UnknownCode), ([plans.Item("work", " ", None)], UnknownCode)):
        with pytest.raises(refusal):
            plans.write_plan(case=family, goal="", items=items, based_on=2, by=zhou, at=AT)
    with pytest.raises(NothingNew):
        plans.write_plan(case=family, goal=" ", items=[], based_on=2, by=zhou, at=AT)


def test_nobody_does_both_of_two_things_held_apart_under_any_account(zhou: Officer):
    family = case()
    told = {"case": family, "group": "survey_confirm", "at": AT}
    actions.take_duty(duty="survey", person=zhou.person, **told)
    actions.take_duty(duty="survey", person=zhou.person, **told)
    second = account("zhou's second", person=zhou.person)
    with pytest.raises(DutyHeld):
        actions.take_duty(duty="confirm", person=second.person, **told)
    actions.take_duty(duty="confirm", person=account("li").person, **told)


def test_what_is_announced_is_heard_once_by_each_also_after_a_fault(monkeypatch: pytest.MonkeyPatch, zhou: Officer):
    heard: list[str] = []
    broken = [True]
    monkeypatch.setattr(events, "_listeners", {})

    @events.listens("case.opened", name="first")
    def first(announcement: Announcement, at: object) -> None:
        heard.append(f"first {announcement.case.key}")

    @events.listens("case.opened", name="second")
    def second(announcement: Announcement, at: object) -> None:
        Member.objects.create(case=announcement.case, party=met(["9"], household="H", at=AT)[0], since=TODAY)
        if broken[0]:
            raise OSError("not now")
        heard.append("second")

    with pytest.raises(events.HeardTwice):
        events.listens("case.opened", name="second")(lambda announcement, at: None)
    family = actions.open_case(division_code=VILLAGE, because="asked_for_help", by=zhou, at=AT)
    assert events.hear(at=AT) == 0
    assert (heard, Member.objects.count()) == ([f"first {family.key}"], 0)  # what half of it had done is undone
    assert Announcement.objects.get().tried == 1
    broken[0] = False
    assert events.hear(at=AT) == 1
    assert events.hear(at=AT) == 0
    assert heard == [f"first {family.key}", "second"]
    assert Heard.objects.count() == 2


REFUSED: dict[str, Callable[[], Any]] = {
    "case_one_open_a_household": lambda: [case(household_key="H"), case(household_key="H")],
    "case_closed_with_an_outcome": lambda: case(state="closed"),
    "case_stands_somewhere": lambda: case(division_code=""),
    "case_round_counts_from_one": lambda: case(round=0),
    "task_one_open_of_a_kind": lambda: [task(one := case()), task(one)],
    "task_ended_at_an_instant": lambda: task(state="done"),
    "task_given_by_somebody": lambda: task(owner=account("x")),
    "task_has_an_office": lambda: task(office=""),
    "task_priority": lambda: task(priority=5),
    "member_ends_after_it_began": lambda: Member.objects.create(
        case=case(), party=met(["1"], household="H", at=AT)[0], since=TODAY, until=TODAY - timedelta(days=1)
    ),
    "member_once_at_a_time": lambda: [
        Member.objects.create(case=one, party=two, since=TODAY)
        for one, two in [(case(), met(["1"], household="H", at=AT)[0])] * 2
    ],
    "tag_once_on_a_family": lambda: [
        CaseTag.objects.create(case=one, code="disabled", source="rule", since=TODAY, by="x") for one in [case()] * 2
    ],
    "tag_has_a_source": lambda: CaseTag.objects.create(case=case(), code="disabled", source="dream", since=TODAY, by="x"),
    "tag_ended_by_somebody": lambda: CaseTag.objects.create(
        case=case(), code="disabled", source="rule", since=TODAY, by="x", ended_at=AT
    ),
    "tag_ends_after_it_began": lambda: CaseTag.objects.create(
        case=case(), code="disabled", source="rule", since=TODAY, by="x", until=TODAY - timedelta(days=1)
    ),
    "plan_version_once": lambda: [Plan.objects.create(case=one, number=1, written_by="x", written_at=AT) for one in [case()] * 2],
    "plan_numbered": lambda: Plan.objects.create(case=case(), number=0, written_by="x", written_at=AT),
    "party_once_a_person": lambda: [
        Party.objects.create(key=key, registry_person="1", proved_by="delivery", met_at=AT) for key in ("a", "b")
    ],
    "party_number_is_found": lambda: Party.objects.create(key="a", id_number="x", proved_by="paper", met_at=AT),
    "party_proved": lambda: Party.objects.create(key="a", proved_by="hearsay", met_at=AT),
    "party_erased_is_empty": lambda: Party.objects.create(key="a", name="x", proved_by="paper", met_at=AT, erased_at=AT),
    "warning_state_of_its_handling": lambda: warning("a", state="closed"),
    "warning_handled_as_its_kind": lambda: warning("a", handling="read"),
    "warning_replaced_by_one": lambda: warning("a", state="replaced", handling="replaced"),
    "warning_snoozed_until_a_day": lambda: warning("a", handling="snoozed"),
    "warning_released_by_somebody": lambda: warning("a", handling="released"),
    "warning_handled_with_an_outcome": lambda: warning("a", state="closed", handling="handled"),
    "filter_has_a_name": lambda: SavedFilter.objects.create(
        owner=account("x"), of="warnings", name="", words="level=4", division_code=TOWNSHIP, saved_at=AT
    ),
}
NAMED_BY_COLUMN = ("once", "one_open")  # SQLite names the columns of a unique index, not the constraint


@pytest.mark.parametrize("rule", REFUSED)
def test_the_database_refuses(rule: str):
    by = None if any(word in rule for word in NAMED_BY_COLUMN) else rule
    with pytest.raises(IntegrityError, match=by), transaction.atomic():
        REFUSED[rule]()


def test_a_warning_is_never_removed_and_keeps_its_number():
    one = warning("a")
    by_number = ["id"] if connection.vendor == "postgresql" else ["id", "rowid", "oid", "_ROWID_"]  # SQLite has four words for it
    changed = [f"UPDATE dispatch_warning SET {word} = 77" for word in by_number]
    for act in (
        one.delete,
        lambda: Warning.objects.update(warning_id="b"),
        *(lambda statement=statement: connection.cursor().execute(statement) for statement in changed),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert Case.objects.count() == 0
