"""Accounts, plates and other things by dense numbers, instead of by those of the vault."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from jiuzhu.registry.archived import quoted


class ThingNumbers:
    """Numbers things through all datasets of a base, in the order in which they are asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._many = 0
        connection.execute("CREATE OR REPLACE TEMP TABLE thing_number (thing BIGINT, number INTEGER)")

    def numbered(self, query: str, things: Sequence[str]) -> str:
        """The query with things as dense numbers, in the order in which they first appear: never by their vault number."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE line AS SELECT *, row_number() OVER (ORDER BY person, household, record_id) AS line FROM ({query})"
        )
        for name in things:
            self.connection.execute(
                f"""INSERT INTO thing_number SELECT thing, {self._many} + row_number() OVER (ORDER BY first) - 1 FROM (
                    SELECT {quoted(name)} AS thing, min(line) AS first FROM line
                    WHERE {quoted(name)} IS NOT NULL AND {quoted(name)} NOT IN (SELECT thing FROM thing_number) GROUP BY thing)"""
            )
            self._many = self.connection.execute("SELECT count(*) FROM thing_number").fetchall()[0][0]
        joined = " ".join(
            f"LEFT JOIN thing_number n{number} ON n{number}.thing = l.{quoted(name)}" for number, name in enumerate(things)
        )
        replaced = ", ".join(f"n{number}.number AS {quoted(name)}" for number, name in enumerate(things))
        return f"SELECT l.* EXCLUDE (line) REPLACE ({replaced}) FROM line l {joined} ORDER BY line"
