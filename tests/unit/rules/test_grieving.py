"""What people hold against us is declared: within how long, by whom not; a fault stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.grieving import load_grieving
from tests.unit.rules import test_noticing

NATIONAL = Path(__file__).parents[3] / "catalogue"


def written(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    test_noticing.written(folder)
    text = (NATIONAL / "grievances.toml").read_text(encoding="utf-8")
    assert change[0] in text
    (folder / "grievances.toml").write_text(text.replace(*change, 1) if change[0] else text, encoding="utf-8")
    return folder


def test_the_requests_by_right_and_what_is_held_against_us_are_there(tmp_path: Path):
    found = load_grieving(written(tmp_path))
    assert {"copy", "correction", "objection", "explanation", "human_review", "complaint", "appeal"} <= set(found)
    assert found["appeal"].again
    assert found["appeal"].apart
    assert all(one.days >= 1 for one in found.values())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('within = "10 working days"', 'within = "soon"'), "soon"),
        (('about = ["notice"]', 'about = ["weather"]'), "weather"),
        (('term = "reconsideration"', 'term = "failure_to_act"'), "failure_to_act"),
        (('about = ["notice"]', 'about = ["none"]'), "tied to a notice"),
        (('law = "L02"', 'law = "L99"'), "L99"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, change: tuple[str, str], told: str):
    with pytest.raises(CatalogueFaults, match=told):
        load_grieving(written(tmp_path, change))
