"""Dense positions of people, households and places: given anew for each base, and good for it alone."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from jiuzhu.registry.profile.households import ALONE


@dataclass(frozen=True)
class Positions:
    """Tables of the connection: `position` (person, position, household, hukou, place), `low_number` (number, household).

    people, households, hukou, places: as in `Base`, people without the column `authorised`.
    numbers: for each living household its kind and number; hukou_numbers: the number of each hukou household.
    """

    people: pa.Table
    households: pa.Table
    hukou: pa.Table
    places: pa.Table
    numbers: pa.Table
    hukou_numbers: pa.Table


def give_positions(connection: duckdb.DuckDBPyConnection, home: str, order: str) -> Positions:
    """Number the people of `home` by division, household number and id number.

    order: a relation (person, id_number, otherwise): the 18 characters, or null with a text that orders people without
    one (dataset and record id). Never by person_id, which is random: the same deliveries must give the same positions.
    """
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE place AS
        SELECT code, CAST(row_number() OVER (ORDER BY code) - 1 AS INTEGER) AS place
        FROM (SELECT region AS code FROM {home} UNION SELECT hukou_region FROM {home} WHERE hukou IS NOT NULL)"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE hukou_position AS
        SELECT hukou, region, CAST(row_number() OVER (ORDER BY hukou) - 1 AS INTEGER) AS position
        FROM (SELECT DISTINCT hukou, hukou_region AS region FROM {home} WHERE hukou IS NOT NULL)"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE position AS
        WITH line AS (
            SELECT h.person, h.kind, h.number, h.region, h.hukou,
                row_number() OVER (ORDER BY h.region, h.number, h.kind, o.id_number NULLS LAST, o.otherwise) - 1 AS position
            FROM {home} h LEFT JOIN {order} o USING (person)
        ), numbered AS (
            SELECT *, sum(begins) OVER (ORDER BY position) - 1 AS household FROM (
                SELECT *, CASE WHEN kind <> {ALONE} AND lag(kind) OVER w = kind AND lag(number) OVER w = number THEN 0 ELSE 1 END AS begins
                FROM line WINDOW w AS (ORDER BY position)
            )
        )
        SELECT n.person, CAST(n.position AS INTEGER) AS position, CAST(n.household AS INTEGER) AS household,
            coalesce(k.position, -1) AS hukou, p.place, n.kind, n.number
        FROM numbered n JOIN place p ON p.code = n.region LEFT JOIN hukou_position k ON k.hukou = n.hukou
        ORDER BY n.position"""
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE household_position AS
        SELECT household, CAST(min(position) AS INTEGER) AS first, CAST(count(*) AS INTEGER) AS count, min(place) AS place,
            min(kind) AS kind, min(number) AS number
        FROM position GROUP BY household ORDER BY household"""
    )
    return Positions(
        people=_table(connection, "SELECT household, hukou, place FROM position ORDER BY position"),
        households=_table(connection, "SELECT first, count, place FROM household_position ORDER BY household"),
        hukou=_table(connection, "SELECT p.place FROM hukou_position h JOIN place p ON p.code = h.region ORDER BY h.position"),
        places=_table(connection, "SELECT code FROM place ORDER BY place"),
        numbers=_table(connection, "SELECT CAST(kind AS TINYINT) AS kind, number FROM household_position ORDER BY household"),
        hukou_numbers=_table(connection, "SELECT hukou AS number FROM hukou_position ORDER BY position"),
    )


def _table(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    return plain(connection.sql(query).to_arrow_table())


def plain(table: pa.Table) -> pa.Table:
    """The same table in one piece, without the types DuckDB likes better than the base does."""
    columns = []
    for column in table.columns:
        whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if pa.types.is_large_string(whole.type) or str(whole.type) == "string_view":
            whole = whole.cast(pa.string())
        columns.append(whole)
    return pa.table(columns, names=table.column_names)
