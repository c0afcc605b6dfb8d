"""All that is known of one household: its people and their rows, each with its source and age, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry.archived import DELIVERY
from jiuzhu.registry.profile.households import ALONE
from jiuzhu.registry.release.cell_texts import text_of_cell
from jiuzhu.registry.release.folder import Release

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
    or because there is none ("none").
    """

    release: str
    as_of: date
    number: str
    division: str
    people: tuple[int, ...]
    rows: Mapping[str, tuple[KnownRow, ...]]
    silent: Mapping[str, str]


class HouseholdReader:
    """Reads households of one release; what it opens is kept, so that one of them takes a millisecond or two."""

    def __init__(self, release: Release, catalogue: Catalogue, columns: Columns) -> None:
        """columns: of the base of the release."""
        self._release, self._catalogue, self._columns = release, catalogue, columns
        self._base = release.base
        self._day = release.manifest.as_of
        self._sources = [one.source for one in release.manifest.deliveries]
        self._codes: list[str] = self._base.places["code"].to_pylist()
        self._filled = [code for code in catalogue.datasets if code in self._base.rows and self._base.rows[code].num_rows]
        self._persons: pa.ChunkedArray | None = None
        self._silent: dict[int, Mapping[str, str]] = {}
        numbers = release.numbers
        self._numbered = {
            number: position
            for position, (kind, number) in enumerate(
                zip(numbers["kind"].to_pylist(), numbers["number"].to_pylist(), strict=True)
            )
            if kind != ALONE
        }

    def position(self, number: str) -> int:
        """Raises NoHousehold."""
        if number not in self._numbered:
            raise NoHousehold(f"release {self._release.name} has no household {number!r}")
        return self._numbered[number]

    def read(self, position: int, number: str = "") -> Household:
        """The living household at a position. number: what it is called."""
        first, count = int(self._columns.first[position]), int(self._columns.count[position])
        place = int(self._columns.home[position])
        rows = {code: found for code in self._filled if (found := self._rows(code, position, first, count))}
        if self._persons is None:
            self._persons = self._release.subjects()["person"]
        return Household(
            release=self._release.name,
            as_of=self._day,
            number=number,
            division=self._codes[place],
            people=tuple(self._persons.slice(first, count).to_pylist()),
            rows=rows,
            silent={code: why for code, why in self._at(place).items() if code not in rows},
        )

    def _at(self, place: int) -> Mapping[str, str]:
        """Why a dataset may say nothing there."""
        if place not in self._silent:
            fresh = self._base.coverage.fresh
            words = {True: "none", False: "old", None: "missing"}
            kept = (code for code, one in self._catalogue.datasets.items() if one.keyed in ("person", "household"))
            self._silent[place] = {code: words[fresh.get((code, place))] for code in kept}
        return self._silent[place]

    def _rows(self, code: str, position: int, first: int, count: int) -> tuple[KnownRow, ...]:
        """Rows of its people, and rows that carry the number of the household themselves."""
        persons, homes = (self._columns.order(code, kind, "") for kind in ("person", "household"))
        found = sorted({*_between(persons, first, first + count), *_between(homes, position, position + 1)})
        if not found:
            return ()
        table = self._base.rows[code]
        low, high = found[0], found[-1] + 1
        near = table.slice(low, high - low).to_pylist() if high - low == len(found) else table.take(found).to_pylist()
        return tuple(self._row(code, cells, first, count) for cells in near)

    def _row(self, code: str, cells: Mapping[str, Any], first: int, count: int) -> KnownRow:
        sent = cells.get("data_date")
        member = cells["person"] - first
        return KnownRow(
            dataset=code,
            record_id=cells["record_id"],
            member=member if 0 <= member < count else None,
            source=self._sources[cells[DELIVERY]],
            sent=sent,
            age=None if sent is None else (self._day - sent).days,
            columns=self._texts(code, cells),
        )

    def _texts(self, code: str, cells: Mapping[str, Any]) -> Mapping[str, str]:
        columns = self._catalogue.columns(code)
        return {
            name: text_of_cell(cells[name], column)
            for name, column in columns.items()
            if name in cells and not column.identity and name != "record_id"
        }


def _between(order: Any, low: int, high: int) -> Sequence[int]:
    """The rows of subjects from `low` up to `high`."""
    owner: npt.NDArray[Any] = order.owner
    start, end = np.searchsorted(owner, np.array([low, high], owner.dtype))
    if start == end:
        return ()
    found: list[int] = (np.arange(start, end) if order.rows is None else order.rows[start:end]).tolist()
    return found
