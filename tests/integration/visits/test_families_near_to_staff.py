"""What concerns an officer's own kin is in other hands: its tasks, cases, visits and referrals, one by one and in bulk (A9)."""

from __future__ import annotations

import pytest

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import queries as cases
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.near import out_of_hands
from jiuzhu.casework.cases.refusals import CannotHold
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals import queries as referrals
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.visits import queries as visits
from tests.integration.visits.test_recording_a_visit import record
from tests.support import families
from tests.support.families import COUNTY, NOW, TOWNSHIP, VILLAGE
from tests.support.officers import account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A9")]
THEIRS, OTHER = "H-of-kin", "H-of-others"


@pytest.fixture
def near() -> Officer:
    """An officer of the township to one of whose households a comparison found them near."""
    made = officer("near", "township_officer", TOWNSHIP)
    kin.mark(found=[(made.person.staff_number, THEIRS, "register")], at=NOW)
    return made


@pytest.fixture
def colleague() -> Officer:
    return officer("colleague", "township_officer", TOWNSHIP)


def of_both() -> tuple[Task, Task]:
    made = [families.task(families.family(household=household)) for household in (THEIRS, OTHER)]
    return made[0], made[1]


def test_the_kin_see_neither_task_nor_case_nor_visit_and_everybody_else_does(near: Officer, colleague: Officer):
    of_kin, other = of_both()
    record(of_kin, colleague, "no_difficulty")
    record(other, colleague, "no_difficulty")
    again = families.task(of_kin.case, kind="second_visit")
    for who, seen in ((near, {OTHER}), (colleague, {THEIRS, OTHER})):
        assert {one.household_key for one in cases.cases(viewer=who, at=NOW)} == seen
        assert {one.case.household_key for one in visits.within_reach(viewer=who, at=NOW)} == seen
        assert (cases.task(viewer=who, key=again.key, at=NOW) is None) is (who is near)
        assert (cases.case(viewer=who, key=of_kin.case.key, at=NOW) is None) is (who is near)
        assert (referrals.referable(viewer=who, case_key=of_kin.case.key, at=NOW) is None) is (who is near)


def test_the_kin_record_no_visit_also_under_another_account_of_theirs(near: Officer):
    of_kin, other = of_both()
    second = account("near again", person=near.person)
    give(second, "township_officer", TOWNSHIP)
    for who in (near, second):
        with pytest.raises(NotAllowed):
            record(of_kin, who)
    assert record(other, near).case == other.case


def test_a_task_on_their_kin_is_given_to_somebody_else(near: Officer, colleague: Officer):
    of_kin, other = of_both()
    with pytest.raises(CannotHold):
        tasks.assign(task=of_kin, to=near, by=colleague, at=NOW)
    assert tasks.assign(task=other, to=near, by=colleague, at=NOW).owner == near


def test_a_bulk_release_gives_them_no_family_near_to_them(near: Officer, colleague: Officer):
    for household in (THEIRS, OTHER):
        one = families.warning(families.task(families.family(VILLAGE, household)))
        Warning.objects.filter(pk=one.pk).update(handling="waiting", task=None, case=None, released_at=None, released_by="")
    Task.objects.update(state="withdrawn", done_at=NOW)
    numbers = dict(Warning.objects.values_list("household_id", "warning_id"))
    with pytest.raises(CannotHold, match="near to near"):
        dispatch.release(chosen=These(tuple(numbers.values())), because="released_as_found", by=colleague, to=near, at=NOW)
    assert set(Warning.objects.values_list("handling", flat=True)) == {"waiting"}
    dispatch.release(chosen=These((numbers[OTHER],)), because="released_as_found", by=colleague, to=near, at=NOW)
    assert Task.objects.get(state="open").owner == near


def test_what_they_hold_of_a_household_leaves_their_hands_the_moment_it_is_known_to_be_near(colleague: Officer):
    late = officer("late", "township_officer", TOWNSHIP)
    adviser = account("late adviser", person=late.person)
    of_kin, other = of_both()
    county_own = families.task(of_kin.case, kind="referral", owner=late)
    with_colleague = families.task(families.family(household="H-third"), owner=colleague)
    for one in (of_kin, other):
        tasks.assign(task=one, to=late, by=colleague, at=NOW)
    Case.objects.update(adviser=adviser)
    kin.mark(found=[(late.person.staff_number, THEIRS, "phone")], at=NOW)
    held = {one.pk: (one.owner, one.office) for one in Task.objects.select_related("owner")}
    assert held == {
        of_kin.pk: (None, COUNTY),  # nobody of the township knocks at that door: the county does
        county_own.pk: (None, TOWNSHIP),
        other.pk: (late, TOWNSHIP),
        with_colleague.pk: (colleague, TOWNSHIP),
    }
    assert {one.household_key for one in Case.objects.filter(adviser=None)} == {THEIRS}
    told = Event.objects.filter(operation="tasks.hand_over").order_by("number")
    assert [(one.who, one.subject_key, one.household_key) for one in told] == [
        ("system:cases", of_kin.key, THEIRS),
        ("system:cases", county_own.key, THEIRS),
    ]
    assert out_of_hands(THEIRS, NOW) == 0


def test_a_relative_declared_with_a_household_and_one_found_later_leave_hands_too(colleague: Officer):
    first, second = of_both()
    for one in (first, second):
        tasks.assign(task=one, to=colleague, by=officer(f"head{one.pk}", "county_officer", COUNTY), at=NOW)
    number = "110101194912310024"
    kin.declare(name="某人", number=number, relation="sibling", household=THEIRS, by=colleague, at=NOW)
    assert set(Task.objects.values_list("case__household_key", "owner__account")) == {(THEIRS, None), (OTHER, "colleague")}
    kin.declare(name="另一人", number="110101194912310032", relation="child", household="", by=colleague, at=NOW)
    kin.find_households(near_of=lambda asked: [(OTHER, "own")] if asked != number else [], at=NOW)
    assert set(Task.objects.values_list("case__household_key", "owner__account")) == {(THEIRS, None), (OTHER, None)}


def test_visits_of_a_household_near_to_staff_are_the_countys_from_the_first_and_no_task_is_lost(
    near: Officer, colleague: Officer
):
    for household in (THEIRS, OTHER):
        one = families.warning(families.task(families.family(VILLAGE, household)))
        Warning.objects.filter(pk=one.pk).update(handling="waiting", task=None, case=None, released_at=None, released_by="")
    Task.objects.update(state="withdrawn", done_at=NOW)
    numbers = tuple(Warning.objects.values_list("warning_id", flat=True))
    dispatch.release(chosen=These(numbers), because="released_as_found", by=colleague, at=NOW)
    assert set(Task.objects.filter(state="open").values_list("case__household_key", "office")) == {
        (THEIRS, COUNTY),
        (OTHER, TOWNSHIP),
    }
    of_kin = Task.objects.get(state="open", case__household_key=THEIRS)
    record(of_kin, officer("county", "county_officer", COUNTY), "cannot_be_found")
    assert Task.objects.get(state="open", case=of_kin.case).office == COUNTY
