"""Rows of people for a verification: each person's own, of the datasets their authorisation opens, and of nobody else (K1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar.columns import plain
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.asked import reader_of
from jiuzhu.registry.public.opened import declarations, reading_of, release_of, vault_of
from jiuzhu.registry.release.household import KnownRow
from jiuzhu.registry.release.lying import lying_table, wide
from jiuzhu.registry.release.many import Answers, answers_of
from jiuzhu.registry.vault.looks import record_look
from jiuzhu.rules.verifying import Item
from jiuzhu.vocabulary.id_number import parse_many
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
    is_signed_there = bool(plain(chosen.base.people["authorised"])[0][position if place is None else place])
    as_of, catalogue = chosen.manifest.as_of, declarations(here, chosen.manifest.catalogue)
    found = {}
    for dataset in datasets:
        rows = known.rows.get(dataset, ())
        # Of who was not authorised when the release was made the base holds no such row, whatever the source has.
        is_held_back = dataset in catalogue.datasets and catalogue.datasets[dataset].authorised_only and not is_signed_there
        said = known.silent.get(dataset, "missing") == "none" and not is_held_back
        found[dataset] = Told("rows" if rows else "none" if said else "late", rows, as_of)
    return found


@dataclass(frozen=True)
class Many:
    """Items for many people. people: person ids.

    answers: by item, for each of `people` in their order. as_of, release: what was read; divisions: where each of them lives.
    """

    release: str
    as_of: date
    people: tuple[int, ...]
    divisions: tuple[str, ...]
    answers: tuple[Answers, ...]


def verification_of_many(
    workspace: Path, people: Mapping[int, Warrant], items: Sequence[Item], *, by: str, purpose: str, at: datetime
) -> Many:
    """The items for many people at once, from the current release; each dataset is gone through once. Whom it does not know is left out.

    The look is written down before it leaves. Raises NotAuthorised where one of the authorisations does not open one of the items on
    that day, before anything is read; NoRelease.
    """
    day = local_day(at)
    datasets = {one.dataset for one in items}
    for warrant in people.values():
        if not (warrant.since <= day <= warrant.until and datasets <= warrant.datasets):
            raise NotAuthorised(f"authorisation {warrant.number} does not open every item on {day}; ask for less, or sign anew")
    record_look(Workspace(workspace).vault, by=by, purpose=purpose, person_ids=sorted(people), at=at)
    chosen = release_of(workspace, None)
    reader, catalogue = (
        reader_of(str(workspace.absolute()), chosen),
        declarations(str(workspace.absolute()), chosen.manifest.catalogue),
    )
    places = reader.places_of(np.array(sorted(people), np.int64))
    return Many(
        chosen.name,
        chosen.manifest.as_of,
        reader.ids(places.tolist()),
        tuple(reader.divisions_of(places)),
        tuple(answers_of(chosen, catalogue, item, places) for item in items),
    )


def signed_under(workspace: Path, number: str, *, by: str, purpose: str, at: datetime) -> dict[int, Warrant]:
    """The people of whom departments say that they signed the authorisation of that number, each with its days; "" for every one.

    Live on that day, and said not to be withdrawn, as the base holds it (K1). It opens every dataset: none is left out in them. The
    look is written down. Raises NoRelease.
    """
    chosen, day = release_of(workspace, None), local_day(at)
    table = lying_table(chosen.base, SIGNED)
    if table is None:
        return {}
    told = wide(table, ["person", "auth_no", "sign_date", "valid_to", "revoked"])
    here = pc.and_(pc.less_equal(told["sign_date"], pa.scalar(day)), pc.greater_equal(told["valid_to"], pa.scalar(day)))
    live = pc.fill_null(pc.and_(here, pc.invert(told["revoked"])), False)
    rows = told.filter(pc.and_(live, pc.equal(told["auth_no"], number)) if number else live)
    everything = frozenset(declarations(str(workspace.absolute()), chosen.manifest.catalogue).datasets)
    ids = reader_of(str(workspace.absolute()), chosen).ids([one for one in rows["person"].to_pylist() if one >= 0])
    cells = [row for row in rows.to_pylist() if row["person"] >= 0]
    found = {
        person: Warrant(row["auth_no"], row["sign_date"], row["valid_to"], everything)
        for person, row in zip(ids, cells, strict=True)
        if person > 0
    }
    record_look(Workspace(workspace).vault, by=by, purpose=purpose, person_ids=sorted(found), at=at)
    return found


def people_of(workspace: Path, id_numbers: Sequence[str], *, by: str, purpose: str, at: datetime) -> list[int]:
    """The person of each id number, in their order and in any of its spellings; 0 where nobody has it. The look is written down."""
    vault = vault_of(workspace)
    packed, fault = parse_many(pa.array(id_numbers, pa.string()))
    numbers = np.where(np.asarray(fault) == 0, np.asarray(packed).astype(np.int64), 0)
    found = vault.find_many(numbers)
    found = np.where(numbers != 0, found, 0)
    vault.record_look(by=by, purpose=purpose, person_ids=sorted({int(one) for one in found if one}), at=at)
    return [int(one) for one in found]
