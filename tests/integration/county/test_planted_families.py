"""Every planted family is found, no near miss is, and the quiet village stays quiet: from messy files to warnings."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.support.county import County

SCENARIOS = [f"S{number:02}" for number in range(1, 34)]
PROVED = {
    "S01": ["SF024"], "S02": ["SF025"], "S03": ["SF026"], "S04": ["SF244"], "S12": ["SF246"], "S13": ["SF245"],
    "S15": ["SF073"], "S21": ["SF028"], "S22": ["SF027"],
}  # fmt: skip
PARAMS = [pytest.param(one, marks=[pytest.mark.feature(*PROVED.get(one, []))] if one in PROVED else []) for one in SCENARIOS]


@pytest.mark.feature("SF022", "SF023")
@pytest.mark.parametrize("scenario", PARAMS)
def test_every_planted_family_of_a_scenario_is_found_with_its_grade_and_no_near_miss(county: County, scenario: str):
    found = {(row["indicator_id"], row["subject"]): row["grade"] for row in county.warnings}
    wrong = [
        (
            row["indicator_id"],
            row["story"],
            row["grade"] or "nothing",
            found.get((row["indicator_id"], row["subject"]), "nothing"),
        )
        for row in county.truth
        if row["indicator_id"].startswith(scenario) and found.get((row["indicator_id"], row["subject"]), "") != row["grade"]
    ]
    assert wrong == []


def test_every_indicator_has_a_planted_hit_and_a_planted_near_miss(county: County):
    hits = {row["indicator_id"] for row in county.truth if row["grade"]}
    misses = {row["indicator_id"] for row in county.truth if not row["grade"]}
    assert hits - {"*"} == set(county.catalogue.indicators)
    assert misses - {"*"} == set(county.catalogue.indicators)


def test_the_quiet_village_raises_nothing(county: County):
    quiet = {row["household_id"] for row in county.truth if row["indicator_id"] == "*"}
    assert len(quiet) >= 20
    loud = Counter(row["indicator_id"] for row in county.warnings if row["household_id"] in quiet)
    assert loud == {}


@pytest.mark.feature("SF241")
def test_four_kinds_of_active_warning_illness_disaster_breadwinner_disability(county: County):
    raised = {row["indicator_id"][:3] for row in county.warnings if row["kind"] == "warning" and row["side"] == "entry"}
    assert {"S01", "S03", "S06", "S07"} <= raised


@pytest.mark.feature("SF213")
def test_seven_rules_watch_over_people_without_local_hukou(county: County):
    rules = [code for code in county.catalogue.indicators if code.startswith("S16")]
    raised = {row["indicator_id"] for row in county.warnings if row["indicator_id"].startswith("S16")}
    assert len(rules) == 7
    assert raised == set(rules)


@pytest.mark.feature("SF021")
def test_entry_exit_and_oversight_are_told_apart(county: County):
    sides = {code: item.side for code, item in county.catalogue.indicators.items()}
    assert Counter(sides.values()).keys() == {"entry", "exit", "oversight"}
    assert {code for code, side in sides.items() if side == "oversight"} == {
        code for code in sides if (code.startswith("S31-R")) or code == "S33-R08"
    }
    assert all(row["side"] == sides[row["indicator_id"]] for row in county.warnings)


@pytest.mark.feature("SF222", "SF242", "SF243")
def test_key_factors_are_warnings_and_risk_factors_are_hints(county: County):
    kinds = defaultdict(set)
    for code, item in county.catalogue.indicators.items():
        kinds[item.kind].add(code)
    assert {row["indicator_id"] for row in county.warnings if row["kind"] == "hint"} <= kinds["hint"]
    assert {row["indicator_id"] for row in county.warnings if row["kind"] == "warning"} <= kinds["warning"]
    key_factors = {code[:3] for code in kinds["warning"]}
    assert {"S01", "S02", "S03", "S07"} <= key_factors
    assert len({code[:3] for code in kinds["hint"]}) >= 10
