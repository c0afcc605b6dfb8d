"""Records as they come, checked like those of a file, with the people and households they speak of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest.batch import Batch
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.checks import Checker
from jiuzhu.registry.ingest.content import utf8
from jiuzhu.registry.ingest.faults import REASONS
from jiuzhu.registry.ingest.headers import CHANGE, Titles
from jiuzhu.registry.ingest.limits import Limits
from jiuzhu.registry.ingest.read_json import json_rows, read_json_lines
from jiuzhu.registry.ingest.regular import Regular, RegularReader
from jiuzhu.registry.ingest.shapes import Shape, shape_of
from jiuzhu.registry.vault.texts import text_numbers

if TYPE_CHECKING:
    from jiuzhu.registry.vault.vault import Vault
    from jiuzhu.rules.catalogue import Catalogue

Whole = npt.NDArray[Any]
_FEW = 16  # records that are read one by one: so many take as long as columns take to be set up


@dataclass(frozen=True)
class Refused:
    """A record that was not taken. line: its place among those handed in, from 1. rule, next: what is asked, and what to do."""

    line: int
    column: str
    reason: str
    rule: str
    next: str


class Rows(Protocol):
    """Good records as the archive keeps them, but person columns hold packed id numbers."""

    def cells(self, name: str) -> tuple[Whole, Whole]:
        """Whole numbers (days for dates) or booleans of a column that is no text, nought where empty; and where that is."""

    def texts(self, name: str) -> list[str | None]: ...
    def coded(self, name: str) -> tuple[Whole, list[str]]:
        """Texts as numbers of a list of them; the last of the list is empty, and stands for an empty cell."""

    def retracts(self) -> Whole: ...
    def record_numbers(self) -> Whole:
        """A 64-bit number for each record id."""

    def take(self, places: Whole) -> Rows: ...


class ManyRows:
    """Of a table."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._read: dict[str, tuple[Whole, Whole]] = {}
        self._coded: dict[str, tuple[Whole, list[str]]] = {}

    def cells(self, name: str) -> tuple[Whole, Whole]:
        if name not in self._read:
            column = self._table[name].combine_chunks()
            empty = np.asarray(column.is_null())
            if pa.types.is_date32(column.type):
                column = column.view(pa.int32())
            column = pc.fill_null(column, False if pa.types.is_boolean(column.type) else 0)
            self._read[name] = column.to_numpy(zero_copy_only=False), empty
        return self._read[name]

    def texts(self, name: str) -> list[str | None]:
        found: list[str | None] = self._table[name].to_pylist()
        return found

    def coded(self, name: str) -> tuple[Whole, list[str]]:
        if name not in self._coded:
            column = self._table[name].combine_chunks().dictionary_encode()
            texts: list[str] = [*column.dictionary.to_pylist(), ""]
            codes = column.indices.cast(pa.int64()).fill_null(len(texts) - 1)
            self._coded[name] = codes.to_numpy(), texts
        return self._coded[name]

    def retracts(self) -> Whole:
        return np.asarray(pc.equal(self._table[CHANGE], "D"))

    def record_numbers(self) -> Whole:
        return text_numbers(self._table["record_id"].combine_chunks())

    def take(self, places: Whole) -> ManyRows:
        return ManyRows(self._table.take(pa.array(places)))


class FewRows:
    """Of a few that were read one by one."""

    def __init__(self, read: Regular) -> None:
        self._read = read

    def cells(self, name: str) -> tuple[Whole, Whole]:
        if name == "_hash":
            return np.array(self._read.hashes, np.int64), np.zeros(len(self._read.hashes), bool)
        told = self._read.cells[name]
        return np.array([one or 0 for one in told], np.int64), np.array([one is None for one in told])

    def texts(self, name: str) -> list[str | None]:
        return list(self._read.cells[name])  # type: ignore[arg-type]

    def coded(self, name: str) -> tuple[Whole, list[str]]:
        told = self.texts(name)
        texts = [*dict.fromkeys(one for one in told if one is not None), ""]
        codes = {None: len(texts) - 1} | {one: code for code, one in enumerate(texts[:-1])}
        return np.array([codes[one] for one in told], np.int64), texts

    def retracts(self) -> Whole:
        return np.array([one == "D" for one in self._read.change])

    def record_numbers(self) -> Whole:
        return np.array(self._read.record_numbers, np.uint64)

    def take(self, places: Whole) -> FewRows:
        at = places.tolist()
        cells = {name: [told[place] for place in at] for name, told in self._read.cells.items()}
        change, hashes, numbers = (
            [told[place] for place in at] for told in (self._read.change, self._read.hashes, self._read.record_numbers)
        )
        return FewRows(Regular(cells, change, hashes, numbers))


@dataclass(frozen=True)
class Arrivals:
    """Good records of one dataset, a row each, in the order in which they came.

    lines: the place of each among those handed in, from 1. ids: packed numbers are looked up in the vault: person ids, 0 where the
    vault knows nobody, or there is no number. unlinked: rows that say who they speak of by name only, or with a wrong number.
    spelled: all of them as JSON by column codes, one a line; `take` leaves it out.
    """

    shape: Shape
    lines: Whole
    rows: Rows
    ids: Mapping[str, Whole]
    unlinked: Whole
    spelled: bytes

    def take(self, places: Whole) -> Arrivals:
        """Some of these."""
        if len(places) == len(self):  # they ascend
            return self
        ids = {name: each[places] for name, each in self.ids.items()}
        return Arrivals(self.shape, self.lines[places], self.rows.take(places), ids, self.unlinked[places], b"")

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, name: str) -> tuple[Whole, Whole]:
        return self.rows.cells(name)

    def texts(self, name: str) -> list[str | None]:
        return self.rows.texts(name)

    def coded(self, name: str) -> tuple[Whole, list[str]]:
        return self.rows.coded(name)

    def cell(self, name: str, place: int) -> int | bool | str | None:
        """One cell as a plain value, a day as a number."""
        if self.shape.dataset.columns[name].type.kind == "text":
            return self.texts(name)[place]
        whole, empty = self.cells(name)
        told: int | bool = whole[place].item()
        return None if empty[place] else told

    @cached_property
    def record_ids(self) -> list[str | None]:
        return self.texts("record_id")

    @cached_property
    def record_numbers(self) -> Whole:
        """A 64-bit number for each record id."""
        return self.rows.record_numbers()

    @cached_property
    def sent(self) -> Whole:
        """The `data_date` of each, in days."""
        return self.cells("data_date")[0]

    @cached_property
    def retracts(self) -> Whole:
        """Which of them take a record back."""
        return self.rows.retracts()

    @cached_property
    def hashes(self) -> Whole:
        """What decides between two versions of one day: the greater counts."""
        return self.cells("_hash")[0]

    def is_given(self, person: str) -> Whole:
        """Which rows bear a number in a person column."""
        return ~self.cells(person)[1]


@dataclass(frozen=True)
class _Made:
    """What is made once for a dataset and the bounds of whoever sends it."""

    shape: Shape
    titles: Titles
    checker: Checker
    regular: RegularReader


class Receiver:
    """Checks records of the datasets of a catalogue."""

    def __init__(self, catalogue: Catalogue, vault: Vault, limits: Limits | None = None) -> None:
        self._catalogue, self._vault, self._limits = catalogue, vault, limits or Limits()
        self._made: dict[tuple[str, Bounds], _Made] = {}

    def received(self, dataset: str, lines: bytes, bounds: Bounds = Bounds()) -> tuple[Arrivals | None, Sequence[Refused]]:
        """The good ones among JSON lines (None if there are none), and those that were not taken.

        Raises FileRefused where the lines as a whole cannot be records of the dataset, KeyError if there is no such dataset.
        """
        made = self._for(dataset, bounds)
        few = self._few(made, lines)
        return (few, ()) if few is not None else self._many(dataset, made, lines)

    def _few(self, made: _Made, lines: bytes) -> Arrivals | None:
        """None where there are many, or they are not all good and written in the usual way."""
        if len(lines) > self._limits.row_bytes or lines.count(b"\n") > _FEW:
            return None
        read = json_rows(lines)
        found = made.regular.read([row for _, _, row in read]) if read else None
        if found is None:
            return None
        spelled = [line if made.regular.codes_only(row) else _spelled_row(made.titles, row) for _, line, row in read]
        numbers, unlinked = np.array([at for at, _, _ in read]), np.zeros(len(read), bool)
        return self._arrivals(made.shape, numbers, FewRows(found), unlinked, b"\n".join(spelled))

    def _many(self, dataset: str, made: _Made, lines: bytes) -> tuple[Arrivals | None, Sequence[Refused]]:
        handed_in = pa.py_buffer(lines)
        content = utf8(handed_in, file=dataset)
        good: list[pa.Table] = []
        marked: list[Whole] = []
        spelled: dict[int, bytes] = {}
        refused: list[Refused] = []
        for batch in read_json_lines(content, made.titles, file=dataset, limits=self._limits):
            checked = made.checker.check(batch)
            refused += [_refused(row) for row in checked.rejected.select(["row", "column", "reason"]).to_pylist()]
            if not batch.columns.keys() >= set(batch.titles):
                spelled |= _spelled(batch)
            good.append(pa.Table.from_batches([checked.rows]))
            marked.append(np.asarray(checked.unlinked["row"]).astype(np.int64))
        plain = lines if content.address == handed_in.address else bytes(content)  # not copied where it was plain UTF-8 already
        table = pa.concat_tables(good, promote_options="permissive").combine_chunks()
        if not table.num_rows:
            return None, refused
        numbers = np.asarray(table["_row"]).astype(np.int64)
        unlinked = np.isin(numbers, np.concatenate(marked))
        return self._arrivals(made.shape, numbers, ManyRows(table), unlinked, _good_lines(plain, numbers, spelled)), refused

    def _arrivals(self, shape: Shape, numbers: Whole, rows: Rows, unlinked: Whole, spelled: bytes) -> Arrivals:
        ids = {name: self._vault.find_many(rows.cells(name)[0].astype(np.int64)) for name in shape.persons}
        return Arrivals(shape, numbers, rows, ids, unlinked, spelled)

    def _for(self, dataset: str, bounds: Bounds) -> _Made:
        if (dataset, bounds) not in self._made:
            told = self._catalogue.datasets[dataset]
            shape, titles = shape_of(told, self._catalogue.codes), Titles(told)
            checker = Checker(shape, period_end=None, bounds=bounds)
            self._made[dataset, bounds] = _Made(shape, titles, checker, RegularReader(shape, titles, bounds))
        return self._made[dataset, bounds]


def _good_lines(told: bytes, numbers: Whole, spelled: Mapping[int, bytes]) -> bytes:
    """The lines of these numbers as they came, or as they are spelled anew."""
    told = told.rstrip()
    if not spelled and numbers[-1] == len(numbers) == told.count(b"\n") + 1:
        return told  # all of them
    lines = told.split(b"\n")
    return b"\n".join(spelled[at] if at in spelled else lines[at - 1].strip() for at in numbers.tolist())


def _spelled(batch: Batch) -> dict[int, bytes]:
    """Each row as one line of JSON under the codes of its columns: lines that spell titles differently fit into one file."""
    names = list(batch.columns)
    rows = zip(*(batch.columns[name].to_pylist() for name in names), strict=True)
    return {number: _line(dict(zip(names, row, strict=True))) for number, row in zip(batch.rows.tolist(), rows, strict=True)}


def _spelled_row(titles: Titles, row: Mapping[str, Any]) -> bytes:
    """The same of one."""
    cells = list(row.values())
    header = titles.header(list(row), file=titles.dataset.code, row=1)
    return _line({name: cells[place] for name, place in header.columns.items()})


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps({name: cell for name, cell in row.items() if cell is not None}, ensure_ascii=False).encode()


def _refused(row: Mapping[str, Any]) -> Refused:
    rule, step = REASONS[row["reason"]]
    return Refused(row["row"], row["column"], row["reason"], rule, step)
