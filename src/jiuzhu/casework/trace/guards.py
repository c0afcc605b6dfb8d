"""Triggers that make a table append-only, whoever asks: application, owner or migration. The one file that knows both databases.

SQLite rebuilds a table to alter it, and its triggers are gone then: a migration that alters a guarded table ends with
`append_only` again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)", re.DOTALL)
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)")
_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only: no row may be changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only: no row may be removed'); END""",
    # INSERT OR REPLACE removes the row in its way without firing the trigger on DELETE.
    """CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
       BEGIN SELECT RAISE(ABORT, '{table} is append-only: this row is there already'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION jiuzhu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is append-only: no row may be changed or removed', TG_TABLE_NAME
       USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION jiuzhu_append_only()""",
    """CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
       FOR EACH STATEMENT EXECUTE FUNCTION jiuzhu_append_only()""",
    # So that a copying session that switches ordinary triggers off does not switch these off.
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
)


def append_only(**tables: tuple[tuple[str, ...], ...]) -> migrations.RunPython:
    """A step of a migration that refuses update, delete and replacement of rows.

    tables: name of the table to the sets of columns that are unique in it, primary key among them: `(("id",), ("number",))`.
    """

    def guard(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        for table, unique in tables.items():
            same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in unique)
            for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
                editor.execute(statement.format(table=table, same=same), params=None)

    return migrations.RunPython(guard, migrations.RunPython.noop)


def fixed(table: str, columns: Sequence[str]) -> migrations.RunPython:
    """Those columns of a row never change, and no row is removed; what else is in it may move on."""
    same = " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in columns)
    told = f"{table}: what was written once is never changed or removed"
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
    return guarded(sqlite, postgresql)


def guarded(sqlite: Sequence[str], postgresql: Sequence[str]) -> migrations.RunPython:
    """Statements that make triggers, on either database.

    Back again they are taken away first: a trigger that names a table keeps SQLite from altering any while that one is gone.
    """

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
