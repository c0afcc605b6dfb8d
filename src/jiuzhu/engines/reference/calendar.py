"""Days, months, quarters, school years and instants: counting from one to another, and finding one inside another.

A month is a number counted from year 0 (year * 12 + month - 1), a quarter likewise (year * 4 + quarter - 1), a school year is
the calendar year it starts in (on 1 September), an instant is seconds since 1970 in UTC. Instants fall on days of Beijing.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def beijing_day(instant: int) -> date:
    return datetime.fromtimestamp(instant, UTC).astimezone(BEIJING).date()


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def shifted(day: date, months: int) -> date:
    """The same day so many months on; the last day of the month where it is missing there."""
    first = first_day(month_of(day) + months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def months_between(start: date, end: date) -> int:
    """Completed months; below zero when `end` is earlier. A day that the last month lacks is reached on that month's last day."""
    months = month_of(end) - month_of(start)
    if end.day >= start.day:
        return months
    is_last_day = (end + timedelta(days=1)).day == 1
    return months if is_last_day else months - 1


def school_year_of(day: date) -> int:
    return day.year if day.month >= 9 else day.year - 1


def day_of(at: Any, holds: str) -> date:
    """The day a period ends on, or an instant falls on in Beijing; a date is itself."""
    if holds == "date":
        assert isinstance(at, date)
        return at
    if holds == "instant":
        return beijing_day(at)
    if holds == "month":
        return last_day(at)
    if holds == "quarter":
        return last_day(at * 3 + 2)
    if holds == "school_year":
        return date(at + 1, 8, 31)
    raise ValueError(f"a column that holds {holds!r} cannot say when a row happened")


# From fine to coarse: two points in time are compared by the coarser of the two.
_FINENESS = ("instant", "date", "month", "quarter", "school_year")


def is_later(at: Any, holds: str, than: Any, than_holds: str) -> bool:
    """Whether `at` is later, both taken in the coarser of their measures: against a date a month must be a later month."""
    measure = max(holds, than_holds, key=_FINENESS.index)
    return bool(_in(measure, at, holds) > _in(measure, than, than_holds))


def _in(measure: str, at: Any, holds: str) -> Any:
    if holds == measure:
        return at
    day = day_of(at, holds)
    if measure == "date":
        return day
    if measure == "month":
        return month_of(day)
    if measure == "quarter":
        return month_of(day) // 3
    return school_year_of(day)
