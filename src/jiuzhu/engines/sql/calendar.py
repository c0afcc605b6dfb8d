"""Days, months, years and hours between two moments, in SQL.

Dates are DATE; months and quarters whole numbers counted from year 0, a quarter counting by its last month; instants whole
seconds since 1970 UTC. A day is a day in Beijing.
"""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.values import Value
from jiuzhu.engines.sql.words import Sql
from jiuzhu.engines.windows import BEIJING, DAY, coarser

_SAFE = 200_000  # days added before a whole division and taken off after it: it must not run below zero


def date_of(value: Value) -> Sql:
    """The day of a date or of an instant; of a month or quarter its last one."""
    if value.kind == "date":
        return value.sql
    if value.kind in ("month", "quarter"):
        month = month_number(value)
        first = exp.DateFromParts(
            year=w.quotient(month, w.whole(12)), month=w.plus(w.remainder(month, 12), w.whole(1)), day=w.whole(1)
        )
        return w.call("LAST_DAY", first)
    passed = w.quotient(w.plus(value.sql, w.whole(BEIJING + _SAFE * DAY)), w.whole(DAY))
    return w.shifted(w.day(date(1970, 1, 1)), w.minus(passed, w.whole(_SAFE)))


def years_on(start: Value, years: Sql) -> Sql:
    """The same day so many years later, or the last of its month where that year lacks it."""
    month = w.plus(month_number(start), w.product(years, w.whole(12)))
    first = exp.DateFromParts(
        year=w.quotient(month, w.whole(12)), month=w.plus(w.remainder(month, 12), w.whole(1)), day=w.whole(1)
    )
    day = w.call("LEAST", w.call("DAY", date_of(start)), w.call("DAY", w.call("LAST_DAY", first)))
    return w.shifted(first, w.minus(day, w.whole(1)))


def days_between(start: Value, end: Value) -> Sql:
    return w.days_apart(date_of(start), date_of(end))


def month_number(value: Value) -> Sql:
    """The month of a moment; that of a quarter is its last."""
    if value.kind == "month":
        return value.sql
    if value.kind == "quarter":
        return w.plus(w.product(value.sql, w.whole(3)), w.whole(2))
    of = date_of(value)
    return w.minus(w.plus(w.product(w.call("YEAR", of), w.whole(12)), w.call("MONTH", of)), w.whole(1))


def quarter_number(value: Value) -> Sql:
    if value.kind == "quarter":
        return value.sql
    return w.quotient(month_number(value), w.whole(3))


def months_between(start: Value, end: Value) -> Sql:
    """Completed months; the last day of a month completes one begun on a day that this month does not have."""
    apart = w.minus(month_number(end), month_number(start))
    if "month" in (start.kind, end.kind):
        return apart
    first, last = date_of(start), date_of(end)
    short = w.both(
        w.compared("<", w.call("DAY", last), w.call("DAY", first)),
        w.compared("!=", last, w.call("LAST_DAY", last)),
    )
    return w.minus(apart, w.case((short, w.whole(1)), otherwise=w.whole(0)))


def floor_divided(number: Sql, by: int) -> Sql:
    """Rounded down, below zero too."""
    ahead = by * 1_000_000_000
    return w.minus(w.quotient(w.plus(number, w.whole(ahead)), w.whole(by)), w.whole(1_000_000_000))


def year_of(value: Value) -> Sql:
    if value.kind == "month":
        return w.quotient(value.sql, w.whole(12))
    if value.kind == "quarter":
        return w.quotient(value.sql, w.whole(4))
    if value.kind == "number":  # a school year is held as the year it begins in
        return value.sql
    return w.call("YEAR", date_of(value))


def in_one_measure(left: Value, right: Value) -> tuple[Sql, Sql]:
    measure = coarser(left.kind, right.kind)
    return _measured(left, measure), _measured(right, measure)


def _measured(value: Value, measure: str) -> Sql:
    if value.kind == measure:
        return value.sql
    if measure == "date":
        return date_of(value)
    return month_number(value) if measure == "month" else quarter_number(value)


def step(value: Value, run: str) -> Sql:
    """A day or month as a whole number, so that the next one is one more. A period is the day it ends on."""
    if run == "months":
        return month_number(value)
    return w.days_apart(w.day(date(1970, 1, 1)), date_of(value))
