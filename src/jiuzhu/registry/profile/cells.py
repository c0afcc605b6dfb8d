"""Columns of rows as compiled values, and the moments of a day: what the profile's own expressions see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.expressions import Compiler
from jiuzhu.engines.sql.values import Compiled, Flag, Value, at_scale
from jiuzhu.registry.profile.state import Moment
from jiuzhu.rules.tree import Column, Expression, Name, Table

# Whom a row belongs to, and the column that says it while the base is built.
OWNERS = {"person": "id_no", "household": "household"}


def cell(column: Column, alias: str) -> Compiled:
    """A cell of the relation `alias`; an empty one is none or unknown, as the column says."""
    sql = w.column(column.name, alias)
    if column.type.kind == "flag":
        if column.empty == "none":
            return Flag(w.given_or(sql, w.FALSE), certain=True, none=w.is_null(sql))
        return Flag(sql)
    if column.empty == "none":
        return Value(sql, scale=column.type.scale, kind=column.type.kind)
    return Value(sql, w.is_null(sql), present=True, scale=column.type.scale, kind=column.type.kind)


@dataclass(frozen=True)
class Sight:
    """What an expression may name: columns of `theirs`, and with the prefix own_ those of `mine` (relations t and o)."""

    theirs: Mapping[str, Column]
    mine: Mapping[str, Column]
    moment: Moment
    tables: Mapping[str, Table]

    def compiler(self) -> Compiler:
        return Compiler(self._resolve, self.tables)

    def _resolve(self, name: Name) -> Compiled:
        if name.source == "moment":
            return _moment(name.name, self.moment)
        if name.name in self.theirs:
            return cell(self.theirs[name.name], "t")
        bare = name.name.removeprefix("own_")
        alias = "t" if bare == name.name and self.theirs else "o"
        if bare in OWNERS:
            return Value(w.column(OWNERS[bare], alias), kind="person" if bare == "person" else "thing")
        return cell(self.mine[bare], "o")

    def plain(self, expression: Expression) -> str:
        """SQL of the value as it is; null where it is none or unknown."""
        return text_of(self.compiler().compile(expression).sql)

    def flag(self, expression: Expression) -> str:
        """SQL that is true, false, or null where unknown."""
        return text_of(self.compiler().flag(expression).sql)

    def value(self, expression: Expression, column: Column) -> str:
        """SQL of the value as `column` keeps it; null where it is none or unknown."""
        compiled = self.compiler().compile(expression)
        if isinstance(compiled, Flag):
            return text_of(compiled.sql)
        if column.type.kind == "number":
            return f"CAST({text_of(at_scale(compiled, column.type.scale))} AS BIGINT)"
        return text_of(compiled.sql)

    def unknown(self, expression: Expression) -> str:
        """SQL that is true where the value is unknown rather than none."""
        compiled = self.compiler().compile(expression)
        if isinstance(compiled, Flag):
            return "FALSE" if compiled.certain else text_of(w.is_null(compiled.sql))
        return "FALSE" if compiled.unknown is None else text_of(compiled.unknown)


def text_of(sql: w.Sql) -> str:
    return str(sql.sql(dialect="duckdb"))


def _moment(name: str, moment: Moment) -> Value:
    days: dict[str, Callable[[date], date]] = {
        "as_of": lambda day: day,
        "year_start": lambda day: day.replace(month=1, day=1),
        "month_start": lambda day: day.replace(day=1),
    }
    if name == "now":
        return Value(w.whole(moment.seconds), present=True, kind="instant")
    return Value(w.day(days[name](moment.as_of)), present=True, kind="date")
