"""Rounding, exact quotients and their units, as amounts of programmes use them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from jiuzhu.engines.programmes.assess import rounded
from jiuzhu.engines.reference.values import NONE, Reason, Unknown, divided
from jiuzhu.rules.expression import ExpressionRefused, parse
from jiuzhu.rules.faults import Wrong
from jiuzhu.rules.tree import Name, Type
from jiuzhu.rules.types import Known, Scope, type_of
from jiuzhu.rules.units import quotient


@pytest.mark.parametrize(
    ("value", "to", "how", "expected"),
    [
        (Fraction(80999, 100), 1, "up", 810),
        (Fraction(810), 1, "up", 810),
        (Fraction(80999, 100), 1, "down", 809),
        (Fraction(1619, 2), 1, "half_up", 810),
        (Fraction(1617, 2), 1, "half_up", 809),
        (Fraction(8099, 10), 10, "up", 810),
        (Fraction(8101, 10), 10, "up", 820),
        (Fraction(80991, 100), Fraction(1, 10), "up", Fraction(810)),
        (Fraction(1, 3), Fraction(1, 100), "down", Fraction(33, 100)),
        (Fraction(1, 3), 0, "up", Fraction(1, 3)),
    ],
)
def test_an_amount_is_rounded_in_whole_steps(value: Fraction, to: Fraction, how: str, expected: Fraction) -> None:
    assert rounded(value, Fraction(to), how) == expected


def test_a_quotient_is_exact_and_of_nothing_there_is_none() -> None:
    assert divided(1, 3) == Fraction(1, 3)
    assert divided(5, 0) is NONE
    assert divided(NONE, 2) is NONE
    missing = Unknown(because=(Reason("not given", "income"),))
    assert divided(missing, 2) == missing


def test_what_is_counted_falls_out_of_a_quotient_and_equal_units_leave_a_ratio() -> None:
    assert quotient("yuan", "persons") == "yuan"
    assert quotient("yuan*persons", "months*persons") == "yuan*persons"
    assert quotient("yuan", "yuan") == "ratio"
    with pytest.raises(Wrong, match="divide by a number that is counted"):
        quotient("persons", "yuan")


def test_per_of_two_numbers_is_known_only_where_amounts_are_written() -> None:
    known = {
        "income": Known(Name("income", "input", Type("number", "yuan", 2))),
        "size": Known(Name("size", "input", Type("number", "persons"))),
    }
    assert type_of(parse("per(income, size)", Scope(known, divides=True))).unit == "yuan"
    with pytest.raises(ExpressionRefused, match="per of number in yuan"):
        parse("per(income, size)", Scope(known))
