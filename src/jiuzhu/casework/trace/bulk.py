"""Many rows of one table in one prepared statement: what `bulk_create` does, without a model for each, five times as fast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Field, Model


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
    adapted = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            statement, [(*prepared, *(adapted(one) if isinstance(one, date) else one for one in row)) for row in rows]
        )


def _by_itself(field: Field[Any, Any]) -> bool:
    """Whether the database alone gives it its default."""
    return field.has_db_default() and not field.has_default()
