"""The archive as later stages read it: deliveries that count, and their rows as relations of one DuckDB connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import duckdb
import pyarrow as pa

# Columns of an archived row that are not fields of its dataset.
CHANGE, HASH, ROW, DELIVERY = "_change", "_hash", "_row", "_delivery"
# The number of a candidate: what a row says of a person whose id number is missing or wrong. Of another person than the
# row's own the name of the column follows.
UNLINKED = "_unlinked"
# Keeps the rows of one example from those of another; there only in bases made from examples.
CASE = "_case"


def quoted(name: str) -> str:
    """A column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text for SQL."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Delivered:
    """An accepted delivery that the gate has let through.

    number: its place among the digests of all deliveries of its dataset in order; the rows carry it in `_delivery`. What other
    datasets deliver moves no number, so that rows nothing came for stay as they are from release to release.
    first, last: its period; None where the name gave none (then the days of its rows count).
    full: it replaces its dataset, division and period. part: several full files of one day stand together.
    division: the smallest that holds all its rows; "" the whole country. oldest, newest: of the `data_date`s in it.
    months: without a period, the month numbers of its rows' own day (`at`), ascending; of states there are none.
    areas: what the division is on the day of the run, where it was merged or split.
    """

    number: int
    digest: str
    dataset: str
    source: str = ""
    first: date | None = None
    last: date | None = None
    full: bool = False
    part: str = ""
    division: str = ""
    oldest: date | None = None
    newest: date | None = None
    months: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()
    received: int = 0
    accepted: int = 0


class Archive(Protocol):
    """Where rows come from: the folder of a workspace, or tables in memory."""

    @property
    def deliveries(self) -> Sequence[Delivered]: ...

    def view(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> str:
        """The name of a relation of all archived rows of a dataset, or "" if there are none."""


@dataclass(frozen=True)
class TablesArchive:
    """Rows in memory: examples and tests."""

    deliveries: Sequence[Delivered]
    tables: Mapping[str, pa.Table]

    def view(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> str:
        if dataset not in self.tables:
            return ""
        connection.register(f"archive_{dataset}", self.tables[dataset])
        return f"archive_{dataset}"
