"""Money is exact: read from text, whole fen, never from a float."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.vocabulary.money import Money, MoneyFault

amounts = st.integers(-(10**16), 10**16).map(Money)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("12,345,678.09", 1234567809),
        ("１，２３４．５０", 123450),
        (" -0.01 ", -1),
        ("－３", -300),
        ("−3", -300),
        ("+7", 700),
        ("007.10", 710),
        ("\ufeff1\u200b2", 1200),
        ("92233720368547758.07", 2**63 - 1),
    ],
)
def test_every_spelling_of_an_amount_is_read(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".5",
        "5.",
        "1.234",
        "1.500",
        "NaN",
        "inf",
        "1e3",
        "1,23",
        "1,2345",
        "12,34.5",
        ",123",
        "0x1F",
        "一百",
        "1.2.3",
        "--1",
        "92233720368547758.08",
        "1万",
        "5元",
    ],
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyFault, match="money"):
        Money.parse(text)


@pytest.mark.parametrize("number", [1.5, float("nan"), True, "1", None])
def test_nothing_but_whole_fen_becomes_money(number: object) -> None:
    with pytest.raises(TypeError):
        Money(number)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money.of(number)  # type: ignore[arg-type]


@pytest.mark.parametrize("yuan", ["NaN", "Infinity", "-Infinity", "0.001", "1E+30"])
def test_a_decimal_that_is_no_exact_amount_is_refused(yuan: str) -> None:
    with pytest.raises(MoneyFault):
        Money.of(Decimal(yuan))


def test_a_refusal_does_not_show_the_amount() -> None:
    with pytest.raises(MoneyFault) as caught:
        Money.parse("77123.456")
    assert "77123" not in str(caught.value)


def test_a_decimal_is_taken_exactly() -> None:
    assert Money.of(Decimal("-12.340")) == Money(-1234)
    assert Money.of(7) == Money(700)


@given(amounts)
def test_text_and_money_are_the_same_both_ways(money: Money) -> None:
    assert Money.parse(str(money)) == Money.parse(money.grouped) == Money.of(money.yuan) == money


@given(amounts, amounts, st.integers(-100, 100))
def test_arithmetic_is_that_of_whole_fen(one: Money, other: Money, times: int) -> None:
    assert (one + other).fen == one.fen + other.fen
    assert (one - other).fen == one.fen - other.fen
    assert (one * times).fen == (times * one).fen == one.fen * times
    assert sum([one, other, one], Money(0)) == sum([one, other, one]) == Money(2 * one.fen + other.fen)
    assert (one < other) == (one.fen < other.fen)


@given(amounts)
def test_up_to_yuan_is_the_least_whole_yuan_that_is_not_less(money: Money) -> None:
    up = money.up_to_yuan()
    assert up.fen % 100 == 0
    assert money.fen <= up.fen < money.fen + 100


def test_summing_first_and_rounding_once_differs_from_rounding_each() -> None:
    members = [Money.parse("100.20")] * 3
    assert sum(members, Money(0)).up_to_yuan() == Money.parse("301")


@given(amounts, st.decimals(-10, 10, places=6))
def test_times_a_ratio_is_the_nearest_fen_half_up(money: Money, ratio: Decimal) -> None:
    exact = money.fen * Fraction(ratio)
    found = money.times(ratio).fen
    assert abs(found - exact) <= Fraction(1, 2)
    if abs(found - exact) == Fraction(1, 2):
        assert abs(found) > abs(exact)


@pytest.mark.parametrize("other", [1, 0.5, Decimal(1), "1"])
def test_money_does_not_mix_with_plain_numbers(other: object) -> None:
    for act in (lambda: Money(1) + other, lambda: Money(1) - other, lambda: Money(1) < other):
        with pytest.raises(TypeError):
            act()


def test_money_does_not_overflow_unnoticed() -> None:
    with pytest.raises(MoneyFault, match="64 bits"):
        Money(2**63 - 1) + Money(1)


def test_no_money_is_false_and_one_fen_is_true() -> None:
    assert not Money(0)
    assert Money(-1)
