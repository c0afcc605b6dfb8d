"""How many warnings there are of each kind, kept beside them, so that whoever sees a province need not wait until all are counted.

Triggers of the database keep it, whoever writes: what stands in `dispatch_tally` is at every instant what counting would find. The one
file of this step that knows both databases. SQLite, with its one writer, changes the number itself. In PostgreSQL two officers of one
county would wait for each other there, so an act only adds rows that say by how much; the worker folds them into the number.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from jiuzhu.casework.dispatch.models import Tally

_CELL = "queue, county, scenario_id, side, level"
_OF = "queue, substr(township, 1, 6) AS county, scenario_id, side, level"
_FOLDED = f"ON CONFLICT ({_CELL}) WHERE folded DO UPDATE SET n = dispatch_tally.n + excluded.n"
_FILL = f"""
    INSERT INTO dispatch_tally ({_CELL}, n, folded) SELECT {_OF}, count(*), TRUE FROM dispatch_warning GROUP BY {_CELL}
"""


def _put(row: str, n: int) -> str:
    cell = f"{row}.queue, substr({row}.township, 1, 6), {row}.scenario_id, {row}.side, {row}.level"
    return f"INSERT INTO dispatch_tally ({_CELL}, n, folded) VALUES ({cell}, {n}, TRUE) {_FOLDED};"


_DIFFERS = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in ("queue", "township", "scenario_id", "side", "level"))
# What makes up the cell of a row: a statement that names none of these is not looked at.
_NAMED = "state, kind, handling, division_code, scenario_id, side, level"
_SQLITE = (
    "DROP TRIGGER IF EXISTS dispatch_warning_counted_in",
    f"CREATE TRIGGER dispatch_warning_counted_in AFTER INSERT ON dispatch_warning BEGIN {_put('NEW', 1)} END",
    "DROP TRIGGER IF EXISTS dispatch_warning_counted_on",
    f"""CREATE TRIGGER dispatch_warning_counted_on AFTER UPDATE OF {_NAMED} ON dispatch_warning WHEN {_DIFFERS}
        BEGIN {_put("OLD", -1)} {_put("NEW", 1)} END""",
)
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION dispatch_warning_counted_in() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO dispatch_tally ({_CELL}, n, folded) SELECT {_OF}, count(*), FALSE FROM come GROUP BY {_CELL};
        RETURN NULL; END $$""",
    f"""CREATE OR REPLACE FUNCTION dispatch_warning_counted_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO dispatch_tally ({_CELL}, n, folded) SELECT {_CELL}, sum(n), FALSE
        FROM (SELECT {_OF}, -1 AS n FROM was UNION ALL SELECT {_OF}, 1 FROM come) AS moved
        GROUP BY {_CELL} HAVING sum(n) <> 0;
        RETURN NULL; END $$""",
    """CREATE OR REPLACE TRIGGER dispatch_warning_counted_in AFTER INSERT ON dispatch_warning REFERENCING NEW TABLE AS come
       FOR EACH STATEMENT EXECUTE FUNCTION dispatch_warning_counted_in()""",
    """CREATE OR REPLACE TRIGGER dispatch_warning_counted_on AFTER UPDATE ON dispatch_warning
       REFERENCING OLD TABLE AS was NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION dispatch_warning_counted_on()""",
)
_GONE = {
    "sqlite": ("DROP TRIGGER IF EXISTS dispatch_warning_counted_in", "DROP TRIGGER IF EXISTS dispatch_warning_counted_on"),
    "postgresql": (
        "DROP FUNCTION IF EXISTS dispatch_warning_counted_in CASCADE",
        "DROP FUNCTION IF EXISTS dispatch_warning_counted_on CASCADE",
    ),
}
_FOLD = f"""
    WITH gone AS (DELETE FROM dispatch_tally WHERE NOT folded RETURNING {_CELL}, n)
    INSERT INTO dispatch_tally ({_CELL}, n, folded)
    SELECT {_CELL}, sum(n), TRUE FROM gone GROUP BY {_CELL} HAVING sum(n) <> 0 ORDER BY {_CELL} {_FOLDED}
"""


def kept_by_triggers() -> migrations.RunPython:
    """A step of a migration: count what stands, and keep it from then on; back again, keep it no longer.

    Again where SQLite builds the table of warnings anew.
    """

    def act(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
            editor.execute(statement, params=None)
        editor.execute("DELETE FROM dispatch_tally", params=None)
        editor.execute(_FILL, params=None)

    def undo(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _GONE[editor.connection.vendor]:
            editor.execute(statement, params=None)

    return migrations.RunPython(act, undo)


def planned_for_its_values() -> AbstractContextManager[None]:
    """What is asked within is planned for the values it is asked with.

    PostgreSQL keeps plans that fit any value, and such a plan takes a province for a place as small as any other.
    """
    if connection.vendor != "postgresql":
        return nullcontext()
    return connection.execute_wrapper(
        lambda _, sql, params, many, context: context["cursor"].cursor.execute(sql, params, prepare=False)
    )


def fold() -> int:
    """Add what acts left beside the numbers to them; gives how many rows that were. Twice, or two at once, is harmless."""
    with transaction.atomic():
        left = Tally.objects.filter(folded=False).count()
        if left and connection.vendor == "postgresql":  # the other keeps no rows beside
            with connection.cursor() as cursor:
                cursor.execute(_FOLD)
    return left
