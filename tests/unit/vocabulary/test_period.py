"""Periods and counting in months, against going day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.vocabulary.period import (
    Period,
    PeriodFault,
    completed_months,
    completed_years,
    month_first,
    month_last,
    month_number,
    quarter_number,
    shift_months,
)

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last", "count"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), 12),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), 3),
        ("2026-q1", date(2026, 1, 1), date(2026, 3, 31), 3),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 1),
        ("２０２６－１１－２０", date(2026, 11, 20), date(2026, 11, 20), 1),
    ],
)
def test_a_period_has_its_first_and_last_day(text: str, first: date, last: date, count: int) -> None:
    period = Period.parse(text)
    assert (period.first, period.last, len(period.months())) == (first, last, count)
    assert Period.parse(str(period)) == period
    assert first in period
    assert last in period
    assert last + timedelta(days=1) not in period


@pytest.mark.parametrize(
    "text", ["", "26", "2026Q5", "2026-13", "2026-00", "2026-02-30", "2026-1", "2026/11", "2026-11-20x", "0000"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodFault, match="write 2026, 2026Q3, 2026-11 or 2026-11-20"):
        Period.parse(text)


def plain_shift(day: date, n: int) -> date:
    year, month = day.year, day.month
    for _ in range(abs(n)):
        month += 1 if n > 0 else -1
        if month in (0, 13):
            year, month = (year + 1, 1) if month == 13 else (year - 1, 12)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError


@given(days, st.integers(-500, 500))
def test_shifting_agrees_with_a_plain_loop(day: date, n: int) -> None:
    assert shift_months(day, n) == plain_shift(day, n)


@given(days, st.integers(0, 40_000))
def test_completed_months_are_the_most_that_fit(start: date, later: int) -> None:
    end = start + timedelta(days=later)
    months = completed_months(start, end)
    assert shift_months(start, months) <= end < shift_months(start, months + 1)
    assert completed_years(start, end) == months // 12


def test_a_month_or_birthday_that_is_missing_is_reached_on_the_last_day() -> None:
    assert completed_months(date(2026, 1, 31), date(2026, 2, 27)) == 0
    assert completed_months(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert completed_years(date(2008, 2, 29), date(2026, 2, 27)) == 17
    assert completed_years(date(2008, 2, 29), date(2026, 2, 28)) == 18
    assert completed_months(date(2026, 11, 20), date(2026, 11, 19)) == -1


@given(days)
def test_numbers_of_months_and_quarters_count_on(day: date) -> None:
    number = month_number(day)
    assert month_first(number) <= day <= month_last(number)
    assert month_first(number + 1) == month_last(number) + timedelta(days=1)
    assert quarter_number(day) == number // 3
    assert Period.month(number).months() == (number,)
