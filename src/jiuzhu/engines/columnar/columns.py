"""The tables of a base as plain columns, and the order in which rows follow their subjects; each made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import Base, Known
from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.values import Flag, Index, Number, Value
from jiuzhu.engines.columnar.words import Words as Words
from jiuzhu.engines.mapped import OWNERS, Mapped, MappedRows, count_of
from jiuzhu.engines.mapped import Cells as Cells
from jiuzhu.rules.tree import Column

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.groups import Group

Whole = npt.NDArray[Any]
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_NOTHING: Whole = np.empty(0, np.int32)
_SHORT = 2**31  # fewer rows than that are numbered in half the room


@dataclass(frozen=True)
class Order:
    """Rows in the order of the subjects they belong to. rows: None where they stand so already. owner: ascending, one a row."""

    rows: Index | None
    owner: Whole


@dataclass(frozen=True)
class Lines:
    """How the rows of a dataset stand to subjects of one kind, each part of length 0 where it is not needed.

    starts: the first row of each person, and the end. owners: without that, the owner of each row, ascending: its person, or its
    subject. by_person: whether owners are persons; home: the household of each, where subjects are households. order: the rows in
    the order of `owners`.
    """

    starts: Whole
    owners: Whole
    home: Whole
    order: Whole
    by_person: bool

    @property
    def _parts(self) -> tuple[Whole, ...]:
        return self.starts, self.owners, self.home, self.order

    @property
    def narrow(self) -> bool:
        """Whether they lie as compiled passes read them."""
        return all(one.dtype == np.int32 and one.flags.c_contiguous for one in self._parts)

    @cached_property
    def places(self) -> list[int]:
        """Where each of them lies, and how long it is."""
        return [number for one in self._parts for number in (one.ctypes.data, len(one))]


class Columns:
    """Reads of a base; nothing it gives may be changed.

    What lies on the disk in its narrowest form is read where it lies; of other bases narrow copies are made when asked for.
    """

    def __init__(self, base: Base, catalogue: Known) -> None:
        self.base = base
        self.catalogue = catalogue
        self.words = Words(base.rows.words if isinstance(base.rows, Mapped) else None)
        self.people = {name: plain(base.people[name])[0] for name in ("household", "hukou", "place", "authorised")}
        self.first, self.count, self.home = (plain(base.households[name])[0] for name in ("first", "count", "place"))
        self.hukou_place = plain(base.hukou["place"])[0]
        # Whether the households stand one after the other, so that the people of some in a line are a stretch.
        self._in_line = bool((self.first[1:] == self.first[:-1] + self.count[:-1]).all())
        self._cells: dict[tuple[str, str], Cells] = {}
        self._ends: dict[tuple[str, str], tuple[int, int]] = {}
        self._lines: dict[tuple[str, str], Lines | None] = {}
        self._within: dict[tuple[int, ...], Whole] = {}
        self._orders: dict[tuple[str, str, str], Order] = {}
        self._ranks: dict[str, Whole] = {}
        self._grouped: dict[str, Order] = {}

    def column_of(self, dataset: str, name: str) -> Column:
        """A delivered or derived column."""
        own = self.catalogue.datasets[dataset].columns
        return own[name] if name in own else self.catalogue.derived[dataset][name].column

    def rows(self, dataset: str) -> int:
        return count_of(self.base.rows, dataset)

    def cells(self, dataset: str, name: str) -> Cells:
        key = (dataset, name)
        if key not in self._cells:
            self._cells[key] = self._read(self.base.rows, dataset, name)
        return self._cells[key]

    def read(self) -> Mapping[tuple[str, str], Cells]:
        """The columns asked for so far, by dataset (or relation) and name, those that say whose a row is left out."""
        return {key: cells for key, cells in self._cells.items() if key[1] not in OWNERS}

    def _read(self, tables: Mapping[str, pa.Table], code: str, name: str) -> Cells:
        if isinstance(tables, Mapped):
            where_it_lies: Cells = tables.narrow(code).cells(name)
            return where_it_lies
        column = tables[code][name]
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            return Cells(*self.words.numbers(column))
        cells, empty = plain(column)
        return Cells(narrow(cells), empty)

    def value(self, dataset: str, name: str, at: Any) -> Value:
        """The cells of a column at these rows (a slice or row numbers)."""
        return as_value(self.cells(dataset, name), self.column_of(dataset, name), at)

    def bare(self, dataset: str, name: str, at: Any) -> tuple[Whole, npt.NDArray[np.bool_] | None]:
        column = self.cells(dataset, name)
        return column.cells[at], None if column.empty is None else column.empty[at]

    def ends(self, dataset: str, name: str) -> tuple[int, int]:
        """The least and the greatest cell of a column that has rows; nought counts where a cell is empty."""
        key = (dataset, name)
        if key not in self._ends:
            cells = self.cells(dataset, name).cells
            self._ends[key] = int(cells.min()), int(cells.max())
        return self._ends[key]

    def lines(self, dataset: str, kind: str) -> Lines | None:
        """How the rows of a dataset stand to subjects of a kind; None: they cannot be looked at in one pass."""
        key = (dataset, kind)
        if key not in self._lines:
            self._lines[key] = self._in_lines(dataset, kind)
        return self._lines[key]

    def _in_lines(self, dataset: str, kind: str) -> Lines | None:
        lying = self._lying(dataset)
        if lying is not None and self._as_persons(lying, kind):
            starts = lying.starts
            home = self.people["household"] if kind == "household" else _NOTHING
            found = Lines(
                starts=_NOTHING if starts is None else starts,
                owners=lying.cells("person").cells if starts is None else _NOTHING,
                home=home,
                order=_NOTHING,
                by_person=True,
            )
        else:
            ordered = self.order(dataset, kind, "")
            order = _NOTHING if ordered.rows is None else ordered.rows
            found = Lines(starts=_NOTHING, owners=ordered.owner, home=_NOTHING, order=order, by_person=False)
        return found if found.narrow else None

    def record_ranks(self, dataset: str) -> Whole:
        """Numbers that sort as the record ids do."""
        if dataset not in self._ranks:
            lying = self._lying(dataset)
            ranks = lying.ranks("record_id") if lying is not None else None
            self._ranks[dataset] = ranked(self.base.rows[dataset]["record_id"]) if ranks is None else ranks
        return self._ranks[dataset]

    def rows_of(self, dataset: str, by: str, group: Group) -> tuple[Any, Whole]:
        """The rows of these subjects (a slice or row numbers), and which of them each belongs to, ascending.

        by: the person column that names the person instead.
        """
        kind, positions = group.kind, group.positions
        if group.unbroken:
            low = int(positions[0])
            return self.rows_between(dataset, kind, by, low, low + group.count)
        lying = self._lying(dataset)
        if lying is None or by or not self._as_persons(lying, kind):
            order = self.order(dataset, kind, by)
            at, owner = group.between(order.owner)
            return at if order.rows is None else order.rows[at], owner
        if kind == "hukou":
            at, mine = group.between(self.members(kind).owner)
            return self._rows_of_members(lying, at, mine)
        if group.near:
            between, owner = self.rows_between(dataset, kind, by, int(positions[0]), int(positions[-1]) + 1)
            return group.chosen(owner, between.start)
        there = np.maximum(positions, 0)
        begin = lying.begins(there if kind == "person" else self.first[there])
        end = lying.begins(there + 1 if kind == "person" else self.first[there] + self.count[there])
        return stretches(begin, np.where(positions >= 0, end - begin, 0))

    def rows_between(self, dataset: str, kind: str, by: str, low: int, high: int) -> tuple[Any, Whole]:
        """The same of the subjects from `low` up to `high`."""
        lying = self._lying(dataset)
        if lying is None or by or not self._as_persons(lying, kind):
            order = self.order(dataset, kind, by)
            begin, end = np.searchsorted(order.owner, np.array([low, high], order.owner.dtype)).tolist()
            return slice(begin, end) if order.rows is None else order.rows[begin:end], order.owner[begin:end] - low
        if low >= high:
            return slice(0, 0), np.empty(0, np.int32)
        if kind == "hukou":
            owner = self.members(kind).owner
            at = slice(*np.searchsorted(owner, np.array([low, high], owner.dtype)).tolist())
            return self._rows_of_members(lying, at, owner[at] - low)
        first, last = low, high
        if kind == "household":
            first, last = int(self.first[low]), int(self.first[high - 1] + self.count[high - 1])
        begin, end = lying.begins(np.array([first, last])).tolist()
        persons = lying.persons(begin, end, first, last)
        return slice(begin, end), (persons if kind == "person" else self.people["household"][persons]) - np.int32(low)

    def _rows_of_members(self, lying: MappedRows, at: Any, owner: Whole) -> tuple[Index, Whole]:
        """The rows of people, by their places in the order of members, and whose these are."""
        order = self.members("hukou")
        persons = np.arange(len(order.owner))[at] if order.rows is None else order.rows[at]
        begin = lying.begins(persons)
        rows, which = stretches(begin, lying.begins(persons + 1) - begin)
        return rows, owner[which]

    def _lying(self, dataset: str) -> MappedRows | None:
        """The rows where they lie; None where they do not, or there are none."""
        tables = self.base.rows
        return tables.narrow(dataset) if isinstance(tables, Mapped) and dataset in tables else None

    def _as_persons(self, lying: MappedRows, kind: str) -> bool:
        """Whether the rows of a subject are those of its people."""
        return lying.in_line and (kind == "person" or (lying.follows(kind) and self._in_line))

    def order(self, dataset: str, kind: str, by: str) -> Order:
        """The whole dataset by person, living or hukou household: four bytes a row, for rows that do not stand so; by: as above."""
        key = (dataset, kind, by)
        if key not in self._orders:
            self._orders[key] = self._ordered(*key)
        return self._orders[key]

    def _ordered(self, dataset: str, kind: str, by: str) -> Order:
        if not count_of(self.base.rows, dataset):
            return Order(None, np.empty(0, np.int32))
        column = self.cells(dataset, by) if by else self._read(self.base.rows, dataset, kind)
        owner, empty = column.cells, column.empty
        if by:
            owner = owner if empty is None else np.where(empty, -1, owner)
            if kind != "person":
                owner = np.where(owner >= 0, self.people[kind][np.maximum(owner, 0)], -1)
        return in_order(owner.astype(np.int32))  # any position must fit, not only those that stand in the column

    def members(self, group: str) -> Order:
        """People by the living or hukou household they belong to; those without one stand first, under a number below zero."""
        if group not in self._grouped:
            self._grouped[group] = in_order(self.people[group])
        return self._grouped[group]

    def hukou_within(self, households: Sequence[int]) -> Whole:
        """Of each hukou household in which of the blocks that begin with these living ones all its people live; below zero: in none.

        The last block ends with the last household.
        """
        key = tuple(households)
        if key not in self._within:
            self._within[key] = self._hukou_within(key)
        return self._within[key]

    def _hukou_within(self, households: Sequence[int]) -> Whole:
        found = np.full(self.base.hukou.num_rows, -1)
        if not self._in_line:
            return found
        order = self.members("hukou")
        persons = np.arange(len(order.owner)) if order.rows is None else order.rows
        begin, end = (np.searchsorted(order.owner, np.arange(len(found)), side=side) for side in _SIDES)
        some = np.flatnonzero(end > begin)
        bounds = [*self.first[np.asarray(households)].tolist(), int(self.first[-1] + self.count[-1])]
        # Members of one stand in the order of their positions.
        first, last = (np.searchsorted(bounds, persons[at], side="right") - 1 for at in (begin[some], end[some] - 1))
        found[some] = np.where((first == last) & (first < len(households)), first, -1)
        return found

    def relation(self, code: str) -> pa.Table | None:
        """person and other, sorted by person; None where there is no row."""
        tables = self.base.relations
        if not count_of(tables, code):
            return None
        return tables.narrow(code).wide(names=("person", "other")) if isinstance(tables, Mapped) else tables[code]

    def relation_cells(self, code: str, name: str) -> Cells:
        key = (f"relation {code}", name)
        if key not in self._cells:
            self._cells[key] = self._read(self.base.relations, code, name)
        return self._cells[key]


def as_value(column: Cells, told: Column, at: Any) -> Value:
    """What an empty cell means is said by its column."""
    cells = column.cells[at]
    empty = False if column.empty is None else column.empty[at]
    unknown, none = (empty, False) if told.empty == "unknown" else (False, empty)
    if told.type.kind == "flag":
        return Flag(cells, unknown, none)
    return Number(cells, unknown, none, told.type.scale, told.type.kind)


def ranked(texts: pa.ChunkedArray) -> Whole:
    """Numbers that sort as the texts do."""
    order = pc.sort_indices(texts).to_numpy()
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def stretches(first: Whole, count: Whole) -> tuple[Index, Whole]:
    """The numbers of all stretches one after the other, and which stretch each stands in."""
    if len(count) >= steps.MANY:
        return steps.listed(first, count)
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return np.arange(len(owner)) + np.repeat(first - before, count), owner


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
