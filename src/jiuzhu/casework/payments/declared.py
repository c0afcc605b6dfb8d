"""What the catalogue says of payments, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.rules.paying import Paying, load_paying


def paying() -> Paying:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS))


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Paying:
    return load_paying(*folders)
