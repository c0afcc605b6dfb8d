"""The rows of a delivery, one Parquet file a month of `data_date`: whoever asks for some months opens no other file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 100_000
# Rows of all months together that wait for their group to fill: what bounds the memory of a delivery of many months.
_MOST_WAITING = 5 * ROW_GROUP


def month_file(month: int) -> str:
    """The name of a month's file inside the folder of its delivery; month: months since year 0."""
    return f"{month // 12:04}-{month % 12 + 1:02}.parquet"


def month_of(day: date) -> int:
    """Months since year 0, as statistics and rules count them."""
    return day.year * 12 + day.month - 1


class MonthFiles:
    """Writes rows into the files of their months as they come; few rows wait, however many come."""

    def __init__(self, folder: Path, repeated: Sequence[str], amounts: Sequence[str]) -> None:
        """repeated: the columns that say few different things, which a dictionary makes small.

        amounts: whole numbers of like size, which take half the time and four fifths of the room as differences.
        """
        self._folder, self._repeated, self._amounts = folder, repeated, amounts
        self._writers: dict[int, pq.ParquetWriter] = {}
        self._waiting: dict[int, list[pa.RecordBatch]] = {}
        self._counts: dict[int, int] = {}

    def add(self, rows: pa.RecordBatch) -> None:
        for month, part in _by_month(rows):
            self._waiting.setdefault(month, []).append(part)
            self._counts[month] = self._counts.get(month, 0) + part.num_rows
            if self._counts[month] >= ROW_GROUP:
                self._write(month)
        while sum(self._counts.values()) > _MOST_WAITING:
            self._write(max(self._counts, key=lambda month: self._counts[month]))

    def close(self) -> None:
        """Write what waits and finish all files."""
        for month in sorted(self._waiting):
            self._write(month)
        for writer in self._writers.values():
            writer.close()

    def _write(self, month: int) -> None:
        table = pa.Table.from_batches(self._waiting.pop(month))
        del self._counts[month]
        if month not in self._writers:
            self._writers[month] = self._opened(month, table.schema)
        self._writers[month].write_table(table, row_group_size=2 * ROW_GROUP)

    def _opened(self, month: int, schema: pa.Schema) -> pq.ParquetWriter:
        few = [name for name in self._repeated if name in schema.names]
        amounts = [name for name in self._amounts if name in schema.names]
        return pq.ParquetWriter(
            self._folder / month_file(month),
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=few,
            column_encoding=dict.fromkeys(amounts, "DELTA_BINARY_PACKED"),
        )


def _by_month(rows: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows of each month, in their order."""
    days = np.asarray(rows.column("data_date").cast(pa.int32())).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    if not len(months):
        return
    if months.min() == months.max():
        yield int(months[0]), rows
        return
    since = months - months.min()
    order = np.argsort(since.astype(np.int16) if since.max() < 1 << 15 else since, kind="stable")  # small ones are counted
    rows, found, first = rows.take(pa.array(order)), *np.unique(months[order], return_index=True)
    for month, start, end in zip(found.tolist(), first.tolist(), [*first.tolist()[1:], len(months)], strict=True):
        yield month, rows.slice(start, end - start)
