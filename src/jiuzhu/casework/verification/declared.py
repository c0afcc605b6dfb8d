"""What the catalogue says of verification, read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.working_rules.declared import numbers
from jiuzhu.rules.programmes.vocabulary import read_numbers
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.tree import Title
from jiuzhu.rules.verifying import Verifying, load_verifying


def verifying() -> Verifying:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(_folders())


def number_titles() -> Mapping[str, Title]:
    """The words of local numbers, by name."""
    return _titles(_folders())


def _folders() -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS)


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Verifying:
    return load_verifying(*folders)


@lru_cache(maxsize=4)
def _titles(folders: tuple[Path, ...]) -> Mapping[str, Title]:
    reading = Reading()
    reading.parameters = numbers()
    return {name: one.title for name, one in read_numbers(folders, reading).items()}
