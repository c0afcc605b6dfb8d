"""Which database keeps the cases: a file of the workspace, or the PostgreSQL that an address names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# 64 MB of pages kept, not 2: an act on fifty thousand warnings reads and writes ten indexes all over.
SQLITE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA secure_delete=ON;"
# Seconds a writer waits for another: an act on fifty thousand warnings holds the file for a dozen, and five, as SQLite has it, end in a fault.
WAITS = 60
PREPARED_AFTER = 3  # times a statement was sent


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
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": SQLITE, "timeout": WAITS},
        }
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(address)
    named = {kept: str(parts.pop(given)) for given, kept in _NAMES.items() if given in parts}
    # The same statements come again with every page: sent apart from their values they are planned once a connection, which is a
    # third of what a page costs the server.
    options = {**parts, "server_side_binding": True, "prepare_threshold": PREPARED_AFTER}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
