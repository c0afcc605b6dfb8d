"""Many rows at once: put in by one prepared statement, changed by another, and found by one value that holds all their keys.

What Django does for a few it does for each of fifty thousand: a model, a parameter, a copy of the condition. Here none of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateField, Field, ForeignObject, Lookup, Model


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """`warning_id__among=numbers`: as `__in`, for as many whole numbers or texts as there are, sent as one value."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, told = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*told, json.dumps(list(self.rhs))]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, told = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*told, list(self.rhs)]


def update_many(model: type[Model], *, same: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change a row for each of `rows`: the values of `columns`, then the row's number. same: what all of them get.

    Each row is written once, whatever changes in it, and so is what it has in every index.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    fixed = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    put = ", ".join(f"{connection.ops.quote_name(fields[name].column)} = %s" for name in (*same, *columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {model._meta.db_table} SET {put} WHERE id = %s", [(*fixed, *row) for row in rows])


def insert_many(model: type[Model], *, same: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert a row for each of `rows`. same: what all of them have; columns: what differs; all others have their default.

    Names are those of fields, with `_id` for a key of another table. Values that differ are text, whole numbers, days or None.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    left = [field for field in fields if field.attname not in columns and (field.attname in same or not _by_itself(field))]
    fixed = {field.attname: same.get(field.attname, field.get_default()) for field in left}
    prepared = [field.get_db_prep_save(fixed[field.attname], connection) for field in left]
    names = [field.column for field in left] + list(columns)
    holes = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(map(connection.ops.quote_name, names))}) VALUES ({holes})"
    days = [place for place, name in enumerate(columns) if isinstance(model._meta.get_field(name), DateField)]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*prepared, *(_days_adapted(row, days) if days else row)) for row in rows])


def _days_adapted(row: Sequence[Any], days: Sequence[int]) -> list[Any]:
    told = list(row)
    for place in days:
        told[place] = connection.ops.adapt_datefield_value(told[place])
    return told


def _by_itself(field: Field[Any, Any]) -> bool:
    """Whether the database alone gives it its default."""
    return field.has_db_default() and not field.has_default()
