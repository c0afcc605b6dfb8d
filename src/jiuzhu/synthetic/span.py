"""The stretch of time that is invented, and day arithmetic on whole arrays."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from jiuzhu.synthetic.streams import Numbers, whole

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def month_first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def month_last(month: int) -> date:
    return date(month // 12, month % 12 + 1, calendar.monthrange(month // 12, month % 12 + 1)[1])


def months_of_days(days: Any) -> Numbers:
    """Month numbers (year * 12 + month - 1) of day numbers."""
    return whole(whole(days).astype("M8[D]").astype("M8[M]").astype(np.int64)) + 1970 * 12


def years_of_days(days: Any) -> Numbers:
    return whole(whole(days).astype("M8[D]").astype("M8[Y]").astype(np.int64)) + 1970


def days_of_months(months: Any, day: int = 1) -> Numbers:
    """Day numbers of the given day of each month (a day every month has)."""
    return whole((whole(months) - 1970 * 12).astype("M8[M]").astype("M8[D]").astype(np.int64)) + day - 1


@dataclass(frozen=True)
class Span:
    """`months` calendar months back from `as_of`, the day itself in.

    closed: the whole months before that of `as_of`, oldest first: what monthly datasets are delivered for.
    """

    as_of: date
    months: int

    @cached_property
    def last(self) -> int:
        return day_number(self.as_of)

    @cached_property
    def first(self) -> int:
        month = month_number(self.as_of) - self.months
        return day_number(date(month // 12, month % 12 + 1, min(self.as_of.day, month_last(month).day))) + 1

    @cached_property
    def month(self) -> int:
        return month_number(self.as_of)

    @cached_property
    def closed(self) -> Numbers:
        return np.arange(self.month - self.months, self.month, dtype=np.int64)

    @cached_property
    def quarters(self) -> Numbers:
        """Quarter numbers (year * 4 + quarter - 1) closed before `as_of`'s quarter, oldest first."""
        quarter = self.month // 3
        return np.arange(quarter - self.months // 3, quarter, dtype=np.int64)

    def month_ends(self, months: Any) -> Numbers:
        """The last day of each month, or `as_of` if that is earlier."""
        return np.minimum(days_of_months(whole(months) + 1) - 1, self.last)
