"""JSON lines, as the same batches of text that CSV gives."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow.json import ParseOptions, ReadOptions, read_json

from jiuzhu.registry.ingest.batch import BadRow, Batch
from jiuzhu.registry.ingest.content import utf8
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits

_PIECE = 8 * MEGABYTE
_LINES = 20_000
_LINE_END = ord("\n")
_NESTED = frozenset((list, dict))
# Numbers keep the spelling they have, so that none loses a digit.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def read_json_lines(content: pa.Buffer, titles: Titles, *, file: str, limits: Limits) -> Iterator[Batch]:
    """One JSON object a line, with plain values; other lines are bad rows."""
    text = utf8(content, file=file)
    names: dict[str, None] = {}
    at, number = 0, 1
    for lines in _pieces(text):
        batch = _at_once(lines, number, names, titles, file=file, limits=limits)
        if batch is None:
            break
        yield batch
        at, number = at + len(lines), number + len(batch.rows)
    yield from _one_by_one(text.slice(at), number, names, titles, file=file, limits=limits)


# --- lines that are all right ----------------------------------------------------------------------------------------


def _pieces(text: pa.Buffer) -> Iterator[bytes]:
    """Whole lines, some megabytes at a time, as far as there are some."""
    view, at = memoryview(text), 0
    while at < len(view):
        piece = bytes(view[at : at + _PIECE])
        whole = piece if at + len(piece) == len(view) else piece[: piece.rfind(b"\n") + 1]
        if not whole:
            return
        yield whole
        at += len(whole)


def _at_once(content: bytes, number: int, names: dict[str, None], titles: Titles, *, file: str, limits: Limits) -> Batch | None:
    """Lines whose cells are all texts, yes or no, or empty: cut by Arrow, five times faster than one by one.

    None where any is something else, or wrong: what it is shows when they are read one by one. number: of the first line.
    """
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == _LINE_END)
    if not len(ends) or ends[-1] != len(content) - 1:
        ends = np.append(ends, len(content))
    count = len(ends)
    objects = content.startswith(b"{") and content.endswith((b"}", b"}\n")) and content.count(b"}\n{") == count - 1
    (first,) = _decoded([content[: ends[0]].decode()])
    if not first or not objects:
        return None
    if number + count - 1 > limits.rows or int(np.diff(ends, prepend=-1).max()) - 1 > limits.row_bytes:
        return None
    schema = pa.schema([(name, pa.bool_() if type(cell) is bool else pa.string()) for name, cell in first.items()])
    try:
        table = read_json(
            pa.py_buffer(content),
            read_options=ReadOptions(use_threads=False, block_size=len(content) + 1),
            parse_options=ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != count:
        return None  # two in one line
    names.update(dict.fromkeys(first))
    if len(names) > limits.columns:
        raise limits.over(file, "columns", len(names), limits.columns)
    none = pa.nulls(count, pa.string())
    arrays = tuple(table[name].combine_chunks().cast(pa.string()) if name in first else none for name in names)
    header = titles.header(list(names), file=file, row=number)
    columns = {name: arrays[place] for name, place in header.columns.items()}
    return Batch(columns, np.arange(number, number + count), tuple(names), arrays, ())


# --- any lines -------------------------------------------------------------------------------------------------------


def _one_by_one(
    text: pa.Buffer, first: int, names: dict[str, None], titles: Titles, *, file: str, limits: Limits
) -> Iterator[Batch]:
    """first: the number of the first of these lines."""
    lines = _numbered(text, first, file=file, limits=limits)
    empty = first == 1
    while portion := list(islice(lines, _LINES)):
        empty = False
        rows = _decoded([text for _, text in portion])
        bad = tuple(
            BadRow(number, "bad_line", (text[:2000],)) for (number, text), row in zip(portion, rows, strict=True) if row is None
        )
        good = [(number, row) for (number, _), row in zip(portion, rows, strict=True) if row is not None]
        for _, row in good:
            names.update(dict.fromkeys(row))
        if len(names) > limits.columns:
            raise limits.over(file, "columns", len(names), limits.columns)
        yield _batch([number for number, _ in good], [row for _, row in good], bad, list(names), titles, file=file)
    if empty:
        raise FileRefused(Fault("empty_file", file, "a file has at least one line", "deliver an empty CSV with a header instead"))


def json_rows(content: bytes) -> list[tuple[int, bytes, dict[str, Any]]]:
    """The number, the text and the cells of each of a few lines; none where they are not all UTF-8 and right."""
    try:
        lines = [(at, line) for at, raw in enumerate(content.decode().split("\n"), start=1) if (line := raw.strip())]
    except UnicodeDecodeError:
        return []
    rows = _decoded([line for _, line in lines])
    if any(row is None for row in rows):
        return []
    return [(at, line.encode(), row) for (at, line), row in zip(lines, rows, strict=True) if row is not None]


def _numbered(text: pa.Buffer, first: int, *, file: str, limits: Limits) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their number in the file."""
    for number, raw in enumerate(_lines(text, limits.row_bytes), start=first):
        if number > limits.rows:
            raise limits.over(file, "rows", number, limits.rows)
        if len(raw) > limits.row_bytes:
            raise limits.over(file, "bytes in one line", len(raw), limits.row_bytes)
        line = raw.decode("utf-8", "replace").strip()
        if line:
            yield number, line


def _lines(text: pa.Buffer, longest: int) -> Iterator[bytes]:
    view, rest = memoryview(text), b""
    for start in range(0, len(view), _PIECE):
        pieces = (rest + bytes(view[start : start + _PIECE])).split(b"\n")
        rest = pieces.pop()
        yield from pieces
        if len(rest) > longest:
            break
    if rest:
        yield rest


def _decoded(lines: Sequence[str]) -> list[dict[str, Any] | None]:
    """One object a line, None where a line is none. All at once if every line is right, which is three times faster."""
    with contextlib.suppress(ValueError, RecursionError):  # which line is wrong shows below, where each is read alone
        rows = _DECODER.decode(f"[{(',' + chr(10)).join(lines)}]")
        if len(rows) == len(lines) and all(map(_is_plain, rows)):
            return list(rows)
    return [_one(line) for line in lines]


def _one(line: str) -> dict[str, Any] | None:
    try:
        row = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None
    return row if _is_plain(row) else None


def _is_plain(row: object) -> bool:
    return type(row) is dict and _NESTED.isdisjoint(map(type, row.values()))


def _batch(
    numbers: list[int], rows: list[dict[str, Any]], bad: tuple[BadRow, ...], names: list[str], titles: Titles, *, file: str
) -> Batch:
    if not rows:
        return Batch({}, np.zeros(0, dtype=np.int64), tuple(names), (), bad)
    header = titles.header(names, file=file, row=numbers[0])
    arrays = tuple(_texts([row.get(name) for row in rows]) for name in names)
    columns = {name: arrays[place] for name, place in header.columns.items()}
    return Batch(columns, np.array(numbers, dtype=np.int64), tuple(names), arrays, bad)


def _texts(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, type=pa.string())
    except (UnicodeEncodeError, TypeError, pa.ArrowException):  # booleans among them, or half of a surrogate pair
        return pa.array([_text(value) for value in values], type=pa.string())


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value).encode("utf-8", "replace").decode()
