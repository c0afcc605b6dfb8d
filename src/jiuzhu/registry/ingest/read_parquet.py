"""Parquet, as the same batches of text that CSV gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from jiuzhu.registry.ingest.batch import ROWS_AT_ONCE, Batch
from jiuzhu.registry.ingest.content import unreadable
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import Limits


def read_parquet(content: pa.Buffer, titles: Titles, *, file: str, limits: Limits) -> Iterator[Batch]:
    """Columns of any plain type; each cell as the text it would have in CSV."""
    try:
        source = pyarrow.parquet.ParquetFile(pa.BufferReader(content), thrift_string_size_limit=limits.header_bytes * 16)
        names = source.schema_arrow.names
        if len(names) > limits.columns:
            raise limits.over(file, "columns", len(names), limits.columns)
        if source.metadata.num_rows > limits.rows:
            raise limits.over(file, "rows", source.metadata.num_rows, limits.rows)
        header = titles.header(names, file=file, row=1)
        row = 2
        for batch in source.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
            arrays = tuple(_as_text(column, name, file) for name, column in zip(names, batch.columns, strict=True))
            columns = {name: arrays[place] for name, place in header.columns.items()}
            yield Batch(columns, np.arange(row, row + batch.num_rows, dtype=np.int64), tuple(names), arrays)
            row += batch.num_rows
    except (pa.ArrowException, OSError):
        raise unreadable(file, "the file is no readable Parquet") from None


def _as_text(column: pa.Array, name: str, file: str) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        rule = "a Parquet column holds text, numbers, dates, times or booleans"
        raise FileRefused(Fault("column_type", file, rule, "store the column as text", column=name, value=str(kind)))
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            column = column.cast(pa.timestamp("s", kind.tz), safe=False).cast(pa.timestamp("s", "UTC"))
            return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%S")
    if pa.types.is_floating(kind):
        return pa.array([None if value is None else _float(value) for value in column.to_pylist()], type=pa.string())
    return column.cast(pa.string())


def _float(value: float) -> str:
    """A whole number as such; one beyond fifteen digits keeps the mark that its last digits are gone."""
    if value == value and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return repr(value) if abs(value) < 1e15 else f"{value:E}"
