"""What these pages ask of the registry and the catalogue."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue


def workspace() -> Path:
    return Path(settings.WORKSPACE)


def catalogue() -> Catalogue:
    """The declarations of the newest release; before the first one the national ones."""
    return public.catalogue_of(workspace()) if public.current(workspace()) else _national()


def day(at: datetime) -> date:
    """Today; an invented county stands still at the day of its release."""
    here = workspace()
    return public.release(here).as_of if public.is_invented(here) and public.current(here) else timezone.localdate(at)


def place(code: str) -> str:
    """County, township and village by name, as far as the code goes; "" for none."""
    parts = [code[:end] for end in (6, 9, 12) if len(code) >= end]
    return " ".join(name for part in parts if (name := public.division_name(part)) != part)


@lru_cache(maxsize=1)
def _national() -> Catalogue:
    return public.catalogue()
