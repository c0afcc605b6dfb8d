"""Relations between people as the base keeps them: (person, other) by position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from jiuzhu.registry.archived import quoted
from jiuzhu.registry.profile.cells import Sight
from jiuzhu.registry.profile.positions import plain
from jiuzhu.rules.tree import Column, Relation

HOUSEHOLD = "household_id"


@dataclass(frozen=True)
class RelationMaker:
    """placed: relation of the rows of the relation's dataset in force, with archive ids and the household of each row."""

    connection: duckdb.DuckDBPyConnection
    sight: Sight

    def table(self, relation: Relation, placed: str, at: str, base_columns: Mapping[str, str]) -> pa.Table:
        """The relation from person to other; of a relation of one the newest row by `at`, then the newest sent.

        base_columns: column of the relation to the SQL that turns it into what the base keeps.
        A relation from a household holds for every member of it.
        """
        where = f"({self.sight.flag(relation.where)}) IS TRUE" if relation.where is not None else "TRUE"
        of_household = relation.subject == HOUSEHOLD
        joins = (
            "JOIN position s ON s.household = t.household"
            if of_household
            else f"JOIN position s ON s.person = t.{quoted(relation.subject)}"
        )
        # Nobody is their own spouse or carer, whatever a row says; the head is one of the household.
        apart = "TRUE" if of_household else "s.position <> o.position"
        columns = "".join(f", {base_columns[name]} AS {quoted(name)}" for name in relation.columns)
        newest = ""
        if not relation.many:
            day = f"t.{quoted(at)} DESC NULLS LAST, " if at else ""
            newest = f"QUALIFY row_number() OVER (PARTITION BY s.position ORDER BY {day}t.data_date DESC, t.record_id DESC) = 1"
        found = self.connection.sql(
            f"""SELECT s.position AS person, o.position AS other{columns}
            FROM {placed} t {joins} JOIN position o ON o.person = t.{quoted(relation.to)}
            WHERE {apart} AND {where} {newest}
            ORDER BY s.position, o.position, t.record_id"""
        ).to_arrow_table()
        return plain(found)


def empty_relation(relation: Relation, columns: Mapping[str, Column], arrow: Mapping[str, pa.DataType]) -> pa.Table:
    """A relation of a dataset that was never delivered."""
    fields = [
        ("person", pa.int32()),
        ("other", pa.int32()),
        *((name, arrow[name]) for name in relation.columns if name in columns),
    ]
    return pa.table({name: pa.array([], kind) for name, kind in fields})
