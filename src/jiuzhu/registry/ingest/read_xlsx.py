"""Workbooks as people make them: title rows, merged cells, several sheets, numbers where text was meant."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jiuzhu.registry.ingest.batch import ROWS_AT_ONCE, Batch
from jiuzhu.registry.ingest.content import check_ratio, unreadable
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_HEADER_ROWS = 15
_REFERENCE = re.compile(rb'<c\b[^>]{0,80}?\br="([A-Z]{1,4})(\d{1,8})"')
_FORBIDDEN = re.compile(r"vbaProject|externalLink|/embeddings/|activeX|connections\.xml|\.bin$", re.IGNORECASE)
_HARMLESS = re.compile(r"printerSettings\d*\.bin$", re.IGNORECASE)


def read_xlsx(content: pa.Buffer, titles: Titles, *, file: str, limits: Limits) -> Iterator[Batch]:
    """Batches of every sheet that has the dataset's columns; sheets of notes are passed over."""
    from python_calamine import CalamineError, CalamineWorkbook

    packed = memoryview(content).tobytes()
    _check_parts(packed, file=file, limits=limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(packed))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (CalamineError, ValueError, OSError):
        raise unreadable(file, "the file is no readable workbook") from None
    found = [(name, sheet, *_header_row(sheet, titles)) for name, sheet in sheets]
    most = max((known for _, _, known, _ in found), default=0)
    if most == 0:
        rule = f"one of the first {_HEADER_ROWS} rows of a sheet names columns of {titles.dataset.code}"
        raise FileRefused(Fault("no_header", file, rule, "name the columns by code or title as in the catalogue"))
    for name, sheet, known, place in found:
        if known * 2 > most:
            yield from _sheet(sheet, place, titles, file=f"{file} [{name}]" if len(sheets) > 1 else file, limits=limits)


def _check_parts(packed: bytes, *, file: str, limits: Limits) -> None:
    """Look at the parts of the workbook before the parser does: their real sizes, what they are, how far cells reach."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            if len(entries) > limits.entries:
                raise limits.over(file, "parts in a workbook", len(entries), limits.entries)
            total = 0
            for entry in entries:
                if _FORBIDDEN.search(entry.filename) and not _HARMLESS.search(entry.filename):
                    rule = "a workbook has no macros, links to other files or embedded objects"
                    raise FileRefused(
                        Fault("active_content", file, rule, "save it as a plain workbook without them", value=entry.filename[:80])
                    )
                with archive.open(entry) as part:
                    total = _check_part(part, entry.filename, total, len(packed), file=file, limits=limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise unreadable(file, "the file is no readable workbook; it may be protected by a password") from None


def _check_part(part: Any, name: str, total: int, packed: int, *, file: str, limits: Limits) -> int:
    first = True
    last_row = last_column = 0
    tail = b""
    while piece := part.read(MEGABYTE):
        total += len(piece)
        check_ratio(total, packed, file=file, limits=limits)
        if total > limits.workbook_bytes:
            raise limits.over(file, "bytes in a workbook when unpacked", total, limits.workbook_bytes)
        if first and (b"<!DOCTYPE" in piece[:4096] or b"<!ENTITY" in piece):
            raise FileRefused(Fault("active_content", file, "a workbook declares no entities", "save it anew and deliver it"))
        first = False
        if "worksheets/" in name:
            references = _REFERENCE.findall(tail + piece)
            tail = piece[-100:]
            for letters, digits in references[-1:] + references[:1] + references[:: max(1, len(references) // 50)]:
                last_row, last_column = max(last_row, int(digits)), max(last_column, _column_number(letters))
    if last_row * last_column > limits.workbook_cells:
        raise limits.over(file, "cells from the first to the last of a sheet", last_row * last_column, limits.workbook_cells)
    return total


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _header_row(sheet: CalamineSheet, titles: Titles) -> tuple[int, int]:
    """How many titles the best of the first rows knows, and which row that is."""
    best = (0, 0)
    for place, cells in enumerate(sheet.iter_rows()):
        if place >= _HEADER_ROWS:
            break
        known = titles.known([str(cell) for cell in cells])
        if known > best[0]:
            best = (known, place)
    return best


def _sheet(sheet: CalamineSheet, place: int, titles: Titles, *, file: str, limits: Limits) -> Iterator[Batch]:
    table = sheet.to_python(skip_empty_area=False)
    if len(table) > limits.rows:
        raise limits.over(file, "rows", len(table), limits.rows)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in range(max(top, place), min(bottom, len(table) - 1) + 1):
            for column in range(left, min(right, len(table[row]) - 1) + 1):
                table[row][column] = table[top][left]
    names = [str(cell).strip() for cell in table[place]]
    while names and not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise limits.over(file, "columns", len(names), limits.columns)
    first = place + 1
    header = titles.header(names, file=file, row=first)
    for start in range(first, max(len(table), first + 1), ROWS_AT_ONCE):
        rows = [
            (number, cells)
            for number, cells in enumerate(table[start : start + ROWS_AT_ONCE], start=start + 1)
            if any(c != "" for c in cells)
        ]
        arrays = tuple(
            _cells([cells[column] if column < len(cells) else "" for _, cells in rows]) for column in range(len(names))
        )
        columns = {name: arrays[column] for name, column in header.columns.items()}
        yield Batch(columns, np.array([number for number, _ in rows], dtype=np.int64), tuple(names), arrays)


def _cells(values: Sequence[Any]) -> pa.Array:
    return pa.array([_text(value) for value in values], type=pa.string())


def _text(value: Any) -> str:
    """What a cell shows. A number too long for a spreadsheet is written with its power of ten: its last digits are gone."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if value != value:
            return ""
        if abs(value) >= 1e15:
            return f"{value:E}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
