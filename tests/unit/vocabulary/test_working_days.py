"""Working days come from the official calendar; a year that is not loaded is an error."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.vocabulary.working_days import CalendarFault, WorkingDays, YearNotLoaded

FILE = Path(__file__).parents[3] / "catalogue" / "calendar" / "workdays.csv"
CALENDAR = WorkingDays.load(FILE)
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def test_make_up_saturdays_and_sundays_are_working_days() -> None:
    assert CALENDAR.is_working(date(2024, 2, 4))
    assert date(2024, 2, 4).weekday() == 6
    assert not CALENDAR.is_working(date(2024, 2, 12))
    assert not CALENDAR.is_working(date(2026, 10, 1))
    assert CALENDAR.is_working(date(2026, 11, 20))


def test_a_deadline_of_working_days_jumps_over_the_national_holiday() -> None:
    assert CALENDAR.add(date(2024, 9, 30), 1) == date(2024, 10, 8)
    assert CALENDAR.add(date(2024, 9, 30), 5) == date(2024, 10, 12), "12 October 2024 is a make-up Saturday"


def test_no_working_day_later_is_the_day_itself_or_the_next_working_one() -> None:
    assert CALENDAR.add(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert CALENDAR.add(date(2026, 11, 21), 0) == date(2026, 11, 23)


@given(days, st.integers(-60, 60))
def test_adding_agrees_with_going_day_by_day(start: date, n: int) -> None:
    day, left = start, abs(n)
    try:
        while left or (n == 0 and not CALENDAR.is_working(day)):
            day += timedelta(days=1 if n >= 0 else -1)
            left -= CALENDAR.is_working(day) and n != 0
        expected: date | None = day
    except YearNotLoaded:
        expected = None
    if expected is None:
        with pytest.raises(YearNotLoaded):
            CALENDAR.add(start, n)
    else:
        assert CALENDAR.add(start, n) == expected


@given(days, days)
def test_between_counts_the_working_days_after_the_first_up_to_the_last(start: date, end: date) -> None:
    low, high = sorted((start, end))
    plain = sum(CALENDAR.is_working(low + timedelta(days=n + 1)) for n in range((high - low).days))
    assert CALENDAR.between(start, end) == (plain if start <= end else -plain)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
def test_a_year_that_is_not_loaded_is_never_guessed(day: date) -> None:
    with pytest.raises(YearNotLoaded, match=f"the working days of {day.year} are not loaded; add every day"):
        CALENDAR.is_working(day)
    with pytest.raises(YearNotLoaded):
        CALENDAR.between(date(2025, 1, 1), day)


def test_a_deadline_that_reaches_into_a_year_not_loaded_names_that_year() -> None:
    with pytest.raises(YearNotLoaded, match="2027"):
        CALENDAR.add(date(2026, 12, 30), 2)
    with pytest.raises(YearNotLoaded, match="2023"):
        CALENDAR.add(date(2024, 1, 2), -1)


def test_a_gap_between_loaded_years_is_not_jumped_over() -> None:
    whole = {date(year, 1, 1) + timedelta(days=n): True for year in (2020, 2022) for n in range(366 if year == 2020 else 365)}
    with pytest.raises(YearNotLoaded, match="2021"):
        WorkingDays(whole).add(date(2020, 12, 31), 1)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["2024-01-01,2,"], "line 2"),
        (["2024-01-01,1,", "2024-13-01,1,"], "line 3"),
        (["2024-01-01,1,", "2024-01-01,0,"], "stands there twice"),
        (["2024-01-01,1,"], "2024-01-02 is missing"),
    ],
)
def test_a_faulty_calendar_is_refused(tmp_path: Path, lines: list[str], says: str) -> None:
    path = tmp_path / "days.csv"
    path.write_text("\n".join(["date,working,holiday", *lines]))
    with pytest.raises(CalendarFault, match=says):
        WorkingDays.load(path)


def test_the_calendar_in_the_catalogue_has_three_whole_years() -> None:
    assert CALENDAR.years == {2024, 2025, 2026}
    assert [CALENDAR.between(date(year, 1, 1), date(year, 12, 31)) for year in (2024, 2025, 2026)] == [251, 248, 248]
