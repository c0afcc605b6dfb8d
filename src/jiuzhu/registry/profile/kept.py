"""Where the tables of a base go as they are made, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import pyarrow as pa

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.registry.profile.narrow import Narrow
from jiuzhu.registry.profile.rekeyed import Rekeyed

ROWS, RELATION = "rows-", "relation-"


@dataclass(frozen=True)
class Tables:
    """The tables of a base, see `Base`."""

    people: pa.Table
    households: pa.Table
    hukou: pa.Table
    places: pa.Table
    rows: Mapping[str, pa.Table]
    relations: Mapping[str, pa.Table]

    def base(self, *, as_of: date, now: datetime, coverage: Coverage) -> Base:
        """The base of a day that these make."""
        return Base(as_of=as_of, now=now, coverage=coverage, **vars(self))


class Keeper(Protocol):
    def store(self, name: str, table: pa.Table) -> None:
        """Keep a table: people, households, hukou and places first, then `rows-` and `relation-` with the code behind it."""

    def tables(self) -> Tables:
        """All that was kept; nothing more is stored after."""


class Layer(Keeper, Protocol):
    """Keeps columns on the disk as narrow as they can be."""

    def lay(self, name: str, columns: Sequence[Narrow]) -> None:
        """`store` of rows whose columns are narrow already; without a household or hukou column they have those of their person."""

    def keep(self, name: str, table: Rekeyed) -> None:
        """Keep a table of the last base as it stands now."""


class InMemory:
    """Keeps them as they are: bases of examples and tests."""

    def __init__(self) -> None:
        self._tables: dict[str, pa.Table] = {}

    def store(self, name: str, table: pa.Table) -> None:
        self._tables[name] = table

    def tables(self) -> Tables:
        def of(start: str) -> Mapping[str, pa.Table]:
            return {name.removeprefix(start): table for name, table in self._tables.items() if name.startswith(start)}

        people, households, hukou, places = (self._tables[name] for name in ("people", "households", "hukou", "places"))
        return Tables(people, households, hukou, places, of(ROWS), of(RELATION))
