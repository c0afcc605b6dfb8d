"""CSV as departments write it: comma, tab or semicolon, title lines above the header, rows with a cell too many."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv

from jiuzhu.registry.ingest.batch import BadRow, Batch
from jiuzhu.registry.ingest.content import unreadable, utf8
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.headers import Header, Titles
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits

_HEADER_LINES = 12
_BLOCK = 4 * MEGABYTE
_LOOK = MEGABYTE // 4  # what is looked at byte by byte stays in the cache of the processor


def read_csv(content: pa.Buffer, titles: Titles, *, file: str, limits: Limits) -> Iterator[Batch]:
    """Batches of a CSV file in order. Raises FileRefused where it cannot be read at all."""
    text = utf8(content, file=file)
    lines, separator, place = _header_line(text, titles, file=file, limits=limits)
    names = lines[place]
    if len(names) > limits.columns:
        raise limits.over(file, "columns", len(names), limits.columns)
    header = titles.header(names, file=file, row=place + 1)
    quotes = _quotes(text)
    last: Batch | None = None
    for batch in _batches(text, names, header, separator, place, bool(quotes), file=file, limits=limits):
        if last is not None:
            yield last
        last = batch
    if last is not None:
        if quotes % 2 and _ends_in_quote(last):
            raise _endless(file)
        yield last


def _ends_in_quote(batch: Batch) -> bool:
    """Whether the last row reaches over several lines: with an odd number of quotes, the last one was never closed."""
    if batch.bad and (not len(batch.rows) or batch.bad[-1].row > batch.rows[-1]):
        return any("\n" in cell or "\r" in cell for cell in batch.bad[-1].cells)
    return bool(len(batch.rows)) and any("\n" in (column[-1].as_py() or "") for column in batch.everything)


def _quotes(text: pa.Buffer) -> int:
    content = np.frombuffer(text, dtype=np.uint8)
    return sum(int(np.count_nonzero(content[start : start + _LOOK] == ord('"'))) for start in range(0, len(content), _LOOK))


def _header_line(text: pa.Buffer, titles: Titles, *, file: str, limits: Limits) -> tuple[list[list[str]], str, int]:
    """The first lines cut into cells, the separator, and which of them is the header: where most titles are known."""
    start = bytes(memoryview(text)[: limits.header_bytes]).decode("utf-8", "replace")
    if not start.strip():
        raise FileRefused(
            Fault("empty_file", file, "a file has at least a header", "deliver a header even when there are no rows")
        )
    if "\n" not in start and "\r" not in start and text.size >= limits.header_bytes:
        raise limits.over(file, "bytes in its first line", limits.header_bytes, limits.header_bytes)
    best: tuple[int, list[list[str]], str, int] = (0, [], ",", 0)
    for separator in (",", "\t", ";", "|"):
        lines = _first_lines(start, separator)
        for place, cells in enumerate(lines):
            if (known := titles.known(cells[: limits.columns + 1])) > best[0]:
                best = (known, lines, separator, place)
    if best[0] == 0:
        first = start.splitlines()[0][:80]
        rule = f"one of the first {_HEADER_LINES} lines names columns of {titles.dataset.code}"
        raise FileRefused(
            Fault("no_header", file, rule, "name the columns by code or title as in the catalogue", row=1, value=first)
        )
    return best[1], best[2], best[3]


def _first_lines(start: str, separator: str) -> list[list[str]]:
    lines = []
    with contextlib.suppress(csv.Error):  # an endless cell among them; the lines before it may be all that is needed
        for cells in csv.reader(io.StringIO(start), delimiter=separator):
            lines.append(cells)
            if len(lines) >= _HEADER_LINES:
                break
    return lines


def _batches(
    text: pa.Buffer, names: Sequence[str], header: Header, separator: str, place: int, quoted: bool, *, file: str, limits: Limits
) -> Iterator[Batch]:
    bad: list[BadRow] = []

    def wrong_count(row: pyarrow.csv.InvalidRow) -> str:
        cells = tuple(cell[:200] for cell in row.text.split(separator)[: limits.columns])
        bad.append(BadRow(row.number, "wrong_cell_count", cells))
        return "skip"

    keys = [str(number) for number in range(len(names))]
    try:
        reader = pyarrow.csv.open_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=keys, skip_rows=place + 1),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if quoted else False,
                double_quote=quoted,
                newlines_in_values=quoted,
                invalid_row_handler=wrong_count,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise _torn(error, file) from None
    yield from _numbered(reader, names, header, bad, place, file=file, limits=limits)


def _numbered(
    reader: pyarrow.csv.CSVStreamingReader,
    names: Sequence[str],
    header: Header,
    bad: list[BadRow],
    place: int,
    *,
    file: str,
    limits: Limits,
) -> Iterator[Batch]:
    """Give each row its number: rows that were set aside are counted too."""
    row = place + 2
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            break
        except pa.ArrowInvalid as error:
            raise _torn(error, file) from None
        taken = _within(bad, row, batch.num_rows)
        total = batch.num_rows + len(taken)
        numbers = np.arange(row, row + total, dtype=np.int64)
        numbers = numbers[~np.isin(numbers, [item.row for item in taken])]
        arrays = tuple(batch.columns)
        columns = {name: arrays[where] for name, where in header.columns.items()}
        yield Batch(columns, numbers, tuple(names), arrays, tuple(taken))
        del bad[: len(taken)]
        row += total
        if row > limits.rows:
            raise limits.over(file, "rows", row, limits.rows)
    if bad:
        yield Batch({}, np.zeros(0, dtype=np.int64), tuple(names), (), tuple(bad))


def _within(bad: Sequence[BadRow], first: int, good: int) -> list[BadRow]:
    """The rows set aside among this batch's: the reader looks ahead, so later ones may be known already."""
    taken: list[BadRow] = []
    for item in bad:
        if item.row >= first + good + len(taken):
            break
        taken.append(item)
    return taken


def _torn(error: Exception, file: str) -> FileRefused:
    if "straddl" in str(error) or "out of sync" in str(error) or "block" in str(error):
        return _endless(file)
    return unreadable(file, "the file could not be cut into rows and cells")


def _endless(file: str) -> FileRefused:
    rule = f"a quote that is opened is closed again, and a row has at most {_BLOCK // MEGABYTE} MB"
    return FileRefused(Fault("endless_row", file, rule, "close the quote and deliver the file again"))
