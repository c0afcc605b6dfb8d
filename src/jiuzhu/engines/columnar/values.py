"""Values of many subjects at once: a flag or a number for each, with marks where it is none or unknown.

A part is an array with one entry a subject, or one plain value that holds for all of them: what was delivered everywhere, a
limit that is the same in the whole block, a dataset in which nobody has a row. Work on plain values costs nothing, so most of
what a rule asks is settled before any array is touched. None and unknown never stand together at one subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Mask: TypeAlias = "npt.NDArray[np.bool_] | bool"
Whole: TypeAlias = "npt.NDArray[Any] | int"
Index: TypeAlias = "npt.NDArray[np.intp]"
_ROOM = 2**62  # whole numbers below it can be added in 64 bits


# Nobody changes them. They are not frozen: a frozen one takes four times as long to make, a tenth of what one household costs.
@dataclass
class Flag:
    """true: surely. unknown: may be. none: there is no value, which reads as false."""

    true: Mask
    unknown: Mask = False
    none: Mask = False

    def take(self, at: Index) -> Flag:
        return Flag(taken(self.true, at), taken(self.unknown, at), taken(self.none, at))


@dataclass
class Number:
    """A number, day, period, text, person or thing; what `whole` says where there is none, or it is unknown, means nothing.

    scale: how many decimals the whole number carries. floor: a lower bound, where `floored`; asked for only where unknown.
    """

    whole: Whole
    unknown: Mask = False
    none: Mask = False
    scale: int = 0
    kind: str = "number"
    floor: Whole = 0
    floored: Mask = False

    def take(self, at: Index) -> Number:
        return Number(
            taken(self.whole, at),
            taken(self.unknown, at),
            taken(self.none, at),
            self.scale,
            self.kind,
            taken(self.floor, at),
            taken(self.floored, at),
        )


Value: TypeAlias = "Flag | Number"


def taken(part: Any, at: Index) -> Any:
    return part[at] if isinstance(part, np.ndarray) else part


def spread(part: Any, count: int, kind: Any = None) -> npt.NDArray[Any]:
    """A part as an array of so many entries."""
    return part if isinstance(part, np.ndarray) else np.full(count, part, kind)


# --- marks ---------------------------------------------------------------------------------------------------------


def both(*parts: Mask) -> Mask:
    answer: Mask = True
    for part in parts:
        if part is False:
            return False
        if part is not True:
            answer = part if answer is True else answer & part
    return answer


def either(*parts: Mask) -> Mask:
    answer: Mask = False
    for part in parts:
        if part is True:
            return True
        if part is not False:
            answer = part if answer is False else answer | part
    return answer


def negated(part: Mask) -> Mask:
    return ~part if isinstance(part, np.ndarray) else not part


def chosen(condition: Mask, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, else `no`."""
    if condition is True or (yes is no and not isinstance(yes, np.ndarray)):
        return yes
    if condition is False:
        return no
    if isinstance(yes, bool) and isinstance(no, bool):
        return (condition if yes else ~condition) if yes != no else yes
    return np.where(condition, yes, no)


def mask(part: Any) -> Mask:
    """What a comparison gave, as a mask: numpy's own booleans would be taken for arrays."""
    return part if isinstance(part, np.ndarray) else bool(part)


# --- flags ---------------------------------------------------------------------------------------------------------


def not_(of: Flag) -> Flag:
    return Flag(negated(either(of.true, of.unknown)), of.unknown)


def all_of(left: Flag, right: Flag) -> Flag:
    true = both(left.true, right.true)
    possible = both(either(left.true, left.unknown), either(right.true, right.unknown))
    return Flag(true, _less(possible, true, left.unknown, right.unknown))


def any_of(left: Flag, right: Flag) -> Flag:
    true = either(left.true, right.true)
    return Flag(true, _less(either(left.unknown, right.unknown), true, left.unknown, right.unknown))


def _less(possible: Mask, true: Mask, *unknown: Mask) -> Mask:
    """What is possible without being true; nothing where no part is unknown."""
    return False if all(part is False for part in unknown) else both(possible, negated(true))


# --- whole numbers ---------------------------------------------------------------------------------------------------


def plus(left: Whole, right: Whole) -> Whole:
    left, right = _fitting(left, right, _size(left) + _size(right))
    return left + right


def minus(left: Whole, right: Whole) -> Whole:
    left, right = _fitting(left, right, _size(left) + _size(right))
    return left - right


def times(left: Whole, right: Whole) -> Whole:
    left, right = _fitting(left, right, _size(left) * _size(right))
    return left * right


def scaled(whole: Whole, by: int) -> Whole:
    """A whole number times ten to `by`, which is not below zero."""
    return whole if by == 0 else times(whole, 10**by)


def _size(whole: Whole) -> int:
    if not isinstance(whole, np.ndarray):
        return abs(whole)
    return max(abs(int(whole.max())), abs(int(whole.min()))) if whole.size else 0


def _fitting(left: Whole, right: Whole, size: int) -> tuple[Whole, Whole]:
    """Both sides wide enough for an answer of that size: 64 bits, or whole numbers without end where an amount would run over."""
    kind: Any = np.int64 if size < _ROOM else object
    return _as(left, kind), _as(right, kind)


def _as(whole: Whole, kind: Any) -> Whole:
    if not isinstance(whole, np.ndarray) or whole.dtype == kind or whole.dtype == object:
        return whole
    return whole.astype(kind)


def rescaled(whole: Whole, own: int, scale: int) -> Whole:
    """At another scale; half up, away from zero, where digits are lost."""
    if scale >= own:
        return scaled(whole, scale - own)
    step = 10 ** (own - scale)
    return signed(whole, (magnitude(whole) + step // 2) // step)


def magnitude(whole: Whole) -> Whole:
    return np.abs(whole) if isinstance(whole, np.ndarray) else abs(whole)


def signed(like: Whole, of: Whole) -> Whole:
    """A number that is not negative, below zero where `like` is."""
    answer: Whole = chosen(mask(like < 0), -of, of)
    return answer


def aligned(left: Number, right: Number) -> tuple[Whole, Whole, int]:
    """Both at the greater scale of the two."""
    scale = max(left.scale, right.scale)
    return scaled(left.whole, scale - left.scale), scaled(right.whole, scale - right.scale), scale


def unknown_together(*values: Value) -> Mask:
    """Where at least one is unknown and none of them is none: none goes before unknown."""
    return both(either(*(value.unknown for value in values)), negated(none_together(*values)))


def none_together(*values: Value) -> Mask:
    return either(*(value.none for value in values))
