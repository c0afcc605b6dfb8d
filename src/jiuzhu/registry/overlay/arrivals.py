"""Records as they come, checked like those of a file, with the people and households they speak of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest.batch import Batch
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.checks import Checker
from jiuzhu.registry.ingest.faults import REASONS
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import Limits
from jiuzhu.registry.ingest.read_json import read_json_lines
from jiuzhu.registry.ingest.shapes import Shape, shape_of
from jiuzhu.registry.vault.texts import text_numbers

if TYPE_CHECKING:
    from jiuzhu.registry.vault.vault import Vault
    from jiuzhu.rules.catalogue import Catalogue

Whole = npt.NDArray[Any]


@dataclass(frozen=True)
class Refused:
    """A record that was not taken. line: its place among those handed in, from 1. rule, next: what is asked, and what to do."""

    line: int
    column: str
    reason: str
    rule: str
    next: str


@dataclass(frozen=True)
class Arrivals:
    """Good records of one dataset, a row each, in the order in which they came.

    lines: the place of each among those handed in, from 1. rows: as the archive keeps them, but person columns hold packed
    id numbers. ids: packed numbers are looked up in the vault: person ids, 0 where the vault knows nobody, or there is no number.
    unlinked: rows that say who they speak of by name only, or with a wrong number. spelled: each as JSON by column codes.
    """

    shape: Shape
    lines: Whole
    rows: pa.Table
    ids: Mapping[str, Whole]
    unlinked: Whole
    spelled: Sequence[str]

    def take(self, places: Whole) -> Arrivals:
        """Some of these."""
        ids = {name: each[places] for name, each in self.ids.items()}
        spelled = [self.spelled[place] for place in places.tolist()]
        return Arrivals(self.shape, self.lines[places], self.rows.take(pa.array(places)), ids, self.unlinked[places], spelled)

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, name: str) -> tuple[Whole, Whole]:
        """Whole numbers (days for dates) or booleans of a column that is no text, nought where empty; and where that is."""
        column = self.rows[name].combine_chunks()
        empty = np.asarray(column.is_null())
        if pa.types.is_date32(column.type):
            column = column.view(pa.int32())
        column = pc.fill_null(column, False if pa.types.is_boolean(column.type) else 0)
        return column.to_numpy(zero_copy_only=False), empty

    def texts(self, name: str) -> list[str | None]:
        found: list[str | None] = self.rows[name].to_pylist()
        return found

    @cached_property
    def record_ids(self) -> list[str | None]:
        return self.texts("record_id")

    @cached_property
    def record_numbers(self) -> Whole:
        """A 64-bit number for each record id."""
        return text_numbers(self.rows["record_id"].combine_chunks())

    @cached_property
    def sent(self) -> Whole:
        """The `data_date` of each, in days."""
        return self.cells("data_date")[0]

    @cached_property
    def retracts(self) -> Whole:
        """Which of them take a record back."""
        return np.asarray(pc.equal(self.rows["_change"], "D"))

    @cached_property
    def hashes(self) -> Whole:
        """What decides between two versions of one day: the greater counts."""
        return self.cells("_hash")[0]

    def is_given(self, person: str) -> Whole:
        """Which rows bear a number in a person column."""
        return ~self.cells(person)[1]


class Receiver:
    """Checks records of the datasets of a catalogue; what is made for a dataset is made once."""

    def __init__(self, catalogue: Catalogue, vault: Vault, limits: Limits | None = None) -> None:
        self._catalogue, self._vault, self._limits = catalogue, vault, limits or Limits()
        self._made: dict[tuple[str, Bounds], tuple[Shape, Titles, Checker]] = {}

    def received(self, dataset: str, lines: bytes, bounds: Bounds = Bounds()) -> tuple[Arrivals | None, Sequence[Refused]]:
        """The good ones among JSON lines (None if there are none), and those that were not taken.

        Raises FileRefused where the lines as a whole cannot be records of the dataset, KeyError if there is no such dataset.
        """
        shape, titles, checker = self._for(dataset, bounds)
        good: list[pa.Table] = []
        marked: list[Whole] = []
        spelled: dict[int, str] = {}
        refused: list[Refused] = []
        for batch in read_json_lines(pa.py_buffer(lines), titles, file=dataset, limits=self._limits):
            checked = checker.check(batch)
            refused += [_refused(row) for row in checked.rejected.select(["row", "column", "reason"]).to_pylist()]
            spelled |= _spelled(batch)
            good.append(pa.Table.from_batches([checked.rows]))
            marked.append(np.asarray(checked.unlinked["row"]).astype(np.int64))
        rows = pa.concat_tables(good, promote_options="permissive").combine_chunks()
        if not rows.num_rows:
            return None, refused
        numbers = np.asarray(rows["_row"]).astype(np.int64)
        ids = {name: self._vault.find_many(np.asarray(rows[name].fill_null(0)).astype(np.int64)) for name in shape.persons}
        told = [spelled[number] for number in numbers.tolist()]
        return Arrivals(shape, numbers, rows, ids, np.isin(numbers, np.concatenate(marked)), told), refused

    def _for(self, dataset: str, bounds: Bounds) -> tuple[Shape, Titles, Checker]:
        if (dataset, bounds) not in self._made:
            told = self._catalogue.datasets[dataset]
            shape = shape_of(told, self._catalogue.codes)
            self._made[dataset, bounds] = shape, Titles(told), Checker(shape, period_end=None, bounds=bounds)
        return self._made[dataset, bounds]


def _spelled(batch: Batch) -> dict[int, str]:
    """Each row as one line of JSON under the codes of its columns: lines that spell titles differently fit into one file."""
    names = list(batch.columns)
    rows = zip(*(batch.columns[name].to_pylist() for name in names), strict=True)
    return {
        number: json.dumps({name: cell for name, cell in zip(names, row, strict=True) if cell is not None}, ensure_ascii=False)
        for number, row in zip(batch.rows.tolist(), rows, strict=True)
    }


def _refused(row: Mapping[str, Any]) -> Refused:
    rule, step = REASONS[row["reason"]]
    return Refused(row["row"], row["column"], row["reason"], rule, step)
