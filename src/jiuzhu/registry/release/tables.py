"""How tables lie in a release: Arrow files that are mapped into memory, and Parquet for what others read; same bytes always."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiuzhu.engines.base import Coverage

_AT_ONCE = 1 << 20
_COVERAGE = pa.schema(
    [
        ("dataset", pa.string()),
        ("places", pa.list_(pa.int32())),
        ("fresh", pa.bool_()),
        ("first_day", pa.date32()),
        ("gaps", pa.list_(pa.int32())),
        ("months", pa.list_(pa.int32())),
        ("quarters", pa.list_(pa.int32())),
    ]
)


def write_arrow(path: Path, table: pa.Table) -> pa.Table:
    """Write a table and give it back mapped from the disk, so that it costs no memory of its own."""
    bare = pa.table({name: settled(table[name]) for name in table.column_names})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, bare.schema) as writer:
        writer.write_table(bare, max_chunksize=_AT_ONCE)
    return read_arrow(path)


def settled(column: pa.ChunkedArray) -> pa.Array:
    """The column with zeros where it is empty: what lay in memory there would differ from run to run."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = whole.type
    if pa.types.is_boolean(kind):
        return pa.array(np.asarray(pc.fill_null(whole, False)), kind, mask=np.asarray(whole.is_null()))
    if not whole.null_count or not (pa.types.is_integer(kind) or pa.types.is_date32(kind)):
        return whole
    numbers = whole.view(pa.int32()) if pa.types.is_date32(kind) else whole
    zeros = pa.array(np.asarray(pc.fill_null(numbers, 0)), numbers.type, mask=np.asarray(whole.is_null()))
    return zeros.view(kind) if pa.types.is_date32(kind) else zeros


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
    """One row a dataset and group of places for which it was delivered alike: thousands of places make a few rows."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for key in sorted(coverage.fresh):
        told = (
            key[0],
            coverage.fresh[key],
            coverage.first_day.get(key),
            tuple(sorted(coverage.gaps.get(key, ()))),
            coverage.months.get(key, ()),
            coverage.quarters.get(key, ()),
        )
        groups.setdefault(told, []).append(key[1])
    rows = [(told[0], places, *told[1:]) for told, places in groups.items()]
    return pa.table(
        {field.name: pa.array([row[at] for row in rows], field.type) for at, field in enumerate(_COVERAGE)}, schema=_COVERAGE
    )


def coverage_from(table: pa.Table) -> Coverage:
    fresh: dict[tuple[str, int], bool] = {}
    first: dict[tuple[str, int], date] = {}
    gaps: dict[tuple[str, int], frozenset[int]] = {}
    months: dict[tuple[str, int], tuple[int, ...]] = {}
    quarters: dict[tuple[str, int], tuple[int, ...]] = {}
    for row in table.to_pylist():
        keys = [(row["dataset"], place) for place in row["places"]]
        fresh |= dict.fromkeys(keys, row["fresh"])
        if row["first_day"] is not None:
            first |= dict.fromkeys(keys, row["first_day"])
        if row["gaps"]:
            gaps |= dict.fromkeys(keys, frozenset(row["gaps"]))
        months |= dict.fromkeys(keys, tuple(row["months"]))
        quarters |= dict.fromkeys(keys, tuple(row["quarters"]))
    return Coverage(fresh, first, gaps, months, quarters)


def read_folder(folder: Path, start: str) -> Mapping[str, pa.Table]:
    """The tables of a folder whose names begin with `start`, by the rest of their names."""
    return {path.stem.removeprefix(start): read_arrow(path) for path in sorted(folder.glob(f"{start}*.arrow"))}
