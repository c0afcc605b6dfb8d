"""Derived columns: what a row tells together with rows of another dataset, worked out once for all rules."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from jiuzhu.registry.archived import CASE, quoted
from jiuzhu.registry.profile.cells import OWNERS, Sight
from jiuzhu.rules.tree import Derived

_SQL_TYPES = {"flag": "BOOLEAN", "date": "DATE", "text": "VARCHAR"}
COVERED = "covered"


@dataclass(frozen=True)
class DerivedMaker:
    """own, source: relations of the rows of the two datasets, own ones with their `place`.

    apart: rows of different cases never meet. source_at: the column by which latest and first choose.
    covered: whether the relation `covered` (place) says for which places the source was delivered.
    """

    connection: duckdb.DuckDBPyConnection
    sight: Sight
    apart: bool = False

    def add(self, derived: Derived, own: str, source: str, source_at: str) -> str:
        """A view of `own` with the derived column; where a cell of that name came with the row (examples), it stays."""
        answer = f"{own}_{derived.code}"
        name = quoted(derived.code)
        there = {row[0] for row in self.connection.execute(f"DESCRIBE {own}").fetchall()}
        given = f"coalesce(o.{name}, x.{name})" if derived.code in there else f"x.{name}"
        rest = f"o.* EXCLUDE ({name})" if derived.code in there else "o.*"
        if not derived.source:
            assert derived.value is not None
            value = _cut(self.sight.value(derived.value, derived.column), derived)
            made = f"SELECT *, {value} AS made FROM {own} o"
            given = f"coalesce(o.{name}, o.made)" if derived.code in there else "o.made"
            rest = f"o.* EXCLUDE (made{', ' + name if derived.code in there else ''})"
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {answer} AS SELECT {rest}, {given} AS {name} FROM ({made}) o")
            return answer
        looked = self._looked(derived, own, source, source_at) if source else self._nothing(derived, own)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE looked_{answer} AS {looked}")
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {answer} AS
            SELECT {rest}, {given} AS {name} FROM {own} o LEFT JOIN looked_{answer} x ON x.row_id = o.row_id"""
        )
        return answer

    def _looked(self, derived: Derived, own: str, source: str, source_at: str) -> str:
        matched = [f"{_key(mine, 'o')} = {_key(theirs, 't')}" for mine, theirs in derived.match.items()]
        if self.apart:
            matched.append(f"o.{CASE} = t.{CASE}")
        holds = f"({self.sight.flag(derived.where)})" if derived.where is not None else "TRUE"
        value, unknown = "NULL", "FALSE"
        if derived.value is not None:
            distinct = derived.aggregate == "distinct"
            value = self.sight.plain(derived.value) if distinct else self.sight.value(derived.value, derived.column)
            value, unknown = _cut(value, derived), self.sight.unknown(derived.value)
        at = f"t.{quoted(source_at)}" if source_at else "t.data_date"
        kind = _SQL_TYPES.get(derived.column.type.kind, "BIGINT")
        return f"""SELECT row_id, {_aggregate(derived.aggregate, kind)} AS {quoted(derived.code)} FROM (
            SELECT o.row_id, c.place IS NOT NULL AS delivered, t.record_id AS theirs, {holds} AS holds, {value} AS value,
                {unknown} AS unknown, {at} AS happened
            FROM {own} o LEFT JOIN {source} t ON {" AND ".join(matched)} LEFT JOIN {COVERED} c ON c.place = o.place
        ) GROUP BY row_id"""

    def _nothing(self, derived: Derived, own: str) -> str:
        kind = _SQL_TYPES.get(derived.column.type.kind, "BIGINT")
        made = f"CAST(NULL AS {kind})"
        if derived.aggregate == "exists":
            made = "CASE WHEN c.place IS NOT NULL THEN FALSE END"
        elif derived.aggregate in ("count", "sum", "distinct"):
            made = "CASE WHEN c.place IS NOT NULL THEN 0 END"
        return f"SELECT o.row_id, {made} AS {quoted(derived.code)} FROM {own} o LEFT JOIN {COVERED} c ON c.place = o.place"


def _key(column: str, alias: str) -> str:
    return f"{alias}.{quoted(OWNERS.get(column, column))}"


def _cut(value: str, derived: Derived) -> str:
    return f"left({value}, {derived.digits})" if derived.digits else value


def _aggregate(aggregate: str, kind: str) -> str:
    """SQL over the rows that met one own row. Doubt about a row, a value or the delivery leaves the cell empty."""
    sure = "theirs IS NOT NULL AND holds"
    doubt = "coalesce(bool_or(theirs IS NOT NULL AND holds IS NULL), FALSE)"
    missing = f"coalesce(bool_or({sure} AND unknown), FALSE)"
    delivered = "bool_and(delivered)"
    if aggregate == "exists":
        return f"CASE WHEN coalesce(bool_or({sure}), FALSE) THEN TRUE WHEN {doubt} OR NOT {delivered} THEN NULL ELSE FALSE END"
    if aggregate in ("count", "distinct"):
        counted = f"count({'*' if aggregate == 'count' else 'DISTINCT value'}) FILTER ({sure})"
        return f"CASE WHEN {doubt} OR NOT {delivered} THEN NULL ELSE {counted} END"
    if aggregate in ("latest", "first"):
        best = "max" if aggregate == "latest" else "min"
        # A tie goes to the greater value, then the greater record id, whichever end is asked for.
        order = "happened DESC" if best == "max" else "happened ASC"
        chosen = f"first(value ORDER BY {order} NULLS LAST, value DESC NULLS LAST, theirs DESC) FILTER ({sure})"
        return f"CASE WHEN {doubt} THEN NULL ELSE CAST({chosen} AS {kind}) END"
    made = f"{aggregate}(value) FILTER ({sure})"
    if aggregate == "sum":
        made = f"coalesce({made}, 0)"
        return f"CASE WHEN {doubt} OR {missing} OR NOT {delivered} THEN NULL ELSE CAST({made} AS {kind}) END"
    return f"CASE WHEN {doubt} OR {missing} THEN NULL ELSE CAST({made} AS {kind}) END"
