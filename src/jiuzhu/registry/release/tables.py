"""How tables lie in a release: Arrow files that are mapped into memory, and Parquet for what others read; same bytes always."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiuzhu.engines.base import Coverage

_AT_ONCE = 1 << 20
_COVERAGE = pa.schema(
    [
        ("dataset", pa.string()),
        ("place", pa.int32()),
        ("fresh", pa.bool_()),
        ("first_day", pa.date32()),
        ("gaps", pa.list_(pa.int32())),
        ("months", pa.list_(pa.int32())),
        ("quarters", pa.list_(pa.int32())),
    ]
)


def write_arrow(path: Path, table: pa.Table) -> pa.Table:
    """Write a table and give it back mapped from the disk, so that it costs no memory of its own."""
    bare = table.replace_schema_metadata(None)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, bare.schema) as writer:
        writer.write_table(bare, max_chunksize=_AT_ONCE)
    return read_arrow(path)


def read_arrow(path: Path) -> pa.Table:
    """The table, mapped."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def write_parquet(path: Path, table: pa.Table) -> None:
    """Fixed settings: the same table gives the same bytes."""
    pq.write_table(
        table.replace_schema_metadata(None),
        path,
        compression="zstd",
        compression_level=3,
        version="2.6",
        data_page_version="1.0",
        use_dictionary=True,
        row_group_size=_AT_ONCE,
        store_schema=False,
        write_statistics=True,
    )


def coverage_table(coverage: Coverage) -> pa.Table:
    """One row a dataset and place that anything was delivered for."""
    keys = sorted(coverage.fresh)
    columns = {
        "dataset": [key[0] for key in keys],
        "place": [key[1] for key in keys],
        "fresh": [coverage.fresh[key] for key in keys],
        "first_day": [coverage.first_day.get(key) for key in keys],
        "gaps": [sorted(coverage.gaps.get(key, ())) for key in keys],
        "months": [list(coverage.months.get(key, ())) for key in keys],
        "quarters": [list(coverage.quarters.get(key, ())) for key in keys],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in _COVERAGE}, schema=_COVERAGE)


def coverage_from(table: pa.Table) -> Coverage:
    fresh: dict[tuple[str, int], bool] = {}
    first: dict[tuple[str, int], date] = {}
    gaps: dict[tuple[str, int], frozenset[int]] = {}
    months: dict[tuple[str, int], tuple[int, ...]] = {}
    quarters: dict[tuple[str, int], tuple[int, ...]] = {}
    # Thousands of places were delivered alike: their lists are kept once.
    same: dict[tuple[int, ...], tuple[int, ...]] = {}
    for row in table.to_pylist():
        key = (row["dataset"], row["place"])
        fresh[key] = row["fresh"]
        if row["first_day"] is not None:
            first[key] = row["first_day"]
        if row["gaps"]:
            gaps[key] = frozenset(row["gaps"])
        months[key] = _once(same, row["months"])
        quarters[key] = _once(same, row["quarters"])
    return Coverage(fresh, first, gaps, months, quarters)


def _once(same: dict[tuple[int, ...], tuple[int, ...]], numbers: Iterable[int]) -> tuple[int, ...]:
    told = tuple(numbers)
    return same.setdefault(told, told)


def read_folder(folder: Path, start: str) -> Mapping[str, pa.Table]:
    """The tables of a folder whose names begin with `start`, by the rest of their names."""
    return {path.stem.removeprefix(start): read_arrow(path) for path in sorted(folder.glob(f"{start}*.arrow"))}
