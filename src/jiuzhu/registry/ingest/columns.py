"""Whole columns of cells at once: the usual spellings in one pass, all others once per different value through `cells.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest import cells
from jiuzhu.registry.ingest.faults import REASONS, Unfit
from jiuzhu.rules.tree import Column

Marks = npt.NDArray[np.int8]
CODES = tuple(REASONS)  # a row's reason is kept as its place here plus one; 0 is a good row
NUMBER_OF = {code: place + 1 for place, code in enumerate(CODES)}
LONGEST_CELL = 32_767

_ARROW = {
    "money": pa.int64(),
    "decimal": pa.int64(),
    "integer": pa.int64(),
    "date": pa.date32(),
    "month": pa.int32(),
    "quarter": pa.int32(),
    "school_year": pa.int32(),
    "instant": pa.int64(),
    "flag": pa.bool_(),
    "text": pa.string(),
}
# The first bytes of all kinds of white space; looking for one byte is many times faster than for several.
_SPACES = (b" ", b"\t", b"\r", b"\n", b"\xe3", b"\xc2", b"\xe2")
_FIRST, _LAST = (cells.FIRST_DAY - cells.EPOCH).days, (cells.LAST_DAY - cells.EPOCH).days
_REMEMBERED = 10_000  # spellings of a column whose meaning is kept from batch to batch
_REGULAR = {
    "money": (r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$", pa.decimal64(18, 2)),
    "decimal": (r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$", pa.decimal64(18, 4)),
    "integer": (r"^-?[0-9]{1,15}$", pa.decimal64(18, 0)),
}


@dataclass(frozen=True)
class Read:
    """A column as the archive keeps it, null where the cell is empty or unfit, and a mark a row: 0 or NUMBER_OF[reason]."""

    values: pa.Array
    marks: Marks


def archive_type(column: Column) -> pa.DataType:
    """How a column that is not of identity is kept."""
    if column.holds == "code":
        return pa.int64() if column.type.kind == "number" else pa.string()
    return _ARROW[column.holds]


@dataclass(frozen=True)
class Cells:
    """The cells of one column, without white space around them, null where empty.

    What its bytes cannot hold need not be looked for cell by cell: wide: full-width letters, or signs of broken text;
    marked: Excel's `=`, `'` and the like; letter_e: numbers with a power of ten. longest: bytes of the longest cell.
    """

    texts: pa.Array
    wide: bool
    marked: bool
    letter_e: bool
    longest: int


def cleaned(texts: pa.Array) -> Cells:
    content, lengths = _bytes_of(texts)
    if any(content.find(space) >= 0 for space in _SPACES):
        texts = pc.utf8_trim_whitespace(texts)
        lengths = _bytes_of(texts)[1]
    if texts.null_count < len(texts) and (lengths == 0).any():
        texts = pc.if_else(pa.array(lengths == 0), pa.scalar(None, pa.string()), texts)
    return Cells(
        texts,
        wide=content.find(b"\xef") >= 0,
        marked=any(content.find(mark) >= 0 for mark in (b"=", b"'", b"`")),
        letter_e=content.find(b"E") >= 0 or content.find(b"e") >= 0,
        longest=int(lengths.max()) if len(lengths) else 0,
    )


def _bytes_of(texts: pa.Array) -> tuple[bytes, npt.NDArray[np.int32]]:
    """The bytes of all cells in a row, and the length of each cell."""
    _, offsets, content = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if content is None or not len(texts):
        return b"", np.zeros(len(texts), dtype=np.int32)
    return content.slice(int(places[0]), int(places[-1] - places[0])).to_pybytes(), np.diff(places)


def narrowed(cells: Cells) -> pa.Array:
    """Texts with full-width letters and digits made narrow and Excel's marks gone; other text is left as it is."""
    if not (cells.wide or cells.marked):
        return cells.texts
    unusual = pc.match_substring_regex(cells.texts, "[０-９Ａ-Ｚａ-ｚ]|^[='`]")
    if not pc.any(unusual).as_py():
        return cells.texts
    return _by_value(cells.texts, pa.string(), _narrow).values


def _narrow(text: str) -> str:
    wide = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    text = text.translate(wide)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.lstrip("'`").strip()


class ColumnReader:
    """Reads the cells of one column of one file as whole numbers, dates or texts, batch after batch.

    codes: code to label of the column's list; an empty list lets every code pass.
    """

    def __init__(self, column: Column, codes: Mapping[str, str]) -> None:
        self._column, self._codes = column, codes

    @cached_property
    def convert(self) -> Callable[[str], object]:
        """One cell that is not empty. Remembers: the same spellings come again in every batch. What is unfit is rare, and judged anew."""
        return lru_cache(maxsize=_REMEMBERED)(_converter(self._column, self._codes))

    def read(self, cells: Cells) -> Read:
        if self._column.holds == "text":
            return Read(narrowed(cells), np.zeros(len(cells.texts), dtype=np.int8))
        if self._column.holds == "date":
            return _dates(cells.texts, self.convert)
        if self._column.holds in _REGULAR:
            return _numbers(cells.texts, self._column, self.convert)
        return _by_value(cells.texts, archive_type(self._column), self.convert)


def _dates(texts: pa.Array, convert: Callable[[str], object]) -> Read:
    """Most columns hold only dates such as 2026-01-05 and are cast as they stand."""
    try:
        days = texts.cast(pa.date32())
    except pa.ArrowInvalid:
        return _by_value(texts, pa.date32(), convert)
    if not _within(days.view(pa.int32()), _FIRST, _LAST):
        return _by_value(texts, pa.date32(), convert)
    return Read(days, np.zeros(len(texts), dtype=np.int8))


def _numbers(texts: pa.Array, column: Column, convert: Callable[[str], object]) -> Read:
    """Most columns are regular and are cast as they stand; in the others, the regular cells are."""
    pattern, scaled = _REGULAR[column.holds]
    try:
        values = texts.cast(scaled).view(pa.int64())
        if _within(values, 1 - cells.LARGEST if column.negative else 0, cells.LARGEST - 1):
            return Read(values, np.zeros(len(texts), dtype=np.int8))
    except pa.ArrowInvalid:
        pass  # some cells are written otherwise; below they are read one by one
    return _mixed_numbers(texts, pattern, scaled, column, convert)


def _within(values: pa.Array, least: int, most: int) -> bool:
    """Whether all whole numbers that are there lie between these two, both in."""
    reach = pc.min_max(values).as_py()
    return reach["min"] is None or least <= reach["min"] <= reach["max"] <= most


def _mixed_numbers(texts: pa.Array, pattern: str, scaled: pa.DataType, column: Column, convert: Callable[[str], object]) -> Read:
    regular = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    read = pc.if_else(regular, texts, pa.scalar(None, pa.string())).cast(scaled).view(pa.int64())
    valid = np.array(read.is_valid())
    values = np.array(read.fill_null(0))
    other = ~np.asarray(regular) & np.asarray(texts.is_valid())
    marks = np.zeros(len(texts), dtype=np.int8)
    if not column.negative:
        marks[valid & (values < 0)] = NUMBER_OF["negative"]
        valid &= values >= 0
    if other.any():
        rest = _by_value(texts.filter(pa.array(other)), pa.int64(), convert)
        values[other] = np.asarray(rest.values.fill_null(0))
        valid[other] = np.asarray(rest.values.is_valid())
        marks[other] = rest.marks
    return Read(pa.array(values, mask=~valid), marks)


def _by_value(texts: pa.Array, kept: pa.DataType, convert: Callable[[str], object]) -> Read:
    """Each different text through a plain function, then spread over the rows."""
    dictionary = texts if isinstance(texts, pa.DictionaryArray) else texts.dictionary_encode()
    found: list[object] = []
    faults = np.zeros(len(dictionary.dictionary) + 1, dtype=np.int8)
    for place, text in enumerate(dictionary.dictionary.to_pylist()):
        try:
            found.append(convert(text))
        except Unfit as unfit:
            found.append(None)
            faults[place] = NUMBER_OF[unfit.code]
    values = pa.array(found, type=kept)
    marks = faults[np.asarray(dictionary.indices.fill_null(len(found)))]
    return Read(values.take(dictionary.indices), marks)


def _converter(column: Column, codes: Mapping[str, str]) -> Callable[[str], object]:
    """From the text of a cell that is not empty to what the archive keeps; None for a mark that means empty."""
    read = _reader(column, codes)

    def convert(text: str) -> object:
        text = cells.plain(text)
        if text in cells.EMPTY_MARKS and text not in codes and (column.holds, text) != ("flag", "无"):
            return None
        return read(text)

    return convert


def _reader(column: Column, codes: Mapping[str, str]) -> Callable[[str], object]:
    simple: dict[str, Callable[[str], object]] = {
        "date": cells.day,
        "month": cells.month,
        "quarter": cells.quarter,
        "school_year": cells.school_year,
        "instant": cells.instant,
        "flag": lambda text: bool(cells.flag(text)),
    }
    if column.holds in simple:
        return simple[column.holds]
    if column.holds == "code":
        return _code_reader(codes, numeric=column.type.kind == "number")
    scale = {"money": 2, "decimal": 4, "integer": 0}[column.holds]

    def amount(text: str) -> int:
        value = cells.number(text, scale=scale, whole=column.holds == "integer")
        if value < 0 and not column.negative:
            raise Unfit("negative")
        return value

    return amount


def _code_reader(codes: Mapping[str, str], *, numeric: bool) -> Callable[[str], object]:
    def read(text: str) -> object:
        found = cells.code(text, codes) if codes else text
        if not numeric:
            return found
        try:
            return int(found)
        except ValueError:
            raise Unfit("code_not_listed") from None

    return read
