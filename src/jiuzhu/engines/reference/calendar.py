"""Days, months, quarters, school years and instants, as the base holds them: finding one inside another, and comparing.

Months and quarters are numbers as in `vocabulary.period`, a school year is the calendar year it starts in (on 1 September),
an instant is seconds since 1970 in UTC. Instants fall on days of Beijing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from jiuzhu.vocabulary.period import month_last, month_number, quarter_number

BEIJING = timezone(timedelta(hours=8))


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def beijing_day(instant: int) -> date:
    return datetime.fromtimestamp(instant, UTC).astimezone(BEIJING).date()


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
        return month_last(at)
    if holds == "quarter":
        return month_last(at * 3 + 2)
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
        return month_number(day)
    if measure == "quarter":
        return quarter_number(day)
    return school_year_of(day)
