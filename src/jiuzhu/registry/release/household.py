"""All that is known of one household: its people and their rows, each with its source and age, and what is missing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar.columns import plain
from jiuzhu.registry.archived import DELIVERY
from jiuzhu.registry.profile.households import ALONE
from jiuzhu.registry.release.cell_texts import texts_of_cells
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.lying import LyingRows, LyingTable, lying_table, names_of

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


class NoHousehold(LookupError):
    """No household of a release has that number."""


@dataclass(frozen=True)
class KnownRow:
    """One row in force. member: the person it is about, by place among the members; None: of the household itself.

    source: who delivered it; sent: the day it was made; age: days from then to the day of the release, None where `sent`
    is empty. columns: name to text, identities left out.
    """

    dataset: str
    record_id: str
    member: int | None
    source: str
    sent: date | None
    age: int | None
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Household:
    """What a release knows of one living household.

    people: their person ids, in the order of the base. rows: by dataset, in the order of the catalogue. silent: datasets
    without a row of them, and whether that is because nothing newer was delivered there ("old"), nothing ever ("missing"),
    or because there is none ("none"). late: datasets with rows of them of which nothing newer was delivered there.
    """

    release: str
    as_of: date
    number: str
    division: str
    people: tuple[int, ...]
    rows: Mapping[str, tuple[KnownRow, ...]]
    silent: Mapping[str, str]
    late: frozenset[str]


@dataclass(frozen=True)
class PersonRows:
    """rows: by dataset, those of one person. silent: by dataset, why one without a row may say nothing: "none", "old" or "missing"."""

    rows: Mapping[str, tuple[KnownRow, ...]]
    silent: Mapping[str, str]


class HouseholdReader:
    """Reads households of one release; what it opens is kept, so that one of them takes a millisecond or two."""

    def __init__(self, release: Release, catalogue: Catalogue) -> None:
        self._release, self._catalogue = release, catalogue
        base = release.base
        self._fresh = base.coverage.fresh
        self._day = release.manifest.as_of
        self._sources = {code: [one.source for one in release.manifest.sent(code)] for code in catalogue.datasets}
        self._codes: list[str] = base.places["code"].to_pylist()
        self._first, self._count, self._place = (plain(base.households[name])[0] for name in ("first", "count", "place"))
        home = plain(base.people["household"])[0]
        tables = ((code, lying_table(base, code)) for code in catalogue.datasets)
        self._kept = {code: _Kept(code, catalogue, table, home) for code, table in tables if table is not None}
        self._home = home
        self._persons: pa.ChunkedArray | None = None
        self._people: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None
        self._silent: dict[int, Mapping[str, str]] = {}
        self._numbered = np.flatnonzero(plain(release.numbers["kind"])[0] != ALONE)
        self._numbers = release.numbers["number"].take(self._numbered).combine_chunks()
        self._by_number = np.asarray(pc.sort_indices(self._numbers)).astype(np.int32)

    def position(self, number: str) -> int:
        """Raises NoHousehold."""
        at = bisect_right(self._by_number, number, key=lambda one: str(self._numbers[int(one)].as_py())) - 1
        if at < 0 or self._numbers[int(self._by_number[at])].as_py() != number:
            raise NoHousehold(f"release {self._release.name} has no household {number!r}")
        return int(self._numbered[self._by_number[at]])

    def persons(self, position: int) -> range:
        """The positions of the people of a living household."""
        first = int(self._first[position])
        return range(first, first + int(self._count[position]))

    def ids(self, positions: Sequence[int]) -> tuple[int, ...]:
        """The person ids of people by position, in that order; opened with the key of the workspace the first time."""
        if self._persons is None:
            self._persons = self._release.subjects()["person"].combine_chunks()
        return tuple(self._persons[position].as_py() for position in positions)

    def place_of(self, person: int) -> int | None:
        """The position of a person by person id; None for who is not known here."""
        found = self.places_of(np.array([person], np.int64))
        return int(found[0]) if len(found) else None

    def places_of(self, persons: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """The positions of these people, ascending; whom the release does not know is left out."""
        self.ids([])
        assert self._persons is not None
        if self._people is None:
            people = np.asarray(self._persons).astype(np.int64)
            self._people = people, np.argsort(people, kind="stable")
        people, order = self._people
        wanted = persons[persons > 0]
        at = np.searchsorted(people, wanted, sorter=order)
        found = order[at[at < len(order)]]
        return np.sort(found[people[found] == wanted[at < len(order)]]).astype(np.int32)

    def divisions_of(self, positions: npt.NDArray[Any]) -> list[str]:
        """Where each of these people lives."""
        return [self._codes[int(place)] for place in self._place[self._home[positions]]]

    def number_of(self, position: int) -> str:
        """The number of the living household of a person, "" for somebody alone."""
        return str(self._release.numbers["number"][int(self._home[position])].as_py())

    def read_person(self, position: int, *, only: Collection[str]) -> PersonRows:
        """The rows of one person alone in these datasets; of nobody else in the household is a cell read that leaves."""
        home = int(self._home[position])
        household, persons = np.array((home, home), np.int32), np.array((position, position + 1), np.int32)
        rows: dict[str, tuple[KnownRow, ...]] = {}
        for code in only:
            if code in self._kept:
                kept = self._kept[code]
                told = kept.told(kept.lying.of(household, persons), position, 1, self._sources[code], self._day)
                rows[code] = tuple(row for row in told if row.member == 0)
        return PersonRows({code: found for code, found in rows.items() if found}, self._at(int(self._place[home])))

    def division(self, position: int) -> str:
        return self._codes[int(self._place[position])]

    def living_in(self, division: str) -> list[str]:
        """The numbers of the living households placed in exactly this division, ascending."""
        if division not in self._codes:
            return []
        here = np.flatnonzero(self._place[self._numbered] == self._codes.index(division))
        return sorted(self._numbers.take(pa.array(here)).to_pylist())

    def read(self, position: int, number: str = "", *, only: Collection[str] = ()) -> Household:
        """The living household at a position. number: what it is called. only: the datasets that are read, all if none is named."""
        first, count, place = int(self._first[position]), int(self._count[position]), int(self._place[position])
        household, persons = (np.array((low, low + many), np.int32) for low, many in ((position, 1), (first, count)))
        rows = {}
        for code, kept in self._kept.items():
            if only and code not in only:
                continue
            near = kept.lying.of(household, persons)
            if near.stop > near.start if isinstance(near, slice) else near:
                rows[code] = kept.told(near, first, count, self._sources[code], self._day)
        return Household(
            release=self._release.name,
            as_of=self._day,
            number=number,
            division=self._codes[place],
            people=self.ids(range(first, first + count)),
            rows=rows,
            silent={code: why for code, why in self._at(place).items() if code not in rows and (not only or code in only)},
            late=frozenset(code for code, why in self._at(place).items() if why != "none" and code in rows),
        )

    def _at(self, place: int) -> Mapping[str, str]:
        """Why a dataset may say nothing there."""
        if place not in self._silent:
            words = {True: "none", False: "old", None: "missing"}
            kept = (code for code, one in self._catalogue.datasets.items() if one.keyed in ("person", "household"))
            self._silent[place] = {code: words[self._fresh.get((code, place))] for code in kept}
        return self._silent[place]


class _Kept:
    """The rows of one dataset, and which of their columns are told."""

    def __init__(self, code: str, catalogue: Catalogue, table: LyingTable, home: npt.NDArray[Any]) -> None:
        self.code, self.lying = code, LyingRows(table, home)
        names = set(names_of(table))
        self._dated = "data_date" in names
        self._told = {
            name: column
            for name, column in catalogue.columns(code).items()
            if name in names and not column.identity and name != "record_id"
        }

    def told(self, near: slice | list[int], first: int, count: int, sources: Sequence[str], day: date) -> tuple[KnownRow, ...]:
        """These rows, of a household with so many people from `first` on."""
        persons, records, deliveries = (self.lying.cells(name, near) for name in ("person", "record_id", DELIVERY))
        numbers = range(near.start, near.stop) if isinstance(near, slice) else near
        days = self.lying.cells("data_date", near) if self._dated else [None] * len(persons)
        texts = [texts_of_cells(self.lying.cells(name, near), column) for name, column in self._told.items()]
        return tuple(
            KnownRow(
                dataset=self.code,
                record_id=record,
                member=person - first if 0 <= person - first < count else None,
                source=sources[delivery] if delivery >= 0 else self.lying.sender(number),
                sent=sent,
                age=None if sent is None else (day - sent).days,
                columns=dict(zip(self._told, columns, strict=True)),
            )
            for number, person, record, delivery, sent, *columns in zip(
                numbers, persons, records, deliveries, days, *texts, strict=True
            )
        )
