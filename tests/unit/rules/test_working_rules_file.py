"""The file of working rules: a rule without a number, or with one outside its bounds, stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.registry.public import NATIONAL
from jiuzhu.rules.parameters import read_parameters
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.working_rules import FILE, read_working_rules

GOOD = """
[sets]
handling = { zh = "处置", en = "Handling" }
[rules."handling.tier_wd"]
set = "handling"
zh = "间隔"
en = "Days"
obeyed_zh = "报上一级"
obeyed_en = "One tier up"
least = "1"
most = "10"
basis = [{ law = "L04", says = "x" }]
"""
WRONG = {
    "set": ('set = "handling"', 'set = "checks"', "checks"),
    "no number": ('"handling.tier_wd"', '"handling.other"', "its national number is none"),
    "outside": ('most = "10"', 'most = "1"', "its national number is 2"),
    "bounds": ('least = "1"', 'least = "one"', "'one' is no number"),
    "law": ('law = "L04"', 'law = "L99"', "L99"),
    "words": ('obeyed_en = "One tier up"\n', "", "obeyed_en"),
}


def faults(folder: Path, text: str) -> list[str]:
    (folder / FILE).write_text(text, encoding="utf-8")
    reading = Reading()
    read_references((NATIONAL,), reading)
    reading.parameters = read_parameters((NATIONAL,), reading.faults)
    read_working_rules((folder,), reading)
    return [f"{one.problem} {one.mend}" for one in reading.faults]


def test_a_good_file_is_read_without_a_fault(tmp_path: Path):
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named(tmp_path: Path, what: str):
    old, new, told = WRONG[what]
    assert old in GOOD
    found = faults(tmp_path, GOOD.replace(old, new))
    assert any(told in one for one in found), found
