"""What the catalogue says of visits and referrals, and the official working days; read once a process."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jiuzhu.registry import public
from jiuzhu.rules.visiting import Visiting, load_visiting
from jiuzhu.vocabulary.working_days import WorkingDays, YearNotLoaded


def visiting() -> Visiting:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS))


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Visiting:
    return load_visiting(*folders)


@lru_cache(maxsize=1)
def calendar() -> WorkingDays:
    return public.working_days()


def working_day(after: date, days: int) -> date | None:
    """So many working days later, the first day not counted; None where the year's calendar is not loaded."""
    try:
        return calendar().add(after, days)
    except YearNotLoaded:
        return None


def local_day(at: datetime) -> date:
    return timezone.localdate(at)


def number(item: str, *, division: str, on: date) -> int | None:
    """A dated local number that is whole; None where none was found."""
    row = visiting().parameters.value("", item, division, on)
    return None if row is None or row.value is None else int(row.value)
