"""Dates told from the day of the run."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from jiuzhu.synthetic.story import Days, Person, Story


def test_months_back_end_on_the_last_day_where_the_day_is_missing() -> None:
    assert Days(date(2026, 3, 31)).ago(months=1) == date(2026, 2, 28)
    assert Days(date(2024, 2, 29)).ago(years=1, days=1) == date(2023, 2, 27)
    assert Days(date(2026, 11, 30)).ahead(months=3) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("as_of", "month", "quarter"), [(date(2026, 1, 5), "2025-12", "2025-Q4"), (date(2026, 4, 30), "2026-03", "2026-Q1")]
)
def test_the_month_and_the_quarter_before(as_of: date, month: str, quarter: str) -> None:
    assert Days(as_of).month(-1) == month
    assert Days(as_of).quarter(-1) == quarter


def test_a_day_of_another_month_stays_in_that_month() -> None:
    assert Days(date(2026, 3, 15)).month_day(-1, 31) == date(2026, 2, 28)
    assert Days(date(2026, 3, 15)).month_day(0, 31) == date(2026, 3, 31)


def test_the_school_year_begins_in_september() -> None:
    assert Days(date(2026, 8, 31)).school_year(0) == "2025-2026"
    assert Days(date(2026, 9, 1)).school_year(0) == "2026-2027"


def test_an_instant_counts_back_from_the_end_of_the_day_in_beijing() -> None:
    instant = datetime.fromisoformat(Days(date(2026, 11, 20)).instant(hours_ago=24, minutes_ago=30))
    assert instant == datetime.fromisoformat("2026-11-19T15:30:00+00:00")


def test_a_family_has_a_self_who_is_its_head_unless_the_story_says_who() -> None:
    assert list(Story("alone", {}).family) == ["self"]
    assert list(Story("two", {}, people={"wife": Person(sex=2)}).family) == ["self", "wife"]
    assert list(Story("led", {}, people={"mother": Person(), "self": Person()}).family) == ["mother", "self"]
