"""Units: what adds and compares, what a product is, what a measure may be held against."""

from __future__ import annotations

import pytest

from jiuzhu.rules.faults import Wrong
from jiuzhu.rules.units import alike, balanced, check_unit, product, scale_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("yuan", "yuan", True),
        ("yuan", "yuan/month", True),  # twelve times a monthly standard is compared with a year's income
        ("yuan", "", True),
        ("yuan", "days", False),
        ("days", "months", False),
        ("persons", "households", False),
        ("m2", "m2/person", True),
    ],
)
def test_equal_units_add_and_compare(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "made"),
    [
        ("yuan", "ratio", "yuan"),
        ("ratio", "yuan", "yuan"),
        ("yuan/month", "persons", "yuan"),
        ("", "days", "days"),
        ("months", "persons", "months*persons"),
        ("ratio", "ratio", "ratio"),
    ],
)
def test_a_product_drops_what_is_only_counted_beside_what_is_measured(one: str, other: str, made: str) -> None:
    assert product(one, other) == made


def test_a_measure_is_held_against_base_times_limit_of_the_same_measured_unit() -> None:
    assert balanced("yuan", product("yuan", "ratio"))
    assert balanced("yuan", product("yuan/month", "months"))
    assert balanced("times", "persons")
    assert not balanced("yuan", "days")
    assert not balanced("m2", "yuan")


@pytest.mark.parametrize("unit", ["yuan", "yuan/month", "m2/person", "days", "kwh", "ratio", ""])
def test_known_units_pass(unit: str) -> None:
    check_unit(unit)


@pytest.mark.parametrize(("unit", "near"), [("day", "days"), ("yaun", "yuan"), ("yuan/monat", "month"), ("CNY", "")])
def test_unknown_units_are_refused_with_the_nearest(unit: str, near: str) -> None:
    with pytest.raises(Wrong) as caught:
        check_unit(unit)
    assert near in caught.value.mend


def test_money_has_two_decimals_counts_none_and_the_rest_four() -> None:
    assert scale_of("yuan") == scale_of("yuan/month") == 2
    assert scale_of("days") == scale_of("persons") == 0
    assert scale_of("ratio") == scale_of("m2") == 4
    assert scale_of("years", decimals=1) == 4
