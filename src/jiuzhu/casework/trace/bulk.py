"""Many rows at once: put in by one statement, changed by another, and found by one value that holds all their keys.

PostgreSQL takes the rows as one list a column; SQLite, which lies in this process, takes them one by one under one prepared statement.

What Django does for a few it does for each of fifty thousand: a model, a parameter, a copy of the condition. Here none of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, DateField, Field, ForeignObject, Lookup, Model


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """`warning_id__among=numbers`: as `__in`, for as many whole numbers or texts as there are, sent as one value."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, told = self.process_lhs(compiler, connection)
        among, value = among_values(self.rhs)
        return f"{left} {among}", [*told, value]


def among_values(values: Iterable[Any]) -> tuple[str, Any]:
    """The condition that follows a column, and the one value it is asked with."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", list(values)
    return "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


def update_many(model: type[Model], *, same: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change a row for each of `rows`: the values of `columns`, then the row's number. same: what all of them get.

    Each row is written once, whatever changes in it, and so is what it has in every index.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    fixed = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    quoted, table = connection.ops.quote_name, model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            put = [f"{quoted(fields[name].column)} = %s" for name in same]
            put += [f"{quoted(fields[name].column)} = v.c{n}" for n, name in enumerate(columns)]
            given, lists = _in_lists([*(fields[name] for name in columns), fields["id"]], rows)
            among = f"UPDATE {table} SET {', '.join(put)} FROM {given} WHERE {table}.id = v.c{len(columns)}"
            cursor.execute(among, [*fixed, *lists])
        else:
            put = [f"{quoted(fields[name].column)} = %s" for name in (*same, *columns)]
            cursor.executemany(f"UPDATE {table} SET {', '.join(put)} WHERE id = %s", [(*fixed, *row) for row in rows])


def insert_many(model: type[Model], *, same: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert a row for each of `rows`. same: what all of them have; columns: what differs; all others have their default.

    Names are those of fields, with `_id` for a key of another table. Values that differ are text, whole numbers, days or None.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    left = [field for field in fields if field.attname not in columns and (field.attname in same or not _by_itself(field))]
    fixed = {field.attname: same.get(field.attname, field.get_default()) for field in left}
    prepared = [field.get_db_prep_save(fixed[field.attname], connection) for field in left]
    names = [field.column for field in left] + list(columns)
    holes = ["%s"] * len(left)
    into = f"INSERT INTO {model._meta.db_table} ({', '.join(map(connection.ops.quote_name, names))})"
    varied = [model._meta.get_field(name) for name in columns]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            given, lists = _in_lists(varied, rows)
            told = ", ".join([*holes, *(f"v.c{n}" for n in range(len(columns)))])
            cursor.execute(f"{into} SELECT {told} FROM {given}", [*prepared, *lists])
        else:
            days = [place for place, field in enumerate(varied) if isinstance(field, DateField)]
            told = ", ".join([*holes, *(["%s"] * len(columns))])
            each = [(*prepared, *(_days_adapted(row, days) if days else row)) for row in rows]
            cursor.executemany(f"{into} VALUES ({told})", each)


def _in_lists(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> tuple[str, list[list[Any]]]:
    """Rows as one list a column, and what makes a table `v` of them with the columns c0, c1, …: one statement for all rows."""
    lists: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in fields]
    kinds = ", ".join(f"%s::{_kind(field)}[]" for field in fields)
    return f"unnest({kinds}) AS v({', '.join(f'c{n}' for n in range(len(fields)))})", lists


def _kind(field: Any) -> str:
    """The kind of a column's list. Texts go without their length: a cast would cut what is too long, where the column refuses it."""
    if isinstance(field, CharField):
        return "text"
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))


def _days_adapted(row: Sequence[Any], days: Sequence[int]) -> list[Any]:
    told = list(row)
    for place in days:
        told[place] = connection.ops.adapt_datefield_value(told[place])
    return told


def _by_itself(field: Field[Any, Any]) -> bool:
    """Whether the database alone gives it its default."""
    return field.has_db_default() and not field.has_default()
