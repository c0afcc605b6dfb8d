"""One household, as a verification asks for it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.opened import declarations, reading_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.household import Household, HouseholdReader
from jiuzhu.registry.vault.looks import record_look


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


@lru_cache(maxsize=4)
def reader_of(workspace: str, chosen: Release) -> HouseholdReader:
    """The reader of a release, kept for the next who asks."""
    return HouseholdReader(chosen, declarations(workspace, chosen.manifest.catalogue))
