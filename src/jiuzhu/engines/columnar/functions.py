"""Arithmetic, comparisons and the functions of the language over values of many subjects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from jiuzhu.engines.columnar import calendar
from jiuzhu.engines.columnar.values import (
    Flag,
    Mask,
    Number,
    Value,
    Whole,
    aligned,
    both,
    chosen,
    either,
    magnitude,
    mask,
    minus,
    negated,
    none_together,
    plus,
    scaled,
    times,
    unknown_together,
)
from jiuzhu.engines.decimals import whole_number
from jiuzhu.rules import tree


def _made(whole: Whole, *sides: Value, scale: int = 0, kind: str = "number", floor: Whole = 0, floored: Mask = False) -> Number:
    """None where a side is none, else unknown where a side is unknown."""
    unknown = unknown_together(*sides)
    return Number(whole, unknown, none_together(*sides), scale, kind, floor, both(floored, unknown))


def number(of: Value) -> Number:
    """1 for yes, 0 for no."""
    if isinstance(of, Number):
        return of
    return Number(of.true.astype(np.int64) if isinstance(of.true, np.ndarray) else int(of.true), of.unknown)


# --- comparisons -----------------------------------------------------------------------------------------------------


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def settled(answer: Mask, *sides: Value) -> Flag:
    """False where a side is none, unknown where one is unknown, else the answer."""
    open_ones = either(*(side.unknown for side in sides))
    none = none_together(*sides)
    true = both(answer, negated(either(open_ones, none)))
    return Flag(true, both(open_ones, negated(none)))


def compare(operator: str, left: Value, right: Value) -> Flag:
    sign = _SIGNS[operator]
    if isinstance(left, Flag) or isinstance(right, Flag):
        assert isinstance(left, Flag)
        assert isinstance(right, Flag)
        return settled(mask(sign(left.true, right.true)), left, right)
    if {left.kind, right.kind} == {"date", "instant"}:
        return settled(mask(sign(calendar.day_of(left), calendar.day_of(right))), left, right)
    mine, yours, _ = aligned(left, right) if left.kind == "number" else (left.whole, right.whole, 0)
    return settled(mask(sign(mine, yours)), left, right)


def one_of(of: Value, options: Sequence[Value]) -> Flag:
    answer = Flag(False)
    if isinstance(of, Flag):
        for option in options:
            same = compare("==", of, option)
            answer = Flag(either(answer.true, same.true), either(answer.unknown, same.unknown))
        return answer
    found: Mask = False
    for option in options:
        assert isinstance(option, Number)
        mine, yours, _ = aligned(of, option)
        found = either(found, mask(mine == yours))
    return settled(found, of)


def same(left: Value, right: Value) -> Flag:
    """Whether two persons, or two things, are one."""
    return compare("==", left, right)


def given(of: Value) -> Flag:
    return Flag(negated(either(of.none, of.unknown)), of.unknown)


# --- arithmetic ------------------------------------------------------------------------------------------------------


def arithmetic(operator: str, left: Number, right: Number) -> Number:
    if operator == "*":
        floor, floored = _product_floor(left, right)
        return _made(times(left.whole, right.whole), left, right, scale=left.scale + right.scale, floor=floor, floored=floored)
    mine, yours, scale = aligned(left, right)
    if operator == "-":
        return _made(minus(mine, yours), left, right, scale=scale)
    floor, floored = _sum_floor(left, right, scale)
    return _made(plus(mine, yours), left, right, scale=scale, floor=floor, floored=floored)


def lowest(of: Number) -> tuple[Whole, Mask]:
    """What a value is at least, and where that is known; a known number is its own bound."""
    return chosen(of.unknown, of.floor, of.whole), chosen(of.unknown, of.floored, negated(of.none))


def _sum_floor(left: Number, right: Number, scale: int) -> tuple[Whole, Mask]:
    """The sum of what both are at least, as long as neither is below zero."""
    if left.unknown is False and right.unknown is False:
        return 0, False
    (low, one), (high, two) = lowest(left), lowest(right)
    held = both(one, two, mask(low >= 0), mask(high >= 0))
    low, high = chosen(held, low, 0), chosen(held, high, 0)
    return plus(scaled(low, scale - left.scale), scaled(high, scale - right.scale)), held


def _product_floor(left: Number, right: Number) -> tuple[Whole, Mask]:
    """A floor times a factor that is known and not negative."""
    answer: Whole = 0
    held: Mask = False
    for floored, known in ((right, left), (left, right)):
        if floored.floored is False:
            continue
        here = both(floored.floored, negated(known.unknown), negated(known.none), mask(known.whole >= 0))
        answer = chosen(here, times(chosen(here, floored.floor, 0), chosen(here, known.whole, 0)), answer)
        held = either(held, here)
    return answer, held


def absolute(of: Value) -> Number:
    value = number(of)
    return replace(value, whole=magnitude(value.whole), floored=False)


def least(*of: Value) -> Number:
    return _extreme(np.minimum, of)


def greatest(*of: Value) -> Number:
    return _extreme(np.maximum, of)


def _extreme(which: Callable[[Any, Any], Any], of: Sequence[Value]) -> Number:
    values = [number(value) for value in of]
    scale = max(value.scale for value in values)
    whole = lifted(values[0], scale)
    for value in values[1:]:
        whole = which(whole, lifted(value, scale))
    return _made(whole, *values, scale=scale, kind=values[0].kind)


def lifts(scale: int, other: Number) -> tuple[int, int]:
    """What a whole number of this scale is multiplied by to be compared with another, and that other one."""
    common = max(scale, other.scale)
    assert isinstance(other.whole, int)
    return 10 ** (common - scale), other.whole * 10 ** (common - other.scale)


def lifted(value: Number, scale: int) -> Whole:
    return scaled(value.whole, scale - value.scale) if value.kind == "number" else value.whole


# --- time ------------------------------------------------------------------------------------------------------------


def _moment(of: Value) -> Number:
    assert isinstance(of, Number)
    return of


def days(start: Value, end: Value) -> Number:
    first, last = _moment(start), _moment(end)
    return _made(minus(calendar.day_of(last), calendar.day_of(first)), start, end)


def months(start: Value, end: Value) -> Number:
    return _made(calendar.months_between(_moment(start), _moment(end)), start, end)


def years(start: Value, end: Value) -> Number:
    return _made(calendar.months_between(_moment(start), _moment(end), 12), start, end)


def birthday(start: Value, number_of_years: Value) -> Number:
    return _made(calendar.years_on(_moment(start), _moment(number_of_years).whole), start, number_of_years, kind="date")


def hours(start: Value, end: Value) -> Number:
    return _elapsed(start, end, 3600)


def minutes(start: Value, end: Value) -> Number:
    return _elapsed(start, end, 60)


def _elapsed(start: Value, end: Value, seconds: int) -> Number:
    return _made(minus(_moment(end).whole, _moment(start).whole) // seconds, start, end)


def year(of: Value) -> Number:
    return _made(calendar.year_of(_moment(of)), of)


# --- tables and cases ------------------------------------------------------------------------------------------------


def per(table: tree.Table, key: Number) -> Number:
    """The number of the greatest key of the table that is not above `key`; below the first key, the first."""
    ordered = sorted(table.rows.items())
    scale = max(whole_number(value)[0] for _, value in ordered)
    numbers = np.array([int(value.scaleb(scale)) for _, value in ordered], np.int64)
    ends = np.array([at * 10**key.scale for at, _ in ordered[1:]], np.int64)
    found = numbers[np.searchsorted(ends, key.whole, side="right")]
    return _made(found if isinstance(found, np.ndarray) else int(found), key, scale=scale)


def choose(cases: Sequence[tuple[Flag, Value]], otherwise: Value | None) -> Value:
    """The value of the first case that holds; unknown if an unknown case stands before it; none where there is no case left."""
    answers = [answer for _, answer in cases] + ([otherwise] if otherwise is not None else [])
    if all(isinstance(answer, Flag) for answer in answers):
        flag = otherwise if isinstance(otherwise, Flag) else Flag(False, none=True)
        for condition, answer in reversed(cases):
            assert isinstance(answer, Flag)
            flag = Flag(*(_case(condition, *parts) for parts in _parts(answer, flag, ("true", "unknown", "none"))))
        return flag
    values = [number(answer) for answer in answers]
    scale = max(value.scale for value in values)
    lifts: list[Number] = [
        replace(value, whole=lifted(value, scale), floor=scaled(value.floor, scale - value.scale), scale=scale)
        for value in values
    ]
    last = lifts[len(cases)] if otherwise is not None else Number(0, none=True, scale=scale, kind=values[0].kind)
    for (condition, _), answer in reversed(list(zip(cases, lifts, strict=False))):
        names = ("whole", "unknown", "none", "floor", "floored")
        last = replace(
            last,
            **dict(zip(names, (_case(condition, *parts) for parts in _parts(answer, last, names)), strict=True)),
        )
    return replace(last, kind=values[0].kind)


def _parts(yes: Value, no: Value, names: Sequence[str]) -> list[tuple[Any, Any, bool]]:
    return [(getattr(yes, name), getattr(no, name), name == "unknown") for name in names]


def _case(condition: Flag, yes: Any, no: Any, when_unknown: bool) -> Any:
    """One part of a choice; where the condition is unknown every mark but that of the unknown falls."""
    answer = chosen(condition.true, yes, no)
    if condition.unknown is False:
        return answer
    blank: Any = when_unknown if isinstance(answer, bool) or getattr(answer, "dtype", None) == np.bool_ else 0
    return chosen(condition.unknown, blank, answer)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "given": given,
    "number": number,
    "abs": absolute,
    "least": least,
    "greatest": greatest,
    "same": same,
    "days": days,
    "months": months,
    "years": years,
    "birthday": birthday,
    "hours": hours,
    "minutes": minutes,
    "year": year,
}
