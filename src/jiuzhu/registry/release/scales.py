"""Whole numbers of a result as text in their unit, and what that unit is."""

from __future__ import annotations

from decimal import Decimal

from jiuzhu.engines.base import value_scale
from jiuzhu.rules.tree import Indicator, ParameterInput
from jiuzhu.rules.types import type_of


def value_decimals(indicator: Indicator) -> int:
    """How many decimals the whole number of a value carries: ratios four, money two, counts none."""
    if indicator.rule.measure is None:
        return 0
    return 4 if indicator.rule.base is not None else value_scale(type_of(indicator.rule.measure))


def unit_of(indicator: Indicator) -> str:
    """The unit of the value; "" for a rule without a measure."""
    if indicator.rule.measure is None:
        return ""
    return "ratio" if indicator.rule.base is not None else type_of(indicator.rule.measure).unit


def threshold_decimals(indicator: Indicator) -> int:
    """How many decimals the whole number of a threshold carries: those of the parameter it comes from."""
    limit = indicator.inputs.get(indicator.rule.limit)
    if indicator.rule.measure is None:
        limit = next((one for one in indicator.inputs.values() if isinstance(one, ParameterInput)), None)
    return limit.type.scale if limit is not None else 0


def shown(number: int | None, decimals: int) -> str:
    """The decimal text of a whole number; empty for none."""
    return "" if number is None else f"{Decimal(number).scaleb(-decimals):f}"
