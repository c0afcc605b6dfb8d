"""Arithmetic and the functions of the language, over compiled values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from jiuzhu.engines.decimals import whole_number
from jiuzhu.engines.sql import calendar
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.values import (
    Compiled,
    Flag,
    Value,
    aligned,
    none_of,
    not_none,
    scaled,
    unknown_of,
    unknown_together,
)
from jiuzhu.rules import tree


def _made(sql: w.Sql, *sides: Value, scale: int = 0, kind: str = "number", floor: w.Sql | None = None) -> Value:
    """A value that is none where a side is none, else unknown where a side is unknown; `sql` is null in both cases."""
    unknown = unknown_together(sides)
    known = None if unknown == w.FALSE else unknown
    present = all(side.present for side in sides)
    return Value(sql, known, present, scale, kind, None if known is None else floor)


def lifted(value: Value, scale: int) -> w.Sql:
    return scaled(value.sql, scale - value.scale) if value.kind == "number" else value.sql


def same_kind(left: Value, right: Value) -> tuple[Value, Value]:
    """A day and an instant compare as days."""
    kinds = {left.kind, right.kind}
    if kinds == {"date", "instant"}:
        return tuple(replace(side, sql=calendar.date_of(side), kind="date") for side in (left, right))  # type: ignore[return-value]
    return left, right


def number(of: Compiled) -> Value:
    """1 for yes, 0 for no."""
    if isinstance(of, Value):
        return of
    if of.certain:
        return Value(w.case((of.sql, w.whole(1)), otherwise=w.whole(0)), present=True)
    answer = w.case((of.sql, w.whole(1)), (w.negated(of.sql), w.whole(0)))
    return Value(answer, w.is_null(of.sql), present=True)


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    if operator == "*":
        sql = w.roomy(w.product, left.sql, right.sql)
        return _made(sql, left, right, scale=left.scale + right.scale, floor=_product_floor(left, right))
    mine, yours, scale = aligned(left, right)
    floor = _sum_floor(left, right, scale) if operator == "+" else None
    return _made(w.roomy(w.plus if operator == "+" else w.minus, mine, yours), left, right, scale=scale, floor=floor)


def _sum_floor(left: Value, right: Value, scale: int) -> w.Sql | None:
    """The sum of what both are at least, as long as neither is below zero; a known number is its own floor."""
    if left.floor is None and right.floor is None:
        return None
    low, high = (side.sql if side.floor is None else w.given_or(side.sql, side.floor) for side in (left, right))
    zero = w.whole(0)
    not_below = w.both(w.compared(">=", low, zero), w.compared(">=", high, zero))
    return w.case((not_below, w.roomy(w.plus, scaled(low, scale - left.scale), scaled(high, scale - right.scale))))


def _product_floor(left: Value, right: Value) -> w.Sql | None:
    """A floor times a factor that is known and not negative. A factor that is not known is null and so is the product."""
    bounds = [
        w.case((w.compared(">=", known.sql, w.whole(0)), w.roomy(w.product, floored.floor, known.sql)))
        for floored, known in ((left, right), (right, left))
        if floored.floor is not None
    ]
    return None if not bounds else bounds[0] if len(bounds) == 1 else w.given_or(*bounds)


def absolute(of: Compiled) -> Value:
    value = number(of)
    return replace(value, sql=w.call("ABS", value.sql), floor=None)


def least(*of: Compiled) -> Value:
    return _extreme("LEAST", *of)


def greatest(*of: Compiled) -> Value:
    return _extreme("GREATEST", *of)


def _extreme(function: str, *of: Compiled) -> Value:
    """None where one is none; LEAST and GREATEST themselves would pass over it."""
    values = [number(value) for value in of]
    scale = max(value.scale for value in values)
    sides = [lifted(value, scale) for value in values]
    missing = w.either(*(w.is_null(value.sql) for value in values if not value.present or value.unknown is not None))
    sql = w.case((missing, w.NULL), otherwise=w.call(function, *sides))
    return _made(sql, *values, scale=scale, kind=values[0].kind)


def settled(answer: w.Sql, *sides: Compiled) -> Flag:
    """False where a side is none, unknown where one is unknown, else the answer (null where a side has no value)."""
    unknown = unknown_together(sides)
    if all(none_of(side) == w.FALSE for side in sides):
        return Flag(answer, certain=unknown == w.FALSE)
    flags_none = [side.none for side in sides if isinstance(side, Flag) and side.none is not None]
    answer = w.case((w.either(*flags_none), w.FALSE), otherwise=answer)
    if unknown == w.FALSE:
        return Flag(w.given_or(answer, w.FALSE), certain=True)
    return Flag(w.case((unknown, w.NULL), otherwise=w.given_or(answer, w.FALSE)))


def same(left: Compiled, right: Compiled) -> Flag:
    """Whether two persons, or two things, are one."""
    assert isinstance(left, Value)
    assert isinstance(right, Value)
    return settled(w.compared("==", left.sql, right.sql), left, right)


def given(of: Compiled) -> Flag:
    unknown = unknown_of(of)
    if unknown == w.FALSE:
        return Flag(w.negated(none_of(of)), certain=True)
    return Flag(w.case((unknown, w.NULL), otherwise=not_none(of)))


def days(start: Compiled, end: Compiled) -> Value:
    assert isinstance(start, Value)
    assert isinstance(end, Value)
    return _made(calendar.days_between(start, end), start, end)


def months(start: Compiled, end: Compiled) -> Value:
    assert isinstance(start, Value)
    assert isinstance(end, Value)
    return _made(calendar.months_between(start, end), start, end)


def years(start: Compiled, end: Compiled) -> Value:
    completed = months(start, end)
    return replace(completed, sql=calendar.floor_divided(completed.sql, 12))


def birthday(start: Compiled, number_of_years: Compiled) -> Value:
    assert isinstance(start, Value)
    assert isinstance(number_of_years, Value)
    return _made(calendar.years_on(start, number_of_years.sql), start, number_of_years, kind="date")


def hours(start: Compiled, end: Compiled) -> Value:
    return _elapsed(start, end, 3600)


def minutes(start: Compiled, end: Compiled) -> Value:
    return _elapsed(start, end, 60)


def _elapsed(start: Compiled, end: Compiled, seconds: int) -> Value:
    assert isinstance(start, Value)
    assert isinstance(end, Value)
    return _made(calendar.floor_divided(w.minus(end.sql, start.sql), seconds), start, end)


def year(of: Compiled) -> Value:
    assert isinstance(of, Value)
    return _made(calendar.year_of(of), of)


def per(table: tree.Table, key: Value) -> Value:
    """The number of the greatest key of the table that is not above `key`; below the first key, the first."""
    ordered = sorted(table.rows.items())
    scale = max(whole_number(value)[0] for _, value in ordered)
    numbers = [w.whole(int(value.scaleb(scale))) for _, value in ordered]
    ends = [w.whole(at * 10**key.scale) for at, _ in ordered[1:]]
    branches = [(w.compared("<", key.sql, end), held) for end, held in zip(ends, numbers, strict=False)]
    sql = w.case((w.is_null(key.sql), w.NULL), *branches, otherwise=numbers[-1])
    return _made(sql, key, scale=scale)


def choose(cases: Sequence[tuple[Flag, Compiled]], otherwise: Compiled | None) -> Compiled:
    """The value of the first case that holds; unknown if an unknown case stands before it."""
    answers = [answer for _, answer in cases] + ([otherwise] if otherwise is not None else [])
    if all(isinstance(answer, Flag) for answer in answers):
        return _chosen_flag(cases, otherwise)
    values = [number(answer) for answer in answers]
    scale = max(value.scale for value in values)
    tested = [condition for condition, _ in cases]
    last = values[len(cases)] if otherwise is not None else None
    pairs = list(zip(tested, values, strict=False))
    sql = _first(pairs, lambda value: lifted(value, scale), w.NULL, last)
    unknown = _first(pairs, unknown_of, w.TRUE, last)
    unknown = None if unknown == w.FALSE else unknown
    present = otherwise is not None and all(value.present for value in values)
    floor = _first(pairs, lambda value: _lifted_floor(value, scale), w.NULL, last)
    return Value(sql, unknown, present, scale, values[0].kind, None if floor == w.NULL else floor)


def _lifted_floor(value: Value, scale: int) -> w.Sql:
    return w.NULL if value.floor is None else scaled(value.floor, scale - value.scale)


def _first(
    cases: Sequence[tuple[Flag, Value]], part: Callable[[Value], w.Sql], when_unknown: w.Sql, otherwise: Value | None
) -> w.Sql:
    branches = []
    for condition, value in cases:
        if not condition.certain:
            branches.append((w.is_null(condition.sql), when_unknown))
        branches.append((condition.sql, part(value)))
    last = part(otherwise) if otherwise is not None else (w.NULL if when_unknown == w.NULL else w.FALSE)
    if all(answer == last for _, answer in branches):
        return last
    return w.case(*branches, otherwise=last)


def _chosen_flag(cases: Sequence[tuple[Flag, Compiled]], otherwise: Compiled | None) -> Flag:
    truth, none = [], []
    certain = all(condition.certain for condition, _ in cases)
    for condition, answer in cases:
        assert isinstance(answer, Flag)
        certain = certain and answer.certain
        if not condition.certain:
            truth.append((w.is_null(condition.sql), w.NULL))
            none.append((w.is_null(condition.sql), w.FALSE))
        truth.append((condition.sql, answer.sql))
        none.append((condition.sql, none_of(answer)))
    last = otherwise if isinstance(otherwise, Flag) else Flag(w.FALSE, certain=True, none=w.TRUE)
    left_out = (
        None
        if none_of(last) == w.FALSE and all(answer == w.FALSE for _, answer in none)
        else w.case(*none, otherwise=none_of(last))
    )
    return Flag(w.case(*truth, otherwise=last.sql), certain and last.certain, left_out)


FUNCTIONS: dict[str, Callable[..., Compiled]] = {
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
