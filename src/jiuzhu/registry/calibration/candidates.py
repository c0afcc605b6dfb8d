"""The values a number may be moved to: inside the law, a small step from where it stands, and such that people can say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from jiuzhu.rules.parameters import Parameters, ParameterValue, ancestors, trimmed
from jiuzhu.rules.strands import Measure
from jiuzhu.rules.units import scale_of

_SAID = (Decimal(5), Decimal(2), Decimal(1))


@dataclass(frozen=True)
class Allowed:
    """Between which values a number may be moved this month. by_law: whether the catalogue gives both bounds; else none may."""

    low: Decimal
    high: Decimal
    least: Decimal | None
    most: Decimal | None

    @property
    def by_law(self) -> bool:
        return self.least is not None and self.most is not None


def bounds(parameters: Parameters, owner: str, name: str, division: str, on: date) -> tuple[Decimal | None, Decimal | None]:
    """`least` and `most` that hold in a division: the narrowest of all rows in force there and above.

    A place may bind itself more tightly than the nation, never less.
    """
    above = ancestors(division)
    rows = [
        row
        for row in parameters.of(owner, name)
        if trimmed(row.division) in above and row.since <= on and (row.until is None or on < row.until)
    ]
    least = [row.least for row in rows if row.least is not None]
    most = [row.most for row in rows if row.most is not None]
    return max(least, default=None), min(most, default=None)


def quantum(present: ParameterValue, value: Decimal, measure: Measure) -> Decimal:
    """The greatest of 1, 2 and 5 times a power of ten that goes at least twice into a month's step; whole where things are counted."""
    half = value * measure.step / 200
    power = Decimal(1).scaleb(half.adjusted())
    found = next(one * power for one in _SAID if one * power <= half)
    return max(found, Decimal(1).scaleb(-scale_of(present.unit)))


def allowed(
    parameters: Parameters, present: ParameterValue, value: Decimal, division: str, on: date, measure: Measure
) -> Allowed:
    """How far this month may go: a step inside both bounds of law, for a count at least one more or fewer.

    A number without both bounds may go nowhere, nor may one that is nought or below.
    """
    least, most = bounds(parameters, present.owner, present.name, division, on)
    if least is None or most is None or value <= 0:
        return Allowed(value, value, least, most)
    step = max(value * measure.step / 100, quantum(present, value, measure))
    return Allowed(max(value - step, least), min(value + step, most), least, most)


def candidates(present: ParameterValue, value: Decimal, within: Allowed, measure: Measure) -> tuple[Decimal, ...]:
    """Round values within what is allowed, ascending, the present one left out; none without bounds of law, or for nought and below."""
    if not within.by_law or value <= 0:
        return ()
    grain = quantum(present, value, measure)
    first = (within.low / grain).to_integral_value(ROUND_CEILING)
    last = (within.high / grain).to_integral_value(ROUND_FLOOR)
    found = (grain * number for number in range(int(first), int(last) + 1))
    return tuple(one.normalize() + 0 for one in found if one > 0 and one != value)
