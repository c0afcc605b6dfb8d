"""Rows of people for a verification: each person's own, of the datasets their authorisation opens, and of nobody else (K1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.asked import reader_of
from jiuzhu.registry.public.opened import declarations, reading_of, release_of, vault_of
from jiuzhu.registry.release.household import KnownRow
from jiuzhu.registry.vault.looks import record_look
from jiuzhu.vocabulary.local_day import local_day

SIGNED = "civil_verification_authorisation"


class NotAuthorised(Exception):
    """There is no live authorisation that opens this dataset of this person: nothing was read."""


@dataclass(frozen=True)
class Warrant:
    """A signed authorisation of one person, as it stands. until: the last day of it. datasets: those it opens."""

    number: str
    since: date
    until: date
    datasets: frozenset[str]

    def opens(self, dataset: str, on: date) -> bool:
        return self.since <= on <= self.until and dataset in self.datasets


@dataclass(frozen=True)
class Told:
    """What the base says of one person in one dataset. state: `rows`; `none`: delivered there, and no row of them; `late`: not
    delivered, too old, or held back until their authorisation is known here. as_of: the day of the release, None where there is none.
    """

    state: Literal["rows", "none", "late"]
    rows: tuple[KnownRow, ...] = ()
    as_of: date | None = None


def person_of(workspace: Path, id_number: str, *, by: str, purpose: str, at: datetime) -> int | None:
    """The person of an id number, in any of its spellings; None where nobody has it. The look is written down."""
    vault = vault_of(workspace)
    person = vault.find(id_number)
    vault.record_look(by=by, purpose=purpose, person_ids=[person] if person else [], at=at)
    return person


def verification(
    workspace: Path, people: Mapping[int, Warrant], datasets: Collection[str], *, by: str, purpose: str, at: datetime
) -> dict[int, dict[str, Told]]:
    """Person to dataset to what is known now. The look is written down with the numbers of the authorisations before it leaves.

    people: the authorisation of each. A person the registry does not know is `late` in everything: it cannot say.
    Raises NotAuthorised for the first dataset an authorisation does not open on that day, before anything is read; NoRelease.
    """
    day = local_day(at)
    for warrant in people.values():
        closed = sorted(dataset for dataset in datasets if not warrant.opens(dataset, day))
        if closed:
            raise NotAuthorised(f"authorisation {warrant.number} opens no {closed[0]} on {day}; ask for one that does")
    because = f"{purpose} {' '.join(sorted({one.number for one in people.values()}))}"
    record_look(Workspace(workspace).vault, by=by, purpose=because, person_ids=sorted(people), at=at)
    return {person: _told(workspace, person, datasets) for person in people}


def _told(workspace: Path, person: int, datasets: Collection[str]) -> dict[str, Told]:
    here = str(workspace.absolute())
    current = reader_of(here, release_of(workspace, None))
    position = current.place_of(person)
    if position is None:
        return dict.fromkeys(datasets, Told("late"))
    chosen = reading_of(workspace).newest_of(current.number_of(position))
    reader = reader_of(here, chosen)
    place = reader.place_of(person)
    known = reader.read_person(position if place is None else place, only=datasets)
    as_of, catalogue = chosen.manifest.as_of, declarations(here, chosen.manifest.catalogue)
    found = {}
    for dataset in datasets:
        rows = known.rows.get(dataset, ())
        # Of who was not authorised when the release was made the base holds no such row, whatever the source has.
        is_held_back = dataset in catalogue.datasets and catalogue.datasets[dataset].authorised_only
        said = known.silent.get(dataset, "missing") == "none" and not is_held_back
        found[dataset] = Told("rows" if rows else "none" if said else "late", rows, as_of)
    return found
