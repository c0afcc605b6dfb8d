"""The archive of a workspace, read where it lies: only deliveries that the gate has let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from jiuzhu.registry.archived import DELIVERY, Delivered, literal
from jiuzhu.registry.ingest.archive import ROWS, Manifest, delivery_folder
from jiuzhu.registry.ingest.workspace import Workspace


@dataclass(frozen=True)
class StoredArchive:
    """deliveries: in the order of their digests. files: dataset to the number of each delivery with rows, and its file."""

    deliveries: Sequence[Delivered]
    files: Mapping[str, Mapping[int, Path]]

    def view(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> str:
        files = self.files.get(dataset)
        if not files:
            return ""
        name = f"archive_{dataset}"
        paths = [str(path) for path in files.values()]
        connection.register(f"files_{dataset}", pa.table({"path": paths, "number": pa.array(list(files), pa.int32())}))
        listed = ", ".join(literal(path) for path in paths)
        connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {name} AS
            SELECT r.* EXCLUDE (filename), f.number AS {DELIVERY}
            FROM read_parquet([{listed}], union_by_name = true, filename = true) r
            JOIN files_{dataset} f ON f.path = r.filename"""
        )
        return name


def stored_archive(workspace: Workspace, passed: Sequence[Manifest]) -> StoredArchive:
    """passed: the deliveries that count, in the order of their digests; the gate has left out the others."""
    files: dict[str, dict[int, Path]] = {}
    for number, one in enumerate(passed):
        path = delivery_folder(workspace, one) / ROWS
        if path.exists():
            files.setdefault(one.dataset, {})[number] = path
    return StoredArchive([_delivered(number, one) for number, one in enumerate(passed)], files)


def _delivered(number: int, one: Manifest) -> Delivered:
    return Delivered(
        number=number,
        digest=one.sha256,
        dataset=one.dataset,
        source=one.source,
        first=one.first_day if one.asked_period else None,
        last=one.last_day if one.asked_period else None,
        full=one.full,
        part=one.part,
        division=one.division or _division_of(one.source),
        received=one.received,
        accepted=one.accepted,
    )


def _division_of(source: str) -> str:
    """The division in the name of a source, for a delivery without rows."""
    code = source.rpartition("@")[2]
    return code if code.isdigit() else ""
