"""How the row of an event gets into the table: with the move of its chain in one statement, where the database can."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from jiuzhu.casework.trace.models import Event

_FIELDS = [field for field in Event._meta.concrete_fields if not field.primary_key]
_COLUMNS = ", ".join(f'"{field.column}"' for field in _FIELDS)
_HOLES = ", ".join(["%s"] * len(_FIELDS))
_NAMES = tuple(field.attname for field in _FIELDS)
_TIMES = tuple(n for n, field in enumerate(_FIELDS) if isinstance(field, models.DateTimeField))
_TEXTS = tuple((field.attname, field.max_length or 0, field.blank) for field in _FIELDS if isinstance(field, models.CharField))
_MOVE = (
    "UPDATE trace_head SET number = %s, code = %s "
    "WHERE id = (SELECT id FROM trace_head WHERE id = %s AND number = %s AND code = %s{lock})"
)
_ONE = (
    f"WITH moved AS ({_MOVE.format(lock=' FOR UPDATE SKIP LOCKED')} RETURNING id) "
    f"INSERT INTO trace_event ({_COLUMNS}) SELECT {_HOLES} FROM moved RETURNING id"
)
_FIRST, _THEN = _MOVE.format(lock=""), f"INSERT INTO trace_event ({_COLUMNS}) VALUES ({_HOLES}) RETURNING id"


def check(event: Event) -> None:
    """Whether the texts fit their columns: looked at here first, since Django's own look takes as long as writing the row.

    Raises ValidationError with what it says of each.
    """
    for name, longest, may_be_empty in _TEXTS:
        text = getattr(event, name)
        if not isinstance(text, str) or len(text) > longest or not (text or may_be_empty):
            event.clean_fields()
            return


def written_after(row: int, number: int, code: str, event: Event) -> bool:
    """Move a head that stands at this number and code to the event, and write the event; whether the head stood so and was free."""
    head: list[Any] = [event.number, event.code, row, number, code]
    values: list[Any] = [getattr(event, name) for name in _NAMES]
    for place in _TIMES:
        values[place] = connection.ops.adapt_datetimefield_value(values[place])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_ONE, [*head, *values])
        else:
            cursor.execute(_FIRST, head)
            if cursor.rowcount != 1:
                return False
            cursor.execute(_THEN, values)
        found = cursor.fetchone()
    if found is None:
        return False
    event.pk = found[0]
    event._state.adding, event._state.db = False, connection.alias
    return True
