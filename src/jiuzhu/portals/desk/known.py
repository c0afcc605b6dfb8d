"""What the desk asks of the registry and the catalogue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue


def workspace() -> Path:
    return Path(settings.WORKSPACE)


def catalogue() -> Catalogue:
    """The declarations of the release on the desk; before the first release the national ones."""
    return public.catalogue_of(workspace()) if public.current(workspace()) else _national()


@lru_cache(maxsize=1)
def _national() -> Catalogue:
    return public.catalogue()


def place(code: str) -> str:
    """The village, or the nearest division above it that has a name."""
    return next((name for part in (code, code[:9], code[:6]) if (name := public.division_name(part)) != part), code)


def full_place(code: str) -> str:
    """A township with its county, all others by their own name."""
    return f"{place(code[:6])} {place(code)}" if len(code) > 6 else place(code)


def family_key(household: str) -> str:
    """Under which key the file of a household opens; "" where no release knows it as a living household."""
    if not household or public.current(workspace()) is None:
        return ""
    return public.family_keys(workspace(), [household]).get(household, "")
