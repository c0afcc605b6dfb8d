"""Deadlines under moved clocks: only the server's instant says which day it is, the catalogue's calendar which days work (G5).

The judge reads the calendar's file by itself and counts eight hours on to Universal Time.
"""

from __future__ import annotations

import ast
import calendar
import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import jiuzhu.casework
from jiuzhu.casework.calibration import actions as calibration
from jiuzhu.casework.calibration.models import Proposal
from jiuzhu.casework.cases import codes, tags, tasks
from jiuzhu.casework.cases.models import CaseTag, Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.visits import actions as visits
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.portals.cli.worker import round_of_work
from tests.support import casework, families
from tests.support.officers import officer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("G5")]
CALENDAR = Path(__file__).parents[3] / "catalogue" / "calendar" / "workdays.csv"
SECOND, EIGHT_HOURS = timedelta(seconds=1), timedelta(hours=8)
# Midnights of Beijing: the end of a month, of February in a leap year and in others, of a year, of a loaded calendar, of holidays.
MIDNIGHTS = [
    datetime(year, month, day, tzinfo=UTC) - EIGHT_HOURS
    for year, month, day in (
        (2024, 2, 29), (2024, 3, 1), (2025, 3, 1), (2025, 5, 1), (2025, 12, 31), (2026, 1, 1), (2026, 2, 14), (2026, 3, 1),
        (2026, 10, 1), (2026, 12, 1), (2026, 12, 31), (2027, 1, 1),
    )
]  # fmt: skip
MOMENTS = [midnight + shift for midnight in MIDNIGHTS for shift in (-SECOND, timedelta())]
ZONES = (UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati"))
WORKING = sorted(
    date.fromisoformat(row["date"])
    for row in csv.DictReader(CALENDAR.open(encoding="utf-8-sig", newline=""))
    if row["working"] == "1"
)
LAST = date(2026, 12, 31)  # of the calendars that are loaded


def day_of(at: datetime) -> date:
    return (at.astimezone(UTC) + EIGHT_HOURS).date()


def due(at: datetime, n: int) -> date | None:
    """The n-th working day after the day of `at`; None where it lies in a year nobody has the calendar of."""
    later = [day for day in WORKING if day > day_of(at)]
    return later[n - 1] if len(later) >= n and day_of(at) <= LAST else None


@pytest.fixture
def township() -> object:
    return officer(
        "zhou",
        "township_officer",
        casework.TOWNSHIP,
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=datetime(2030, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_a_day_changes_at_midnight_in_beijing_and_its_deadlines_with_it(at: datetime):
    """A steward is asked within five working days, whatever zone the same instant is told in."""
    found = {tasks.ask_steward(casework.case(), at=at.astimezone(zone)).due_on for zone in ZONES}
    assert found == {due(at, tasks.STEWARD_DAYS)}


@pytest.mark.parametrize("midnight", MIDNIGHTS, ids=str)
def test_a_missed_deadline_is_told_one_tier_up_from_the_first_second_of_the_next_day(midnight: datetime):
    late = casework.task(due_on=day_of(midnight - SECOND), rises_on=tasks.rises(day_of(midnight - SECOND)))
    assert round_of_work(at=midnight - SECOND)["escalated"] == 0
    assert round_of_work(at=midnight)["escalated"] == 1
    late.refresh_from_db()
    days = whole(tasks.BETWEEN_TIERS, division=late.office, on=day_of(midnight))
    assert (late.tier_up, late.rises_on) == (1, due(midnight, days) if days else None)


@pytest.mark.parametrize("midnight", MIDNIGHTS, ids=str)
def test_what_was_put_off_waits_again_and_tags_run_out_at_the_midnight_of_their_day(midnight: datetime):
    casework.warning("w1", handling="snoozed", snoozed_until=day_of(midnight), because="known_false")
    tagged = CaseTag.objects.create(
        case=casework.case(), code="seriously_ill", source="rule", since=date(2023, 1, 1), until=day_of(midnight), by="rule:x"
    )
    before = round_of_work(at=midnight - SECOND)
    assert (before["lifted"], before["run out"]) == (0, 0)
    after = round_of_work(at=midnight)
    assert (after["lifted"], after["run out"]) == (1, 1)
    tagged.refresh_from_db()
    assert (Warning.objects.get().handling, tagged.ended_at) == ("waiting", midnight)


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_a_department_answers_within_the_working_days_of_the_need_and_silence_is_told_the_day_after(at: datetime, township):
    families.department("住房城乡建设")
    need = visiting().duties.needs["housing"]
    made = referrals.make(case=casework.case(), need="housing", asked="a bed", who="x", by=township, at=at)
    assert made.due_on == due(at, need.days)
    if made.due_on is not None:
        midnight = datetime.combine(made.due_on + timedelta(days=1), datetime.min.time(), UTC) - EIGHT_HOURS
        assert referrals.raise_overdue(at=midnight - SECOND) == 0
        assert referrals.raise_overdue(at=midnight) == 1
        assert Referral.objects.get().raised_on == day_of(midnight)


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2025, 8, 31), date(2025, 11, 30), date(2025, 12, 31)], ids=str)
def test_a_tag_of_so_many_months_ends_on_the_same_day_of_the_month_or_on_its_last(today: date):
    one = next(tag for tag in codes.tags().values() if tag.scenarios and tag.months)
    case = casework.case()
    tags.tagged_by_rule({case.pk: [next(iter(one.scenarios))]}, today=today)
    years, month = divmod(today.month - 1 + one.months, 12)
    last = calendar.monthrange(today.year + years, month + 1)[1]
    until = set(CaseTag.objects.filter(case=case, code=one.code).values_list("until", flat=True))
    assert until == {date(today.year + years, month + 1, min(today.day, last))}


@pytest.mark.parametrize("device", [timedelta(days=-4000), timedelta(), timedelta(days=4000)])
def test_the_clock_of_a_device_moves_no_deadline(device: timedelta, township):
    at = datetime(2026, 9, 30, 16, tzinfo=UTC) - SECOND  # the last second before seven days of holidays
    task = casework.task()
    told = visits.Told(
        form="F17",
        typed={"met": ["nobody"], "says": ["nobody at home"]},
        began_at=at - timedelta(minutes=50),
        ended_at=at - timedelta(minutes=10),
        outcome="cannot_be_found",
        device_at=at + device,
    )
    made = visits.record_visit(task=task, told=told, by=township, at=at)
    second = Task.objects.get(kind="second_visit")
    days = whole("visit.second_wd", division=task.division_code, on=day_of(at))
    assert days
    assert (made.recorded_at, second.made_at, second.due_on) == (at, at, due(at, days))
    assert made.device_at == at + device
    with pytest.raises(visits.NotFilled):  # nothing ends after the server's now, whatever the device says
        visits.record_visit(task=second, told=replace(told, ended_at=at + SECOND, device_at=at + 2 * SECOND), by=township, at=at)


@pytest.mark.parametrize("seed", range(6))
def test_workers_whose_clocks_differ_do_each_thing_once_and_come_to_the_same(seed: int):
    """Three workers, up to five minutes apart, around the midnights of ten days, in any order; the judge has one true clock."""
    drawn = random.Random(seed)
    start = datetime(2026, 2, 25, 16, tzinfo=UTC)
    late = [
        casework.task(due_on=day_of(start) + timedelta(days=n), rises_on=day_of(start) + timedelta(days=n + 1)) for n in range(4)
    ]
    for n in range(4):
        casework.warning(f"w{n}", handling="snoozed", snoozed_until=day_of(start) + timedelta(days=n + 1), because="known_false")
    skews = [timedelta(seconds=drawn.randrange(-300, 300)) for _ in range(3)]
    rounds = [start + timedelta(days=n, minutes=minute) for n in range(10) for minute in (-6, -3, -1, 0, 1, 3, 6, 600)]
    told = [round_of_work(at=at + drawn.choice(skews)) for at in rounds]
    risen = _risen(late, day_of(rounds[-1]))
    assert [Task.objects.get(pk=one.pk).tier_up for one in late] == risen
    assert sum(one["escalated"] for one in told) == sum(risen)
    assert sum(one["lifted"] for one in told) == 4
    assert Event.objects.filter(operation="snoozes.lift").count() == 4


def _risen(late: list[Task], today: date) -> list[int]:
    """How many tiers each has gone up by that day: the day after its deadline, then after each two working days, to the province."""
    found = []
    for one in late:
        assert one.due_on is not None
        up, rises = 0, one.due_on + timedelta(days=1)
        while rises <= today and up < 3:  # county, city, province
            up += 1
            days = whole(tasks.BETWEEN_TIERS, division=one.office, on=today)
            if days is None:  # no number is in force on that day: nobody above is told
                break
            rises = [day for day in WORKING if day > rises][days - 1]
        found.append(up)
    return found


def test_a_number_holds_from_a_day_after_today_as_beijing_has_it():
    """At half past seven in the morning it is still yesterday in Greenwich."""
    author, other = (officer(name, "policy_officer", "370500") for name in ("author", "other"))
    at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    Proposal.objects.create(
        number="p1", indicator="S01-E01", name="limit", division_code="370500", value="4000", because="x", made_person=author.person,
        made_by="author", made_at=at,
    )  # fmt: skip
    told = {"number": "p1", "word": "release", "because": "agreed", "by": other, "at": at}
    with pytest.raises(calibration.NoReason, match="a day to come"):
        calibration.decide(**told, holds_from=date(2026, 11, 21))
    assert Proposal.objects.get().state == "proposed"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in jiuzhu.casework.__path__:
        for file in sorted(Path(folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file.name, ast.parse(file.read_text(encoding="utf-8"))


def test_nothing_in_casework_reads_a_clock_or_takes_the_day_of_an_instant_in_another_zone():
    clocks = {"now", "utcnow", "today", "localdate", "localtime", "time_ns", "monotonic", "Now", "auto_now", "auto_now_add"}
    found = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in clocks:
                    found.append(f"{name}:{node.lineno} reads a clock")
                of = node.func.value
                there = isinstance(of, ast.Call) and isinstance(of.func, ast.Attribute) and of.func.attr == "astimezone"
                if node.func.attr == "date" and not node.args and not there:
                    found.append(f"{name}:{node.lineno} takes a day without a zone")
            elif isinstance(node, ast.keyword) and node.arg in clocks - {"now", "today"}:
                found.append(f"{name}:{node.value.lineno} lets the database read one")
    assert found == []
