"""Many rows at once: put in by one statement, changed by another, and found by one value that holds all their keys.

PostgreSQL takes the rows as one list a column, SQLite as one text: for each statement it notes what stood before, so a statement a row
is twice as dear. What Django does for a few it does for each of fifty thousand: a model, a parameter, a copy of the condition. Here
none of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import BinaryField, CharField, Field, ForeignObject, Lookup, Model

PIECE = 50_000  # rows in one statement: what they take as one text, some 10 MB, is read four times over


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

    Each row is written once, whatever changes in it, and so is what it has in every index. Values are as `insert_many` takes them.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    fixed = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    quoted, table = connection.ops.quote_name, model._meta.db_table
    put = [f"{quoted(fields[name].column)} = %s" for name in same]
    put += [f"{quoted(fields[name].column)} = v.c{n}" for n, name in enumerate(columns)]
    with connection.cursor() as cursor:
        for given, told in _given([*(fields[name] for name in columns), fields["id"]], rows):
            among = f"UPDATE {table} SET {', '.join(put)} FROM {given} WHERE {table}.id = v.c{len(columns)}"
            cursor.execute(among, [*fixed, *told])


def insert_many(model: type[Model], *, same: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert a row for each of `rows`. same: what all of them have; columns: what differs; all others have their default.

    Names are those of fields, with `_id` for a key of another table. Values that differ are text, whole numbers, days, bytes or None.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    left = [field for field in fields if field.attname not in columns and (field.attname in same or not _by_itself(field))]
    fixed = {field.attname: same.get(field.attname, field.get_default()) for field in left}
    prepared = [field.get_db_prep_save(fixed[field.attname], connection) for field in left]
    names = [field.column for field in left] + list(columns)
    into = f"INSERT INTO {model._meta.db_table} ({', '.join(map(connection.ops.quote_name, names))})"
    put = ", ".join([*["%s"] * len(left), *(f"v.c{n}" for n in range(len(columns)))])
    with connection.cursor() as cursor:
        for given, told in _given([model._meta.get_field(name) for name in columns], rows):
            cursor.execute(f"{into} SELECT {put} FROM {given}", [*prepared, *told])


def _given(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Rows as what makes a table `v` of them with the columns c0, c1, …, and the values to send with it: a piece of rows each."""
    every = iter(rows)
    while piece := list(islice(every, PIECE)):
        if connection.vendor == "postgresql":
            lists = [list(column) for column in zip(*piece, strict=True)]
            kinds = ", ".join(f"%s::{_kind(field)}[]" for field in fields)
            yield f"unnest({kinds}) AS v({', '.join(f'c{n}' for n in range(len(fields)))})", lists
        elif any(
            isinstance(field, BinaryField) for field in fields
        ):  # bytes have no form in JSON: a row is a statement of its own
            cells = ", ".join(f"%s AS c{n}" for n in range(len(fields)))
            for row in piece:
                yield f"(SELECT {cells}) AS v", [value.isoformat() if isinstance(value, date) else value for value in row]
        else:
            cells = ", ".join(f"value ->> {n} AS c{n}" for n in range(len(fields)))
            yield f"(SELECT {cells} FROM json_each(%s)) AS v", [json.dumps(piece, default=date.isoformat)]


def _kind(field: Any) -> str:
    """The kind of a column's list. Texts go without their length: a cast would cut what is too long, where the column refuses it."""
    if isinstance(field, CharField):
        return "text"
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))


def _by_itself(field: Field[Any, Any]) -> bool:
    """Whether the database alone gives it its default."""
    return field.has_db_default() and not field.has_default()
