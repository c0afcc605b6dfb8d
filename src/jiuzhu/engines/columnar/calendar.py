"""Days, months, years and hours between two moments, for many subjects at once.

Days are whole numbers since 1970; months and quarters are counted from year 0, a quarter counting by its last month; instants
are seconds since 1970 UTC. A day is a day in Beijing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.values import Number, Whole, mask
from jiuzhu.engines.windows import BEIJING, DAY, coarser

EPOCH = date(1970, 1, 1)
_EPOCH_MONTH = 1970 * 12


def day_number(day: date) -> int:
    return (day - EPOCH).days


def _long(whole: Whole) -> Whole:
    """Wide enough to be reckoned with: columns are held in as few bits as their numbers need."""
    return whole.astype(np.int64) if isinstance(whole, np.ndarray) and whole.dtype != object else whole


def day_of(value: Number) -> Whole:
    """The day of a date or of an instant; of a month or quarter its last one."""
    if value.kind == "date":
        return value.whole
    if value.kind in ("month", "quarter"):
        return first_day(month_of(value) + 1) - 1
    return (_long(value.whole) + BEIJING) // DAY


def first_day(month: Whole) -> Whole:
    """The first day of a month."""
    if isinstance(month, np.ndarray):
        return whole_of((month - _EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]"))
    return day_number(date(month // 12, month % 12 + 1, 1))


def month_of(value: Number) -> Whole:
    """The month of a moment; that of a quarter is its last."""
    if value.kind == "month":
        return _long(value.whole)
    if value.kind == "quarter":
        return _long(value.whole) * 3 + 2
    return month_of_day(day_of(value))


def month_of_day(day: Whole) -> Whole:
    if isinstance(day, np.ndarray):
        if len(day) >= steps.MANY:
            return steps.months(day)[0]
        return whole_of(day.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]")) + _EPOCH_MONTH
    told = date.fromordinal(day + EPOCH.toordinal())
    return told.year * 12 + told.month - 1


def whole_of(moments: Any) -> npt.NDArray[np.int64]:
    whole: npt.NDArray[np.int64] = moments.astype(np.int64)
    return whole


def quarter_of(value: Number) -> Whole:
    return value.whole if value.kind == "quarter" else month_of(value) // 3


def year_of(value: Number) -> Whole:
    if value.kind == "quarter":
        return value.whole // 4
    if value.kind == "number":  # a school year is held as the year it begins in
        return value.whole
    return month_of(value) // 12


def months_between(start: Number, end: Number, of: int = 1) -> Whole:
    """Completed months, or stretches of so many of them."""
    if start.kind == "date" and not isinstance(end.whole, np.ndarray):
        told = _of_each_day(start.whole, lambda days: _months_between(Number(days, kind="date"), end) // of)
    elif end.kind == "date" and not isinstance(start.whole, np.ndarray):
        told = _of_each_day(end.whole, lambda days: _months_between(start, Number(days, kind="date")) // of)
    else:
        told = None
    return _months_between(start, end) // of if told is None else told


def _of_each_day(days: Whole, work: Callable[[Whole], Whole]) -> Whole | None:
    """What is worked out of many days, for each different one once; None: they are too few, or lie too far apart."""
    if not isinstance(days, np.ndarray) or len(days) < steps.MANY or days.dtype == object or not len(days):
        return None
    low, high = int(days.min()), int(days.max())
    if high - low >= len(days):
        return None
    told: Whole = work(np.arange(low, high + 1))
    assert isinstance(told, np.ndarray)
    return told[np.subtract(days, low, dtype=np.intp)]


def _months_between(start: Number, end: Number) -> Whole:
    """The last day of a month completes one begun on a day that this month does not have."""
    if "month" in (start.kind, end.kind):
        return month_of(end) - month_of(start)
    (first, before), (last, gone) = _in_month(start), _in_month(end)
    length = first_day(last + 1) - first_day(last)
    return last - first - mask((gone < before) & (gone != length - 1))


def _in_month(value: Number) -> tuple[Whole, Whole]:
    """The month of a moment, and how many of its days went before."""
    day = _long(day_of(value))
    if isinstance(day, np.ndarray) and day.dtype != object and len(day) >= steps.MANY:
        return steps.months(day)
    month = month_of_day(day)
    return month, day - first_day(month)


def years_on(start: Number, years: Whole) -> Whole:
    """The same day so many years later, or the last of its month where that year lacks it."""
    month = month_of(start)
    day = _long(day_of(start)) - first_day(month)
    there = first_day(month + years * 12)
    return there + np.minimum(day, first_day(month + years * 12 + 1) - 1 - there)


def in_one_measure(left: Number, right: Number) -> tuple[Whole, Whole]:
    measure = coarser(left.kind, right.kind)
    return _measured(left, measure), _measured(right, measure)


def _measured(value: Number, measure: str) -> Whole:
    if value.kind == measure:
        return value.whole
    if measure == "date":
        return day_of(value)
    return month_of(value) if measure == "month" else quarter_of(value)


def step(value: Number, run: str) -> Whole:
    """A day or month as a whole number, so that the next one is one more. A period is the day it ends on."""
    return month_of(value) if run == "months" else day_of(value)
