"""Rows of one dataset where they lie: the few of one household are found by a search, and only their cells are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.engines.base import Base
from jiuzhu.engines.columnar.columns import in_order, plain
from jiuzhu.engines.mapped import Mapped, MappedRows

Whole = npt.NDArray[Any]
LyingTable: TypeAlias = MappedRows | pa.Table


class LyingRows:
    """The rows of a dataset by living household: those of its people, and those that carry its own number."""

    def __init__(self, table: LyingTable, home: Whole) -> None:
        """home: the living household of each person."""
        self._table = table
        self._starts = table.starts if isinstance(table, MappedRows) else None
        self._persons = None if self._starts is not None else in_order(_owner(table, "person"))
        self._strays = _strays(table, home)

    def of(self, household: Whole, persons: Whole) -> slice | list[int]:
        """The rows of one household, ascending. household, persons: its position and those of its people, [from, to)."""
        mine = self._on_disk(household, persons)
        return self._table.and_new(mine, int(household[0])) if isinstance(self._table, MappedRows) else mine

    def _on_disk(self, household: Whole, persons: Whole) -> slice | list[int]:
        if self._persons is None:
            assert self._starts is not None
            low, high = self._starts[persons].tolist()
            mine: slice | list[int] = slice(low, high)
        else:
            low, high = self._persons.owner.searchsorted(persons).tolist()
            mine = slice(low, high) if self._persons.rows is None else sorted(self._persons.rows[low:high].tolist())
        if self._strays is None:
            return mine
        low, high = self._strays[0].searchsorted(household).tolist()
        if low == high:
            return mine
        own = range(mine.start, mine.stop) if isinstance(mine, slice) else mine
        return sorted({*own, *self._strays[1][low:high].tolist()})

    def sender(self, row: int) -> str:
        """Who sent a row that stands in no delivery yet."""
        return self._table.sender(row) if isinstance(self._table, MappedRows) else ""

    def cells(self, name: str, rows: slice | list[int]) -> list[Any]:
        """The cells of a column as `Base` says them, None where they are empty."""
        if isinstance(self._table, MappedRows):
            return self._table.plain(name, rows)
        column = self._table[name]
        near = column.slice(rows.start, rows.stop - rows.start) if isinstance(rows, slice) else column.take(rows)
        found: list[Any] = near.to_pylist()
        return found


def lying_table(base: Base, code: str) -> LyingTable | None:
    """The rows of a dataset where they lie; None where there is none."""
    if code not in base.rows:
        return None
    table = base.rows.narrow(code) if isinstance(base.rows, Mapped) else base.rows[code]
    return table if table.num_rows or (isinstance(table, MappedRows) and table.grows) else None


def names_of(table: LyingTable) -> Sequence[str]:
    names: Sequence[str] = table.names if isinstance(table, MappedRows) else table.column_names
    return names


def wide(table: LyingTable, names: Sequence[str]) -> pa.Table:
    """These columns of all rows, as `Base` says them."""
    return table.wide(names=names) if isinstance(table, MappedRows) else table.select(names)


def _owner(table: LyingTable, name: str) -> Whole:
    return table.cells(name).cells if isinstance(table, MappedRows) else plain(table[name])[0]


def _strays(table: LyingTable, home: Whole) -> tuple[Whole, Whole] | None:
    """Rows with another household than their person has: the households, ascending, and the rows. None: there are none."""
    if isinstance(table, MappedRows) and table.follows("household"):
        return None
    person, household = _owner(table, "person"), _owner(table, "household")
    other = np.flatnonzero((household >= 0) & (np.where(person >= 0, home[person], -1) != household))
    ordered = other[np.argsort(household[other], kind="stable")]
    return (household[ordered].astype(np.int32), ordered) if len(ordered) else None
