"""`comparisons.toml`: what several sources say of the same thing, and every fault of it by file, line, rule and mend."""

# ruff: noqa: E501  (one fault a line reads better than a fault broken over six)

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.check import check_folder
from tests.unit.rules.one_file import Wrong, faults_told, given_twice

FILE = "comparisons.toml"
TEXT = """\
[score]
completeness = 1
validity = 1
timeliness = 1
agreement = 2

[comparisons.alive]
title = { zh = "在世", en = "alive" }
because = { zh = "公安", en = "the police" }
answers = { alive = { zh = "在世", en = "alive" }, dead = { zh = "已故", en = "dead" } }
changes = true
statements = [
    { dataset = "police_death_cancellation", says = "dead" },
    { dataset = "civil_lowincome_member", value = "member_status", means = { 1 = "alive", 3 = "dead" } },
]

[comparisons.born]
title = { zh = "出生", en = "born" }
because = { zh = "号码", en = "the number" }
tolerance = "31 days"
statements = [
    { dataset = "id_number", value = "birth_date" },
    { dataset = "police_population", value = "birth_date" },
]

[comparisons.price]
title = { zh = "车价", en = "price" }
because = { zh = "税务", en = "the tax office" }
tolerance = "20 percent"
statements = [
    { dataset = "tax_vehicle_purchase", take = "sum", value = "invoice_price", where = "days(pay_date, as_of) <= 365", none = "0" },
    { dataset = "traffic_vehicle", value = "purchase_price" },
]
"""

WRONG: dict[str, Wrong] = {
    "an unknown key": (("changes = true", "changed = true"), "unknown_key", "'changed'", "'changes'", 11),
    "an unknown key of a statement": (('dead" },\n    { dataset = "civil', 'dead", takes = "sum" },\n    { dataset = "civil'), "unknown_key", "'takes'", "'take'", 13),
    "a dataset that does not exist": (('"police_death_cancellation"', '"police_death"'), "dataset", "'police_death'", "police_death_cancellation", 13),
    "a dataset of households": (('"civil_lowincome_member"', '"civil_lowincome_household"'), "dataset", "not of single people", "keyed", 14),
    "a column that does not exist": (('"member_status"', '"member_state"'), "name", "'member_state'", "member_status", 14),
    "codes without a meaning": ((', means = { 1 = "alive", 3 = "dead" }', ""), "code", "own list", "means", 14),
    "a code the list does not have": (("3 = ", "4 = "), "code", "'4'", "there are: 1, 2, 3", 14),
    "a word that is no answer": (('says = "dead"', 'says = "gone"'), "answer", "'gone'", "dead", 13),
    "an answer nobody gives": (("dead = { zh", "lost = { zh"), "answer", "", "", 0),
    "two sources of different kinds": (('"police_population", value = "birth_date"', '"traffic_vehicle", value = "purchase_price"'), "type", "id_number states a date, traffic_vehicle a number", "like with like", 21),
    "an identity": (('"police_population", value = "birth_date"', '"police_population", value = "father_id_no"'), "type", "person", "compare", 23),
    "yes or no without a meaning": (('"police_population", value = "birth_date"', '"medins_settlement", value = "is_remote"'), "code", "own list", "means", 23),
    "one statement alone": (('    { dataset = "id_number", value = "birth_date" },\n', ""), "comparison", "one statement", "at least two", 21),
    "a statement that says nothing": ((', says = "dead"', ""), "comparison", "one of", "says", 13),
    "a tolerance nobody can read": (('"31 days"', '"a month"'), "tolerance", "'a month'", "31 days", 20),
    "a tolerance of another kind": (('"31 days"', '"20 percent"'), "tolerance", "for date", "31 days", 20),
    "none of a sum that is not nought": (('none = "0"', 'none = "1"'), "comparison", "'1'", 'none = "0"', 31),
    "a condition that is no yes or no": (("days(pay_date, as_of) <= 365", "invoice_price"), "type", "yes or no", "compare", 31),
    "a sum of days": (('take = "sum", value = "invoice_price"', 'take = "sum", value = "pay_date"'), "comparison", "take = 'sum'", "newest row", 31),
    "a part of the score left out": (("validity = 1\n", ""), "missing_key", "'validity'", "whole number", 0),
    "a score of nothing": (("completeness = 1\nvalidity = 1\ntimeliness = 1\nagreement = 2", "completeness = 0\nvalidity = 0\ntimeliness = 0\nagreement = 0"), "wrong_number", "weigh nothing", "at least one", 1),
    "sex without a law for it": (('"police_population", value = "birth_date"', '"police_population", value = "birth_date", where = "sex == 1"'), "sensitive_trait", "sex", "law", 0),
    "a title in one language": ((', en = "born"', ""), "missing_key", "'en'", "", 18),
}  # fmt: skip


@pytest.mark.feature("SF044")
def test_a_file_of_comparisons_is_read_whole(folder: Path):
    (folder / FILE).write_text(TEXT, encoding="utf-8")
    catalogue, faults = read_catalogue(folder)
    assert faults == ()
    found = catalogue.comparisons
    assert list(found.by_code) == ["alive", "born", "price"]
    assert found.weights == {"completeness": 1, "validity": 1, "timeliness": 1, "agreement": 2}
    assert [one.dataset for one in found.by_code["alive"].statements] == ["police_death_cancellation", "civil_lowincome_member"]
    assert (found.by_code["born"].tolerance, found.by_code["born"].tolerance_of) == (Decimal(31), "days")
    assert (found.by_code["price"].type.unit, found.by_code["price"].type.scale) == ("yuan", 2)
    assert found.columns()["tax_vehicle_purchase"] == {"invoice_price", "pay_date"}
    assert "id_number" not in found.columns()


@pytest.mark.feature("SF044")
@pytest.mark.parametrize("what", WRONG)
def test_a_fault_names_the_line_the_rule_and_the_mend(folder: Path, what: str):
    assert faults_told(folder, FILE, TEXT, WRONG[what])


def test_the_same_comparison_in_two_folders_is_a_fault_that_names_both(folder: Path, tmp_path: Path):
    assert len(given_twice(folder, tmp_path / "local", FILE, TEXT)) == 4  # three comparisons and the weights


def test_the_check_reads_the_file_and_passes_none_over(folder: Path):
    (folder / FILE).write_text(TEXT, encoding="utf-8")
    assert [fault for fault in check_folder(folder) if FILE in fault.path] == []
    (folder / "comparison.toml").write_text(TEXT, encoding="utf-8")
    assert [fault.rule for fault in check_folder(folder) if "comparison.toml" in fault.path] == ["unread"]
