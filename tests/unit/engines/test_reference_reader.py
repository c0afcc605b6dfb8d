"""The judge's reader: what all subjects share is read once, of other tables the few cells that are asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from jiuzhu.engines.mapped import Mapped
from jiuzhu.engines.reference.reader import Reader, Shared

ROWS = 300  # more than a small table has


class Lying:
    """A table whose cells are the numbers of their rows."""

    num_rows = ROWS

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def plain(self, column: str, rows: Any) -> list[int]:
        self.asked.append(rows)
        return list(range(ROWS)) if isinstance(rows, slice) else [int(row) for row in rows]


def test_columns_of_shared_tables_are_read_once_for_all_who_ask():
    standards, bills = Lying(), Lying()
    rows: Any = Mapped({"standard": standards, "bill": bills}, pa.array([], pa.string()))  # type: ignore[type-var]
    base: Any = SimpleNamespace(rows=rows, relations={}, people=None, households=None, hukou=None, places=None)
    shared = Shared(frozenset({"rows standard"}))
    for _ in range(2):
        reader = Reader(base, many=False, shared=shared)
        assert [reader.cell("rows standard", row, "value") for row in (7, 250)] == [7, 250]
        assert [reader.cell("rows bill", row, "value") for row in (7, 250)] == [7, 250]
    assert standards.asked == [slice(None)]
    assert len(bills.asked) == 4
