"""What a value may be while a rule is worked out: plain, none or unknown; and what may be done with the three.

Numbers are exact (`int` or `Fraction`, in the unit people speak of: yuan, not fen), dates are dates, and what the base
holds as a whole number (a month, a quarter, an instant in seconds, the position of a person, the number of a thing) stays one.

none: delivered, and there is no such thing. unknown: not delivered, too old, or an empty cell that means so. An unknown number
may carry a `floor`, a lower bound that is certain, and always says why it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final, Literal, TypeAlias

Number: TypeAlias = int | Fraction

Cause = Literal[
    "not delivered",  # never, for this place
    "stale",  # the newest delivery is older than the dataset's `stale_after`
    "period missing",  # a month inside the window, or before the first delivery, or too few closed ones
    "empty cell",
    "no authorisation",
    "unset parameter",
    "not given",  # a fact handed in as unknown
    "person not known",  # a relation names someone outside the base
    "negative base",
    "in conflict",  # what is stated and what follows from other statements differ
    "not in order",  # a need of a programme: an authorisation, a report that is still valid
]


@dataclass(frozen=True)
class Reason:
    """Why a value is unknown. name: the dataset, parameter ("owner.name"), fact or relation; column: of an empty cell."""

    cause: Cause
    name: str
    column: str = ""


@dataclass(frozen=True)
class Unknown:
    floor: Number | None = None
    because: tuple[Reason, ...] = ()


class Absence(Enum):
    NONE = "none"


NONE: Final = Absence.NONE
Value: TypeAlias = bool | int | Fraction | date | str | Absence | Unknown


def is_known(value: Value) -> bool:
    return value is not NONE and not isinstance(value, Unknown)


def unknown_of(values: Iterable[Value], floor: Number | None = None) -> Unknown:
    """One unknown for all the unknown ones among `values`, with the reasons of each, none twice."""
    reasons = dict.fromkeys(reason for value in values if isinstance(value, Unknown) for reason in value.because)
    return Unknown(floor, tuple(reasons))


def missing(values: tuple[Value, ...]) -> Value | None:
    """The rule of nearly everything: none if any is none, else unknown if any is unknown, else nothing is missing."""
    if any(value is NONE for value in values):
        return NONE
    if any(isinstance(value, Unknown) for value in values):
        return unknown_of(values)
    return None


# --- flags: true, false, unknown; a flag that is none reads as false ---------------------------------------------


def flag(value: Value) -> bool | Unknown:
    """The value as a yes/no; what a number is at least says nothing of it."""
    if isinstance(value, Unknown):
        return value if value.floor is None else Unknown(because=value.because)
    return value is not NONE and bool(value)


def negation(value: Value) -> bool | Unknown:
    value = flag(value)
    return value if isinstance(value, Unknown) else not value


def both(values: Iterable[Value]) -> bool | Unknown:
    """Kleene's `and`: one false decides, whatever is unknown. Stops looking at the first false."""
    return _decided_by(False, values)


def either(values: Iterable[Value]) -> bool | Unknown:
    """Kleene's `or`: one true decides."""
    return _decided_by(True, values)


def _decided_by(decisive: bool, values: Iterable[Value]) -> bool | Unknown:
    open_ones: list[Value] = []
    for value in values:
        value = flag(value)
        if isinstance(value, Unknown):
            open_ones.append(value)
        elif value is decisive:
            return decisive
    return unknown_of(open_ones) if open_ones else not decisive


# --- comparing and reckoning -------------------------------------------------------------------------------------

_ORDER: dict[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def compared(operator: str, left: Value, right: Value) -> bool | Unknown:
    """A comparison with none is false (also `!=`), else with unknown unknown; a floor decides nothing here."""
    gone = missing((left, right))
    if isinstance(gone, Unknown):
        return gone
    return gone is None and _ORDER[operator](left, right)


def added(left: Value, right: Value) -> Value:
    """The floor of a sum is the sum of the floors, as long as neither is below zero (a known number is its own floor)."""
    gone = missing((left, right))
    if isinstance(gone, Unknown):
        low, high = floor_of(left), floor_of(right)
        return Unknown(low + high if low is not None and high is not None and low >= 0 and high >= 0 else None, gone.because)
    return number(left) + number(right) if gone is None else gone


def subtracted(left: Value, right: Value) -> Value:
    """Unknown on either side leaves no floor: the difference may fall as the unknown part grows."""
    gone = missing((left, right))
    return number(left) - number(right) if gone is None else gone


def multiplied(left: Value, right: Value) -> Value:
    """The floor follows a factor that is known and not negative, and no other."""
    gone = missing((left, right))
    if isinstance(gone, Unknown):
        known, other = (left, right) if is_known(left) else (right, left)
        if is_known(known) and isinstance(other, Unknown) and other.floor is not None and number(known) >= 0:
            return Unknown(other.floor * number(known), gone.because)
        return gone
    return number(left) * number(right) if gone is None else gone


def divided(left: Value, right: Value) -> Value:
    """Exact; for each of nothing there is none."""
    gone = missing((left, right))
    if gone is not None:
        return gone
    return Fraction(number(left)) / number(right) if number(right) else NONE


def floor_of(value: Value) -> Number | None:
    """What a number is at least; None where nothing is certain."""
    if isinstance(value, Unknown):
        return value.floor
    return number(value) if isinstance(value, (int, Fraction)) else None


def number(value: Value) -> Number:
    if not isinstance(value, (int, Fraction)):
        raise TypeError(f"a number was expected, not {value!r}")
    return value


def half_up(value: Number, scale: int) -> int:
    """A number as a whole one of `scale` decimals; a half goes away from zero, as commercial rounding has it."""
    scaled = abs(Fraction(value)) * 10**scale
    whole: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if value >= 0 else -whole
