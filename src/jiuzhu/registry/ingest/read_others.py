"""JSON lines and Parquet, as the same batches of text that CSV gives."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from jiuzhu.registry.ingest.batch import ROWS_AT_ONCE, BadRow, Batch
from jiuzhu.registry.ingest.content import unreadable, utf8
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits

_PIECE = 8 * MEGABYTE


def read_json_lines(content: pa.Buffer, titles: Titles, *, file: str, limits: Limits) -> Iterator[Batch]:
    """One JSON object a line. Numbers keep the spelling they have, so that none loses a digit."""
    text = utf8(content, file=file)
    found: list[dict[str, str | None]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    names: dict[str, None] = {}
    line = 0
    for line, raw in enumerate(_lines(text), start=1):
        if line > limits.rows:
            raise limits.over(file, "rows", line, limits.rows)
        if len(raw) > limits.row_bytes:
            raise limits.over(file, "bytes in one line", len(raw), limits.row_bytes)
        if not raw.strip():
            continue
        row = _json_row(raw)
        if row is None:
            bad.append(BadRow(line, "bad_line", (raw.decode("utf-8", "replace").strip()[:2000],)))
        else:
            found.append(row)
            numbers.append(line)
            if row.keys() - names.keys():
                names.update(dict.fromkeys(row))
                if len(names) > limits.columns:
                    raise limits.over(file, "columns", len(names), limits.columns)
        if len(found) + len(bad) >= ROWS_AT_ONCE:
            yield _json_batch(found, numbers, bad, names, titles, file=file)
            found, numbers, bad = [], [], []
    if line == 0:
        raise FileRefused(Fault("empty_file", file, "a file has at least one line", "deliver an empty CSV with a header instead"))
    if found or bad:
        yield _json_batch(found, numbers, bad, names, titles, file=file)


def _lines(text: pa.Buffer) -> Iterator[bytes]:
    view, rest = memoryview(text), b""
    for start in range(0, len(view), _PIECE):
        pieces = (rest + bytes(view[start : start + _PIECE])).split(b"\n")
        rest = pieces.pop()
        yield from pieces
    if rest:
        yield rest


def _json_row(raw: bytes) -> dict[str, str | None] | None:
    try:
        row = json.loads(raw, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    for key, value in row.items():
        if value is True or value is False:
            row[key] = "true" if value else "false"
        elif value is not None and not isinstance(value, str):
            return None
    return row


def _json_batch(
    found: list[dict[str, str | None]],
    numbers: list[int],
    bad: list[BadRow],
    names: dict[str, None],
    titles: Titles,
    *,
    file: str,
) -> Batch:
    if not found:
        return Batch({}, np.zeros(0, dtype=np.int64), tuple(names), (), tuple(bad))
    header = titles.header(list(names), file=file, row=numbers[0])
    arrays = tuple(_texts([row.get(name) for row in found]) for name in names)
    columns = {name: arrays[place] for name, place in header.columns.items()}
    return Batch(columns, np.array(numbers, dtype=np.int64), tuple(names), arrays, tuple(bad))


def _texts(values: list[str | None]) -> pa.Array:
    try:
        return pa.array(values, type=pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):  # half of a surrogate pair is no text
        return pa.array([value and value.encode("utf-8", "replace").decode() for value in values], type=pa.string())


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
