"""Benefits and levels of sharing: what is wrong in their files is named, and a level that counts shows nothing of one family."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.registry.public import NATIONAL
from jiuzhu.rules.outreach import OUTREACH, SHARING, check_outreach, read_outreach
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references

BENEFITS = """
[benefits.living]
zh = "补贴"
en = "Allowance"
policy = "disability"
indicators = ["S15-E01"]
basis = [{ law = "L04", says = "x" }]
"""
LEVELS = """
[levels.society]
zh = "社会"
en = "Society"
role = "society_partner"
counted = true
shows = ["township", "need", "families"]
basis = [{ law = "L04", says = "x" }]
"""
AGAIN = BENEFITS.replace("benefits.living", "benefits.other")
WRONG = {
    "a policy that is none": (BENEFITS.replace('"disability"', '"dibaos"'), "", "policy 'dibaos'"),
    "an indicator that is none": (BENEFITS.replace("S15-E01", "S99-E01"), "", "indicator 'S99-E01' does not exist"),
    "an indicator twice": (BENEFITS + AGAIN, "", "S15-E01 stands under another benefit"),
    "a role that is none": ("", LEVELS.replace("society_partner", "passer_by"), "role 'passer_by'"),
    "a role twice": ("", LEVELS + LEVELS.replace("levels.society", "levels.other"), "has another level too"),
    "a name where families are counted": ("", LEVELS.replace('"families"]', '"families", "name"]'), "'name' is not shown"),
    "a column nobody knows": ("", LEVELS.replace("counted = true", "").replace('"families"]', '"id"]'), "'id' is not shown"),
}


def faults(folder: Path, benefits: str, levels: str) -> list[str]:
    for name, text in ((OUTREACH, benefits), (SHARING, levels)):
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    reading = Reading()
    read_references((NATIONAL,), reading)
    found = read_outreach((folder,), reading, {"disability"})
    check_outreach(found, (folder,), {"S15-E01"}, {"society_partner"}, reading)
    return [one.problem for one in reading.faults]


def test_good_files_are_read_without_a_fault(tmp_path: Path):
    assert faults(tmp_path, BENEFITS, LEVELS) == []


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named(tmp_path: Path, what: str):
    benefits, levels, told = WRONG[what]
    found = faults(tmp_path, benefits, levels)
    assert any(told in one for one in found), found
