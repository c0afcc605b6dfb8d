"""Values of many families at once: a column holds one value for each row, with marks where there is none or it is not known.

Numbers are exact: whole ones over a common or a row's own divisor; where 64 bits would run over, whole numbers without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import functions
from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.engines.columnar.values import Number as Moments
from jiuzhu.engines.reference.values import NONE, Unknown, Value

Mask: TypeAlias = "npt.NDArray[np.bool_]"
Rows: TypeAlias = "npt.NDArray[np.int64]"
Over: TypeAlias = "int | npt.NDArray[Any]"
FLAG, NUMBER, TEXT, DATE, NOTHING = "flag", "number", "text", "date", ""
_ROOM = 2**62  # whole numbers below it can be added in 64 bits
_MOST_DIVISORS = 64  # different ones brought to one common divisor; each row keeps its own beyond


class OneByOne(ValueError):
    """A text says what columns cannot: its families are judged one by one."""


@dataclass(frozen=True)
class Column:
    """kind: flag, number, text, date; "" where no row has a value. values: truth, whole number, number of a word, day since 1970.

    over: what numbers are divided by, above zero. What `values` has where a value is none or unknown means nothing, and is small.
    """

    kind: str
    values: npt.NDArray[Any]
    unknown: Mask
    none: Mask
    over: Over = 1

    def __len__(self) -> int:
        return len(self.values)

    @property
    def known(self) -> Mask:
        return ~(self.unknown | self.none)

    @property
    def true(self) -> Mask:
        """A flag that is none reads as false."""
        return self.values.astype(bool) & self.known

    @property
    def false(self) -> Mask:
        return ~(self.true | self.unknown)

    def take(self, rows: Rows) -> Column:
        over = self.over if isinstance(self.over, int) else self.over[rows]
        return Column(self.kind, self.values[rows], self.unknown[rows], self.none[rows], over)

    def unknown_at(self, where: Mask) -> Column:
        """The same, and unknown there."""
        return replace(self, unknown=self.unknown | where, none=self.none & ~where)


class Words:
    """Texts as numbers, the same for all columns of one judging."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]


# --- making -----------------------------------------------------------------------------------------------------------


def blank(count: int, *, unknown: bool = False) -> Column:
    """None everywhere, or unknown everywhere."""
    marks = np.full(count, unknown)
    return Column(NOTHING, np.zeros(count, np.int64), marks, ~marks)


def flags(true: Mask, unknown: Mask | None = None) -> Column:
    none = np.zeros(len(true), bool)
    return Column(FLAG, true, none if unknown is None else unknown, none)


def whole(values: npt.NDArray[Any], over: Over = 1, kind: str = NUMBER) -> Column:
    none = np.zeros(len(values), bool)
    return Column(kind, values, none, none, over)


def same(value: Value, count: int, words: Words) -> Column:
    """One value for all rows."""
    return of_values([value], words).take(np.zeros(count, np.int64))


def of_values(values: Sequence[Value | Decimal], words: Words) -> Column:
    """Values of the reference, all of one kind, as a column."""
    kind, found, over = NOTHING, [0] * len(values), 1
    unknown, none = np.zeros(len(values), bool), np.zeros(len(values), bool)
    parts: dict[int, Fraction] = {}
    for place, value in enumerate(values):
        if isinstance(value, Unknown):
            unknown[place] = True
        elif value is NONE:
            none[place] = True
        elif isinstance(value, bool):
            kind, found[place] = FLAG, int(value)
        elif isinstance(value, str):
            kind, found[place] = TEXT, words.number(value)
        elif isinstance(value, date):
            kind, found[place] = DATE, day_number(value)
        else:
            kind, parts[place] = NUMBER, Fraction(value)
            over = lcm(over, parts[place].denominator)
    for place, part in parts.items():
        found[place] = part.numerator * (over // part.denominator)
    return Column(kind, _array(found), unknown, none, over)


def _array(values: Sequence[int]) -> npt.NDArray[Any]:
    small = all(-_ROOM < value < _ROOM for value in values)
    return np.array(values, np.int64 if small else object)


# --- reckoning --------------------------------------------------------------------------------------------------------


def _size(values: npt.NDArray[Any] | int) -> int:
    if isinstance(values, int):
        return abs(values)
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _times(left: npt.NDArray[Any], right: Over) -> npt.NDArray[Any]:
    """A product that never runs over."""
    left = left.astype(np.int64) if left.dtype == bool else left
    if isinstance(right, int) and right == 1:
        return left
    if left.dtype != object and _size(left) * _size(right) >= _ROOM:
        left = left.astype(object)
    if isinstance(right, int):
        # A divisor beyond 64 bits does not go into numpy's own numbers, whatever it is multiplied with.
        return left * right if abs(right) < _ROOM else left.astype(object) * right
    return left * right


def _aligned(left: Column, right: Column) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Over]:
    """Both over one divisor."""
    if isinstance(left.over, int) and isinstance(right.over, int):
        over = lcm(left.over, right.over)
        return _times(left.values, over // left.over), _times(right.values, over // right.over), over
    mine, yours = _times(left.values, right.over), _times(right.values, left.over)
    return mine, yours, _times(spread(left.over, len(left)), right.over)


def spread(over: Over, count: int) -> npt.NDArray[Any]:
    if not isinstance(over, int):
        return over
    return np.full(count, over, np.int64 if over < _ROOM else object)


def _made(values: npt.NDArray[Any], over: Over, *sides: Column, kind: str = NUMBER) -> Column:
    """None where a side is none, else unknown where one is unknown; divisors are kept few."""
    none = reduce(np.logical_or, (side.none for side in sides))
    unknown = reduce(np.logical_or, (side.unknown for side in sides)) & ~none
    values = np.where(none | unknown, 0, values)
    if not isinstance(over, int):
        over = np.where(none | unknown, 1, over)
        values, over = _reduced(values, over)
    return Column(kind, values, unknown, none, over)


def _reduced(values: npt.NDArray[Any], over: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Over]:
    """Fractions in their lowest terms, and over one divisor where few different ones are left."""
    common = np.gcd(values, over)
    values, over = values // common, over // common
    different = np.unique(over)
    if len(different) <= _MOST_DIVISORS:
        one = lcm(*(int(each) for each in different)) if len(different) else 1
        if one < _ROOM:
            return _times(values, one // over), one
    return values, over


def added(left: Column, right: Column) -> Column:
    mine, yours, over = _aligned(left, right)
    if mine.dtype != object and _size(mine) + _size(yours) >= _ROOM:
        mine = mine.astype(object)
    return _made(mine + yours, over, left, right)


def negative(of: Column) -> Column:
    return replace(of, values=-of.values)


def subtracted(left: Column, right: Column) -> Column:
    return added(left, negative(right))


def multiplied(left: Column, right: Column) -> Column:
    over: Over
    if isinstance(left.over, int) and isinstance(right.over, int):
        over = left.over * right.over
    else:
        over = _times(spread(left.over, len(left)), right.over)
    return _made(_times(left.values, right.values), over, left, right)


def divided(left: Column, right: Column) -> Column:
    """Exact; for each of nothing there is none."""
    nought = right.known & (right.values == 0)
    below = np.where(right.known & ~nought, right.values, 1)
    sign = np.where(below < 0, -1, 1)
    values = _times(_times(left.values, right.over), sign)
    made = _made(values, _times(spread(left.over, len(left)), np.abs(below)), left, right)
    nought = nought & left.known
    return replace(made, none=made.none | nought, values=np.where(nought, 0, made.values))


def whole_part(left: Column, right: Column, how: str) -> npt.NDArray[Any]:
    """How many whole times `right`, above zero, goes into `left`: up, down, or the nearest with a half going up."""
    above = _times(left.values, right.over)
    below = _times(spread(left.over, len(left)), np.where(right.known & (right.values > 0), right.values, 1))
    found: npt.NDArray[Any] = above // below
    if how == "up":
        found = -(-above // below)
    elif how == "half_up":
        found = (_times(above, 2) + below) // _times(below, 2)
    return found


# --- comparing --------------------------------------------------------------------------------------------------------

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def compared(operator: str, left: Column, right: Column) -> Column:
    """False where a side is none, unknown where one is unknown."""
    none = left.none | right.none
    unknown = (left.unknown | right.unknown) & ~none
    if NUMBER in (left.kind, right.kind):
        mine, yours, _ = _aligned(left, right)
    else:
        mine, yours = left.values, right.values
    if TEXT in (left.kind, right.kind) and operator not in ("==", "!="):
        raise OneByOne(f"texts are not put in order here: '{operator}'")
    true = _SIGNS[operator](mine, yours).astype(bool)
    return flags(true & ~none & ~unknown, unknown)


def extreme(which: str, sides: Sequence[Column]) -> Column:
    """The least or the greatest of each row."""
    answer = sides[0]
    for side in sides[1:]:
        mine, yours, over = _aligned(answer, side)
        values = np.minimum(mine, yours) if which == "least" else np.maximum(mine, yours)
        answer = _made(values, over, answer, side, kind=answer.kind or side.kind)
    return answer


# --- yes and no -------------------------------------------------------------------------------------------------------


def negation(of: Column) -> Column:
    return flags(of.false, of.unknown)


def both(parts: Iterable[Column], count: int) -> Column:
    true, possible = np.ones(count, bool), np.ones(count, bool)
    for part in parts:
        true, possible = true & part.true, possible & ~part.false
    return flags(true, possible & ~true)


def either(parts: Iterable[Column], count: int) -> Column:
    true, open_ones = np.zeros(count, bool), np.zeros(count, bool)
    for part in parts:
        true, open_ones = true | part.true, open_ones | part.unknown
    return flags(true, open_ones & ~true)


# --- choosing ---------------------------------------------------------------------------------------------------------


def picked(where: Mask, yes: Column, no: Column) -> Column:
    """`yes` there, `no` elsewhere."""
    mine, yours, over = _aligned(yes, no)
    values, unknown = np.where(where, mine, yours), np.where(where, yes.unknown, no.unknown)
    none = np.where(where, yes.none, no.none)
    return Column(yes.kind or no.kind, values, unknown, none, over)


def chosen(cases: Sequence[tuple[Column, Column]], otherwise: Column) -> Column:
    """The value of the first case that holds; unknown where an unknown case stands before it."""
    answer = otherwise
    for condition, value in reversed(cases):
        answer = picked(condition.true, value, answer).unknown_at(condition.unknown)
    return answer


# --- days -------------------------------------------------------------------------------------------------------------


def of_days(function: str, sides: Sequence[Column]) -> Column:
    """days, months, years, year, birthday: as the columnar engine reckons them."""
    told = [Moments(np.where(side.known, side.values, 0), kind="date" if side.kind == DATE else "number") for side in sides]
    found = functions.FUNCTIONS[function](*told)
    assert isinstance(found, Moments)
    values = found.whole if isinstance(found.whole, np.ndarray) else np.full(len(sides[0]), found.whole)
    return _made(values.astype(np.int64), 1, *sides, kind=DATE if found.kind == "date" else NUMBER)


# --- groups -----------------------------------------------------------------------------------------------------------


def summed(of: Column, to: Rows, count: int) -> Column:
    """The sum of each group; nought of nothing, unknown with one unknown; what is none adds nothing."""
    held = of if isinstance(of.over, int) else _over_one(of)
    values = np.where(held.known, held.values, 0)
    if values.dtype != object and _size(values) * max(1, len(values)) >= _ROOM:
        values = values.astype(object)
    total = np.zeros(count, values.dtype)
    np.add.at(total, to, values)
    return replace(whole(total, held.over), unknown=any_in(held.unknown, to, count))


def _over_one(of: Column) -> Column:
    """Over one divisor, however large it grows."""
    assert not isinstance(of.over, int)
    one = lcm(*(int(each) for each in np.unique(of.over))) if len(of) else 1
    return replace(of, values=of.values.astype(object) * (one // of.over.astype(object)), over=one)


def extreme_in(which: str, of: Column, to: Rows, count: int) -> Column:
    """The least or greatest known value of each group; none of nothing, unknown with one unknown."""
    held = of if isinstance(of.over, int) else _over_one(of)
    order = np.lexsort((to,)) if held.values.dtype == object else np.lexsort((held.values, to))
    order = order[held.known[order]]
    answer, seen = np.zeros(count, held.values.dtype), np.zeros(count, bool)
    if held.values.dtype == object:
        order = np.array(sorted(order.tolist(), key=lambda row: held.values[row]), np.int64)
    order = order if which == "max" else order[::-1]
    answer[to[order]] = held.values[order]  # of several for one place the last stays
    seen[to[order]] = True
    unknown = any_in(held.unknown, to, count)
    return Column(of.kind, answer, unknown, ~seen & ~unknown, held.over)


def any_in(of: Mask, to: Rows, count: int) -> Mask:
    found = np.zeros(count, bool)
    found[to[of]] = True
    return found


def fraction(of: Column, row: int) -> Fraction | None:
    """A known number as one of the reference."""
    if not bool(of.known[row]) or of.kind not in (NUMBER, NOTHING):
        return None
    over = of.over if isinstance(of.over, int) else int(of.over[row])
    value = int(of.values[row])
    common = gcd(value, over) or 1
    return Fraction(value // common, over // common)
