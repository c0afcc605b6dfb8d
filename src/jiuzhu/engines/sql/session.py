"""What runs the statements of a run: one closed DuckDB, or a script that only writes them down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import duckdb
import pyarrow as pa
from sqlglot import exp

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.words import Sql

THREADS = 2
MEMORY = "2GB"
# External access off also keeps a replacement scan from reading a file or a Python variable that is called like a table.
LIMITS = {
    "threads": THREADS,
    "memory_limit": MEMORY,
    "temp_directory": "",
    "preserve_insertion_order": False,  # rows are asked for in an order where one is needed; keeping another costs memory
    "enable_external_access": False,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "lock_configuration": True,
}


class Session(Protocol):
    """Takes expression objects; there is no way in for a text."""

    def show(self, name: str, table: pa.Table) -> None:
        """Lets SQL see an Arrow table under this name."""
        ...

    def make(self, name: str, query: Sql) -> int:
        """Keeps the rows of a query as a table; gives how many there are."""
        ...

    def drop(self, name: str) -> None: ...

    def fetch(self, query: Sql) -> pa.Table: ...

    def close(self) -> None: ...


class DuckSession:
    """No files, no network, no change of its limits once it is open. watch: hears every statement."""

    def __init__(self, watch: Callable[[str], None] | None = None) -> None:
        self._watch = watch
        self._connection = duckdb.connect(":memory:")
        for name, value in LIMITS.items():
            item = exp.EQ(this=exp.var(name), expression=exp.convert(value))
            self._run(exp.Set(expressions=[exp.SetItem(this=item)]))

    def show(self, name: str, table: pa.Table) -> None:
        self._connection.register(name, table)

    def make(self, name: str, query: Sql) -> int:
        temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
        made = exp.Create(this=w.table(name), kind="TABLE", expression=query, properties=temporary)
        found = self._run(made).fetchone()
        return int(found[0]) if found else 0

    def drop(self, name: str) -> None:
        self._run(exp.Drop(tables=[w.table(name)], kind="TABLE"))

    def fetch(self, query: Sql) -> pa.Table:
        return self._connection.sql(self._text(query)).to_arrow_table()

    def close(self) -> None:
        self._connection.close()

    def _run(self, statement: Sql) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(self._text(statement))

    def _text(self, statement: Sql) -> str:
        text: str = statement.sql(dialect="duckdb")
        if self._watch is not None:
            self._watch(text)
        return text


class Script:
    """Writes down what a run would ask, in order: (name of the table made, or "" for an answer; query)."""

    def __init__(self) -> None:
        self.queries: list[tuple[str, Sql]] = []

    def show(self, name: str, table: pa.Table) -> None:
        """Tables are handed over by whoever runs the script."""

    def make(self, name: str, query: Sql) -> int:
        self.queries.append((name, query))
        return 0

    def drop(self, name: str) -> None:
        """What a script makes stays until it is done."""

    def fetch(self, query: Sql) -> pa.Table:
        self.queries.append(("", query))
        columns = {"subject": pa.int32(), "hit": pa.bool_(), "level": pa.int8(), "value": pa.int64(), "threshold": pa.int64()}
        return pa.schema(list(columns.items())).empty_table()

    def close(self) -> None:
        """Nothing is open."""
