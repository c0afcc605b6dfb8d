"""Decimal numbers as whole ones."""

from __future__ import annotations

from decimal import Decimal


def whole_number(value: Decimal) -> tuple[int, int]:
    """The scale and the whole number of a decimal, without trailing zeros: 1.50 is 15 at scale 1."""
    sign, digits, exponent = value.normalize().as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits))) * (-1 if sign else 1)
    return (0, number * 10**exponent) if exponent >= 0 else (-exponent, number)
