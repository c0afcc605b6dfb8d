"""Everybody the rows name: who lives nowhere yet is looked after where a row of theirs lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from jiuzhu.registry.archived import quoted
from jiuzhu.rules.tree import Dataset

if TYPE_CHECKING:
    from jiuzhu.registry.profile.straight import Straight

_OWN, _OTHER = 1, 2  # a row of one's own says more of where one is than a row of another


def add_by_sql(connection: duckdb.DuckDBPyConnection, seen: Iterable[tuple[Dataset, str]], housed: str) -> None:
    """A table `spoken_of` (person, region, near) of those not housed, with the least division of the rows of each column.

    seen: datasets and the relation of the rows that may count.
    """
    _begin(connection)
    for dataset, rows in seen:
        for name, column in sorted(dataset.columns.items()):
            if column.type.kind == "person":
                connection.execute(
                    f"""INSERT INTO spoken_of SELECT {quoted(name)}, min(region_code), {_near(name)} FROM {rows} s
                    WHERE {quoted(name)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {housed} h WHERE h.person = s.{quoted(name)})
                    GROUP BY 1"""
                )


def add_by_files(connection: duckdb.DuckDBPyConnection, road: Straight, datasets: Iterable[Dataset], housed: str) -> None:
    """The same by the straight road, which reads no more than the columns that name somebody."""
    _begin(connection)
    known = road.known
    at_home = np.zeros(len(known.everybody), bool)
    at_home[known.find(connection.execute(f"SELECT person FROM {housed}").fetchnumpy()["person"])] = True
    for dataset in datasets:
        for name, told in road.spoken_of(dataset, at_home):
            connection.register("named", told)
            connection.execute(f"INSERT INTO spoken_of SELECT person, region, {_near(name)} FROM named")
            connection.unregister("named")


def everyone(connection: duckdb.DuckDBPyConnection, housed: str) -> str:
    """A table (person, region): who has a row, and who is only spoken of; with the division of a row of those not housed."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE everyone AS
        SELECT person, coalesce(min(region) FILTER (near = {_OWN}), min(region), '') AS region FROM spoken_of GROUP BY person
        UNION ALL SELECT person, '' FROM {housed}"""
    )
    return "everyone"


def _begin(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE spoken_of (person BIGINT, region VARCHAR, near TINYINT)")


def _near(column: str) -> int:
    return _OWN if column == "id_no" else _OTHER
