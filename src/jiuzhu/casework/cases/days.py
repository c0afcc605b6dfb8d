"""Working days and local days, as deadlines of casework count them."""

from __future__ import annotations

from datetime import date

from jiuzhu.registry import public
from jiuzhu.vocabulary.local_day import local_day as local_day
from jiuzhu.vocabulary.working_days import YearNotLoaded


def working_days_after(day: date, n: int) -> date | None:
    """The n-th working day after `day`; None where the calendar of its year is not loaded: it is never guessed."""
    try:
        return public.working_days().add(day, n)
    except YearNotLoaded:
        return None
