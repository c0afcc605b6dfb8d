"""Lays a base out in a folder: every column in as few bits as it needs, texts as codes of one sorted list; same bytes always.

Texts wait until every table is there, since only then the list is known: until `settle` their tables lie aside.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.mapped import HOLDS, NAMES, OWNERS, STARTS, WORDS, as_numbers, mapped_table, mark_of
from jiuzhu.registry.profile.kept import ROWS
from jiuzhu.registry.profile.narrow import Narrow, narrow_column, narrowed
from jiuzhu.registry.profile.rekeyed import Rekeyed

Whole = npt.NDArray[Any]
# With more rows than one for every three residents the rows of a person are told by where they begin: a block of people finds
# its rows by two looks instead of a search through four bytes a row, and from one row a person on the file is smaller too.
_RESIDENTS = 3
_NO_LINKS = (errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP)  # the file system has none, or no more of this file


class Layout:
    """A base being laid out. The people come first; `store` takes one table after the other; `settle` ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._homes: dict[str, Whole] = {}
        self._people = 0
        self._kept: dict[str, Rekeyed] = {}
        self.taken_on: dict[str, str] = {}  # files of the last base that are files of this one, and their SHA-256

    def people(self, people: pa.Table) -> None:
        self._people = people.num_rows
        self._homes = {name: as_numbers(people[name]) for name in ("household", "hukou")}

    def store(self, name: str, table: pa.Table) -> None:
        """Rows or a relation, named so."""
        columns = [narrow_column(column, table[column]) for column in table.column_names]
        self.lay(name, columns)

    def lay(self, name: str, columns: Sequence[Narrow]) -> None:
        """The same, already narrow. Rows without a household or hukou column have those of their person."""
        names = [column.name for column in columns]
        if name.startswith(ROWS):
            names = list(dict.fromkeys([*OWNERS, *names]))
            columns = self._without_what_follows(name.removeprefix(ROWS), columns)
        waiting = [column for column in columns if column.words is not None]
        for column in waiting:
            _write(self._folder / f"{name} {column.name}.words", pa.table({"word": column.words}))
        _write(self._folder / f"{name}.{'waiting' if waiting else 'arrow'}", _table(names, columns))

    def keep(self, name: str, table: Rekeyed) -> None:
        """A table of the last base, laid once all words are known."""
        self._kept[name] = table

    def _without_what_follows(self, code: str, columns: Sequence[Narrow]) -> list[Narrow]:
        """Leaves out the owners that follow from others, see `MappedRows`."""
        given = {column.name: column.cells for column in columns if column.name in OWNERS}
        person = given["person"]
        follows = {name for name in given if name != "person" and np.array_equal(self._home_of(name, person), given[name])}
        if self._many(len(person)) and (person[1:] >= person[:-1]).all():
            self._begin(code, np.cumsum(np.bincount(person + 1, minlength=self._people + 1)))
            follows.add("person")
        return [column for column in columns if column.name not in follows]

    def _many(self, rows: int) -> bool:
        return rows * _RESIDENTS > self._people

    def _begin(self, code: str, starts: Whole) -> None:
        """starts: where the rows of each person begin, and the end."""
        whole = pa.array(starts.astype(_counting(int(starts[-1]))))
        _write(self._folder / f"{STARTS}-{code}.arrow", pa.table({"start": whole}))

    def _home_of(self, name: str, person: Whole) -> Whole:
        home = self._homes[name]
        return np.where(person >= 0, home[person], -1) if len(home) else np.full(len(person), -1)

    def settle(self) -> None:
        """Write the list of words, and the tables that waited for it. Does nothing where it was done."""
        path = self._folder / f"{WORDS}.arrow"
        if path.exists():
            return
        asides = sorted(self._folder.glob("*.words"))
        words, codes = self._words([mapped_table(aside)["word"].combine_chunks() for aside in asides])
        for name, kept in self._kept.items():
            self._take_on(name, kept, codes)
        for waiting in sorted(self._folder.glob("*.waiting")):
            table = mapped_table(waiting)
            _write(waiting.with_suffix(".arrow"), self._coded(waiting.stem, table, words))
            waiting.unlink()
        for aside in asides:
            aside.unlink()
        _write(path, pa.table({"word": words}))

    def _words(self, asides: Sequence[pa.Array]) -> tuple[pa.Array, Whole | None]:
        """The list of words, and the code of each word of the last base in it; None where all stayed."""
        before = next((kept.moved.words for kept in self._kept.values()), pa.array([], pa.large_string()))
        used = np.zeros(len(before), bool)
        for kept in self._kept.values():
            kept.mark(used)
        every = pc.drop_null(pc.unique(pa.chunked_array([*asides, before.filter(pa.array(used))], pa.large_string())))
        words = every.take(pc.sort_indices(every))
        if words.equals(before):
            return words, None
        return words, np.asarray(pc.fill_null(pc.index_in(before, words), 0))

    def _take_on(self, name: str, kept: Rekeyed, codes: Whole | None) -> None:
        stands, path = kept.stands(codes), self._folder / f"{name}.arrow"
        columns, same = stands.columns, stands.same
        names = list(kept.lying.names)
        if stands.starts is not None:
            code = name.removeprefix(ROWS)
            if self._many(kept.lying.num_rows):
                self._begin(code, stands.starts)
            else:
                person = np.repeat(np.arange(-1, self._people, dtype=np.int32), np.diff(stands.starts, prepend=0))
                columns, same = [Narrow("person", "int32", person), *columns], False
        elif name.startswith(ROWS):
            columns = self._without_what_follows(name.removeprefix(ROWS), columns)
            stored = [column for column in kept.lying.table.column_names if column in OWNERS]
            same = same and stored == [column.name for column in columns if column.name in OWNERS]
        if same:
            _linked(kept.path, path)
            self.taken_on[path.name] = kept.digest
        else:
            _write(path, _table(names, columns))

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
    """One batch, so that every column is one stretch of the file. What lies there is never written into: it may be linked."""
    path.unlink(missing_ok=True)
    whole = table.combine_chunks()
    batches = whole.to_batches()
    batch = (
        batches[0]
        if batches
        else pa.RecordBatch.from_arrays([pa.array([], one.type) for one in table.schema], schema=table.schema)
    )
    with pa.OSFile(os.fspath(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_batch(batch)


def _linked(old: Path, new: Path) -> None:
    """One file under two names; a copy where the file system knows no links."""
    try:
        os.link(old, new)
    except OSError as why:
        if why.errno not in _NO_LINKS:
            raise
        shutil.copyfile(old, new)
