"""What the catalogue says of verification, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.rules.parameters import Parameters, read_parameters
from jiuzhu.rules.verifying import Verifying, load_verifying


def verifying() -> Verifying:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(_folders())


def parameters() -> Parameters:
    """The dated local numbers, those of this place among them."""
    return _numbers(_folders())


def _folders() -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS)


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Verifying:
    return load_verifying(*folders)


@lru_cache(maxsize=4)
def _numbers(folders: tuple[Path, ...]) -> Parameters:
    return read_parameters(folders, [])
