"""The page on giving roles does what it says."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.integration.docs.pages import follow


def test_the_page_opens_accounts_gives_roles_and_is_refused_where_it_says(tmp_path: Path) -> None:
    follow("how-to/give-a-role.md", tmp_path)
    with sqlite3.connect(tmp_path / "aid" / "casework.sqlite3") as kept:
        held = kept.execute(
            "SELECT account, role, division_code FROM accounts_assignment JOIN accounts_officer ON officer_id = accounts_officer.id"
        )
        assert sorted(held) == [("keeper", "security_administrator", "370502"), ("zhou", "township_officer", "370502001")]
        acts = kept.execute("SELECT operation, count(*) FROM trace_event GROUP BY operation ORDER BY operation").fetchall()
    assert acts == [("accounts.open", 2), ("offices.open", 1), ("roles.assign", 2)]
