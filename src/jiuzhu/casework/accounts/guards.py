"""Triggers by which a person's duty stays what it was, and roles and delegations change only by ending. The one file of this
step that knows both databases.

SQLite rebuilds a table to alter it, and its triggers are gone then: a migration that alters a guarded table ends with
`guarded` again.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE DELETE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table}: no row may be removed; end it'); END""",
    # Only where a statement names one of the columns: any trigger that SQLite has to look at makes changing a row twice as dear.
    "DROP TRIGGER IF EXISTS {table}_fixed",
    """CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {named} ON {table} WHEN {changed}
       BEGIN SELECT RAISE(ABORT, '{table}: a row changes only by ending earlier'); END""",
    # INSERT OR REPLACE removes the row in its way without firing the trigger on DELETE.
    """CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}
       WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, '{table}: this row is there already'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '{table}: a row is never removed and changes only by ending earlier'
       USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE OR REPLACE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()""",
    """CREATE OR REPLACE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed})
       EXECUTE FUNCTION {table}_stays()""",
    """CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
       FOR EACH STATEMENT EXECUTE FUNCTION {table}_stays()""",
)


def guarded(table: str, *, fixed: Sequence[str], ends: bool) -> migrations.RunPython:
    """A step of a migration: rows of the table stay, and the columns named never change.

    ends: its column `until` may only move to an earlier instant.
    """

    ending = ["until"] if ends else []
    # SQLite calls the number of a row by these names too.
    named = ", ".join(f'"{column}"' for column in [*fixed, *ending, "rowid", "oid", "_rowid_"])

    def guard(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        sqlite = editor.connection.vendor == "sqlite"
        differs = 'OLD."{0}" IS NOT NEW."{0}"' if sqlite else 'OLD."{0}" IS DISTINCT FROM NEW."{0}"'
        changed = " OR ".join([*(differs.format(column) for column in fixed), *(f"NEW.{one} > OLD.{one}" for one in ending)])
        for statement in _SQLITE if sqlite else _POSTGRESQL:
            editor.execute(statement.format(table=table, changed=changed, named=named), params=None)

    return migrations.RunPython(guard, migrations.RunPython.noop)
