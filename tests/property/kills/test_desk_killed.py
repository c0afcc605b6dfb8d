"""Kill -9 of the desk and its worker at random moments: no half act, nothing answered lost; `make prove-desk-kills` goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
KILLS = 20
SEED = os.environ.get("JIUZHU_SEED", "20261122")


def test_no_act_stands_half_and_what_was_answered_survives_any_kill_of_desk_and_worker():
    """In a process of its own: it forks, which a process with threads must not."""
    words = [sys.executable, "-m", "tests.property.kills.prove_desk", "--kills", str(KILLS), "--seed", SEED]
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    ended = subprocess.run(words, cwd=ROOT, env={**os.environ, **paths}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{KILLS} kills, nothing answered lost, no act half done" in ended.stdout
