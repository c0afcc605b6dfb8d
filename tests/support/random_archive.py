"""A random archive of a few datasets: records corrected and taken back, full files, rows of later days and of nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiuzhu.registry.archived import CHANGE, HASH, ROW, UNLINKED, Delivered
from jiuzhu.registry.profile.stored import StoredArchive
from jiuzhu.registry.profile.types import archive_type
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Column, Dataset

DIVISIONS = ("370502001001", "370502002001", "371602001001")
PEOPLE, CANDIDATES = 40, 12
_EPOCH = date(1970, 1, 1)


@dataclass
class RandomArchive:
    catalogue: Catalogue
    seed: int
    as_of: date
    folder: Path

    def made(self, datasets: list[str], rows: int) -> StoredArchive:
        self.random = np.random.default_rng(self.seed)
        deliveries: list[Delivered] = []
        files: dict[str, dict[int, list[Path]]] = {}
        for code in datasets:
            for _ in range(5):
                self._deliver(self.catalogue.datasets[code], rows // 5, deliveries, files)
        return StoredArchive(deliveries, files)

    def order(self) -> pa.Table:
        """Everybody, and those who stand alone, in an order of their own."""
        everybody = [*range(1, PEOPLE + 1), *(-1 - one for one in range(CANDIDATES // 2))]
        number = [int(one) for one in np.random.default_rng(self.seed).permutation(len(everybody))]
        return pa.table(
            {
                "person": pa.array(everybody, pa.int64()),
                "id_number": pa.array([at if one > 0 else None for at, one in zip(number, everybody, strict=True)], pa.int64()),
                "otherwise": pa.array([None if one > 0 else f"alone {-one:03}" for one in everybody]),
            }
        )

    def links(self) -> pa.Table:
        """Some candidates are people known, some stand alone, of some nothing is known."""
        persons = [one + 1 if one % 2 else -1 - one // 2 for one in range(CANDIDATES - 2)]
        return pa.table({"candidate": pa.array(range(CANDIDATES - 2), pa.int64()), "person": pa.array(persons, pa.int64())})

    def _deliver(self, dataset: Dataset, rows: int, deliveries: list[Delivered], files: dict[str, dict[int, list[Path]]]) -> None:
        pick, number = self.random.choice, len(deliveries)
        first, last = date(2026, 10, 1), date(2026, 10, 31)
        kind = int(pick(4))
        made = Delivered(
            number=number,
            digest=f"{self.random.integers(2**32):08x}{number}",
            dataset=dataset.code,
            full=kind >= 2,
            first=first if kind in (1, 3) else None,
            last=last if kind in (1, 3) else None,
            part=str(pick(["", "a", "b"])),
            division=str(pick(["", "3705", "370502001"])),
            accepted=rows,
        )
        latest = int(pick([-3, 0, 1, 21]))  # a full file with a later day does not replace anything yet
        tables = [self._table(dataset, rows // 2, piece, latest) for piece in range(2)]
        sent = [day for table in tables for day in table["data_date"].to_pylist()]
        deliveries.append(replace(made, oldest=min(sent), newest=max(sent)))
        for piece, table in enumerate(tables):
            path = self.folder / f"{number}-{piece}.parquet"
            pq.write_table(table, path)
            files.setdefault(dataset.code, {}).setdefault(number, []).append(path)

    def _table(self, dataset: Dataset, rows: int, piece: int, latest: int) -> pa.Table:
        pick = self.random.choice
        days = [self.as_of - timedelta(max(int(back), latest)) for back in pick([-3, 0, 0, 1, 20, 21, 40], rows)]
        texts = self.seed % 3 == 1  # record ids of different lengths
        record = [
            f"{'x' * (int(one) % 2 if texts else 1)}{int(one):04}" for one in self.random.integers(0, max(rows * 2, 1), rows)
        ]
        columns: dict[str, pa.Array] = {
            "record_id": pa.array(record),
            CHANGE: pa.array(pick(["I", "U", "D"], rows, p=[0.6, 0.25, 0.15])),
            "data_date": pa.array(days, pa.date32()),
            "region_code": pa.array(pick(list(DIVISIONS), rows)),
            HASH: pa.array(self.random.integers(-3, 3, rows)),
            ROW: pa.array(np.arange(rows) + piece * rows, pa.int32()),
        }
        for name, column in dataset.columns.items():
            if column.type.kind == "person":
                mark = UNLINKED if name == "id_no" else f"{UNLINKED}_{name}"
                ids = self.random.integers(1, PEOPLE + 1, rows)
                unknown = self.random.random(rows) < 0.3
                columns[name] = pa.array(ids, pa.int64(), mask=unknown)
                candidate = pa.array(self.random.integers(0, CANDIDATES, rows), pa.int64())
                columns[mark] = pa.array(candidate, mask=~unknown | (self.random.random(rows) < 0.4))
            elif name not in columns and not (piece and column.empty == "none"):  # an older file may lack a field
                columns[name] = self._cells(column, rows)
        return pa.table(columns)

    def _cells(self, column: Column, rows: int) -> pa.Array:
        kind = archive_type(column)
        empty = self.random.random(rows) < 0.25
        values: Any = self.random.integers(0, 4, rows)
        if pa.types.is_string(kind):
            return pa.array(self.random.choice(["b", "a", "汉"], rows), kind, mask=empty)
        if pa.types.is_boolean(kind):
            return pa.array(values > 1, kind, mask=empty)
        today = self.as_of.year * 12 + self.as_of.month - 1
        first = {
            "date": (self.as_of - _EPOCH).days - 2,
            "month": today - 2,
            "quarter": today // 3 - 2,
            "instant": 1795190400 - 7200,
        }
        step = 3600 if column.holds == "instant" else 1
        numbers = pa.array(
            first.get(column.holds, 0) + values * step, pa.int32() if pa.types.is_date32(kind) else kind, mask=empty
        )
        return numbers.view(kind) if pa.types.is_date32(kind) else numbers
