"""How tables lie in a release: Arrow files that are mapped into memory, and Parquet for what others read; same bytes always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiuzhu.engines.base import ByArea, Coverage

_AT_ONCE = 1 << 20
_COVERAGE = pa.schema(
    [
        ("dataset", pa.string()),
        ("areas", pa.list_(pa.int32())),
        ("fresh", pa.bool_()),
        ("first_day", pa.date32()),
        ("gaps", pa.list_(pa.int32())),
        ("months", pa.list_(pa.int32())),
        ("quarters", pa.list_(pa.int32())),
    ]
)


def write_arrow(path: Path, table: pa.Table) -> pa.Table:
    """Write a table and give it back mapped from the disk, so that it costs no memory of its own.

    In one batch: a column in several pieces would be copied by everybody who reads it as one.
    """
    bare = pa.table({name: settled(table[name]) for name in table.column_names})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, bare.schema) as writer:
        writer.write_table(bare)
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
    """First the area of each place, in a row without a dataset; then a row a dataset and group of areas covered alike."""
    areas = _areas(coverage)
    told = [_told(one) for one in (coverage.fresh, coverage.first_day, coverage.gaps, coverage.months, coverage.quarters)]
    fresh, first, gaps, months, quarters = told
    groups: dict[tuple[Any, ...], list[int]] = {}
    for key in sorted(fresh):
        alike = (
            key[0],
            fresh[key],
            first.get(key),
            tuple(sorted(gaps.get(key, ()))),
            months.get(key, ()),
            quarters.get(key, ()),
        )
        groups.setdefault(alike, []).append(key[1])
    rows: list[tuple[Any, ...]] = [("", areas, False, None, (), (), ())]
    rows += [(alike[0], places, *alike[1:]) for alike, places in groups.items()]
    return pa.table(
        {field.name: pa.array([row[at] for row in rows], field.type) for at, field in enumerate(_COVERAGE)}, schema=_COVERAGE
    )


def _told(one: Mapping[tuple[str, int], Any]) -> Mapping[tuple[str, int], Any]:
    return one.told if isinstance(one, ByArea) else one


def _areas(coverage: Coverage) -> Sequence[int]:
    """The area of each place; without areas each place is one."""
    if isinstance(coverage.fresh, ByArea):
        return coverage.fresh.areas
    return range(max((place for _, place in coverage.fresh), default=-1) + 1)


def coverage_from(table: pa.Table) -> Coverage:
    fresh: dict[tuple[str, int], bool] = {}
    first: dict[tuple[str, int], date] = {}
    gaps: dict[tuple[str, int], frozenset[int]] = {}
    months: dict[tuple[str, int], tuple[int, ...]] = {}
    quarters: dict[tuple[str, int], tuple[int, ...]] = {}
    areas: list[int] = table["areas"][0].as_py()
    for row in table.slice(1).to_pylist():
        keys = [(row["dataset"], area) for area in row["areas"]]
        fresh |= dict.fromkeys(keys, row["fresh"])
        if row["first_day"] is not None:
            first |= dict.fromkeys(keys, row["first_day"])
        if row["gaps"]:
            gaps |= dict.fromkeys(keys, frozenset(row["gaps"]))
        months |= dict.fromkeys(keys, tuple(row["months"]))
        quarters |= dict.fromkeys(keys, tuple(row["quarters"]))
    return Coverage(
        ByArea(fresh, areas), ByArea(first, areas), ByArea(gaps, areas), ByArea(months, areas), ByArea(quarters, areas)
    )


def read_folder(folder: Path, start: str) -> Mapping[str, pa.Table]:
    """The tables of a folder whose names begin with `start`, by the rest of their names."""
    return {path.stem.removeprefix(start): read_arrow(path) for path in sorted(folder.glob(f"{start}*.arrow"))}
