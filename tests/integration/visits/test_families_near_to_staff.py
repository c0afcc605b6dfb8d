"""What concerns an officer's own kin is in other hands: its tasks, cases, visits and referrals, one by one and in bulk (A9)."""

from __future__ import annotations

import pytest

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import queries as cases
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.refusals import CannotHold
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals import queries as referrals
from jiuzhu.casework.visits import queries as visits
from tests.integration.visits.test_recording_a_visit import record
from tests.support import families
from tests.support.families import NOW, TOWNSHIP, VILLAGE
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
