"""Working days and local days, as deadlines of casework count them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from jiuzhu.registry import public
from jiuzhu.vocabulary.working_days import YearNotLoaded

CHINA = ZoneInfo("Asia/Shanghai")


def local_day(at: datetime) -> date:
    """The day it is in China at that instant: only the server's instant decides deadlines."""
    return at.astimezone(CHINA).date()


def working_days_after(day: date, n: int) -> date | None:
    """The n-th working day after `day`; None where the calendar of its year is not loaded: it is never guessed."""
    try:
        return public.working_days().add(day, n)
    except YearNotLoaded:
        return None
