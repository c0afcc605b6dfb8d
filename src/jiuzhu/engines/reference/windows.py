"""Which rows a window lets through, and which stretch of days the dataset must have been delivered for.

Where `rules.md` is silent this is the reading:
- A window is shifted in one step from `as_of`: `2 months` shifted by 1 is later than the day three months ago up to the day one
  month ago. So a window and the same one shifted by its own length meet without a gap or an overlap, on every day of a year.
- A month or quarter in `at` is compared as a month in windows of months and of the calendar (a quarter by its last one), and
  counts by its last day in a window of days.
- An instant in `at` counts by its day in Beijing, except in windows of hours.
- Calendar windows end on `as_of` moved back by `shift` of their own measure: years, school years, months.
- `ahead` (days only) begins on `as_of`, which is in it.
- Closed periods ask that the newest delivery is fresh and that there are enough of them; a gap between them is skipped, as the
  newest that were delivered are meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from jiuzhu.engines.base import Coverage
from jiuzhu.engines.reference.calendar import beijing_day, day_of, school_year_of, seconds
from jiuzhu.rules.tree import Window
from jiuzhu.vocabulary.period import month_first, month_last, month_number, shift_months

_COARSE = ("month", "quarter")


@dataclass(frozen=True)
class Stretch:
    """holds: whether an `at` lies inside. enough: whether as many closed periods were delivered as the window wants.

    first, last: the days that must be covered, None where the stretch is open.
    """

    holds: Callable[[Any], bool]
    first: date | None = None
    last: date | None = None
    enough: bool = True


@dataclass(frozen=True)
class Moment:
    """The day and the instant of a run."""

    as_of: date
    now: datetime


def stretch(window: Window, number: int, shift: int, at_holds: str, moment: Moment, periods: Periods) -> Stretch:
    """The stretch of one window for one place. number, shift: those of the window, parameters already looked up.

    at_holds: what the column `at` holds.
    """
    match window.measure:
        case "days":
            return _days(number, shift, window.ahead, at_holds, moment.as_of)
        case "months":
            return _months(number, shift, at_holds, moment.as_of)
        case "hours":
            return _hours(number, shift, moment)
        case "closed months":
            return _closed(periods.months[shift : shift + number], number, 1, at_holds)
        case "closed quarters":
            return _closed(periods.quarters[shift : shift + number], number, 3, at_holds)
        case "this year":
            end = shift_months(moment.as_of, -12 * shift)
            return _between(date(end.year, 1, 1), end, at_holds)
        case "school year":
            end = shift_months(moment.as_of, -12 * shift)
            start_year = school_year_of(end)
            if at_holds == "school_year":
                return Stretch(lambda at: bool(at == start_year), date(start_year, 9, 1), end)
            return _between(date(start_year, 9, 1), end, at_holds)
        case "this month":
            end = shift_months(moment.as_of, -shift)
            return _between(month_first(month_number(end)), end, at_holds)
        case "last month":
            month = month_number(moment.as_of) - 1 - shift
            return _between(month_first(month), month_last(month), at_holds)


@dataclass(frozen=True)
class Periods:
    """The closed periods delivered for one dataset and place, newest first."""

    months: tuple[int, ...] = ()
    quarters: tuple[int, ...] = ()

    @classmethod
    def of(cls, coverage: Coverage, dataset: str, place: int) -> Periods:
        key = (dataset, place)
        return cls(coverage.months.get(key, ()), coverage.quarters.get(key, ()))


def _days(number: int, shift: int, ahead: bool, at_holds: str, as_of: date) -> Stretch:
    anchor, length = as_of - timedelta(days=shift), timedelta(days=max(number - 1, 0))
    if ahead:
        return Stretch(lambda at: 0 <= (day_of(at, at_holds) - anchor).days < number, anchor, anchor + length)
    return Stretch(lambda at: 0 <= (anchor - day_of(at, at_holds)).days < number, anchor - length, anchor)


def _months(number: int, shift: int, at_holds: str, as_of: date) -> Stretch:
    start, end = shift_months(as_of, -shift - number) + timedelta(days=1), shift_months(as_of, -shift)
    if at_holds in _COARSE:
        months = range(month_number(as_of) - shift - number + 1, month_number(as_of) - shift + 1)
        return Stretch(lambda at: month_number(day_of(at, at_holds)) in months, month_first(months.start), end)
    return Stretch(lambda at: start <= day_of(at, at_holds) <= end, start, end)


def _hours(number: int, shift: int, moment: Moment) -> Stretch:
    anchor, length = seconds(moment.now) - 3600 * shift, 3600 * number
    # `now` is usually the end of `as_of`, whose day in Beijing is already the next one.
    last = min(beijing_day(anchor), moment.as_of)
    return Stretch(lambda at: 0 <= anchor - at < length, beijing_day(anchor - length), last)


def _closed(delivered: tuple[int, ...], number: int, length: int, at_holds: str) -> Stretch:
    """Periods of `length` months each, by number."""

    def holds(at: Any) -> bool:
        return month_number(day_of(at, at_holds)) // length in delivered

    return Stretch(holds, enough=len(delivered) >= number)


def _between(start: date, end: date, at_holds: str) -> Stretch:
    if at_holds in _COARSE:
        return Stretch(lambda at: month_number(start) <= month_number(day_of(at, at_holds)) <= month_number(end), start, end)
    return Stretch(lambda at: start <= day_of(at, at_holds) <= end, start, end)
