"""What a compiled expression is in SQL: a flag, or a value with the conditions under which it is unknown.

A flag is one BOOLEAN that is null where unknown, so that SQL's own `and`, `or`, `not` are Kleene's. Every other value is an
expression that is null where there is none or it is unknown, and a second one that says where it is unknown. What can
be settled while compiling (a full column, a dataset delivered everywhere) is left out of the SQL altogether.
"""

from __future__ import annotations

from dataclasses import dataclass

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.words import Sql


@dataclass(frozen=True)
class Flag:
    """sql: true, false, or null where unknown. certain: never unknown. none: where there is no value (sql is false there)."""

    sql: Sql
    certain: bool = False
    none: Sql | None = None


@dataclass(frozen=True)
class Value:
    """sql: null where none or unknown. unknown: where unknown, None for nowhere. present: never none.

    scale: how many decimals the whole number carries. floor: a known lower bound where unknown (null: no bound), same scale.
    """

    sql: Sql
    unknown: Sql | None = None
    present: bool = False
    scale: int = 0
    kind: str = "number"
    floor: Sql | None = None

    def __post_init__(self) -> None:
        if self.sql == w.NULL:  # known nowhere: a constant, but functions still ask for its type
            object.__setattr__(self, "sql", w.cast(w.NULL, _TYPES.get(self.kind, "BIGINT")))


_TYPES = {"date": "DATE", "text": "TEXT", "month": "INT", "quarter": "INT", "person": "INT", "thing": "INT"}

Compiled = Flag | Value


def none_of(value: Compiled) -> Sql:
    """Where there is no value, for certain."""
    if isinstance(value, Flag):
        return value.none if value.none is not None else w.FALSE
    if value.present:
        return w.FALSE
    return w.both(w.is_null(value.sql), w.negated(value.unknown) if value.unknown is not None else None)


def unknown_of(value: Compiled) -> Sql:
    if isinstance(value, Flag):
        return w.FALSE if value.certain else w.is_null(value.sql)
    return value.unknown if value.unknown is not None else w.FALSE


def not_none(value: Compiled) -> Sql:
    """Where the value is there or unknown."""
    if isinstance(value, Flag):
        return w.TRUE if value.none is None else w.negated(value.none)
    if value.present:
        return w.TRUE
    return w.either(unknown_of(value), w.is_given(value.sql))


def unknown_together(values: tuple[Compiled, ...]) -> Sql:
    """Where at least one is unknown and none of them is none: none goes before unknown."""
    parts = []
    for index, value in enumerate(values):
        others = [not_none(other) for place, other in enumerate(values) if place != index]
        parts.append(w.both(unknown_of(value), *others))
    return w.either(*parts)


def scaled(sql: Sql, by: int) -> Sql:
    """A whole number times ten to `by`."""
    if by == 0:
        return sql
    return w.roomy(w.product, sql, w.whole(10**by))


def aligned(left: Value, right: Value) -> tuple[Sql, Sql, int]:
    """Both at the greater scale of the two."""
    scale = max(left.scale, right.scale)
    return scaled(left.sql, scale - left.scale), scaled(right.sql, scale - right.scale), scale


def at_scale(value: Value, scale: int) -> Sql:
    """The number at another scale; half up, away from zero, where digits are lost."""
    return rescaled(value.sql, value.scale, scale)


def rescaled(sql: Sql, own: int, scale: int) -> Sql:
    if scale >= own:
        return scaled(sql, scale - own)
    step = w.whole(10 ** (own - scale))
    half = w.whole(10 ** (own - scale) // 2)
    up = w.quotient(w.plus(w.call("ABS", sql), half), step)
    return w.signed(sql, up)
