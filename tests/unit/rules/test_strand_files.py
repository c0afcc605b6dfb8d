"""`strands.toml`: what is followed month by month, and every fault of it by file, line, rule and mend."""

# ruff: noqa: E501  (one fault a line reads better than a fault broken over six)

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.strands import Measure
from tests.unit.rules.one_file import Wrong, faults_told, given_twice

FILE = "strands.toml"
TEXT = """\
[proposals]
step = 20
# visits that must have ended
outcomes = 20

[strands.bills]
title = { zh = "医疗费", en = "bills" }
unit = "yuan"
worse = "rise"
lines = [
    { dataset = "medins_settlement", sum = "self_pay_amount", where = "visit_type == 1" },
    { dataset = "medins_settlement", sum = "in_scope_self_pay_amount", at = "discharge_date" },
]

[strands.stays]
title = { zh = "住院", en = "stays" }
unit = "times"
worse = "rise"
lines = [{ dataset = "medins_settlement", count = true }]
"""

WRONG: dict[str, Wrong] = {
    "an unknown key": (('worse = "rise"', 'worst = "rise"'), "unknown_key", "'worst'", "'worse'", 9),
    "a way that is none": (('worse = "rise"', 'worse = "up"'), "wrong_word", "up", "rise", 9),
    "a dataset that does not exist": (('"medins_settlement", sum', '"medins_settled", sum'), "dataset", "'medins_settled'", "medins_settlement", 11),
    "a column that does not exist": (('"self_pay_amount"', '"self_paid"'), "column", "no column 'self_paid'", "self_pay_amount", 11),
    "a column in another unit": (('unit = "yuan"', 'unit = "persons"'), "unit", "in yuan", "unit", 11),
    "a unit that is none": (('unit = "times"', 'unit = "heaps"'), "unit", "'heaps'", "", 0),
    "a month that is none": (('at = "discharge_date"', 'at = "visit_type"'), "column", "no month", "a date", 12),
    "a line that gives nothing": ((", count = true", ""), "strand", "one of", "count = true", 19),
    "a line that gives two things": ((", count = true", ', count = true, sum = "in_scope_self_pay_amount"'), "strand", "one of", "sum", 19),
    "a condition that is no yes or no": (("visit_type == 1", "self_pay_amount"), "type", "yes or no", "", 11),
    "a trait that no law lets decide": (('"medins_settlement", count = true', '"police_population", count = true, at = "data_date", where = "sex == 1"'), "sensitive_trait", "sex", "cite the law", 0),
    "no measure": (("step = 20\n", ""), "missing_key", "'step'", "whole number", 0),
    "a step to nought": (("step = 20", "step = 100"), "wrong_number", "100", "below 100", 2),
    "a title in one language": ((', en = "stays"', ""), "missing_key", "'en'", "", 16),
}  # fmt: skip


def test_a_file_of_strands_is_read_whole(folder: Path):
    (folder / FILE).write_text(TEXT, encoding="utf-8")
    catalogue, faults = read_catalogue(folder)
    assert faults == ()
    found = catalogue.strands
    assert found.measure == Measure(step=20, outcomes=20)
    assert [(line.value, line.at) for line in found.by_code["bills"].lines] == [
        ("self_pay_amount", "settlement_date"),
        ("in_scope_self_pay_amount", "discharge_date"),
    ]
    assert found.columns() == {
        "medins_settlement": {"self_pay_amount", "settlement_date", "visit_type", "in_scope_self_pay_amount", "discharge_date"}
    }


@pytest.mark.parametrize("what", WRONG)
def test_a_fault_names_the_line_the_rule_and_the_mend(folder: Path, what: str):
    assert faults_told(folder, FILE, TEXT, WRONG[what])


def test_the_same_strand_in_two_folders_is_a_fault_that_names_both(folder: Path, tmp_path: Path):
    assert len(given_twice(folder, tmp_path / "local", FILE, TEXT)) == 3  # two strands and the measure


def test_the_check_reads_the_file(folder: Path):
    (folder / FILE).write_text(TEXT, encoding="utf-8")
    assert [fault for fault in check_folder(folder) if FILE in fault.path] == []
