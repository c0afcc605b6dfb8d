"""Rows of divisions: a subject reads those of its own division, or of the nearest above it that has a row that counts."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from jiuzhu.engines.sql import places
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.query import Join, Source, nested, over
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules.parameters import ancestors, trimmed

_NEAR = "near"
DEPTH = w.named(w.column("depth", _NEAR), "depth")


def rows(scope: Scope, dataset: str, source: Source, *, per_subject: bool) -> tuple[Source, Sql, Sql]:
    """The rows each place may look at, whose owner is the place, and by what a subject finds its own.

    per_subject: where a condition on the rows speaks of the subject, its own position is the owner.
    """
    table = scope.run.shown(f"divisions of {dataset}", lambda: _reach(scope, dataset))
    on = w.compared("==", w.column("region_code", _NEAR), w.column("region_code", source.alias))
    place, own = w.column("place", _NEAR), w.column("place", scope.alias)
    subjects = scope.source.table if per_subject else places.TABLE  # a place stands in for all subjects of it
    made = Source(source.table, source.alias, [Join(table, _NEAR, on, inner=True)])
    made.joins.append(Join(subjects, scope.alias, w.compared("==", own, place), inner=True))
    made.beside.append(scope.source)
    return (made, scope.key, scope.key) if per_subject else (made, place, own)


def speaks_of_subject(parts: Sequence[Sql], scope: Scope) -> bool:
    """Whether more of the subject is named than its place, and what is joined by its place."""
    by_place: set[str] = set()
    for join in scope.source.all_joins():
        if not _names_more([join.on], scope, by_place | {join.alias}):
            by_place.add(join.alias)
    return _names_more(parts, scope, by_place)


def _names_more(parts: Sequence[Sql], scope: Scope, by_place: set[str]) -> bool:
    others = scope.aliases() - by_place
    named = [column for part in parts for column in part.find_all(exp.Column) if column.table in others]
    return any((column.table, column.name) != (scope.alias, "place") for column in named)


def _reach(scope: Scope, dataset: str) -> pa.Table:
    """place, region_code, depth: which codes of the dataset are those of a place or of a division above it, how far up."""
    there = scope.run.places
    written: dict[str, list[str]] = {}
    for code in set(scope.run.row_table(dataset)["region_code"].to_pylist()):
        if code is not None:
            written.setdefault(trimmed(code), []).append(code)
    found = [
        (place, code, depth)
        for place, own in zip(there.every, there.every_code, strict=True)
        for depth, division in enumerate(ancestors(own))
        for code in written.get(division, ())
    ]
    columns: Sequence[tuple[object, ...]] = list(zip(*found, strict=True)) if found else [(), (), ()]
    schema = pa.schema([("place", pa.int32()), ("region_code", pa.string()), ("depth", pa.int32())])
    return pa.table([pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)], schema=schema)


def nearest(query: exp.Select, names: Sequence[str]) -> exp.Select:
    """Of the rows that count, those of the nearest division."""
    depth, subject = w.column("depth", "n"), w.column("subject", "n")
    least = w.named(over(exp.Min(this=depth), [subject]), "least")
    ranked = nested(query, "n", [*(w.column(name, "n") for name in names), depth, least])
    return nested(
        ranked, "m", [w.column(name, "m") for name in names], w.compared("==", w.column("depth", "m"), w.column("least", "m"))
    )
