"""What should have come: counted in working days of the official calendar, by the rhythm of each dataset."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.cells import EPOCH
from jiuzhu.registry.ingest.due import DueCheck, DueDataset, due_checks, due_datasets
from jiuzhu.rules.bodies import Body, Schedule
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.working_days import WorkingDays, YearNotLoaded
from tests.integration.ingest.bills import BILLS

DAYS = WorkingDays.load(Path(__file__).parents[3] / "catalogue" / "calendar" / "workdays.csv")
BODY = Body("insurance", Title("", ""), "county", ("医保",), "ed25519", True, {"daily": 2, "monthly": 5, "quarterly": 10}, {})


def manifest(period: str, first: str, last: str, newest: str) -> Manifest:
    told = {"last_day": (date.fromisoformat(newest) - EPOCH).days if newest else None}
    return Manifest("d", "clinic_bill", "", period, "", False, "", "accepted", 1, 1, 0, first=first, last=last, statistics=told)


OCTOBER = manifest("2026-10", "2026-10-01", "2026-10-31", "2026-10-12")


def due(refresh: str, as_of: str, *archived: Manifest, **other: Any) -> DueDataset:
    dataset = replace(BILLS, refresh=refresh, **{"stale_after": 62, **other})
    catalogue: Any = SimpleNamespace(datasets={dataset.code: dataset}, bodies={"insurance": BODY})
    return due_datasets(catalogue, archived, DAYS, date.fromisoformat(as_of))[0]


@pytest.mark.requirement("E6")
@pytest.mark.parametrize(
    ("as_of", "state", "late_by"),
    [
        ("2026-11-29", "here", None),  # November is not over
        ("2026-12-04", "here", None),  # four working days after its end
        ("2026-12-07", "due", 0),
        ("2026-12-08", "late", 1),
        ("2026-12-14", "late", 5),
        ("2027-01-02", "silent", None),  # 63 days after the end of October: the facts are old, and no calendar is needed
    ],
)
def test_a_month_is_due_on_the_fifth_working_day_after_it_then_late_then_silent(
    as_of: str, state: str, late_by: int | None
) -> None:
    found = due("monthly", as_of, OCTOBER)
    assert (found.state, found.late_by, found.until) == (state, late_by, date(2026, 10, 31))


@pytest.mark.parametrize(("as_of", "state"), [("2026-10-19", "here"), ("2026-10-20", "due"), ("2026-10-21", "late")])
def test_a_quarter_is_due_on_the_tenth_working_day_after_it(as_of: str, state: str) -> None:
    spring = manifest("2026Q2", "2026-04-01", "2026-06-30", "2026-06-01")
    assert due("quarterly", as_of, spring, stale_after=200).state == state


def test_what_comes_daily_speaks_up_to_its_newest_row_not_to_the_end_of_the_month_in_its_name() -> None:
    # Friday 16 October; two working days after it is Tuesday the 20th, for what happened on Friday itself.
    friday = manifest("2026-10", "2026-10-01", "2026-10-31", "2026-10-15")
    found = [due("daily", f"2026-10-{day}", friday) for day in (16, 19, 20, 21)]
    assert [one.state for one in found] == ["here", "here", "due", "late"]
    assert {one.until for one in found} == {date(2026, 10, 15)}
    # A file of one day speaks for it, though nothing happened on it.
    quiet = manifest("2026-10-20", "2026-10-20", "2026-10-20", "2026-10-15")
    assert due("daily", "2026-10-22", quiet).state == "here"


def test_holidays_are_no_working_days() -> None:
    """1 to 7 October 2026 are free: what was there on 30 September is not late on the 8th."""
    september = manifest("2026-09", "2026-09-01", "2026-09-30", "2026-09-29")
    assert due("daily", "2026-10-08", september).state == "here"
    assert due("daily", "2026-10-09", september).state == "due"


def test_what_never_came_is_silent_and_what_speaks_only_of_later_days_has_not_come() -> None:
    assert due("monthly", "2026-11-20").state == "silent"
    later = manifest("2027-01", "2027-01-01", "2027-01-31", "2027-01-02")
    assert due("monthly", "2026-11-20", later) == DueDataset("insurance", "clinic_bill", "silent", None)


def test_a_year_that_is_not_loaded_is_said_not_guessed() -> None:
    with pytest.raises(YearNotLoaded, match="the working days of 2027 are not loaded"):
        due("monthly", "2027-01-08", replace(OCTOBER, period="2026-11", first="2026-11-01", last="2026-11-30"))


# --- monthly checks ---------------------------------------------------------------------------------------------------

SCHEDULES = {"bills": Schedule("bills", Title("", ""), 6, ("S01-E01",))}


@pytest.mark.feature("SF063")
@pytest.mark.parametrize(
    ("as_of", "released", "day", "done"),
    [
        ("2026-11-08", "2026-10-14", "2026-10-14", True),  # 8 to 10 and 12 to 14 October, after the holidays
        ("2026-11-09", "2026-10-14", "2026-11-09", False),
        ("2026-11-09", "2026-11-09", "2026-11-09", True),
        ("2026-11-20", "2026-11-02", "2026-11-09", False),  # nobody ran on the day: it is not forgotten
        ("2026-11-20", None, "2026-11-09", False),
        ("2026-11-03", "2026-10-10", "2026-10-14", False),
    ],
)
def test_a_check_falls_due_on_its_working_day_and_stays_due_until_a_run(
    as_of: str, released: str | None, day: str, done: bool
) -> None:
    made = date.fromisoformat(released) if released else None
    found = due_checks(SCHEDULES, made, DAYS, date.fromisoformat(as_of))
    assert found == [DueCheck("bills", date.fromisoformat(day), done)]
