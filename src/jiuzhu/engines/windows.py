"""Windows as bounds of the column `at`, and the days a dataset must be known for; one answer a place.

How a month, a quarter or an instant meets a window of days is said in the reference engine's `windows.py`; this is the same
in closed form, for engines that look at many rows at once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from jiuzhu.rules.tree import Window

BEIJING = 8 * 3600  # seconds that a day begins before that of UTC
DAY = 86_400
_ONE = timedelta(days=1)


# From fine to coarse.
_FINENESS = ("instant", "date", "month", "quarter")


def coarser(left: str, right: str) -> str:
    """The measure in which two points in time are compared."""
    return max(left, right, key=_FINENESS.index)


@dataclass(frozen=True)
class Stretch:
    """low, high: bounds of `at`, both in, in its own measure. periods: instead of bounds, the closed periods that count.

    span: the days that must be covered; None where too few closed periods were delivered.
    """

    low: Any = None
    high: Any = None
    periods: tuple[int, ...] = ()
    span: tuple[date | None, date | None] | None = (None, None)


@dataclass(frozen=True)
class Moment:
    as_of: date
    now: datetime


def stretch(window: Window, number: int, shift: int, holds: str, moment: Moment, delivered: tuple[int, ...]) -> Stretch:
    """delivered: the closed months (or quarters) of the dataset at one place, newest first."""
    as_of = moment.as_of
    match window.measure:
        case "days":
            return _days(number, shift, window.ahead, holds, as_of)
        case "months":
            return _months(number, shift, window.ahead, holds, as_of)
        case "hours":
            return _hours(number, shift, window.ahead, moment)
        case "closed months" | "closed quarters":
            periods = delivered[shift : shift + number]
            return Stretch(periods=periods, span=(None, None) if len(periods) >= number else None)
        case "this year":
            end = moved(as_of, -12 * shift)
            return _calendar(date(end.year, 1, 1), end, holds)
        case "school year":
            end = moved(as_of, -12 * shift)
            year = school_year(end)
            if holds == "school_year":
                return Stretch(year, year, span=(date(year, 9, 1), end))
            return _calendar(date(year, 9, 1), end, holds)
        case "this month":
            end = moved(as_of, -shift)
            return _calendar(end.replace(day=1), end, holds)
        case "last month":
            month = month_number(as_of) - 1 - shift
            return _calendar(month_start(month), month_start(month + 1) - _ONE, holds)


def _days(number: int, shift: int, ahead: bool, holds: str, as_of: date) -> Stretch:
    anchor, length = as_of - timedelta(days=shift), timedelta(days=max(number - 1, 0))
    first, last = (anchor, anchor + length) if ahead else (anchor - length, anchor)
    if number <= 0:
        return Stretch(*_nothing(holds), span=(first, last))
    return Stretch(*_by_day(first, last, holds), span=(first, last))


def _months(number: int, shift: int, ahead: bool, holds: str, as_of: date) -> Stretch:
    here = month_number(as_of) - shift
    if ahead:
        first, last, months = moved(as_of, -shift), moved(as_of, number - shift) - _ONE, (here, here + number - 1)
    else:
        first, last, months = moved(as_of, -shift - number) + _ONE, moved(as_of, -shift), (here - number + 1, here)
    if holds in ("month", "quarter"):
        return Stretch(*_by_month(*months, holds), span=(month_start(months[0]), last))
    return Stretch(*_by_day(first, last, holds), span=(first, last))


def _hours(number: int, shift: int, ahead: bool, moment: Moment) -> Stretch:
    anchor, length = int(moment.now.timestamp()) - 3600 * shift, 3600 * number
    if ahead:
        return Stretch(anchor, anchor + length - 1, span=(beijing_day(anchor), beijing_day(anchor + length)))
    last = min(beijing_day(anchor), moment.as_of)
    return Stretch(anchor - length + 1, anchor, span=(beijing_day(anchor - length), last))


def _calendar(first: date, last: date, holds: str) -> Stretch:
    if holds in ("month", "quarter"):
        return Stretch(*_by_month(month_number(first), month_number(last), holds), span=(first, last))
    return Stretch(*_by_day(first, last, holds), span=(first, last))


def _by_day(first: date, last: date, holds: str) -> tuple[Any, Any]:
    """Bounds of `at` so that its day lies between both; a period counts by its last day."""
    if holds == "date":
        return first, last
    if holds == "instant":
        return _midnight(first), _midnight(last + _ONE) - 1
    index = _PERIOD_OF[holds]
    return index(first), index(last + _ONE) - 1


def _by_month(first: int, last: int, holds: str) -> tuple[int, int]:
    """Bounds so that the last month of `at` lies between both months."""
    return (first, last) if holds == "month" else (-((2 - first) // 3), (last - 2) // 3)


def _nothing(holds: str) -> tuple[Any, Any]:
    return (date.max, date.min) if holds == "date" else (1, 0)


# --- days, months and periods -------------------------------------------------------------------------------------


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def month_start(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def moved(day: date, months: int) -> date:
    """The same day of another month; its last day where that month is too short."""
    year, month = divmod(month_number(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def school_year(day: date) -> int:
    return day.year - (day.month < 9)


def beijing_day(instant: int) -> date:
    return datetime.fromtimestamp(instant + BEIJING, UTC).date()


def _midnight(day: date) -> int:
    """The instant a day of Beijing begins."""
    return (day - date(1970, 1, 1)).days * DAY - BEIJING


_PERIOD_OF: dict[str, Callable[[date], int]] = {
    "month": month_number,
    "quarter": lambda day: month_number(day) // 3,
    "school_year": school_year,
}
