"""A table of the last base as it stands in the new one: the same rows, with people, households and words by their new numbers.

Nothing is read of the archive. Where the new numbers say the same as the old ones, the file itself is taken on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.mapped import HOLDS, OWNERS, Cells, MappedRows, MappedTable, as_numbers
from jiuzhu.registry.profile.narrow import Narrow, narrowed
from jiuzhu.registry.profile.placing import in_order

Whole = npt.NDArray[Any]
NUMBER = "household_id"
_NONE: Whole = np.empty(0, np.int32)


@dataclass(frozen=True)
class Moved:
    """Where everybody of the last base stands now.

    people: the new position by the old one, below zero for who stands nowhere. home: the living household by new position.
    low: (number, position) of the living households of the low-income base now. words: those of the last base.
    """

    people: Whole
    home: Whole
    low: tuple[pa.Array, Whole]
    words: pa.Array

    @cached_property
    def household(self) -> Whole:
        """The living household that a code of the words names, below zero for none."""
        answer = np.full(len(self.words), -1, np.int32)
        place = pc.index_in(self.low[0].cast(pa.large_string()), self.words)
        there = np.asarray(place.is_valid())
        answer[np.asarray(pc.fill_null(place, 0))[there]] = self.low[1][there]
        return answer

    def of(self, person: Whole) -> Whole:
        return np.where(person >= 0, self.people[person], -1).astype(np.int32) if len(self.people) else person


@dataclass(frozen=True)
class Stands:
    """columns: as `Layer.lay` takes them. starts: instead of the column of persons, where each begins. same: the file as it
    lies says the same."""

    columns: list[Narrow]
    starts: Whole | None
    same: bool


@dataclass(frozen=True)
class Rekeyed:
    """path, digest: the file of the last base, and its SHA-256. persons: the columns, beside the owners, that hold people."""

    lying: MappedTable
    path: Path
    digest: str
    persons: Collection[str]
    moved: Moved

    def loses(self) -> bool:
        """Whether somebody it names stands nowhere now."""
        gone = self.moved.people < 0
        if not gone.any():
            return False
        names = [name for name in ("person", *self.persons) if name in self.lying.names]
        columns = [self.lying.cells(name) for name in names]
        return any(gone[there[there >= 0]].any() for there in (_given(column) for column in columns))

    def mark(self, used: npt.NDArray[np.bool_]) -> None:
        """Marks the words it holds."""
        for name in self._stored("word"):
            used[_given(self.lying.cells(name))] = True

    def stands(self, codes: Whole | None) -> Stands:
        """codes: the new code of each word of the last base; None where all stayed."""
        rows = self.lying if isinstance(self.lying, MappedRows) else None
        if rows is None:
            return self._told(self._of_relation(), None, codes)
        if NUMBER in rows.names:
            return self._told(self._with_numbers(rows), None, codes)
        if rows.starts is not None:
            counts = np.diff(rows.starts)
            there = np.flatnonzero(counts)
            now = self.moved.people[there]
            if (now[1:] > now[:-1]).all():
                many = np.zeros(len(self.moved.home), np.int64)
                many[now] = counts[there]
                return self._told((None, {}), rows.starts[0] + np.concatenate([[0], np.cumsum(many)]), codes)
        person = self.moved.of(rows.cells("person").cells)
        order = None if _ascending(person) else in_order(person, _NONE, np.arange(len(person)), len(self.moved.home))
        return self._told((order, {"person": person if order is None else person[order]}), None, codes)

    def _of_relation(self) -> tuple[Whole | None, dict[str, Whole]]:
        person, other = (self.moved.of(as_numbers(self.lying.table[name])) for name in ("person", "other"))
        same = (person[1:] == person[:-1]) & (other[1:] < other[:-1])
        order = None
        if not _ascending(person) or same.any():
            order = in_order(person, other, np.arange(len(person)), len(self.moved.home))
            person, other = person[order], other[order]
        return order, {"person": person, "other": other}

    def _with_numbers(self, rows: MappedRows) -> tuple[Whole | None, dict[str, Whole]]:
        """Rows with a household number of their own: they follow that where somebody lives under it, else their person."""
        before = rows.cells("person").cells, rows.cells("household").cells
        person = self.moved.of(before[0])
        number = rows.cells(NUMBER)
        named = self.moved.household[number.cells] if len(self.moved.words) else np.full(len(person), -1, np.int32)
        if number.empty is not None:
            named = np.where(number.empty, np.int32(-1), named)
        home = np.where(named >= 0, named, np.where(person >= 0, self.moved.home[person], -1)).astype(np.int32)
        alike, was = ((one[0][1:] == one[0][:-1]) & (one[1][1:] == one[1][:-1]) for one in ((person, home), before))
        disordered = (person[1:] < person[:-1]) | ((person[1:] == person[:-1]) & (home[1:] < home[:-1])) | (alike & ~was)
        order = None
        if disordered.any():
            order = in_order(person, home, self._ranks(), len(self.moved.home))
            person, home = person[order], home[order]
        return order, {"person": person, "household": home}

    def _ranks(self) -> Whole:
        """Numbers that sort as the record ids do."""
        ranks = self.lying.ranks("record_id")
        if ranks is not None:
            return ranks.astype(np.int64)
        order = np.asarray(pc.sort_indices(self.lying.table["record_id"].combine_chunks()))
        answer = np.empty(len(order), np.int64)
        answer[order] = np.arange(len(order))
        return answer

    def _told(self, moved: tuple[Whole | None, dict[str, Whole]], starts: Whole | None, codes: Whole | None) -> Stands:
        order, owners = moved
        same = order is None and all(self._lay_so(name, cells) for name, cells in owners.items())
        columns = [Narrow(name, "int32", cells) for name, cells in owners.items()]
        rest = [name for name in self.lying.names if name not in OWNERS and name not in owners]
        for name in rest:
            column, stayed = self._column(name, order, codes)
            columns.append(column)
            same = same and stayed
        return Stands(columns, starts, same)

    def _lay_so(self, name: str, cells: Whole) -> bool:
        return np.array_equal(self.lying.cells(name).cells, cells)

    def _column(self, name: str, order: Whole | None, codes: Whole | None) -> tuple[Narrow, bool]:
        """A column that owns nothing, and whether it says the same as it lies."""
        holds, told = self.lying.holds(name), dict(self.lying.table.schema.field(name).metadata)
        told.pop(HOLDS)
        if holds == "text":
            texts = self.lying.table[name].combine_chunks()
            return Narrow(name, holds, texts if order is None else texts.take(pa.array(order)), told=told), order is None
        lying = self.lying.cells(name)
        cells = lying.cells.view(np.int8) if holds == "flag" else lying.cells
        change: Callable[[Whole], Whole] | None = None
        if name in self.persons:
            change = self.moved.of
        elif holds == "word" and codes is not None:
            change = codes.__getitem__
        stayed = True
        if change is not None:
            new = change(cells)
            if lying.empty is not None:
                new[lying.empty] = 0
            stayed, cells = np.array_equal(new, cells), narrowed(new)
        empty = lying.empty
        if order is not None:
            cells, empty = cells[order], None if empty is None else empty[order]
        return Narrow(name, holds, cells, empty, told=told), stayed and order is None

    def _stored(self, holds: str) -> list[str]:
        return [name for name in self.lying.names if name not in OWNERS and self.lying.holds(name) == holds]


def _given(column: Cells) -> Whole:
    return column.cells if column.empty is None else column.cells[~column.empty]


def _ascending(numbers: Whole) -> bool:
    return bool((numbers[1:] >= numbers[:-1]).all())
