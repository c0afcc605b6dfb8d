"""Rows as the archive keeps them, written down in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu.registry.archived import CHANGE, DELIVERY, HASH, ROW, UNLINKED, Delivered, TablesArchive
from jiuzhu.registry.profile.build import BaseBuilder, Built
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.types import archive_type
from jiuzhu.rules.catalogue import Catalogue, read_catalogue

NATIONAL = Path(__file__).parents[3] / "catalogue"
PLACE = "370502001001"
DAY = date(2026, 11, 20)
Row = tuple[str, str, date, Mapping[str, Any]]


@cache
def national() -> Catalogue:
    return read_catalogue(NATIONAL)[0]


def moment(day: date) -> Moment:
    """24:00 Beijing time of the day."""
    return Moment(day, datetime(day.year, day.month, day.day, 16, tzinfo=UTC))


def delivered(number: int, dataset: str, first: date, last: date, **other: Any) -> Delivered:
    return Delivered(number, f"digest {number}", dataset, first=first, last=last, **other)


def archive(rows: Sequence[Row], deliveries: Sequence[Delivered] = ()) -> TablesArchive:
    """rows: (dataset, record_id, data_date, {column: value}), with `_delivery` counting datasets unless it is given.

    Without deliveries each dataset comes in one, of the two years up to November 2026.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    numbers = {code: number for number, code in enumerate(sorted({row[0] for row in rows}))}
    for dataset, record, day, columns in rows:
        line = {"record_id": record, "data_date": day, "region_code": PLACE, CHANGE: None, HASH: 0}
        line |= {ROW: len(found.get(dataset, ())), DELIVERY: numbers[dataset]}
        found.setdefault(dataset, []).append({**line, **columns})
    tables = {code: _table(code, lines) for code, lines in found.items()}
    if not deliveries:
        deliveries = [delivered(number, code, date(2024, 12, 1), date(2026, 11, 30)) for code, number in numbers.items()]
    return TablesArchive(deliveries, tables)


def _table(code: str, lines: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = national().datasets[code].columns
    kinds = {name: archive_type(column) for name, column in columns.items()}
    kinds |= {CHANGE: pa.string(), HASH: pa.int64(), ROW: pa.int64(), DELIVERY: pa.int32(), UNLINKED: pa.int64()}
    return pa.table({name: pa.array([line.get(name) for line in lines], kind) for name, kind in kinds.items()})


def id_order(people: Sequence[int]) -> pa.Table:
    """People whose id numbers sort backwards, so that nobody can sort by the random person number unseen."""
    numbers = pa.array([None if person < 0 else 10**6 - person for person in people], pa.int64())
    otherwise = pa.array([f"record {person}" if person < 0 else None for person in people], pa.string())
    return pa.table({"person": pa.array(people, pa.int64()), "id_number": numbers, "otherwise": otherwise})


def built(
    rows: Sequence[Row], day: date = DAY, deliveries: Sequence[Delivered] = (), links: Mapping[int, int] | None = None
) -> Built:
    given = archive(rows, deliveries)
    people: set[int] = set((links or {}).values())
    for code, table in given.tables.items():
        for name, column in national().datasets[code].columns.items():
            if column.type.kind == "person":
                people |= set(table[name].drop_null().to_pylist())
    known = pa.table(
        {"candidate": pa.array(list(links or {}), pa.int64()), "person": pa.array(list((links or {}).values()), pa.int64())}
    )
    return BaseBuilder(given, national(), moment(day), id_order(sorted(people)), links=known).build()


def in_base(made: Built, dataset: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a dataset: person id, then these columns."""
    table = made.base.rows[dataset]
    people = made.people["person"].to_pylist()
    cells = [table[name].to_pylist() for name in columns]
    persons = [people[position] if position >= 0 else None for position in table["person"].to_pylist()]
    return list(zip(persons, *cells, strict=True))


def household_of(made: Built, person: int) -> tuple[int, str]:
    """Kind and number of the household a person lives in."""
    position = made.people["person"].to_pylist().index(person)
    home = made.base.people["household"][position].as_py()
    return made.numbers["kind"][home].as_py(), made.numbers["number"][home].as_py()
