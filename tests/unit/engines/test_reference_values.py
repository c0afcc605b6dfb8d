"""None, unknown and floors, one operation at a time."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from jiuzhu.engines.reference.calendar import day_of, is_later
from jiuzhu.engines.reference.values import (
    NONE,
    Reason,
    Unknown,
    added,
    both,
    compared,
    either,
    flag,
    half_up,
    multiplied,
    negation,
    subtracted,
)
from jiuzhu.vocabulary.period import month_number

STALE, EMPTY = Reason("stale", "bill"), Reason("empty cell", "bill", "extra")
UNKNOWN = Unknown(because=(STALE,))


def at_least(floor: int) -> Unknown:
    return Unknown(floor, (STALE,))


def floor_after(value: object) -> object:
    return value.floor if isinstance(value, Unknown) else value


# Kleene's logic written out: false, unknown, true as 0, ½, 1; `and` is the least, `or` the greatest.
TRUTHS = {0: False, Fraction(1, 2): UNKNOWN, 1: True}


@pytest.mark.parametrize(("left", "right"), list(product(TRUTHS, TRUTHS)))
def test_logic_is_kleenes(left: int, right: int) -> None:
    assert both([TRUTHS[left], TRUTHS[right]]) == TRUTHS[min(left, right)]
    assert either([TRUTHS[left], TRUTHS[right]]) == TRUTHS[max(left, right)]
    assert negation(TRUTHS[left]) == TRUTHS[1 - left]


def test_logic_over_nothing() -> None:
    assert both([]) is True
    assert either([]) is False


def test_a_flag_that_is_none_reads_as_false() -> None:
    assert flag(NONE) is False
    assert negation(NONE) is True
    assert both([NONE, UNKNOWN]) is False


def test_an_unknown_keeps_every_reason_once() -> None:
    assert both([UNKNOWN, Unknown(because=(EMPTY, STALE))]) == Unknown(because=(STALE, EMPTY))


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_a_comparison_with_none_is_false_and_else_with_unknown_unknown(operator: str) -> None:
    assert compared(operator, NONE, 1) is False
    assert compared(operator, UNKNOWN, NONE) is False
    assert compared(operator, at_least(5), 1) == UNKNOWN


def test_arithmetic_with_none_is_none_and_else_with_unknown_unknown() -> None:
    for work in (added, subtracted, multiplied):
        assert work(NONE, UNKNOWN) is NONE
        assert work(1, NONE) is NONE
        assert work(1, UNKNOWN) == UNKNOWN


def test_a_floor_goes_on_through_sums_of_what_is_not_below_zero() -> None:
    assert floor_after(added(at_least(5), 2)) == 7
    assert floor_after(added(at_least(5), at_least(1))) == 6
    assert floor_after(added(at_least(5), UNKNOWN)) is None
    assert floor_after(added(at_least(5), -1)) is None


def test_a_floor_goes_on_through_products_with_a_known_number_that_is_not_below_zero() -> None:
    assert floor_after(multiplied(at_least(5), Fraction(1, 2))) == Fraction(5, 2)
    assert floor_after(multiplied(0, at_least(5))) == 0
    assert floor_after(multiplied(at_least(5), -1)) is None
    assert floor_after(multiplied(at_least(5), at_least(5))) is None


def test_a_difference_has_no_floor() -> None:
    assert floor_after(subtracted(at_least(5), 1)) is None


def test_numbers_are_exact() -> None:
    third = Fraction(1, 3)
    assert added(added(third, third), third) == 1


@pytest.mark.parametrize(
    ("number", "scale", "whole"),
    [("0.00005", 4, 1), ("-0.00005", 4, -1), ("0.00004999", 4, 0), ("2/3", 4, 6667), ("7", 2, 700)],
)
def test_a_half_is_rounded_away_from_zero(number: str, scale: int, whole: int) -> None:
    assert half_up(Fraction(number), scale) == whole


def test_periods_are_compared_by_the_coarser_of_two_measures() -> None:
    march = month_number(date(2026, 3, 1))
    assert not is_later(march, "month", date(2026, 3, 1), "date")
    assert is_later(march, "month", date(2026, 2, 28), "date")
    assert not is_later(date(2026, 3, 31), "date", march, "month")
    assert is_later(march // 3 + 1, "quarter", date(2026, 3, 31), "date")


def test_a_period_ends_on_its_last_day() -> None:
    assert day_of(month_number(date(2024, 2, 1)), "month") == date(2024, 2, 29)
    assert day_of(2026 * 4, "quarter") == date(2026, 3, 31)
    assert day_of(2025, "school_year") == date(2026, 8, 31)
