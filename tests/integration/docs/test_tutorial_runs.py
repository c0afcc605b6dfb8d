"""The tutorial and the how-to pages do what they say, from the first block to the last."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from jiuzhu.registry import public
from tests.integration.docs.pages import follow

pytestmark = pytest.mark.xdist_group("tutorial")  # one process, so that what all look at is made once
OWN = "S01-E91"


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of somebody who followed the tutorial, and what the commands said."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, follow("tutorial/first-indicator.md", folder)


def _warnings(folder: Path) -> list[dict[str, str]]:
    with (folder / "warnings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tutorial_ends_with_a_warning_of_ones_own_and_its_reason(tutorial: tuple[Path, str]) -> None:
    folder, said = tutorial
    own = [row for row in _warnings(folder) if row["indicator_id"] == OWN]
    assert own
    assert all(row["grade"] == ("yellow" if int(row["value"]) >= 6 else "blue") and int(row["value"]) >= 3 for row in own)
    assert "at least 3 raises a blue hint" in said
    assert f"{own[0]['value']} times; limit 3" in said


def test_the_examples_of_the_tutorial_hold_on_every_engine(tutorial: tuple[Path, str]) -> None:
    folder, _ = tutorial
    catalogue = public.catalogue(folder / "my-rules")
    assert public.run_examples(replace(catalogue, indicators={OWN: catalogue.indicators[OWN]})) == []


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("deliver-a-file", ['"accepted": 2, "rejected": 2', "code_not_listed", '"state": "accepted"']),
        ("release-a-held-delivery", ["zeros: amount: 100.0%", "sent_back"]),
        ("add-a-dataset", ["试点家庭名单", "monthly_help"]),
        ("calibrate-a-threshold", ["S05-E01.drop_ratio", "S18-E01.rigid_ratio"]),
        (
            "measure-the-goals",
            [
                "不重复 / different ones: ",
                "2026-11: 预警 / warnings ",
                "insight, precision of warnings: 未知 / not known",
                "precision of warnings: 67.0% (134 / 200)",
            ],
        ),
        ("read-a-release", ["manifest.json", "2026-11-20 columnar"]),
        ("keys-and-backup", ["sealing key version 2", "seal.2.key"]),
        ("load-a-calendar-year", ["365 2031.csv", "2031-02-"]),
    ],
)
def test_a_how_to_page_does_what_it_says(page: str, says: list[str], tutorial: tuple[Path, str], tmp_path: Path) -> None:
    shutil.copytree(tutorial[0], tmp_path / "own")
    said = follow(f"how-to/{page}.md", tmp_path / "own")
    assert [part for part in says if part not in said] == []


def test_a_changed_threshold_changes_the_warnings_of_its_township_only(tutorial: tuple[Path, str], tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(tutorial[0], own)
    before = {row["warning_id"]: row for row in _warnings(own) if row["indicator_id"] == OWN}
    follow("how-to/change-a-threshold.md", own)
    after = {row["warning_id"]: row for row in _warnings(own) if row["indicator_id"] == OWN}
    assert after.keys() == {key for key, row in before.items() if not _spared(row)}
    assert any(_spared(row) for row in before.values())


def _spared(row: dict[str, str]) -> bool:
    """In the township of the page six visits are wanted now."""
    return row["division_code"].startswith("370502103") and int(row["value"]) < 6
