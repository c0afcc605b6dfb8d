"""Triggers that hold the ledger, on both databases: what a constraint of one row cannot say. Used by this step's migrations alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)", re.DOTALL)
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)")
_SUM = "COALESCE((SELECT SUM(fen) FROM payments_posting WHERE journal_id = NEW.id), 1)"  # without a line it is no journal

_SQLITE = (
    """CREATE TRIGGER payments_journal_begun BEFORE INSERT ON payments_journal WHEN NEW.posted
       BEGIN SELECT RAISE(ABORT, 'a journal is posted after its lines are there'); END""",
    f"""CREATE TRIGGER payments_journal_posted BEFORE UPDATE ON payments_journal WHEN NOT OLD.posted AND NEW.posted AND {_SUM} <> 0
       BEGIN SELECT RAISE(ABORT, 'the lines of a journal add up to nothing, or it is not posted'); END""",
    """CREATE TRIGGER payments_journal_kept BEFORE UPDATE ON payments_journal WHEN OLD.posted OR NOT NEW.posted
         OR NEW.id <> OLD.id OR NEW.key <> OLD.key OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at OR NEW.about <> OLD.about
         OR NEW.reverses_id IS NOT OLD.reverses_id
       BEGIN SELECT RAISE(ABORT, 'a journal is posted once and never changed; write a counter-entry'); END""",
    """CREATE TRIGGER payments_journal_stays BEFORE DELETE ON payments_journal
       BEGIN SELECT RAISE(ABORT, 'a journal is never removed'); END""",
    """CREATE TRIGGER payments_posting_before BEFORE INSERT ON payments_posting
         WHEN (SELECT posted FROM payments_journal WHERE id = NEW.journal_id)
       BEGIN SELECT RAISE(ABORT, 'a posted journal takes no further line'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION payments_journal_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF TG_OP = 'INSERT' THEN
           IF NEW.posted THEN RAISE EXCEPTION 'a journal is posted after its lines are there'
             USING ERRCODE = 'restrict_violation'; END IF;
           RETURN NEW;
         END IF;
         IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a journal is never removed' USING ERRCODE = 'restrict_violation'; END IF;
         IF OLD.posted OR NOT NEW.posted OR (NEW.id, NEW.key, NEW.kind, NEW.at, NEW.about) <> (OLD.id, OLD.key, OLD.kind, OLD.at, OLD.about)
            OR NEW.reverses_id IS DISTINCT FROM OLD.reverses_id THEN
           RAISE EXCEPTION 'a journal is posted once and never changed; write a counter-entry' USING ERRCODE = 'restrict_violation';
         END IF;
         IF {_SUM} <> 0 THEN RAISE EXCEPTION 'the lines of a journal add up to nothing, or it is not posted'
           USING ERRCODE = 'check_violation'; END IF;
         RETURN NEW; END $$""",
    """CREATE TRIGGER payments_journal_guard BEFORE INSERT OR UPDATE OR DELETE ON payments_journal
       FOR EACH ROW EXECUTE FUNCTION payments_journal_guard()""",
    """CREATE FUNCTION payments_posting_before() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF (SELECT posted FROM payments_journal WHERE id = NEW.journal_id) THEN
           RAISE EXCEPTION 'a posted journal takes no further line' USING ERRCODE = 'restrict_violation'; END IF;
         RETURN NEW; END $$""",
    """CREATE TRIGGER payments_posting_before BEFORE INSERT ON payments_posting
       FOR EACH ROW EXECUTE FUNCTION payments_posting_before()""",
    "ALTER TABLE payments_journal ENABLE ALWAYS TRIGGER payments_journal_guard",
    "ALTER TABLE payments_posting ENABLE ALWAYS TRIGGER payments_posting_before",
)


def balanced() -> migrations.RunPython:
    """A journal counts from one posting on, which needs lines that add up to nothing, and is never touched after it (D1)."""
    return _all(_SQLITE, _POSTGRESQL)


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
    return _all(sqlite, postgresql)


def _all(sqlite: Sequence[str], postgresql: Sequence[str]) -> migrations.RunPython:
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
