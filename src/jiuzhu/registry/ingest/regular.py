"""A few records whose cells are all written in the usual way: setting whole columns up takes twenty times as long as reading them.

What is said here is what `checks.py` says of the same record. Of a record with anything unusual about it (another spelling, a
cell that is missing or wrong) nothing is said: it is checked there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jiuzhu.registry.ingest import cells
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.checks import CHANGES
from jiuzhu.registry.ingest.columns import LONGEST_CELL, ColumnReader
from jiuzhu.registry.ingest.faults import FileRefused, Unfit
from jiuzhu.registry.ingest.headers import CHANGE, Titles
from jiuzhu.registry.ingest.ids import LOST
from jiuzhu.registry.ingest.shapes import Shape
from jiuzhu.registry.vault.texts import combined_of, mixed, text_numbers
from jiuzhu.rules.tree import Column
from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault, pack

_ODD = re.compile(r"^[\s='`]|\s$|[\ud800-\udfff\uf000-\uffff]")  # blanks around it, Excel's marks, full width, broken text
_LOST = re.compile(LOST)
_SPELLED = re.compile(r"[\s\-·]|^\+?86")  # of accounts, phones, plates: what does not count
_NO_CASE = re.compile(r"[ -~\u4e00-\u9fff]*")  # letters whose capitals all agree about
_HEADERS = 64  # that are remembered
_ID_LENGTH = 18
Cell = int | bool | str | None


class _Odd(Exception):
    """A cell that is not written in the usual way."""


@dataclass(frozen=True)
class Regular:
    """cells: the good records as the archive keeps them, by column, days as numbers, person columns as packed id numbers."""

    cells: Mapping[str, Sequence[Cell]]
    change: Sequence[str]
    hashes: Sequence[int]
    record_numbers: Sequence[int]


class RegularReader:
    """Reads records of one dataset that a source sends within its bounds."""

    def __init__(self, shape: Shape, titles: Titles, bounds: Bounds) -> None:
        self._shape, self._titles, self._bounds = shape, titles, bounds
        columns = shape.dataset.columns
        self._reads = {name: self._read_of(name, column) for name, column in columns.items()}
        self._needed = {"record_id", "data_date", shape.own, *(name for name, one in columns.items() if one.required)} - {""}
        self._hashed = ("data_date", "region_code", *shape.plain)
        self._named: dict[tuple[str, ...], Mapping[str, str]] = {}

    def read(self, rows: Sequence[Mapping[str, Any]]) -> Regular | None:
        """None where anything about one of them is unusual. rows: by title, numbers spelled as they came."""
        try:
            columns = self._columns_of(tuple(dict.fromkeys(title for row in rows for title in row)))
            found = [self._row(row, columns) for row in rows]
            told = {name: [row.get(name) for row in found] for name in self._reads}
            if self._out_of_bounds(told):
                return None
        except _Odd:
            return None
        change = [str(row.get(CHANGE) or "I") for row in found]
        numbers = [self._numbers(row) for row in found]
        hashes = [(CHANGES[one] << 61) | (combined_of(mine) >> 3) for one, (_, mine) in zip(change, numbers, strict=True)]
        return Regular(told, change, hashes, [record for record, _ in numbers])

    def codes_only(self, row: Mapping[str, Any]) -> bool:
        """Whether a record names its columns by their codes and nothing else."""
        return row.keys() <= self._reads.keys() | {CHANGE}

    # --- one record -------------------------------------------------------------------------------------------------

    def _row(self, row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Cell]:
        found: dict[str, Cell] = {}
        for title, text in row.items():
            name = columns.get(title)
            if text is None or text == "" or name is None:
                continue
            if type(text) is bool:
                text = "true" if text else "false"
            if type(text) is not str or len(text) > LONGEST_CELL or _ODD.search(text):
                raise _Odd
            if name == CHANGE:
                found[name] = text.upper()
                if found[name] not in CHANGES:
                    raise _Odd
                continue
            try:
                found[name] = self._reads[name](text)
            except (Unfit, IdNumberFault):
                raise _Odd from None
        if any(found.get(name) is None for name in self._needed):
            raise _Odd
        return found

    def _columns_of(self, titles: tuple[str, ...]) -> Mapping[str, str]:
        """Title to column, of those that the dataset has."""
        if titles not in self._named:
            if len(self._named) >= _HEADERS:
                self._named.clear()
            try:
                header = self._titles.header(titles, file=self._shape.dataset.code, row=1)
            except FileRefused:
                raise _Odd from None
            self._named[titles] = {titles[place]: name for name, place in header.columns.items()}
        return self._named[titles]

    def _read_of(self, name: str, column: Column) -> Callable[[str], Any]:
        place = self._shape.places[name]
        if place == "person":
            return _id_number
        if name == "region_code" or place == "region":
            return cells.region
        if column.holds != "text":
            return ColumnReader(column, self._shape.codes.get(name, {})).convert
        if place == "vault":
            return str
        return _thing if place == "thing" and column.identity != "address" else _text

    def _out_of_bounds(self, told: Mapping[str, Sequence[Cell]]) -> bool:
        bounds, dataset = self._bounds, self._shape.dataset
        if bounds == Bounds():
            return False
        late = ["data_date"]
        if dataset.rows == "event" and dataset.at in told and dataset.columns[dataset.at].holds in ("date", "instant"):
            late.append(dataset.at)
        days = [pa.array(told[name], pa.date32() if dataset.columns[name].holds == "date" else pa.int64()) for name in late]
        outside = bounds.outside(pa.array(told["region_code"], pa.string()))
        return bool(outside.any() or any(bounds.later(one).any() for one in days))

    def _numbers(self, row: Mapping[str, Cell]) -> tuple[int, list[int]]:
        """A 64-bit number for the record id, and one for each cell that the hash of the record is made of."""
        values = [row.get(name) for name in self._hashed]
        texts = [row["record_id"], *(one for one in values if isinstance(one, str))]
        wholes = np.array([one for one in values if one is not None and not isinstance(one, str)], np.int64)
        named = iter(text_numbers(pa.array(texts, pa.string())).tolist())
        counted = iter(mixed(wholes.view(np.uint64) + np.uint64(1)).tolist())
        record = next(named)
        return record, [0 if one is None else next(named) if isinstance(one, str) else next(counted) for one in values]


def _id_number(text: str) -> int:
    if len(text) != _ID_LENGTH:
        raise _Odd  # of the old form
    return pack(IdNumber.parse(text).number)


def _text(text: str) -> str:
    if _LOST.search(text):
        raise _Odd
    return text


def _thing(text: str) -> str:
    if _SPELLED.search(text) or not _NO_CASE.fullmatch(text):
        raise _Odd
    return _text(text).upper()
