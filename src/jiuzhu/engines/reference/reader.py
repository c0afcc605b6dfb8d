"""Reads the tables of a base into plain Python: the rows that a column says belong to someone, and single cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import Base
from jiuzhu.engines.mapped import Mapped, MappedTable
from jiuzhu.engines.reference.values import NONE, Reason, Unknown, Value
from jiuzhu.rules.tree import Column

_SMALL = 256  # rows
Cell = bool | int | str | date | None


@dataclass(frozen=True)
class Shared:
    """Tables of one base that are read for one subject after another, and their columns by table and name."""

    tables: frozenset[str]
    columns: dict[tuple[str, str], list[Cell]] = field(default_factory=dict)


class Reader:
    """Rows and cells of one base.

    many: whether so many subjects will be asked for that a column is better read whole, once. For a few, only the rows
    asked for leave the Arrow tables. shared: tables of which whole columns are read even then, and the columns read so far:
    they never change as long as the base is asked.
    """

    def __init__(self, base: Base, *, many: bool, shared: Shared | None = None) -> None:
        self._base = base
        self._shared = shared or Shared(frozenset())
        self._plain = {"people": base.people, "households": base.households, "hukou": base.hukou, "places": base.places}
        self._many = many
        self._tables: dict[str, pa.Table] = {}
        self._narrow: dict[str, MappedTable | None] = {}
        self._columns: dict[tuple[str, str], list[Cell]] = {}
        self._rows_of: dict[tuple[str, str], dict[Any, list[int]]] = {}
        self._found: dict[tuple[str, str, int], list[int]] = {}

    def has(self, table: str) -> bool:
        group, code = self._named(table)
        return code in group

    def size(self, table: str) -> int:
        lying = self._lying(table)
        return int(self._table(table).num_rows if lying is None else lying.num_rows)

    def _named(self, table: str) -> tuple[Mapping[str, pa.Table], str]:
        """Among which tables of the base one stands, and how it is called there: `rows <dataset>`, `relation <code>`, or its name."""
        kind, _, code = table.partition(" ")
        return {"rows": self._base.rows, "relation": self._base.relations}.get(kind, self._plain), code or table

    def _table(self, table: str) -> pa.Table:
        if table not in self._tables:
            group, code = self._named(table)
            self._tables[table] = group[code]
        return self._tables[table]

    def _lying(self, table: str) -> MappedTable | None:
        """The table where it lies on the disk, for a few cells of it."""
        if table not in self._narrow:
            group, code = self._named(table)
            self._narrow[table] = group.narrow(code) if isinstance(group, Mapped) and not self._many else None
        return self._narrow[table]

    def cell(self, table: str, row: int, column: str) -> Cell:
        if not self._many:
            return self._cell(table, row, column)
        key = (table, column)
        if key not in self._columns:
            self._columns[key] = self._table(table)[column].to_pylist()
        return self._columns[key][row]

    def _cell(self, table: str, row: int, column: str) -> Cell:
        """Of a small or shared table, such as the standards of places, the whole column is read: conditions ask for its cells again
        and again."""
        key = (table, column)
        columns = self._shared.columns if table in self._shared.tables else self._columns
        if key in columns:
            return columns[key][row]
        lying = self._lying(table)
        found: Cell
        if lying is None:
            found = self._table(table)[column][row].as_py()
        elif lying.num_rows <= _SMALL or table in self._shared.tables:
            columns[key] = lying.plain(column, slice(None))
            found = columns[key][row]
        else:
            found = lying.plain(column, np.array([row]))[0]
        return found

    def rows_where(self, table: str, column: str, position: int) -> list[int]:
        """The rows of a table whose `column` is `position`, in the order of the table; none of a table that is not there."""
        if not self.has(table):
            return []
        if self._many:
            return self._index(table, column).get(position, [])
        key = (table, column, position)
        if key not in self._found:
            lying = self._lying(table)
            if lying is None:
                same = pc.equal(_flat(self._table(table)[column]), pa.scalar(position, pa.int32()))
                self._found[key] = pc.indices_nonzero(pc.fill_null(same, False)).to_pylist()
            else:
                self._found[key] = lying.where(column, position).tolist()
        return self._found[key]

    def _index(self, table: str, column: str) -> dict[Any, list[int]]:
        key = (table, column)
        if key not in self._rows_of:
            index: dict[Any, list[int]] = {}
            for row, position in enumerate(self._table(table)[column].to_pylist()):
                index.setdefault(position, []).append(row)
            self._rows_of[key] = index
        return self._rows_of[key]


def _flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def value_of_cell(cell: Cell, column: Column, dataset: str) -> Value:
    """A cell as a value: whole numbers of `scale` decimals as the number they stand for, an empty one as the column says."""
    if cell is None:
        return NONE if column.empty == "none" else Unknown(because=(Reason("empty cell", dataset, column.name),))
    if column.type.kind == "number" and column.type.scale and isinstance(cell, int):
        return Fraction(cell, 10**column.type.scale)
    return cell
