"""Random histories of releases, stream entries and what people do: no warning is ever lost, and each has an owner and a place (F7)."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import tasks as on_tasks
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.refusals import CannotHold, NothingNew
from jiuzhu.casework.dispatch import actions, following, queries
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.refusals import NotThere, Unfounded
from jiuzhu.registry import public
from tests.support.officers import SINCE, give, officer

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
DAY = date(2026, 11, 20)
NUMBERS = [f"w{number}" for number in range(8)]
PLACES = ("370502001011", "370502102001")
REFUSED = (NotThere, Unfounded, NotAllowed, CannotHold, NothingNew)


def row(number: str, grade: str, place: str) -> dict[str, Any]:
    """One the registry issues. Every third is a hint, two of them share a household."""
    which = int(number[1:])
    return {
        "warning_id": number, "indicator_id": "S01-E01", "grade": grade, "division_code": place, "subject_kind": "person",
        "household_id": f"H{which // 2}" if which != 7 else "", "value": "1", "unit": "yuan", "threshold": "1", "side": "entry",
        "kind": "hint" if which % 3 == 2 else "warning",
    }  # fmt: skip


class Merged:
    """Divisions of a day on which one township went into another."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def find(self, code: str, *, on: date) -> str | None:
        return None if code == self.old else code

    def resolve(self, code: str, *, on: date) -> list[str]:
        return [self.new if code.startswith(self.old) and len(code) == 12 else self.new[:9]]


class Histories(RuleBasedStateMachine):
    """issued: every number the registry ever told, kept in the plainest way; all that is compared is where they are now."""

    def __init__(self) -> None:
        super().__init__()
        self.held = transaction.atomic()  # each history begins with an empty desk
        self.held.__enter__()
        self.county = officer("county", "county_officer", "370502")
        for name, place in (("gu", "370502001"), ("he", "370502102")):
            officer(name, "township_officer", place)
        self.issued: set[str] = set()
        self.stands: set[str] = set()
        self.releases = self.entries = self.days = 0

    some = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4, unique=True)
    grades = st.sampled_from(("red", "orange", "yellow", "blue"))

    @rule(told=st.dictionaries(st.sampled_from(NUMBERS), st.tuples(grades, st.sampled_from(PLACES)), max_size=8))
    def a_release(self, told: dict[str, tuple[str, str]]) -> None:
        self.releases += 1
        rows = [row(number, grade, place) for number, (grade, place) in told.items()]
        actions.take_release(
            release=f"r{self.releases}",
            as_of=DAY,
            warnings=rows,
            due=lambda _: DAY + timedelta(days=5),
            at=AT,
            stream_number=self.entries,
        )
        self.issued |= told.keys()
        self.stands = set(told)

    @rule(number=st.sampled_from(NUMBERS), grade=st.one_of(grades, st.just("")))
    def an_entry_of_the_stream(self, number: str, grade: str) -> None:
        if not self.releases:
            return
        self.entries += 1
        entry = row(number, grade, PLACES[0]) | {"number": self.entries}
        actions.take_stream(entries=[entry], as_of=DAY, due=lambda _: DAY + timedelta(days=5), at=AT)
        if grade:
            self.issued.add(number)
            self.stands.add(number)
        else:
            self.stands.discard(number)

    @rule(numbers=some)
    def a_person_releases(self, numbers: list[str]) -> None:
        self._try(actions.release, chosen=These(tuple(numbers)), because="released_as_found")

    @rule(numbers=some)
    def a_person_takes_back(self, numbers: list[str]) -> None:
        self._try(actions.take_back, chosen=These(tuple(numbers)), because="by_mistake")

    @rule(numbers=some, days=st.integers(1, 5))
    def a_person_snoozes(self, numbers: list[str], days: int) -> None:
        self._try(actions.snooze, chosen=These(tuple(numbers)), until=DAY + timedelta(days=days), because="known_false")

    @rule(days=st.integers(0, 6))
    def days_pass(self, days: int) -> None:
        actions.lift_snoozes(at=AT, today=DAY + timedelta(days=days))

    @rule(numbers=some, how=st.sampled_from(("read", "visited", "dismissed")))
    def a_person_settles_hints(self, numbers: list[str], how: str) -> None:
        self._try(actions.settle_hints, chosen=These(tuple(numbers)), how=how, because="known_false")

    @rule(numbers=some, to=st.sampled_from(("370502001", "370502102")))
    def a_person_passes_on(self, numbers: list[str], to: str) -> None:
        self._try(actions.transfer, chosen=These(tuple(numbers)), division_code=to, because="wrong_place")

    @rule(number=st.sampled_from(NUMBERS), other=st.sampled_from(NUMBERS))
    def a_person_joins_two(self, number: str, other: str) -> None:
        both = [Warning.objects.filter(warning_id=one).first() for one in (number, other)]
        if all(both):
            self._try(actions.replace, warning=both[0], by_other=both[1], because="same_thing")

    @rule(number=st.sampled_from(NUMBERS))
    def a_person_opens_again(self, number: str) -> None:
        one = Warning.objects.filter(warning_id=number).first()
        if one is not None:
            self._try(actions.reopen, warning=one, because="new_facts")

    @rule(which=st.integers(0, 9))
    def a_visit_closes(self, which: int) -> None:
        tasks = list(Task.objects.filter(state="open").order_by("pk"))
        if tasks:
            task = tasks[which % len(tasks)]
            actions.handled(task=task, outcome="policy_told", who="han", at=AT)
            Task.objects.filter(pk=task.pk).update(state="done", done_at=AT)

    @rule(which=st.integers(0, 9), who=st.sampled_from(("gu", "he", "county")))
    def a_task_is_given_to_somebody(self, which: int, who: str) -> None:
        tasks = list(Task.objects.filter(state="open").order_by("pk"))
        if tasks:
            to = Officer.objects.get(account=who)
            self._try(on_tasks.assign, task=tasks[which % len(tasks)], to=to)

    @rule(who=st.sampled_from(("gu", "he")), closed=st.booleans())
    def an_officer_leaves(self, who: str, closed: bool) -> None:
        if closed:
            Officer.objects.filter(account=who).update(is_active=False)
        else:
            Assignment.objects.filter(officer__account=who).update(until=AT)

    @rule(who=st.sampled_from(("gu", "he")), place=st.sampled_from(("370502001", "370502102")))
    def an_officer_comes(self, who: str, place: str) -> None:
        self.days += 1
        Officer.objects.filter(account=who).update(is_active=True)
        give(Officer.objects.get(account=who), "township_officer", place, since=SINCE + timedelta(days=self.days))

    @rule(which=st.integers(0, 9), to=st.sampled_from(("370502001", "370502102")))
    def a_task_is_passed_on(self, which: int, to: str) -> None:
        tasks = list(Task.objects.filter(state="open").order_by("pk"))
        if tasks:
            self._try(on_tasks.transfer_task, task=tasks[which % len(tasks)], division_code=to, because="lives_elsewhere")

    @rule(old=st.sampled_from(PLACES), new=st.sampled_from(PLACES))
    def a_township_is_merged_into_the_other(self, old: str, new: str) -> None:
        """Until the next day, when its code is in force again: so that histories go on."""
        if old != new:
            self.days += 1
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(public, "divisions", lambda: Merged(old[:9], new))
                following.follow_divisions(at=AT, today=DAY + timedelta(days=self.days))
            for model in (Warning, Case, Task):
                assert not model.objects.filter(state="open", division_code__startswith=old[:9]).exists()

    @rule(days=st.integers(0, 30))
    def deadlines_pass(self, days: int) -> None:
        today = DAY + timedelta(days=days)
        on_tasks.escalate_due(at=AT, today=today)
        assert not Task.objects.filter(state="open", rises_on__lte=today).exists()
        for one in Task.objects.filter(state="open", tier_up__gt=0):
            assert one.raised_to in (one.office[:6], "370500", "370000")

    @rule(which=st.integers(0, 9), to=st.sampled_from(("370502001", "370502102")))
    def a_family_moves(self, which: int, to: str) -> None:
        cases = list(Case.objects.filter(state="open").order_by("pk"))
        if cases and cases[which % len(cases)].division_code != to:
            self._try(actions.transfer_case, case=cases[which % len(cases)], division_code=to, because="lives_elsewhere")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.held.__exit__(None, None, None)

    def _try(self, act: Any, **told: Any) -> None:
        with contextlib.suppress(REFUSED):
            act(**told, by=self.county, at=AT)

    @invariant()
    def none_is_lost(self) -> None:
        told = queries.conserved()
        assert told.issued == len(self.issued) == told.open + told.closed + told.replaced
        assert set(Warning.objects.values_list("warning_id", flat=True)) == self.issued
        assert set(Warning.objects.filter(stands=True).values_list("warning_id", flat=True)) == self.stands

    @rule()
    def the_county_looks_at_its_offices(self) -> None:
        """Each with something to do is there, with how many people it has: one without anybody too."""
        busy = {one.office for one in Task.objects.filter(state="open")}
        busy |= {one.township for one in Warning.objects.filter(queue="waiting")}
        seen = {one.division_code: one.staff for one in queries.offices(viewer=self.county, at=AT, today=DAY)}
        assert busy <= seen.keys()
        for office, staff in seen.items():
            assert staff == sum(self._works_in(one, office) for one in Officer.objects.all())

    @invariant()
    def after_a_round_each_task_is_with_somebody_who_is_there_or_with_its_office(self) -> None:
        on_tasks.give_back_of_left(at=AT)
        for task in Task.objects.filter(state="open").select_related("owner"):
            assert task.office
            assert task.owner is None or self._is_there(task.owner, task.office)

    @staticmethod
    def _is_there(who: Officer, office: str) -> bool:
        held = [one.division_code for one in who.assignments.all() if one.since <= AT < one.until]
        return who.is_active and any(office.startswith(code) or code.startswith(office) for code in held)

    @staticmethod
    def _works_in(who: Officer, office: str) -> bool:
        held = [one.division_code for one in who.assignments.all() if one.since <= AT < one.until]
        return who.is_active and office in held

    @invariant()
    def each_open_one_has_an_owner_and_a_day(self) -> None:
        for one in Warning.objects.filter(state="open").select_related("task"):
            assert one.stands
            assert one.due_on
            assert one.division_code
            if one.handling == "released":
                assert one.task is not None
                assert one.task.state == "open"
                assert one.task.office

    @invariant()
    def a_family_has_one_open_task_of_a_kind(self) -> None:
        kept = list(Task.objects.filter(state="open").values_list("case", "kind"))
        assert len(kept) == len(set(kept))
        released = Warning.objects.filter(handling="released").exclude(household_id="").values_list("household_id", "task")
        assert len({household for household, _ in released}) == len(set(released))


@pytest.mark.django_db
@pytest.mark.requirement("F7")
def test_warnings_are_conserved():
    how = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[__import__("hypothesis").Phase.generate],
    )
    run_state_machine_as_test(Histories, settings=how)
