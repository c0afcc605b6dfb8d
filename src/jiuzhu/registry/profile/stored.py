"""The archive of a workspace, read where it lies: only deliveries that the gate has let through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from jiuzhu.registry.archived import DELIVERY, Delivered, literal
from jiuzhu.registry.ingest.archive import Manifest, row_files
from jiuzhu.registry.ingest.cells import EPOCH
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.divisions import holding


@dataclass(frozen=True)
class StoredArchive:
    """deliveries: in the order of their digests. files: dataset to the number of each delivery with rows, and its files, one a month."""

    deliveries: Sequence[Delivered]
    files: Mapping[str, Mapping[int, Sequence[Path]]]

    def view(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> str:
        files = self.files.get(dataset)
        if not files:
            return ""
        name = f"archive_{dataset}"
        paths = [str(path) for several in files.values() for path in several]
        numbers = [number for number, several in files.items() for _ in several]
        connection.register(f"files_{dataset}", pa.table({"path": paths, "number": pa.array(numbers, pa.int32())}))
        listed = ", ".join(literal(path) for path in paths)
        connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {name} AS
            SELECT r.* EXCLUDE (filename), f.number AS {DELIVERY}
            FROM read_parquet([{listed}], union_by_name = true, filename = true) r
            JOIN files_{dataset} f ON f.path = r.filename"""
        )
        return name

    def part(self, numbers: Mapping[str, Collection[int]]) -> StoredArchive:
        """The same deliveries, with the files of these only, by dataset."""
        files = {
            dataset: {number: paths for number, paths in several.items() if number in numbers.get(dataset, ())}
            for dataset, several in self.files.items()
        }
        return StoredArchive(self.deliveries, {dataset: several for dataset, several in files.items() if several})


def stored_archive(workspace: Workspace, passed: Sequence[Manifest], *, until: date = date.max) -> StoredArchive:
    """passed: the deliveries that count, in the order of their digests; the gate has left out the others.

    until: nothing later is asked for, so no file of a later month is opened; what is said of the deliveries stays whole.
    """
    files: dict[str, dict[int, list[Path]]] = {}
    delivered: list[Delivered] = []
    many = Counter[str]()
    for one in passed:
        number = many[one.dataset]
        many[one.dataset] += 1
        delivered.append(_delivered(number, one))
        paths = row_files(workspace, one, last=until)
        if paths:
            files.setdefault(one.dataset, {})[number] = paths
    return StoredArchive(delivered, files)


def _delivered(number: int, one: Manifest) -> Delivered:
    """What the manifest tells; division and days as the rows themselves say, where there are any."""
    told, codes = one.statistics, [code for code in one.divisions if code] or [""]
    return Delivered(
        number=number,
        digest=one.sha256,
        dataset=one.dataset,
        source=one.source,
        first=one.first_day if one.asked_period else None,
        last=one.last_day if one.asked_period else None,
        full=one.full,
        part=one.part,
        # All codes between the least and the greatest begin with what these two share.
        division=holding([min(codes), max(codes)]) if one.months else one.division or _division_of(one.source),
        oldest=EPOCH + timedelta(days=told["first_day"]) if one.months else None,
        newest=EPOCH + timedelta(days=told["last_day"]) if one.months else None,
        received=one.received,
        accepted=one.accepted,
    )


def _division_of(source: str) -> str:
    """The division in the name of a source, for a delivery without rows."""
    code = source.rpartition("@")[2]
    return code if code.isdigit() else ""
