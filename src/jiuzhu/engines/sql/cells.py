"""A cell of a delivered table as a compiled value: what an empty one means is said by its column."""

from __future__ import annotations

import pyarrow as pa

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.values import Compiled, Flag, Value
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules.tree import Column

ARROW = {
    "flag": pa.bool_(),
    "number": pa.int64(),
    "date": pa.date32(),
    "month": pa.int32(),
    "quarter": pa.int32(),
    "instant": pa.int64(),
    "text": pa.string(),
    "person": pa.int32(),
    "thing": pa.int32(),
}


def cell(column: Column, sql: Sql, *, may_be_empty: bool) -> Compiled:
    """may_be_empty: whether any cell of this base is; most columns are full, and their SQL is the shorter for it."""
    if column.type.kind == "flag":
        if not may_be_empty:
            return Flag(sql, certain=True)
        if column.empty == "unknown":
            return Flag(sql)
        return Flag(w.given_or(sql, w.FALSE), certain=True, none=w.is_null(sql))
    if not may_be_empty:
        return Value(sql, present=True, scale=column.type.scale, kind=column.type.kind)
    if column.empty == "unknown":
        return Value(sql, w.is_null(sql), present=True, scale=column.type.scale, kind=column.type.kind)
    return Value(sql, scale=column.type.scale, kind=column.type.kind)
