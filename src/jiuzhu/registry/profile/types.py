"""What each kind of column is in the base: Arrow and SQL types."""

from __future__ import annotations

import pyarrow as pa

from jiuzhu.rules.tree import Column

_NUMBERS = {"month": pa.int32(), "quarter": pa.int32(), "school_year": pa.int32()}
_SQL = {pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", pa.date32(): "DATE", pa.string(): "VARCHAR"}


def arrow_type(column: Column) -> pa.DataType:
    """The type of a column of `Base.rows`."""
    if column.identity:
        return pa.int32()
    if column.holds in _NUMBERS:
        return _NUMBERS[column.holds]
    kinds = {"flag": pa.bool_(), "date": pa.date32(), "text": pa.string()}
    return kinds.get(column.type.kind, pa.int64())


def archive_type(column: Column) -> pa.DataType:
    """The type of the same column in the archive: people and things still carry their number of the vault."""
    return pa.int64() if column.identity else arrow_type(column)


def sql_type(kind: pa.DataType) -> str:
    return _SQL[kind]
