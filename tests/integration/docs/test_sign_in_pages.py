"""The pages on signing in and on odd looks do what they say."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from tests.integration.docs.pages import follow


def test_the_page_on_signing_in_opens_an_enrolment_and_shows_no_code_outside_the_demo(tmp_path: Path) -> None:
    told = follow("how-to/sign-in.md", tmp_path)
    assert re.fullmatch(r"[A-Z2-7]{16}", told.splitlines()[-1])
    with sqlite3.connect(tmp_path / "aid" / "casework.sqlite3") as kept:
        acts = kept.execute("SELECT operation FROM trace_event ORDER BY id").fetchall()
        secret, ticket = kept.execute("SELECT secret, ticket FROM accounts_secondfactor").fetchone()
    assert [one for (one,) in acts] == ["offices.open", "accounts.open", "roles.assign", "factors.open"]
    assert secret == ""
    assert told.splitlines()[-1] not in ticket


def test_the_page_on_odd_looks_looks_for_them(tmp_path: Path) -> None:
    follow("how-to/look-at-odd-looks.md", tmp_path)
    with sqlite3.connect(tmp_path / "aid" / "casework.sqlite3") as kept:
        acts = kept.execute("SELECT operation FROM trace_event ORDER BY id").fetchall()
    assert acts[-1] == ("oddities.find",)
