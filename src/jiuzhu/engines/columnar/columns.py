"""The tables of a base as plain columns, and the order in which rows follow their subjects; each made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import Base, Known
from jiuzhu.engines.columnar.values import Flag, Index, Number, Value
from jiuzhu.rules.tree import Column

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.groups import Group

Whole = npt.NDArray[Any]
_SHORT = 2**31  # fewer rows than that are numbered in half the room
OWNERS = ("person", "household", "hukou")


@dataclass(frozen=True)
class Cells:
    """One column: whole numbers or booleans, and which cells are empty (None: no one is)."""

    cells: Whole
    empty: npt.NDArray[np.bool_] | None


@dataclass(frozen=True)
class Order:
    """Rows in the order of the subjects they belong to. rows: None where they stand so already. owner: ascending, one a row."""

    rows: Index | None
    owner: Whole


class Words:
    """Texts as numbers, shared by all columns so that texts of two of them compare."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._order: tuple[Whole, Whole] | None = None

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: pa.ChunkedArray) -> Cells:
        coded = pc.dictionary_encode(texts).combine_chunks()
        known = np.array([self.number(text) for text in coded.dictionary.to_pylist()] or [0], np.int32)
        cells, empty = plain(coded.indices)
        return Cells(known[cells], empty)

    def texts(self, numbers: Whole) -> list[str]:
        texts = list(self._numbers)
        return [texts[number] for number in numbers]

    def ranks(self, numbers: Whole) -> Whole:
        """Numbers that sort as their texts do, until another text is met."""
        return self._sorted()[1][numbers]

    def of_ranks(self, ranks: Whole) -> Whole:
        return self._sorted()[0][ranks]

    def _sorted(self) -> tuple[Whole, Whole]:
        """The numbers in the order of their texts, and the place of each in it."""
        if self._order is None or len(self._order[0]) != len(self._numbers):
            texts = list(self._numbers)
            order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
            place = np.empty(len(texts), np.int64)
            place[order] = np.arange(len(texts))
            self._order = order, place
        return self._order


class Columns:
    """Reads of a base; nothing it gives may be changed."""

    def __init__(self, base: Base, catalogue: Known) -> None:
        self.base = base
        self.catalogue = catalogue
        self.words = Words()
        self.people = {name: plain(base.people[name])[0] for name in ("household", "hukou", "place", "authorised")}
        self.first, self.count, self.home = (plain(base.households[name])[0] for name in ("first", "count", "place"))
        self.hukou_place = plain(base.hukou["place"])[0]
        self._cells: dict[tuple[str, str], Cells] = {}
        self._orders: dict[tuple[str, str, str], Order] = {}
        self._ranks: dict[str, Whole] = {}
        self._grouped: dict[str, Order] = {}

    def column_of(self, dataset: str, name: str) -> Column:
        """A delivered or derived column."""
        own = self.catalogue.datasets[dataset].columns
        return own[name] if name in own else self.catalogue.derived[dataset][name].column

    def rows(self, dataset: str) -> int:
        table = self.base.rows.get(dataset)
        return 0 if table is None else table.num_rows

    def cells(self, dataset: str, name: str) -> Cells:
        key = (dataset, name)
        if key not in self._cells:
            self._cells[key] = self._read(self.base.rows[dataset][name])
        return self._cells[key]

    def read(self) -> Mapping[tuple[str, str], Cells]:
        """The columns asked for so far, by dataset (or relation) and name, those that say whose a row is left out."""
        return {key: cells for key, cells in self._cells.items() if key[1] not in OWNERS}

    def _read(self, column: pa.ChunkedArray) -> Cells:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            return self.words.numbers(column)
        cells, empty = plain(column)
        return Cells(narrow(cells), empty)

    def value(self, dataset: str, name: str, at: Any) -> Value:
        """The cells of a column at these rows (a slice or row numbers)."""
        return as_value(self.cells(dataset, name), self.column_of(dataset, name), at)

    def bare(self, dataset: str, name: str, at: Any) -> tuple[Whole, npt.NDArray[np.bool_] | None]:
        column = self.cells(dataset, name)
        return column.cells[at], None if column.empty is None else column.empty[at]

    def record_ranks(self, dataset: str) -> Whole:
        """Numbers that sort as the record ids do."""
        if dataset not in self._ranks:
            order = pc.sort_indices(self.base.rows[dataset]["record_id"]).to_numpy()
            ranks = np.empty(len(order), np.int64)
            ranks[order] = np.arange(len(order))
            self._ranks[dataset] = ranks
        return self._ranks[dataset]

    def order(self, dataset: str, kind: str, by: str) -> Order:
        """The rows of a dataset by person, living or hukou household; by: the person column that names the person instead."""
        key = (dataset, kind, by)
        if key not in self._orders:
            self._orders[key] = self._ordered(*key)
        return self._orders[key]

    def _ordered(self, dataset: str, kind: str, by: str) -> Order:
        if not self.rows(dataset):
            return Order(None, np.empty(0, np.int32))
        if by:
            owner, empty = self.bare(dataset, by, slice(None))
            owner = owner if empty is None else np.where(empty, -1, owner)
            if kind != "person":
                owner = np.where(owner >= 0, self.people[kind][np.maximum(owner, 0)], -1)
            owner = owner.astype(np.int32)  # any position must fit, not only those that stand in the column
        else:
            owner = plain(self.base.rows[dataset][kind])[0]
        return in_order(owner)

    def rows_of(self, dataset: str, by: str, group: Group) -> tuple[Any, Whole]:
        """The rows of these subjects (a slice or row numbers), and which of them each belongs to, ascending. by: as in `order`."""
        order = self.order(dataset, group.kind, by)
        at, owner = group.between(order.owner)
        return at if order.rows is None else order.rows[at], owner

    def members(self, group: str) -> Order:
        """People by the living or hukou household they belong to; those without one stand first, under a number below zero."""
        if group not in self._grouped:
            self._grouped[group] = in_order(self.people[group])
        return self._grouped[group]

    def relation(self, code: str) -> pa.Table | None:
        """person, other and the relation's columns, sorted by person."""
        table = self.base.relations.get(code)
        return table if table is not None and table.num_rows else None

    def relation_cells(self, code: str, name: str) -> Cells:
        key = (f"relation {code}", name)
        if key not in self._cells:
            self._cells[key] = self._read(self.base.relations[code][name])
        return self._cells[key]


def as_value(column: Cells, told: Column, at: Any) -> Value:
    """What an empty cell means is said by its column."""
    cells = column.cells[at]
    empty = False if column.empty is None else column.empty[at]
    unknown, none = (empty, False) if told.empty == "unknown" else (False, empty)
    if told.type.kind == "flag":
        return Flag(cells, unknown, none)
    return Number(cells, unknown, none, told.type.scale, told.type.kind)


def in_order(owner: Whole) -> Order:
    if (owner[1:] >= owner[:-1]).all():
        return Order(None, owner)
    rows = np.argsort(owner, kind="stable")
    return Order(rows.astype(np.int32) if len(rows) < _SHORT else rows, owner[rows])


def narrow(cells: Whole) -> Whole:
    """The same numbers in as few bits as they need."""
    if cells.dtype == np.bool_ or not cells.size:
        return cells
    low, high = int(cells.min()), int(cells.max())
    kind = next(
        kind for kind in (np.int8, np.int16, np.int32, np.int64) if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max
    )
    return cells.astype(kind, copy=False)


def plain(column: pa.ChunkedArray | pa.Array) -> tuple[Whole, npt.NDArray[np.bool_] | None]:
    """An Arrow column as numbers or booleans (days for dates), nought where it is empty, and where that is."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    empty = None
    if column.null_count:
        empty = pc.is_null(column).to_numpy(zero_copy_only=False)
    if pa.types.is_date32(column.type):
        column = column.view(pa.int32())
    if empty is not None:
        column = pc.fill_null(column, False if pa.types.is_boolean(column.type) else 0)
    return column.to_numpy(zero_copy_only=False), empty
