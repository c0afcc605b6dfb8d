"""What the account of the running platform may do in PostgreSQL: everything the work needs, and never change the record (C5).

The owner of the tables migrates and grants; the platform then runs as an account that owns nothing, so neither a fault in it nor
whoever takes it over can alter a guarded table, lift its triggers or empty it.
"""

from __future__ import annotations

from django.db import connection, transaction

from jiuzhu.casework.trace.models import Event, EventSubject, Kept, Seal, Span

ADDED_TO = (Event, EventSubject, Seal, Span, Kept)


class NoSuchAccount(ValueError):
    """The database has no such account, or is none that has accounts."""


def grant_to(account: str) -> int:
    """Give an account of the database what the platform needs; returns the number of tables. Once more after each migration.

    Raises NoSuchAccount.
    """
    if connection.vendor != "postgresql":
        raise NoSuchAccount("the cases lie in SQLite, which has no accounts: whoever reads the file holds it")
    kept = {model._meta.db_table for model in ADDED_TO}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s", [account]
        )
        found = cursor.fetchone()
        if found is None or found[0]:
            why = "owns the tables or is a superuser" if found else "is not there"
            raise NoSuchAccount(f"account '{account}' {why}: make one that owns nothing, createuser {account}")
        name = connection.ops.quote_name(account)  # names cannot be parameters; both kinds are known to the database, and quoted
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            may = "SELECT, INSERT" if table in kept else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"REVOKE ALL ON {connection.ops.quote_name(table)} FROM {name}")
            cursor.execute(f"GRANT {may} ON {connection.ops.quote_name(table)} TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
    return len(tables)
