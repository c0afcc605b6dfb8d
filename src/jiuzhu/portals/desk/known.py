"""What the desk asks of the registry and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Title

BUSY = Title(zh="正在运行监测或接收数据，请稍后再按一次。", en="A run or a delivery is under way; press again in a while.")


def workspace() -> Path:
    found = settings.WORKSPACE
    return found if isinstance(found, Path) else Path(found)  # asked for each name: a path is not put together anew


def catalogue() -> Catalogue:
    """The declarations of the release on the desk; before the first release the national ones."""
    return public.catalogue_of(workspace()) if public.current(workspace()) else _national()


def day(at: datetime) -> date:
    """The day that figures of what is due are of: an invented county stands still at the day of its release."""
    here = workspace()
    if public.is_invented(here) and public.current(here):
        return public.release(here).as_of
    return timezone.localdate(at)


def readers() -> Mapping[str, tuple[str, ...]]:
    """Dataset to the indicators that read it, directly or through facts."""
    told = catalogue()
    return _readers(told.version)


@lru_cache(maxsize=2)
def _readers(version: str) -> Mapping[str, tuple[str, ...]]:
    told = catalogue()
    found: dict[str, list[str]] = {}
    for code, indicator in told.indicators.items():
        for dataset in told.datasets_read(indicator):
            found.setdefault(dataset, []).append(code)
    return {dataset: tuple(codes) for dataset, codes in found.items()}


@lru_cache(maxsize=1)
def _national() -> Catalogue:
    return public.catalogue()


@lru_cache(maxsize=1 << 16)  # asked for each row of a list
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
