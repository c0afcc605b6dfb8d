"""The demo begins with work in hand: families at every step from a draft to money, all of it once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path


def begun(workspace: Path) -> tuple[Counter[tuple[str, str]], int, list[tuple[str, int]]]:
    """Where walks stand, how many grants began, and the lists of payments with their lines."""
    words = ["demo", "--no-serve", "--residents", "2500", "--workspace", str(workspace)]
    subprocess.run([sys.executable, "-m", "jiuzhu.portals.cli.main", *words], check=True, capture_output=True)
    (database,) = workspace.glob("*.sqlite3")
    with sqlite3.connect(database) as told:
        walks = Counter(told.execute("SELECT workflow, state FROM roads_walk").fetchall())
        (grants,) = told.execute("SELECT count(*) FROM payments_grant").fetchone()
        return walks, grants, told.execute("SELECT state, count FROM payments_paylist").fetchall()


def verified(workspace: Path) -> tuple[set[tuple[str, str]], set[tuple[str, int]]]:
    """Which departments were asked themselves and how their questions stand, and of each report its kind and whether something is late."""
    (database,) = workspace.glob("*.sqlite3")
    with sqlite3.connect(database) as told:
        asked = set(told.execute("SELECT source, state FROM verification_question WHERE way = 'gateway'").fetchall())
        return asked, set(told.execute("SELECT kind, late > 0 FROM verification_report").fetchall())


def test_families_stand_at_every_step_from_a_draft_to_money_and_a_second_start_adds_nothing(tmp_path: Path) -> None:
    first = begun(tmp_path)
    walks, grants, lists = first
    assert {("application", one) for one in ("draft", "submitted", "examining", "examined")} <= walks.keys()
    assert {("dibao", one) for one in ("noticed", "in_force")} <= walks.keys()
    assert grants == walks["dibao", "in_force"] > 0
    assert lists == [("made", grants)]
    # Departments are asked themselves; the one that is down is named as late, and nothing of it counts as none.
    asked, reports = verified(tmp_path)
    assert {("bank", "answered"), ("human_resources", "answered"), ("power", "asked")} <= asked
    assert ("power", "answered") not in asked
    assert ("partial", 1) in reports
    assert all(is_late for _, is_late in reports)
    assert begun(tmp_path) == first
