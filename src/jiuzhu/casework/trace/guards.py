"""Triggers that make a table append-only, whoever asks: application, owner or migration. The one file that knows both databases.

SQLite rebuilds a table to alter it, and its triggers are gone then: a migration that alters a guarded table ends with
`append_only` again.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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
