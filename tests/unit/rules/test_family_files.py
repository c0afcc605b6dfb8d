"""`files/*.toml` and `family.toml`: what the file of a family tells, and every fault of it by file, line, rule and mend."""

# ruff: noqa: E501  (one fault a line reads better than a fault broken over six)

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.family import LANES
from tests.unit.rules.one_file import Wrong, faults_told

GROUP, FAMILY = "files/health.toml", "family.toml"
TEXT = """\
code = "health"
title = { zh = "健康", en = "Health" }
place = 2

[items]
treated  = { zh = "最近就诊", en = "last treated", dataset = "medins_settlement", column = "settlement_date" }
paid     = { zh = "自付", en = "paid", dataset = "medins_settlement", sum = "self_pay_amount", months = 6 }
times    = { zh = "次数", en = "times", dataset = "medins_settlement", count = true }
listed   = { zh = "在册", en = "listed", fact = "low" }
"""
CHAIN = """\
tags = ["low"]
acts = [
  { lane = "grants", dataset = "medins_settlement", at = "settlement_date", tells = "visit_type", amount = "self_pay_amount", merged = true },
]
expected = [{ zh = "没有走访", en = "no visit", after = "signals", then = "visits", days = 30 }]
"""

WRONG_GROUP: dict[str, Wrong] = {
    "an unknown key": (("place = 2", "rank = 2"), "unknown_key", "'rank'", "place", 3),
    "another name than its file": (('code = "health"', 'code = "wealth"'), "file_name", "wealth", "wealth.toml", 1),
    "a dataset that does not exist": (('dataset = "medins_settlement", column', 'dataset = "medins", column'), "dataset", "'medins'", "medins_settlement", 6),
    "a column that does not exist": (('column = "settlement_date"', 'column = "settled"'), "column", "'settled'", "settlement_date", 6),
    "an identity": (('column = "settlement_date"', 'column = "id_no"'), "column", "an identity", "vault", 6),
    "a sum of what is no number": (('sum = "self_pay_amount"', 'sum = "settlement_date"'), "column", "cannot be summed", "numbers", 7),
    "a fact that does not exist": (('fact = "low"', 'fact = "lower"'), "fact", "'lower'", "low", 9),
    "two sources at once": (('fact = "low"', 'fact = "low", dataset = "medins_settlement"'), "item", "a fact or a column", "fact =", 9),
    "a fact that is summed": (('fact = "low"', 'fact = "low", count = true'), "item", "as it is", "leave out", 9),
    "nothing told": ((', count = true', ""), "item", "one thing", "count = true", 8),
    "two things told": ((", count = true", ', count = true, column = "visit_type"'), "item", "one thing", "column", 8),
    "a title in one language": ((', en = "paid"', ""), "missing_key", "'en'", "", 7),
    "no time at all": (("months = 6", "months = 0"), "wrong_number", "months = 0", "at least 1", 7),
}  # fmt: skip
WRONG_CHAIN: dict[str, Wrong] = {
    "a lane that is none": (('lane = "grants"', 'lane = "money"'), "wrong_word", "money", "grants", 3),
    "a day that is none": (('at = "settlement_date"', 'at = "visit_type"'), "column", "no day", "a date", 3),
    "an amount that is none": (('amount = "self_pay_amount"', 'amount = "settlement_date"'), "column", "cannot be summed", "numbers", 3),
    "words of an identity": (('tells = "visit_type"', 'tells = "id_no"'), "column", "an identity", "vault", 3),
    "a mark that is no yes or no": (('tags = ["low"]', 'tags = ["self_paid"]'), "fact", "self_paid", "", 1),
    "an answer on no lane": (('then = "visits"', 'then = "calls"'), "wrong_word", "calls", "visits", 0),
    "no days": (("days = 30", "days = 0"), "wrong_number", "days = 0", "at least 1", 0),
}  # fmt: skip


@pytest.fixture
def with_files(folder: Path) -> Path:
    (folder / "files").mkdir()
    (folder / GROUP).write_text(TEXT, encoding="utf-8")
    (folder / FAMILY).write_text(CHAIN, encoding="utf-8")
    return folder


def test_a_file_of_items_and_a_chain_are_read_whole(with_files: Path):
    catalogue, faults = read_catalogue(with_files)
    assert faults == ()
    told = catalogue.family_file
    assert [(item.code, item.how, item.months) for item in told.groups[0].items] == [
        ("treated", "newest", 12), ("paid", "sum", 6), ("times", "count", 12), ("listed", "newest", 12),
    ]  # fmt: skip
    assert told.facts == ("low",)
    assert told.columns() == {"medins_settlement": {"settlement_date", "self_pay_amount", "visit_type"}}
    assert [(one.after, one.then, one.days) for one in told.expected] == [("signals", "visits", 30)]


@pytest.mark.parametrize("wrong", WRONG_GROUP.values(), ids=WRONG_GROUP)
def test_a_fault_of_a_group_names_its_line_and_the_way_out(with_files: Path, wrong: Wrong):
    assert len(faults_told(with_files, GROUP, TEXT, wrong)) == 1


@pytest.mark.parametrize("wrong", WRONG_CHAIN.values(), ids=WRONG_CHAIN)
def test_a_fault_of_the_chain_names_its_line_and_the_way_out(with_files: Path, wrong: Wrong):
    assert len(faults_told(with_files, FAMILY, CHAIN, wrong)) == 1


def test_an_item_and_a_place_are_given_once(with_files: Path):
    more = TEXT.replace('code = "health"', 'code = "more"')
    (with_files / "files" / "more.toml").write_text(more, encoding="utf-8")
    problems = [fault.problem for fault in read_catalogue(with_files)[1] if fault.rule == "twice"]
    assert len([problem for problem in problems if problem.startswith("item")]) == 4
    assert "place = 2 is that of health too" in problems


def test_a_known_group_is_never_replaced(folder: Path, tmp_path: Path):
    for place in (folder, tmp_path / "other"):
        (place / "files").mkdir(parents=True)
    (tmp_path / "other" / "files" / "health.toml").write_text(TEXT, encoding="utf-8")
    (folder / "files" / "health.toml").write_text(TEXT, encoding="utf-8")
    twice = [fault for fault in read_catalogue(folder, tmp_path / "other")[1] if fault.rule == "twice"]
    assert any("group of items 'health'" in fault.problem for fault in twice)


@pytest.mark.feature("SF212")
def test_the_national_file_has_over_twenty_groups_and_one_hundred_and_eighty_items_that_the_base_carries():
    from jiuzhu.registry.profile.wanted import wanted_columns

    catalogue = public.catalogue()
    told = catalogue.family_file
    assert len(told.groups) > 20
    assert len(told.items) >= 180
    assert {act.lane for act in told.acts} == set(LANES) - {"signals"}
    kept = wanted_columns(catalogue).kept
    missing = {(dataset, name) for dataset, names in told.columns().items() for name in names - kept[dataset]}
    assert missing == set()
