"""The rows of a base where they lie on the disk: narrow columns of fixed width, mapped into memory and read where they lie.

A file is Arrow IPC of one record batch, uncompressed, so that a column is a stretch of it. Flags and the marks of empty cells
are bytes, since a bit cannot be pointed at; texts are codes of one sorted list of words, so that codes sort as their texts do.
Of every column the file says what it is in `Base.rows`; `wide` makes that of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole = npt.NDArray[Any]
WORDS, STARTS = "words", "starts"
HOLDS, NAMES, PREFIX, WIDTH = b"holds", b"names", b"prefix", b"width"
WIDE = {
    "flag": pa.bool_(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "date": pa.date32(),
    "text": pa.string(),
    "word": pa.string(),
    "number": pa.string(),
}
OWNERS = ("person", "household", "hukou")
_EMPTY = " empty"
_TEXTS = 10_000_000  # of one array: the offsets of its texts are 32 bits wide
_EPOCH = date(1970, 1, 1)
_ALL = slice(None)


@dataclass(frozen=True)
class Cells:
    """One column: whole numbers or booleans, and which cells are empty (None: no one is)."""

    cells: Whole
    empty: npt.NDArray[np.bool_] | None


def mark_of(name: str) -> str:
    """The column that says where another is empty; no field of a dataset has a space in its name."""
    return name + _EMPTY


def mapped_table(path: Path) -> pa.Table:
    """An Arrow file, mapped."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def as_numbers(column: pa.ChunkedArray | pa.Array) -> Whole:
    """A column without empty cells as it lies there; of one in several pieces a copy."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    numbers: Whole = column.to_numpy(zero_copy_only=not pa.types.is_boolean(column.type))
    return numbers


def row_numbers(rows: Any, count: int) -> Whole:
    """The numbers of some of so many rows, told as a slice or as numbers."""
    return np.arange(*rows.indices(count)) if isinstance(rows, slice) else np.asarray(rows)


class MappedTable:
    """One table of a base. Nothing of it is copied before it is asked for wide."""

    def __init__(self, path: Path, words: pa.Array) -> None:
        """words: all texts of the base, ascending."""
        self.table = mapped_table(path)
        self.words = words
        self.num_rows: int = self.table.num_rows
        self.names: tuple[str, ...] = tuple(json.loads(self.table.schema.metadata[NAMES]))
        self._holds = {field.name: field.metadata[HOLDS].decode() for field in self.table.schema}
        self._lying: dict[str, Cells] = {}
        self._plain: dict[str, Callable[[Any], list[Any]]] = {}

    def holds(self, name: str) -> str:
        """What a column is, a key of WIDE: word, a code of the list of words; number, a text of digits (see `_numbered`)."""
        told: str = self._holds[name]
        return told

    def cells(self, name: str, rows: Any = _ALL) -> Cells:
        """A column where it lies, or these rows of it (a slice or row numbers); an empty cell holds nought.

        Not for texts that are kept as they are.
        """
        if name not in self._lying:
            cells, mark = as_numbers(self.table[name]), mark_of(name)
            empty = as_numbers(self.table[mark]).view(np.bool_) if mark in self._holds else None
            self._lying[name] = Cells(cells.view(np.bool_) if self.holds(name) == "flag" else cells, empty)
        lying = self._lying[name]
        if rows is _ALL:
            return lying
        return Cells(lying.cells[rows], None if lying.empty is None else lying.empty[rows])

    def where(self, name: str, number: int) -> Whole:
        """The rows whose cell is this number."""
        column = self.cells(name)
        same = column.cells == number
        return np.flatnonzero(same if column.empty is None else same & ~column.empty)

    def wide(self, rows: Any = _ALL, names: Sequence[str] | None = None) -> pa.Table:
        """The table as `Base` says it, or these rows of it (a slice or row numbers), or these columns."""
        return pa.table({name: self.wide_column(name, rows) for name in (self.names if names is None else names)})

    def wide_column(self, name: str, rows: Any = _ALL) -> pa.Array | pa.ChunkedArray:
        holds = self.holds(name)
        if holds == "text":
            texts = self.table[name].combine_chunks()
            return texts.take(pa.array(row_numbers(rows, self.num_rows))).cast(pa.string())
        column = self.cells(name, rows)
        cells, empty = column.cells, column.empty
        if holds == "word":
            return self.words.take(pa.array(cells, mask=empty)).cast(pa.string())
        if holds == "number":
            return self._numbered(name, cells)
        if holds == "date":
            return pa.array(cells.astype(np.int32), pa.int32(), mask=empty).view(pa.date32())
        if empty is None and cells.dtype != np.bool_:
            return pa.array(cells).cast(WIDE[holds])  # no copy where the column is as wide as that
        return pa.array(cells, mask=empty).cast(WIDE[holds])

    def plain(self, name: str, rows: Any) -> list[Any]:
        """Cells of a few rows as Python has them: what `wide_column(...).to_pylist()` gives, without the way through Arrow."""
        if name not in self._holds:
            owners: list[Any] = self.cells(name, rows).cells.tolist()  # that follow from others: none is empty
            return owners
        if name not in self._plain:
            self._plain[name] = self._as_plain(name)
        return self._plain[name](rows)

    def _as_plain(self, name: str) -> Callable[[Any], list[Any]]:
        """How `plain` reads a column: what is the same for all rows is looked up once. It does not hold the table: who lets go of
        that lets go of the file."""
        holds, count = self.holds(name), self.num_rows
        if holds == "text":
            texts = self.table[name]
            return lambda rows: [str(texts[row].as_py()) for row in row_numbers(rows, count).tolist()]
        column, spelt = self.cells(name), self._spelling(name, holds)
        cells, marks = column.cells, column.empty
        if marks is None:
            return lambda rows: spelt(cells[rows].tolist())
        return lambda rows: [
            None if empty else cell for cell, empty in zip(spelt(cells[rows].tolist()), marks[rows].tolist(), strict=True)
        ]

    def _spelling(self, name: str, holds: str) -> Callable[[list[Any]], list[Any]]:
        """From whole numbers as they lie to what they stand for."""
        if holds == "date":
            return lambda cells: [_EPOCH + timedelta(days) for days in cells]
        if holds == "word":
            words = self.words
            return lambda cells: [words[code].as_py() for code in cells]
        if holds == "number":
            told = self.table.schema.field(name).metadata
            prefix, width = told[PREFIX].decode(), int(told[WIDTH])
            return lambda cells: [f"{prefix}{number:0{width}}" for number in cells]
        return lambda cells: cells

    def ranks(self, name: str) -> Whole | None:
        """Of a column of texts as they are, numbers that sort as they do, where it is kept so."""
        return as_numbers(self.table[name]) if self.holds(name) == "number" else None

    def numbered(self, name: str) -> tuple[bytes, int] | None:
        """Of texts whose digits alone are kept: what stands before the digits, and how many these are."""
        if self.holds(name) != "number":
            return None
        told = self.table.schema.field(name).metadata
        return told[PREFIX], int(told[WIDTH])

    def _numbered(self, name: str, cells: Whole) -> pa.Array | pa.ChunkedArray:
        """Texts that are all as long and end in digits, of which only the digits are kept. Very many come in pieces."""
        if len(cells) <= _TEXTS:
            return self._digits(name, cells)
        return pa.chunked_array([self._digits(name, cells[start : start + _TEXTS]) for start in range(0, len(cells), _TEXTS)])

    def _digits(self, name: str, cells: Whole) -> pa.Array:
        told = self.table.schema.field(name).metadata
        digits = pc.utf8_lpad(pa.array(cells).cast(pa.string()), int(told[WIDTH]), "0")
        return pc.binary_join_element_wise(pa.scalar(told[PREFIX].decode()), digits, "")


class MappedRows(MappedTable):
    """Rows of one dataset. Columns of OWNERS that follow from the others are not in the file.

    starts: where there are many rows: the first row of each person, and the end; rows of nobody stand before the first. None:
    `person` is a column. A household or hukou column is there only if a row has another than its person.
    """

    grows = False  # whether rows may be laid over those on the disk

    def __init__(self, folder: Path, code: str, words: pa.Array, people: pa.Table) -> None:
        super().__init__(folder / f"rows-{code}.arrow", words)
        self._people = people
        path = folder / f"{STARTS}-{code}.arrow"
        self.starts: Whole | None = as_numbers(mapped_table(path)["start"]) if path.exists() else None

    def follows(self, owner: str) -> bool:
        """Whether a row's household (or hukou household) is always that of its person."""
        return owner not in self._holds

    @cached_property
    def in_line(self) -> bool:
        """Whether the rows stand in the order of their persons, as those of a base should."""
        if self.starts is not None:
            return True
        person = as_numbers(self.table["person"])
        return bool((person[1:] >= person[:-1]).all())

    def begins(self, persons: Whole) -> Whole:
        """Where the rows of each of these persons begin, or would; the number of all people asks for the end."""
        if self.starts is not None:
            return self.starts[persons]
        return np.searchsorted(self.cells("person").cells, np.asarray(persons, np.int32))

    def persons(self, begin: int, end: int, low: int, high: int) -> Whole:
        """The person of each row from `begin` up to `end`; these are the rows of the persons from `low` up to `high`."""
        if self.starts is None:
            person: Whole = self.cells("person").cells[begin:end]
            return person
        return np.repeat(np.arange(low, high, dtype=np.int32), np.diff(self.starts[low : high + 1]))

    def sender(self, row: int) -> str:
        """Who sent a row that came since; those on the disk came in deliveries, which say it."""
        return ""

    def and_new(self, rows: slice | list[int], household: int) -> slice | list[int]:
        """Rows of a living household with what came since, and without what counts no longer; on the disk they stay as they are."""
        return rows

    def holds(self, name: str) -> str:
        return "int32" if name in OWNERS else super().holds(name)

    def cells(self, name: str, rows: Any = _ALL) -> Cells:
        if name not in OWNERS or not self.follows(name):
            return super().cells(name, rows)
        if name != "person":
            person = self.cells("person", rows).cells
            return Cells(np.where(person >= 0, as_numbers(self._people[name])[person], np.int32(-1)), None)
        assert self.starts is not None
        if rows is _ALL:
            owner = np.repeat(np.arange(-1, len(self.starts) - 1, dtype=np.int32), np.diff(self.starts, prepend=0))
        else:
            asked = row_numbers(rows, self.num_rows).astype(self.starts.dtype)  # else the whole column is copied to another type
            owner = (np.searchsorted(self.starts, asked, side="right") - 1).astype(np.int32)
        return Cells(owner, None)

    def is_found_at_once(self, owner: str) -> bool:
        """Whether the rows of a subject are found without looking through all rows."""
        return self.in_line and (owner == "person" or self.follows(owner))

    def people_of(self, group: str, number: int) -> Whole:
        """The people of one living or hukou household, ascending."""
        return np.flatnonzero(as_numbers(self._people[group]) == number)

    def where(self, name: str, number: int) -> Whole:
        if name not in OWNERS or not self.is_found_at_once(name) or number < 0:
            return super().where(name, number)
        persons = np.array([number]) if name == "person" else self.people_of(name, number)
        ranges = zip(self.begins(persons).tolist(), self.begins(persons + 1).tolist(), strict=True)
        return np.concatenate([np.arange(begin, end) for begin, end in ranges] or [np.empty(0, np.int64)])


Lain = TypeVar("Lain", bound=MappedTable)


class Mapped(Mapping[str, pa.Table], Generic[Lain]):
    """The rows of a base by dataset, or its relations: each made wide when asked for, and let go when nobody holds it.

    `narrow` is for those who read the columns where they lie.
    """

    def __init__(self, tables: Mapping[str, Lain], words: pa.Array) -> None:
        """words: all texts of the base, ascending."""
        self._tables = tables
        self.words = words
        self._wide: WeakValueDictionary[str, pa.Table] = WeakValueDictionary()

    def narrow(self, code: str) -> Lain:
        return self._tables[code]

    def __getitem__(self, code: str) -> pa.Table:
        table = self._wide.get(code)
        if table is None:
            table = self._tables[code].wide()
            self._wide[code] = table
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, code: object) -> bool:
        return code in self._tables


def few_rows(tables: Mapping[str, pa.Table], code: str, rows: Any) -> list[dict[str, Any]]:
    """Rows of a table of a base (a slice or row numbers) as mappings of plain values."""
    if isinstance(tables, Mapped):
        lying = tables.narrow(code)
        columns = {name: lying.plain(name, rows) for name in lying.names}
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    table = tables[code]
    if isinstance(rows, slice):
        begin, end, _ = rows.indices(table.num_rows)
        found: list[dict[str, Any]] = table.slice(begin, end - begin).to_pylist()
        return found
    found = table.take(rows).to_pylist()
    return found


def count_of(tables: Mapping[str, pa.Table], code: str) -> int:
    """How many rows a table of a base has, none where there is none."""
    if code not in tables:
        return 0
    return int(tables.narrow(code).num_rows if isinstance(tables, Mapped) else tables[code].num_rows)


def names_of(tables: Mapping[str, pa.Table], code: str) -> tuple[str, ...]:
    """The columns of a table of a base, nothing of it read; none where there is none."""
    if code not in tables:
        return ()
    return tables.narrow(code).names if isinstance(tables, Mapped) else tuple(tables[code].column_names)


def mapped_tables(folder: Path, people: pa.Table) -> tuple[Mapped[MappedRows], Mapped[MappedTable]]:
    """Rows and relations of the base in a folder. people: as in `Base`."""
    words = mapped_table(folder / f"{WORDS}.arrow")["word"].combine_chunks()
    rows = {path.stem.removeprefix("rows-"): path for path in sorted(folder.glob("rows-*.arrow"))}
    relations = {path.stem.removeprefix("relation-"): path for path in sorted(folder.glob("relation-*.arrow"))}
    return (
        Mapped({code: MappedRows(folder, code, words, people) for code in rows}, words),
        Mapped({code: MappedTable(path, words) for code, path in relations.items()}, words),
    )
