"""One file of the archive as plain arrays: the columns asked for, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiuzhu.registry.archived import CHANGE, UNLINKED
from jiuzhu.registry.profile.narrow import narrowed
from jiuzhu.registry.profile.placing import People
from jiuzhu.registry.profile.types import archive_type
from jiuzhu.rules.tree import Column, Dataset

Whole = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
RECORD = "record_id"


@dataclass(frozen=True)
class Part:
    """A column, or a piece of one: whole numbers, nought where it is empty, and where that is; of texts the words they stand for."""

    cells: Whole
    empty: Mask | None = None
    words: pa.Array | None = None

    def take(self, at: Any) -> Part:
        return Part(self.cells[at], None if self.empty is None else self.empty[at], self.words)


class Known:
    """Persons by their number among everybody. links: (candidate, person) of people known by likeness, or of themselves alone."""

    def __init__(self, everybody: Whole, links: pa.Table | None) -> None:
        self.everybody = everybody
        self._people = People(everybody)
        self._candidates: People | None = None
        if links is not None and links.num_rows:
            self._candidates = People(np.asarray(links["candidate"]))
            self._linked = self._people.find(np.asarray(links["person"]))

    def find(self, persons: Whole) -> Whole:
        return self._people.find(persons)

    def linked(self, candidates: Whole) -> Whole:
        """Below zero for who is not linked."""
        if self._candidates is None:
            return np.full(len(candidates), -1, np.int32)
        found = self._candidates.find(candidates)
        return np.where(found >= 0, self._linked[found], -1)


class ArchiveFile:
    """names: the fields of the dataset that are read, beside the record id, what changed, and the day of sending."""

    def __init__(
        self, path: Path, number: int, dataset: Dataset, names: Sequence[str], known: Known, fixed: Sequence[str]
    ) -> None:
        self.number = number
        self._dataset, self._known = dataset, known
        wanted = {*names, *fixed, *(mark_of(name) for name in names if dataset.columns[name].type.kind == "person")}
        texts = [name for name in names if _is_text(dataset.columns[name])]
        source = pq.ParquetFile(path, read_dictionary=[*texts, CHANGE, "region_code"], memory_map=True)
        there = [name for name in source.schema_arrow.names if name in wanted]
        self._table = source.read(columns=there, use_threads=False)
        self.rows: int = self._table.num_rows

    def part(self, column: Column) -> Part:
        """A field, as narrow as this file allows; all empty where the file has none."""
        if column.type.kind == "person":
            found = self.persons(column.name)
            empty = found < 0
            return Part(found, empty if empty.any() else None)
        if column.name not in self._table.column_names:
            words = pa.array([], pa.large_string()) if _is_text(column) else None
            return Part(np.zeros(self.rows, np.int8), np.ones(self.rows, bool), words)
        if _is_text(column):
            return self.texts(column.name)
        cells, lacking = _numbers(self._table[column.name].cast(archive_type(column)))
        return Part(narrowed(cells), lacking)

    def texts(self, name: str) -> Part:
        """A column of texts by the words it has."""
        column = self._table[name]
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        column = column.unify_dictionaries().combine_chunks()
        whole = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
        cells, empty = _numbers(whole.indices)
        return Part(cells, empty, whole.dictionary.cast(pa.large_string()))

    def persons(self, name: str) -> Whole:
        """The number of each row's person among everybody, below zero for none: as delivered, else by likeness."""
        mark = mark_of(name)
        there = self._table.column_names
        found = np.full(self.rows, -1, np.int32)
        if name in there:
            ids, empty = _numbers(self._table[name])
            found = self._known.find(ids)
            if empty is None:
                return found
            found[empty] = -1
        if mark in there:
            candidates, none = _numbers(self._table[mark])
            open_ones = np.flatnonzero(found < 0 if none is None else (found < 0) & ~none)
            if len(open_ones):
                found[open_ones] = self._known.linked(candidates[open_ones])
        return found

    def days(self) -> Whole:
        return _numbers(self._table["data_date"])[0]

    def numbers(self, name: str) -> Whole:
        return _numbers(self._table[name])[0]

    def records(self) -> pa.Array:
        return _whole(self._table[RECORD])

    def retracted(self) -> Mask | None:
        """Which rows take their record back; None: no one does."""
        change = self.texts(CHANGE)
        assert change.words is not None
        place = pc.index(change.words, pa.scalar("D", pa.large_string())).as_py()
        if place < 0:
            return None
        mask: Mask = change.cells == place
        return mask if change.empty is None else mask & ~change.empty

    def lies_in(self, division: str) -> Mask:
        """Which rows are of divisions whose code begins so, or of none."""
        region = self.texts("region_code")
        inside = np.asarray(pc.starts_with(region.words, division)).astype(bool)
        mask: Mask = inside[region.cells] if len(inside) else np.zeros(self.rows, bool)
        return mask if region.empty is None else mask | region.empty


def mark_of(name: str) -> str:
    """The column with the candidates of a column of persons."""
    return UNLINKED if name == "id_no" else f"{UNLINKED}_{name}"


def _is_text(column: Column) -> bool:
    return bool(archive_type(column) == pa.string())


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numbers(column: pa.ChunkedArray | pa.Array) -> tuple[Whole, Mask | None]:
    """Numbers, days or flags, nought where a cell is empty, and where that is."""
    whole = _whole(column) if isinstance(column, pa.ChunkedArray) else column
    empty = np.asarray(whole.is_null()) if whole.null_count else None
    if pa.types.is_date32(whole.type):
        whole = whole.view(pa.int32())
    if pa.types.is_boolean(whole.type):
        return np.asarray(pc.fill_null(whole, False)).view(np.int8), empty
    return np.asarray(whole if empty is None else pc.fill_null(whole, 0)), empty
