"""Periods of the calendar (a year, quarter, month or day) and counting in months."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from jiuzhu.vocabulary.text import compact

_SPELLINGS = re.compile(r"(?P<year>\d{4})(?:-?[Qq](?P<quarter>[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)


class PeriodFault(ValueError):
    """The text is no period."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both in it."""

    first: date
    last: date
    kind: Literal["year", "quarter", "month", "day"]

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read "2026", "2026Q3", "2026-11" or "2026-11-20". Raises PeriodFault."""
        match = _SPELLINGS.fullmatch(compact(text))
        try:
            if match is None:
                raise ValueError
            year = int(match["year"])
            if match["day"]:
                return cls.day(date(year, int(match["month"]), int(match["day"])))
            if match["month"]:
                return cls._of_months(year * 12 + int(match["month"]) - 1 if 1 <= int(match["month"]) <= 12 else -1, 1, "month")
            if match["quarter"]:
                return cls._of_months(year * 12 + int(match["quarter"]) * 3 - 3, 3, "quarter")
            return cls._of_months(year * 12, 12, "year")
        except ValueError:
            raise PeriodFault(f"period {text!r}: write 2026, 2026Q3, 2026-11 or 2026-11-20") from None

    @classmethod
    def day(cls, day: date) -> Period:
        return cls(day, day, "day")

    @classmethod
    def month(cls, number: int) -> Period:
        """The month of that number (`month_number`)."""
        return cls._of_months(number, 1, "month")

    @classmethod
    def _of_months(cls, first: int, count: int, kind: Literal["year", "quarter", "month"]) -> Period:
        return cls(month_first(first), month_last(first + count - 1), kind)

    def months(self) -> tuple[int, ...]:
        """The numbers of the months it lies in."""
        return tuple(range(month_number(self.first), month_number(self.last) + 1))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """The spelling that `parse` reads."""
        match self.kind:
            case "year":
                return f"{self.first.year:04}"
            case "quarter":
                return f"{self.first.year:04}Q{(self.first.month + 2) // 3}"
            case "month":
                return f"{self.first:%Y-%m}"
            case "day":
                return self.first.isoformat()


def month_number(day: date) -> int:
    """Months counted from year 0, so that the next month is one more."""
    return day.year * 12 + day.month - 1


def quarter_number(day: date) -> int:
    """Quarters counted from year 0."""
    return day.year * 4 + (day.month - 1) // 3


def month_first(number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)


def month_last(number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def shift_months(day: date, n: int) -> date:
    """The same day of the month n months later, or that month's last day where it is missing."""
    last = month_last(month_number(day) + n)
    return last.replace(day=min(day.day, last.day))


def completed_months(start: date, end: date) -> int:
    """Whole months from `start` to `end`; a day that the last month lacks is reached on that month's last day.

    Below zero when `end` is earlier: from 20 November back to 19 November it is -1.
    """
    months = month_number(end) - month_number(start)
    is_last_day = (end + timedelta(days=1)).day == 1
    return months if end.day >= start.day or is_last_day else months - 1


def completed_years(start: date, end: date) -> int:
    """Whole years, as for an age: who was born on 29 February is a year older on 28 February of a common year."""
    return completed_months(start, end) // 12
