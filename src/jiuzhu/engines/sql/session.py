"""What runs the statements of a run: one closed DuckDB, or a script that only writes them down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import duckdb
import pyarrow as pa
from sqlglot import exp

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.words import Sql

THREADS = 2
MEMORY = "2GB"
# External access off also keeps a replacement scan from reading a file or a Python variable that is called like a table.
LIMITS: Mapping[str, int | str | bool] = {
    "threads": THREADS,
    "memory_limit": MEMORY,
    "temp_directory": "",
    "preserve_insertion_order": False,  # rows are asked for in an order where one is needed; keeping another costs memory
    # DuckDB 2.0.0 collects small chunks after a join and stops with an internal error ("dict-surviving cache") when the words of a
    # join change under it: one run of a county in eight. Without the collecting a run costs the same.
    "debug_enable_caching_operators": False,
    "enable_external_access": False,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "lock_configuration": True,
}


def duck_text(query: Sql) -> str:
    """A statement in DuckDB's dialect. The text is kept with the query: it is asked for twice and takes long to write."""
    if "duckdb" not in query.meta:
        query.meta["duckdb"] = query.sql(dialect="duckdb")
    text: str = query.meta["duckdb"]
    return text


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

    def __init__(self, watch: Callable[[str], None] | None = None, limits: Mapping[str, int | str | bool] = LIMITS) -> None:
        self._watch = watch
        self._connection = duckdb.connect(":memory:")
        for name, value in limits.items():
            item = exp.EQ(this=exp.var(name), expression=exp.convert(value))
            self._run(duck_text(exp.Set(expressions=[exp.SetItem(this=item)])))

    def show(self, name: str, table: pa.Table) -> None:
        self._connection.register(name, table)

    def make(self, name: str, query: Sql) -> int:
        temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
        begin = exp.Create(this=w.table(name), kind="TABLE", properties=temporary)
        found = self._run(f"{duck_text(begin)} AS {duck_text(query)}").fetchone()
        return int(found[0]) if found else 0

    def drop(self, name: str) -> None:
        self._run(duck_text(exp.Drop(tables=[w.table(name)], kind="TABLE")))

    def fetch(self, query: Sql) -> pa.Table:
        text = duck_text(query)
        self._heard(text)
        return self._connection.sql(text).to_arrow_table()

    def close(self) -> None:
        self._connection.close()

    def _run(self, text: str) -> duckdb.DuckDBPyConnection:
        self._heard(text)
        return self._connection.execute(text)

    def _heard(self, text: str) -> None:
        if self._watch is not None:
            self._watch(text)


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
