"""What the catalogue says of working rules, visits and referrals, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.rules.visiting import Visiting, load_visiting


def visiting() -> Visiting:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(tuple(settings.CATALOGUE_FOLDERS))


@lru_cache(maxsize=4)
def _loaded(folders: tuple[str | Path, ...]) -> Visiting:
    return load_visiting(*map(Path, folders))
