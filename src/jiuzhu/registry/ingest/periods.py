"""The stretch of time that a delivery speaks of."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"(\d{4})(?:Q([1-4])|-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class Stretch:
    """From the first to the last day, both in. `text` as in the file name, or `2026-09/2026-11` where it came from the rows."""

    text: str
    first: date
    last: date


def read_stretch(text: str) -> Stretch | None:
    """`2026`, `2026Q3`, `2026-11` or `2026-11-20`; None for anything else."""
    match = _FORM.fullmatch(text)
    if not match or int(match[1]) < 1900:
        return None
    year = int(match[1])
    try:
        if match[2]:
            last_month = int(match[2]) * 3
            return Stretch(text, date(year, last_month - 2, 1), _last_day(year, last_month))
        if match[4]:
            day = date(year, int(match[3]), int(match[4]))
            return Stretch(text, day, day)
        if match[3]:
            return Stretch(text, date(year, int(match[3]), 1), _last_day(year, int(match[3])))
    except ValueError:
        return None
    return Stretch(text, date(year, 1, 1), date(year, 12, 31))


def stretch_of_months(months: list[int]) -> Stretch | None:
    """From the first to the last of these months (counted from year 0); None of no months."""
    if not months:
        return None
    (year, month), (last_year, last_month) = divmod(min(months), 12), divmod(max(months), 12)
    text = f"{year:04}-{month + 1:02}"
    if max(months) != min(months):
        text += f"/{last_year:04}-{last_month + 1:02}"
    return Stretch(text, date(year, month + 1, 1), _last_day(last_year, last_month + 1))


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
