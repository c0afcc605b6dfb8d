"""Examples of the catalogue run through the code that builds a county, each as if it were alone in the world."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql.engine import SqlEngine
from jiuzhu.registry.profile.examples import run_examples
from jiuzhu.rules.tree import Example
from tests.unit.registry_profile.rows import national

DAY = date(2026, 11, 20)


def run(indicator: str, *examples: Example) -> list[str]:
    catalogue = national()
    asked = replace(catalogue.indicators[indicator], examples=examples)
    return [
        f"{fault.engine}: {fault.found}"
        for fault in run_examples(catalogue, [ReferenceEngine(catalogue), SqlEngine(catalogue)], [asked])
    ]


def bills(*yuan: str, **other) -> dict:
    return {"medins_settlement": tuple({"settlement_date": "2026-06-01", "self_pay_amount": one, **other} for one in yuan)}


@pytest.mark.requirement("F5")
def test_a_wrong_example_names_what_each_engine_found():
    right = Example(DAY, "red", bills("31000"), facts={"low": True}, value="31000.00")
    assert run("S01-E01", right) == []
    assert run("S01-E01", replace(right, expect="blue")) == ["reference: red 31000.00", "sql: red 31000.00"]
    assert run("S01-E01", replace(right, value="31000.01")) == ["reference: red 31000.00", "sql: red 31000.00"]


def test_one_example_knows_nothing_of_another():
    """The first is delivered bills, the second delivered none, the third was delivered nothing at all."""
    told = [
        Example(DAY, "blue", bills("5000"), facts={"low": True}),
        Example(DAY, "none", bills(), facts={"low": True}),
        Example(DAY, "unknown", {}, facts={"low": True}),
    ]
    assert run("S01-E01", *told) == []


def test_rows_that_name_another_person_are_that_persons():
    mixed = {"medins_settlement": (*bills("5000")["medins_settlement"], *bills("90000", person="wife")["medins_settlement"])}
    assert run("S01-E01", Example(DAY, "blue", mixed, facts={"low": True}, value="5000.00")) == []


def test_people_live_with_self_unless_they_live_apart():
    """Bills of two who live together weigh on one income; those of a brother elsewhere do not."""
    rows = {"medins_settlement": (*bills("30000")["medins_settlement"], *bills("30000", person="brother")["medins_settlement"])}
    together = Example(DAY, "orange", rows, facts={"income_year": "100000"}, people={"brother": {}}, value="0.6000")
    assert run("S01-E04", together) == []
    apart = replace(together, people={"brother": {"apart": True}}, expect="none", value="")
    assert run("S01-E04", apart) == []


def test_a_cell_that_cannot_be_read_is_a_fault_of_its_example_alone():
    wrong = Example(DAY, "red", bills("many"), facts={"low": True}, line=7)
    right = Example(DAY, "red", bills("31000"), facts={"low": True})
    found = run_examples(
        national(), [ReferenceEngine(national())], [replace(national().indicators["S01-E01"], examples=(wrong, right))]
    )
    assert [(fault.engine, fault.line) for fault in found] == [("reader", 7)]
    assert "self_pay_amount" in found[0].found


def test_a_local_limit_holds_in_its_place():
    """Parameters are asked for the division an example names."""
    given = Example(DAY, "blue", bills("5000"), facts={"low": True}, division="370502001001")
    assert run("S01-E01", given) == []
