"""How long steps take is what a count by hand over the days of the calendar says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.casework.decisions import actions
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.supervision.durations import WHOLE, percentile, spreads
from tests.support.deciding import AT, Room
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
# Of November 2026 the Saturdays and Sundays; there is no other holiday in it.
RESTS = {date(2026, 11, day) for day in (1, 7, 8, 14, 15, 21, 22, 28, 29)}


def working_days(first: date, last: date) -> int:
    """Days after the first up to the last, counted one by one."""
    return sum(first + timedelta(days=n) not in RESTS for n in range(1, (last - first).days + 1))


@pytest.mark.feature("SF041", "SF105")
def test_durations_by_step_are_what_a_plain_count_of_the_road_says() -> None:
    room = Room()
    for begun, decided in ((0, 9), (1, 11), (2, 23)):
        item = room.reported(at=AT + timedelta(days=begun))
        actions.confirm(item=item, by=room.reviewer, at=AT + timedelta(days=begun + decided))
    found = {
        (one.workflow, one.code): one
        for one in spreads(viewer=room.reviewer, at=AT, since=date(2026, 11, 1), until=date(2026, 11, 30))
    }
    steps: dict[str, list[int]] = {}
    everything: list[int] = []
    for walk in Walk.objects.filter(workflow="dibao"):
        before = walk.begun_at.date()
        for step in Taken.objects.filter(walk=walk).order_by("number"):
            steps.setdefault(step.step, []).append(working_days(before, step.day))
            before = step.day
        everything.append(working_days(Taken.objects.get(walk=walk.parent, step="accept").day, before))
    for code, days in (*steps.items(), (WHOLE, everything)):
        told = found["dibao", code]
        assert (told.count, told.mean * told.count, told.longest) == (3, sum(days), max(days))
        assert (told.half, told.nine_in_ten) == (sorted(days)[1], sorted(days)[2])
    # Ten working days for the county after the report: 2, 2 and 11 were taken.
    assert (found["dibao", "confirm"].late, found["dibao", "publish"].late) == (1, None)
    assert sorted(steps["confirm"]) == [1, 2, 11]
    only = spreads(viewer=room.reviewer, at=AT, since=date(2026, 11, 24), until=date(2026, 11, 30))
    assert {(one.code, one.count) for one in only if one.workflow == "dibao"} == {("confirm", 1), (WHOLE, 1)}
    assert (
        spreads(viewer=officer("far", "county_officer", "370503"), at=AT, since=date(2026, 11, 1), until=date(2026, 11, 30)) == []
    )


def test_a_percentile_is_the_least_value_that_so_many_do_not_pass() -> None:
    assert (percentile([], 50), percentile([4], 90), percentile([1, 2, 3, 4], 50)) == (None, 4, 2)
    assert percentile(list(range(1, 11)), 90) == 9
