"""The size of a province's low-income base: two million people through the whole way, counted again in plain numpy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.load.population import DEPENDENCY, GONE, PEOPLE, Population

ROOT = Path(__file__).parents[3]
MOST_MEMORY = 2_600  # megabytes of the main process, pages of mapped files among them


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the run said, from a process of its own, so that its memory is known."""
    folder = tmp_path_factory.mktemp("population")
    command = [sys.executable, "-m", "tests.integration.load.population", str(folder)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.feature("SF053")
def test_two_million_people_are_delivered_linked_and_evaluated_without_one_being_lost_or_wrong(found: dict[str, Any]) -> None:
    people = Population.of(PEOPLE)
    listed = people.listed == 1
    assert found["people"] == PEOPLE
    assert found["accepted"] == 2 * PEOPLE  # each stands in the register and in the base
    # Who left the base lives in the household of the register.
    assert found["households"] == len(np.unique(people.house[listed])) + len(np.unique(people.house[~listed]))
    weak = np.bincount(people.house[listed & (people.ability > 1)], minlength=PEOPLE)
    able = np.maximum(np.bincount(people.house[listed & (people.ability == 1)], minlength=PEOPLE), 1)
    hit = weak >= 3 * able
    orange, yellow = hit & (4 * weak >= 18 * able), hit & (4 * weak >= 15 * able)
    grades = {"red": 0, "orange": orange.sum(), "yellow": (yellow & ~orange).sum(), "blue": (hit & ~yellow).sum()}
    ratios = (2 * 10_000 * weak[hit] + able[hit]) // (2 * able[hit])  # ten-thousandths, half up
    assert found["found"][DEPENDENCY] == [hit.sum(), 0, grades, ratios.sum()]
    closed = int((listed & (people.hukou == 3)).sum())
    assert found["found"][GONE][:3] == [closed, 0, {"red": closed, "orange": 0, "yellow": 0, "blue": 0}]


@pytest.mark.feature("SF053")
def test_two_million_people_need_no_more_memory_than_a_spare_machine_has(found: dict[str, Any]) -> None:
    assert found["peak_mb"] < MOST_MEMORY
    assert found["peak_parser_mb"] < 1_000
