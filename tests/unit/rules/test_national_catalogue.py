"""The catalogue that ships: without a fault, complete, and told in words to whoever asks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.explain import explain, explain_fact
from tests.unit.rules.test_explain import SYNTAX

NATIONAL = Path(__file__).parents[3] / "catalogue"


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return read_catalogue(NATIONAL)[0]


def test_it_has_no_fault() -> None:
    assert [str(fault) for fault in check_folder(NATIONAL)] == []


def test_all_datasets_fields_scenarios_and_indicators_are_there(national: Catalogue) -> None:
    assert len(national.datasets) == 145
    assert sum(len(dataset.columns) for dataset in national.datasets.values()) == 1_577
    assert len(national.scenarios) == 33
    assert len(national.indicators) == 291
    assert {indicator.scenario for indicator in national.indicators.values()} == set(national.scenarios)


@pytest.mark.requirement("F5")
def test_every_rule_and_fact_is_told_in_chinese_and_english_without_syntax(national: Catalogue) -> None:
    for lang in ("zh", "en"):
        told = {code: explain(item, national, lang) for code, item in national.indicators.items()}  # type: ignore[arg-type]
        told |= {code: explain_fact(item, national, lang) for code, item in national.facts.items()}  # type: ignore[arg-type]
        leaking = {code: text for code, text in told.items() if SYNTAX.search(text)}
        assert leaking == {}
        # A limit without any number would be told as "the local limit": the nation has one for each rule.
        assert [code for code, text in told.items() if re.search("当地限值|the local limit", text)] == []
