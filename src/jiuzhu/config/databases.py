"""Which database keeps the cases: a file of the workspace, or the PostgreSQL that an address names."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def database(address: str, workspace: Path) -> dict[str, Any]:
    """Django's settings of the database at `address`; without one, of the SQLite file of the workspace.

    address: as libpq takes it, `postgresql://jiuzhu@db.county/cases` or `host=/run/postgresql dbname=cases`. What it leaves
    out is taken from the service file and the variables of PostgreSQL, a password from its password file.
    """
    if not address:
        # secure_delete: what is removed, the key of an erased person first of all, does not stay behind in free pages of the file.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": workspace / "casework.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        }
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(address)
    named = {kept: str(parts.pop(given)) for given, kept in _NAMES.items() if given in parts}
    return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": parts, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
