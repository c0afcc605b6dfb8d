"""Lays a base out in a folder: every column in as few bits as it needs, texts as codes of one sorted list; same bytes always.

Texts wait until every table is there, since only then the list is known: until `settle` their tables lie aside.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.mapped import HOLDS, NAMES, OWNERS, PREFIX, STARTS, WIDE, WIDTH, WORDS, as_numbers, mapped_table, mark_of
from jiuzhu.registry.profile.kept import ROWS

Whole = npt.NDArray[Any]
_KINDS = {kind: holds for holds, kind in WIDE.items() if holds not in ("word", "number")}
_POSITIONS = (*OWNERS, "other")  # any position must fit, not only those that stand there now
_DIGITS = 18  # so many fit into 64 bits
# With more rows than one for every three residents the rows of a person are told by where they begin: a block of people finds
# its rows by two looks instead of a search through four bytes a row, and from one row a person on the file is smaller too.
_RESIDENTS = 3


@dataclass(frozen=True)
class Narrow:
    """A column as it will lie. holds: see `MappedTable`. words: of a word, what its codes stand for until the list is known."""

    name: str
    holds: str
    cells: Whole | pa.Array
    empty: npt.NDArray[np.bool_] | None = None
    words: pa.Array | None = None
    told: Mapping[bytes, bytes] = field(default_factory=dict)


def narrowed(numbers: Whole) -> Whole:
    """The same whole numbers in as few bits as they need."""
    if not numbers.size:
        return numbers.astype(np.int8)
    low, high = int(numbers.min()), int(numbers.max())
    kinds = (np.int8, np.int16, np.int32, np.int64)
    kind = next(kind for kind in kinds if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return numbers.astype(kind, copy=False)


def narrow_column(name: str, column: pa.ChunkedArray) -> Narrow:
    """A column of `Base.rows` as it will lie."""
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    holds = _KINDS[pa.string() if pa.types.is_large_string(whole.type) else whole.type]
    empty = np.asarray(whole.is_null()) if whole.null_count else None
    if holds == "text":
        if name == "record_id":
            return record_ids(whole)
        coded = pc.dictionary_encode(whole)
        numbers = np.asarray(pc.fill_null(coded.indices, 0))
        return Narrow(name, "word", numbers, empty, coded.dictionary.cast(pa.large_string()))
    if holds == "flag":
        return Narrow(name, holds, np.asarray(pc.fill_null(whole, False)).view(np.int8), empty)
    if holds == "date":
        whole = whole.view(pa.int32())
    numbers = np.asarray(pc.fill_null(whole, 0))
    return Narrow(name, holds, numbers.astype(np.int32) if name in _POSITIONS else narrowed(numbers), empty)


def record_ids(texts: pa.Array) -> Narrow:
    """Record ids are as long as each other and end in digits, most of them: then their digits are kept as a number."""
    told = _digits(texts)
    if told is None:
        return Narrow("record_id", "text", texts.cast(pa.large_string()))
    prefix, width, numbers = told
    return Narrow("record_id", "number", narrowed(numbers), told={PREFIX: prefix, WIDTH: str(width).encode()})


def _digits(texts: pa.Array) -> tuple[bytes, int, Whole] | None:
    """What all texts begin with, how many digits follow, and these; None where they are not of that form."""
    texts = texts.cast(pa.large_string())
    if not len(texts):
        return b"", 1, np.empty(0, np.int64)
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    size = int(at[1] - at[0])
    if not size or (np.diff(at) != size).any():
        return None
    letters = np.frombuffer(data, np.uint8)[at[0] : at[-1]].reshape(-1, size)
    same = next((place for place in range(size) if (letters[:, place] != letters[0, place]).any()), size - 1)
    digits = letters[:, same:] - 48  # letters below nought wrap round to great numbers
    if digits.shape[1] > _DIGITS or (digits > 9).any() or (letters[0, :same] > 127).any():
        return None
    numbers = np.zeros(len(texts), np.int64)
    for place in range(digits.shape[1]):
        numbers = numbers * 10 + digits[:, place]
    return letters[0, :same].tobytes(), size - same, numbers


class Layout:
    """A base being laid out. The people come first; `store` takes one table after the other; `settle` ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._homes: dict[str, Whole] = {}
        self._people = 0

    def people(self, people: pa.Table) -> None:
        self._people = people.num_rows
        self._homes = {name: as_numbers(people[name]) for name in ("household", "hukou")}

    def store(self, name: str, table: pa.Table) -> None:
        """Rows or a relation, named so."""
        columns = [narrow_column(column, table[column]) for column in table.column_names]
        self.lay(name, columns)

    def lay(self, name: str, columns: Sequence[Narrow]) -> None:
        """The same, already narrow."""
        names = [column.name for column in columns]
        if name.startswith(ROWS):
            columns = self._without_what_follows(name.removeprefix(ROWS), columns)
        waiting = [column for column in columns if column.words is not None]
        for column in waiting:
            _write(self._folder / f"{name} {column.name}.words", pa.table({"word": column.words}))
        _write(self._folder / f"{name}.{'waiting' if waiting else 'arrow'}", _table(names, columns))

    def _without_what_follows(self, code: str, columns: Sequence[Narrow]) -> list[Narrow]:
        """Leaves out the owners that follow from others, see `MappedRows`."""
        person = next(column.cells for column in columns if column.name == "person")
        follows = set()
        for name, home in self._homes.items():
            cells = next(column.cells for column in columns if column.name == name)
            if np.array_equal(np.where(person >= 0, home[person], -1) if len(home) else np.full(len(person), -1), cells):
                follows.add(name)
        if len(person) * _RESIDENTS > self._people and (np.diff(person) >= 0).all():
            starts = np.cumsum(np.bincount(person + 1, minlength=self._people + 1))
            _write(self._folder / f"{STARTS}-{code}.arrow", pa.table({"start": pa.array(starts.astype(_counting(len(person))))}))
            follows.add("person")
        return [column for column in columns if column.name not in follows]

    def settle(self) -> None:
        """Write the list of words, and the tables that waited for it. Does nothing where it was done."""
        path = self._folder / f"{WORDS}.arrow"
        if path.exists():
            return
        asides = sorted(self._folder.glob("*.words"))
        every = pa.chunked_array([mapped_table(aside)["word"].combine_chunks() for aside in asides], pa.large_string())
        every = pc.drop_null(pc.unique(every))
        words = every.take(pc.sort_indices(every))
        for waiting in sorted(self._folder.glob("*.waiting")):
            table = mapped_table(waiting)
            _write(waiting.with_suffix(".arrow"), self._coded(waiting.stem, table, words))
            waiting.unlink()
        for aside in asides:
            aside.unlink()
        _write(path, pa.table({"word": words}))

    def _coded(self, stem: str, table: pa.Table, words: pa.Array) -> pa.Table:
        """The table with the codes of its own words changed to those of the list."""
        for number, name in enumerate(table.column_names):
            aside = self._folder / f"{stem} {name}.words"
            if aside.exists():
                own = mapped_table(aside)["word"].combine_chunks()
                code = np.asarray(pc.fill_null(pc.index_in(own, words), 0)) if len(own) else np.zeros(1, np.int32)
                cells = code[as_numbers(table[name])]
                if mark_of(name) in table.column_names:
                    cells[as_numbers(table[mark_of(name)]).view(np.bool_)] = 0
                cells = narrowed(cells)
                told = table.schema.field(name)
                table = table.set_column(number, told.with_type(pa.from_numpy_dtype(cells.dtype)), pa.array(cells))
        return table


def _counting(rows: int) -> type[np.signedinteger[Any]]:
    return np.int32 if rows < 2**31 else np.int64


def _table(names: Sequence[str], columns: Sequence[Narrow]) -> pa.Table:
    fields, arrays = [], []
    for name, holds, cells, told in _laid(columns):
        array = cells if isinstance(cells, pa.Array) else pa.array(cells)
        fields.append(pa.field(name, array.type, nullable=False, metadata={HOLDS: holds.encode(), **told}))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, {NAMES: json.dumps(names).encode()}))


def _laid(columns: Sequence[Narrow]) -> Iterator[tuple[str, str, Any, Mapping[bytes, bytes]]]:
    for column in columns:
        yield column.name, column.holds, column.cells, column.told
        if column.empty is not None:
            yield mark_of(column.name), "flag", column.empty.view(np.int8), {}


def _write(path: Path, table: pa.Table) -> None:
    """One batch, so that every column is one stretch of the file."""
    whole = table.combine_chunks()
    batches = whole.to_batches()
    batch = (
        batches[0]
        if batches
        else pa.RecordBatch.from_arrays([pa.array([], one.type) for one in table.schema], schema=table.schema)
    )
    with pa.OSFile(os.fspath(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_batch(batch)
