"""Households as casework asks for them: one, for a verification; many, for what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.opened import declarations, reading_of, release_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.household import Household, HouseholdReader, NoHousehold
from jiuzhu.registry.vault.looks import Looked, read_looks, record_look


def household(workspace: Path, number: str, *, by: str, purpose: str, at: datetime) -> Household:
    """All that is known of a living household now: its people, their rows with source and age, and which sources are silent.

    From the newest look that asked about it, else from the current release and the records that came alone since; the look is
    written down before it leaves.
    Raises NoHousehold, NoRelease.
    """
    reader = reader_of(str(workspace.absolute()), reading_of(workspace).newest_of(number))
    found_one = reader.read(reader.position(number), number)
    known = [one for one in found_one.people if one > 0]
    record_look(Workspace(workspace).vault, by=by, purpose=purpose, person_ids=known, at=at)
    return found_one


def looked_at(
    workspace: Path, *, who: str = "", since: datetime | None = None, until: datetime | None = None
) -> Iterator[Looked]:  # fmt: skip
    """What the book of looks says of an account, or of everybody, in [since, until): when, why, and the lasting numbers of people."""
    return read_looks(Workspace(workspace).vault, who=who, since=since, until=until)


@dataclass(frozen=True)
class Entry:
    """That a row of a dataset begins on a day. It says of nobody which member it is."""

    dataset: str
    day: date


def entries(workspace: Path, numbers: Iterable[str], datasets: Iterable[str]) -> dict[str, tuple[Entry, ...] | None]:
    """Per number of a household, when rows of its people in these datasets begin, in order; None for a number nobody has now.

    From the newest look that asked about it, else from the current release. No person and no value leaves, so nothing is
    written down. Raises NoRelease.
    """
    reading, wanted = reading_of(workspace), tuple(sorted(set(datasets)))
    name = (str(workspace.absolute()), release_of(workspace, None).name)
    return {number: _entries(*name, reading.newest_of(number), number, wanted) for number in sorted(set(numbers))}


@lru_cache(maxsize=100_000)
def _entries(workspace: str, _: str, chosen: Release, number: str, datasets: tuple[str, ...]) -> tuple[Entry, ...] | None:
    reader = reader_of(workspace, chosen)
    try:
        found = reader.read(reader.position(number), number, only=datasets)
    except NoHousehold:
        return None
    known = declarations(workspace, chosen.manifest.catalogue).datasets
    begun = [
        Entry(dataset, date.fromisoformat(row.columns[known[dataset].at]))
        for dataset in datasets
        for row in found.rows.get(dataset, ())
        if len(row.columns.get(known[dataset].at, "")) == len("2026-11-20")
    ]
    return tuple(sorted(begun, key=lambda entry: (entry.day, entry.dataset)))


@lru_cache(maxsize=4)
def reader_of(workspace: str, chosen: Release) -> HouseholdReader:
    """The reader of a release, kept for the next who asks."""
    return HouseholdReader(chosen, declarations(workspace, chosen.manifest.catalogue))
