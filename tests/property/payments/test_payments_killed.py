"""Kill -9 of the worker of payments while the bank's line misbehaves: nothing twice, nothing lost; `make prove-payments` goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KILLS = 200
SEED = os.environ.get("JIUZHU_SEED", "20261122")


@pytest.mark.requirement("D3")
def test_whenever_the_worker_is_killed_every_family_is_paid_once_or_still_owed():
    """In a process of its own: it forks, which a process with threads must not."""
    words = [sys.executable, "-m", "tests.property.payments.prove", "--kills", str(KILLS), "--seed", SEED]
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    ended = subprocess.run(words, cwd=ROOT, env={**os.environ, **paths}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{KILLS} kills, nothing paid twice, nothing lost" in ended.stdout
