"""Kill -9 at random moments of deliver, look and run: nothing acknowledged lost, nothing twice; `make prove-kills` goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KILLS = 4
SEED = os.environ.get("JIUZHU_SEED", "20261122")


@pytest.mark.requirement("E3")
def test_what_was_acknowledged_survives_any_kill_and_stands_there_once():
    """In a process of its own: it forks, which a process with threads must not."""
    words = [sys.executable, "-m", "tests.property.kills.prove", "--kills", str(KILLS), "--seed", SEED]
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    ended = subprocess.run(words, cwd=ROOT, env={**os.environ, **paths}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{KILLS} kills, nothing acknowledged lost, nothing twice" in ended.stdout
