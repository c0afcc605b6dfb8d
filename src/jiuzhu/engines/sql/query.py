"""A FROM with joins of which only those are written that an expression of the query speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.words import Sql


def aliases(parts: Iterable[Sql]) -> set[str]:
    """The tables that expressions speak of."""
    return {column.table for part in parts for column in part.find_all(exp.Column) if column.table}


@dataclass(frozen=True)
class Join:
    """inner: leaves out rows that find no partner; it too is only made when spoken of."""

    table: str
    alias: str
    on: Sql
    inner: bool = False


@dataclass
class Source:
    """table, alias: what is scanned. joins: in order; each may speak of those before it.

    beside: further sources whose joins come after these; asked when the query is written, as they grow while compiling.
    """

    table: str
    alias: str
    joins: list[Join] = field(default_factory=list)
    beside: list[Source] = field(default_factory=list)

    def all_joins(self) -> Iterator[Join]:
        yield from self.joins
        for source in self.beside:
            yield from source.all_joins()

    def join(self, join: Join) -> str:
        """Joins at most one row to each; the same join asked for twice is made once. Gives the alias it has."""
        for other in self.joins:
            if (other.table, other.inner, other.on) == (join.table, join.inner, join.on):
                return other.alias
        self.joins.append(join)
        return join.alias

    def select(self, columns: Sequence[Sql], where: Sql | None = None, group: Sequence[Sql] = ()) -> exp.Select:
        used = aliases([*columns, *([where] if where is not None else []), *group])
        kept: list[Join] = []
        for join in reversed(list(self.all_joins())):
            if join.alias in used:
                used |= aliases([join.on])
                kept.append(join)
        query = exp.Select(expressions=list(columns))
        query.set("from_", exp.From(this=w.table(self.table, self.alias)))
        for join in reversed(kept):
            kind = {"kind": "INNER"} if join.inner else {"side": "LEFT"}
            query.append("joins", exp.Join(this=w.table(join.table, join.alias), on=join.on, **kind))
        return _closed(query, where, group)


def nested(
    query: exp.Select, alias: str, columns: Sequence[Sql], where: Sql | None = None, group: Sequence[Sql] = ()
) -> exp.Select:
    """A query over the rows of another."""
    outer = exp.Select(expressions=list(columns))
    inner = exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    outer.set("from_", exp.From(this=inner))
    return _closed(outer, where, group)


def _closed(query: exp.Select, where: Sql | None, group: Sequence[Sql]) -> exp.Select:
    if where is not None and where != w.TRUE:
        query.set("where", exp.Where(this=where))
    if group:
        query.set("group", exp.Group(expressions=list(group)))
    return query


def ordered(query: exp.Select, *columns: Sql) -> exp.Select:
    query.set("order", exp.Order(expressions=[exp.Ordered(this=column) for column in columns]))
    return query


def over(of: Sql, parts: Sequence[Sql], order: Sequence[Sql] = (), spec: exp.WindowSpec | None = None) -> Sql:
    """A window function."""
    arranged = exp.Order(expressions=list(order)) if order else None
    return exp.Window(this=of, partition_by=list(parts), order=arranged, spec=spec)


def falling(of: Sql) -> Sql:
    return exp.Ordered(this=of, desc=True, nulls_first=False)


def rising(of: Sql) -> Sql:
    return exp.Ordered(this=of, desc=False, nulls_first=False)
