"""Triggers of a migration on both databases: what never changes in a row whose other columns move on. Beside `guards`, whose tables
are never touched at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)", re.DOTALL)
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)")


def fixed(table: str, columns: Sequence[str]) -> migrations.RunPython:
    """Those columns of a row never change, and no row is removed; what else is in it may move on."""
    same = " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in columns)
    told = f"{table}: what was ordered is never changed or removed"
    sqlite = (
        f"""CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN {same.replace("IS DISTINCT FROM", "IS NOT")}
            BEGIN SELECT RAISE(ABORT, '{told}'); END""",
        f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{told}'); END",
    )
    postgresql = (
        f"""CREATE FUNCTION {table}_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END IF;
              IF {same} THEN RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END IF;
              RETURN NEW; END $$""",
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_fixed()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_fixed",
    )
    return triggers(sqlite, postgresql)


def triggers(sqlite: Sequence[str], postgresql: Sequence[str]) -> migrations.RunPython:
    """Back again they are taken away first: a trigger that names a table keeps SQLite from altering any while that one is gone."""

    def guard(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in sqlite if editor.connection.vendor == "sqlite" else postgresql:
            editor.execute(statement, params=None)

    def unguard(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        on_sqlite = editor.connection.vendor == "sqlite"
        quoted = editor.quote_name
        for name, table in _TRIGGER.findall(" ".join(sqlite if on_sqlite else postgresql)):
            editor.execute(f"DROP TRIGGER {quoted(name)}" + ("" if on_sqlite else f" ON {quoted(table)}"), params=None)
        for name in () if on_sqlite else _FUNCTION.findall(" ".join(postgresql)):
            editor.execute(f"DROP FUNCTION {quoted(name)}()", params=None)

    return migrations.RunPython(guard, unguard)
