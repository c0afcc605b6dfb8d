"""One closed DuckDB for one run: no files, no network, no change of its limits once it is open."""

from __future__ import annotations

from collections.abc import Callable

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


class Session:
    """Runs expression objects; there is no way in for a text."""

    def __init__(self, watch: Callable[[str], None] | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        self._watch = watch
        for name, value in LIMITS.items():
            self._run(exp.Set(expressions=[exp.SetItem(this=exp.EQ(this=exp.var(name), expression=exp.convert(value)))]))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, name: str, table: pa.Table) -> None:
        """Lets SQL see an Arrow table under this name, without a copy."""
        self._connection.register(name, table)

    def make(self, name: str, query: Sql) -> int:
        """Keeps the rows of a query as a table of this session; gives how many there are."""
        made = exp.Create(
            this=w.table(name),
            kind="TABLE",
            expression=query,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )
        found = self._connection.execute(self._text(made)).fetchone()
        return int(found[0]) if found else 0

    def drop(self, name: str) -> None:
        self._run(exp.Drop(tables=[w.table(name)], kind="TABLE"))

    def fetch(self, query: Sql) -> pa.Table:
        return self._connection.sql(self._text(query)).to_arrow_table()

    def _run(self, statement: Sql) -> None:
        self._connection.execute(self._text(statement))

    def _text(self, statement: Sql) -> str:
        text: str = statement.sql(dialect="duckdb")
        if self._watch is not None:
            self._watch(text)
        return text
