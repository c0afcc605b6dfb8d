"""What the catalogue says of working rules, visits and referrals, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.rules.faults import CatalogueFaults, Fault
from jiuzhu.rules.parameters import Parameters, read_parameters
from jiuzhu.rules.visiting import Visiting, load_visiting

Stamp = tuple[tuple[str, int], ...]  # each file of a place's own numbers, with when it was written


def visiting() -> Visiting:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(tuple(settings.CATALOGUE_FOLDERS))


def folders() -> list[Path]:
    """Where this place's declarations stand: those the settings name, then its own."""
    place = Path(settings.PLACE_FOLDER)
    return [*map(Path, settings.CATALOGUE_FOLDERS), *([place] if place.is_dir() else [])]


def numbers() -> Parameters:
    """The dated local numbers as they stand now, this place's own among them. Raises CatalogueFaults."""
    own = sorted((Path(settings.PLACE_FOLDER) / "parameters").glob("*.csv"))
    return _numbers(tuple(folders()), tuple((path.name, path.stat().st_mtime_ns) for path in own))


@lru_cache(maxsize=4)
def _numbers(where: tuple[Path, ...], _stamp: Stamp) -> Parameters:
    faults: list[Fault] = []
    found = read_parameters(where, faults)
    if faults:
        raise CatalogueFaults(faults)
    return found


@lru_cache(maxsize=4)
def _loaded(folders: tuple[str | Path, ...]) -> Visiting:
    return load_visiting(*map(Path, folders))
