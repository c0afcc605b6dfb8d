"""Rows as the archive keeps them, written down in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu.registry.profile.archive import CHANGE, DELIVERY, HASH, ROW, Delivered, TablesArchive
from jiuzhu.registry.profile.build import BaseBuilder, Built
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.types import archive_type
from jiuzhu.rules.catalogue import Catalogue, read_catalogue

NATIONAL = Path(__file__).parents[3] / "catalogue"
PLACE = "370502001001"


def small_catalogue() -> Catalogue:
    return read_catalogue(NATIONAL)[0]


def moment(day: date) -> Moment:
    """24:00 Beijing time of the day."""
    return Moment(day, datetime(day.year, day.month, day.day, 16, tzinfo=UTC))


def archive(catalogue: Catalogue, rows: Sequence[tuple[Any, ...]], deliveries: Sequence[Delivered] = ()) -> TablesArchive:
    """rows: (dataset, record_id, data_date, {column: value}); `_delivery` counts from 0 by dataset unless it is given."""
    found: dict[str, list[dict[str, Any]]] = {}
    numbers = {code: number for number, code in enumerate(sorted({row[0] for row in rows}))}
    for dataset, record, day, columns in rows:
        line = {"record_id": record, "data_date": day, "region_code": PLACE, CHANGE: None, HASH: "h", ROW: len(found.get(dataset, ()))}
        found.setdefault(dataset, []).append({**line, DELIVERY: numbers[dataset], **columns})
    tables = {code: _table(catalogue, code, lines) for code, lines in found.items()}
    if not deliveries:
        span = {"first": date(2024, 12, 1), "last": date(2026, 11, 30)}
        deliveries = [Delivered(number, f"d{number}", code, **span) for code, number in numbers.items()]
    return TablesArchive(deliveries, tables)


def _table(catalogue: Catalogue, code: str, lines: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = catalogue.datasets[code].columns
    kinds = {name: archive_type(column) for name, column in columns.items()}
    kinds |= {CHANGE: pa.string(), HASH: pa.string(), ROW: pa.int64(), DELIVERY: pa.int32()}
    return pa.table({name: pa.array([line.get(name) for line in lines], kind) for name, kind in kinds.items()})


def id_order(*people: int) -> pa.Table:
    """People whose id numbers sort as their person numbers do backwards, so that nobody can order by person number unseen."""
    return pa.table(
        {
            "person": pa.array(people, pa.int64()),
            "id_number": pa.array([f"{10**18 - person:018}" for person in people]),
            "otherwise": pa.array([None] * len(people), pa.string()),
        }
    )


def built(catalogue: Catalogue, rows: Sequence[tuple[Any, ...]], day: date, deliveries: Sequence[Delivered] = ()) -> Built:
    given = archive(catalogue, rows, deliveries)
    people: set[int] = set()
    for code, table in given.tables.items():
        for name, column in catalogue.datasets[code].columns.items():
            if column.type.kind == "person":
                people |= set(table[name].drop_null().to_pylist())
    return BaseBuilder(given, catalogue, moment(day), id_order(*sorted(people))).build()


def days(start: date, *after: int) -> list[date]:
    return [start + timedelta(days=number) for number in after]
