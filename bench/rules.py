"""The rules under test beside the catalogue's own: simple ones like those measured beforehand, and each with other numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.parameters import Parameters, ParameterValue
from jiuzhu.rules.tree import Indicator, Input, ParameterInput

# Thirty-two indicators of the shapes that were measured before the engine was begun: one or two sums, counts, extremes or
# the newest of one dataset or two, over a window, of a person or a household, inside or outside the low-income base.
SIMPLE = (
    *("S01-E01", "S01-E02", "S01-E03", "S01-E05", "S01-E04", "S05-E01", "S05-E04", "S21-R01", "S28-R01", "S24-R03", "S24-R02"),
    *("S25-R01", "S25-R03", "S26-R05", "S27-R02", "S28-R09", "S28-R05", "S03-E01", "S03-E02", "S14-E02", "S28-R11", "S23-R04"),
    *("S23-R03", "S02-E02", "S07-E02", "S16-E02", "S30-R02", "S11-E05", "S32-R07", "S32-R04", "S02-E03", "S26-R06"),
)


def with_other_numbers(catalogue: Catalogue, codes: Sequence[str], sets: Sequence[int]) -> tuple[Catalogue, list[Indicator]]:
    """The rules of these codes once for each set, with numbers of their own: set 0 the catalogue's, each further a tenth more.

    Whole numbers of months, persons or times grow by one a set. The catalogue that comes back knows the numbers.
    """
    rows = dict(catalogue.parameters.rows)
    made: dict[str, Indicator] = {}
    for number in sets:
        for code in codes:
            told = catalogue.indicators[code]
            name = f"{code}-{number}"
            owned = [one for one in _parameters(told) if one.owner == code]
            for one in owned:
                rows[name, one.parameter] = [
                    _moved(row, one, name, number) for row in catalogue.parameters.of(code, one.parameter)
                ]
            made[name] = replace(
                told, code=name, inputs=_renamed(told.inputs, code, name), person_inputs=_renamed(told.person_inputs, code, name)
            )
    return replace(catalogue, indicators={**catalogue.indicators, **made}, parameters=Parameters(rows)), list(made.values())


def _parameters(told: Indicator) -> list[ParameterInput]:
    inputs = [*told.inputs.values(), *told.person_inputs.values()]
    return [one for one in inputs if isinstance(one, ParameterInput)]


def _renamed(inputs: Mapping[str, Input], code: str, name: str) -> dict[str, Input]:
    return {
        word: replace(one, owner=name) if isinstance(one, ParameterInput) and one.owner == code else one
        for word, one in inputs.items()
    }


def _moved(row: ParameterValue, one: ParameterInput, owner: str, number: int) -> ParameterValue:
    if row.value is None:
        return replace(row, owner=owner)
    value = row.value * (1 + Decimal(number) / 10) if one.type.scale else row.value + number
    return replace(row, owner=owner, value=value, text=str(value))
