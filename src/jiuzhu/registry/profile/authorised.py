"""Who has a live authorisation: of nobody else does a rule read what banks, insurers and payment firms hold (K1)."""

from __future__ import annotations

import duckdb

from jiuzhu.registry.profile.state import Moment


def make_authorised(connection: duckdb.DuckDBPyConnection, state: str, moment: Moment) -> str:
    """A table (person) from the rows of authorisations in force; `state` "" where none was ever delivered.

    Live is: signed by the day, not yet run out on it, and said not to be withdrawn. Silence on withdrawal is not consent.
    """
    kept = "SELECT CAST(NULL AS BIGINT) AS person WHERE FALSE"
    if state:
        day = f"DATE '{moment.as_of.isoformat()}'"
        kept = (
            f"SELECT DISTINCT id_no AS person FROM {state} WHERE id_no IS NOT NULL AND NOT revoked "
            f"AND sign_date <= {day} AND valid_to >= {day}"
        )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE authorised AS {kept}")
    return "authorised"
