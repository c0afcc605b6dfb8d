"""Works out an expression of the neutral tree for all rows of a scope at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from jiuzhu.engines.programmes.many import columns
from jiuzhu.engines.programmes.many.columns import Column, Words
from jiuzhu.engines.reference.expressions import constant
from jiuzhu.engines.reference.values import Value
from jiuzhu.rules.tree import (
    Arithmetic,
    Both,
    Call,
    Choose,
    Compare,
    Constant,
    Either,
    Expression,
    Name,
    Not,
    OneOf,
    Table,
)


class Scope(Protocol):
    """What an expression sees. count: rows."""

    count: int
    words: Words
    tables: Mapping[str, Table]

    def value_of(self, name: Name) -> Column: ...


_ARITHMETIC = {"+": columns.added, "-": columns.subtracted, "*": columns.multiplied}


def evaluate(expression: Expression, scope: Scope) -> Column:
    """As the reference does it for one. Raises OneByOne for what columns cannot say."""
    match expression:
        case Constant():
            return columns.same(constant(expression), scope.count, scope.words)
        case Name():
            return scope.value_of(expression)
        case Not():
            return columns.negation(evaluate(expression.of, scope))
        case Both():
            return columns.both((evaluate(part, scope) for part in expression.of), scope.count)
        case Either():
            return columns.either((evaluate(part, scope) for part in expression.of), scope.count)
        case Compare():
            return columns.compared(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope))
        case OneOf():
            return _one_of(evaluate(expression.of, scope), expression.options, scope)
        case Arithmetic():
            return _ARITHMETIC[expression.operator](evaluate(expression.left, scope), evaluate(expression.right, scope))
        case Call():
            return _call(expression, scope)
        case Choose():
            nothing = columns.blank(scope.count)
            otherwise = nothing if expression.otherwise is None else evaluate(expression.otherwise, scope)
            cases = [(holds(condition, scope), evaluate(value, scope)) for condition, value in expression.cases]
            return columns.chosen(cases, otherwise)
    raise TypeError(f"not an expression: {expression!r}")


def holds(expression: Expression | None, scope: Scope) -> Column:
    """A condition as yes or no; one that was left out holds."""
    if expression is None:
        return columns.flags(np.ones(scope.count, bool))
    found = evaluate(expression, scope)
    return columns.flags(found.true, found.unknown)


def _one_of(of: Column, options: tuple[Constant, ...], scope: Scope) -> Column:
    same = [columns.compared("==", of, columns.same(constant(one), scope.count, scope.words)) for one in options]
    return columns.flags(columns.either(same, scope.count).true, of.unknown)


def _call(call: Call, scope: Scope) -> Column:
    if call.function == "per":
        return _per(call, scope)
    sides = [evaluate(argument, scope) for argument in call.arguments]
    if call.function == "given":
        return columns.flags(sides[0].known, sides[0].unknown)
    if call.function == "number":
        return columns.Column(columns.NUMBER, sides[0].true.astype(np.int64), sides[0].unknown, np.zeros(scope.count, bool))
    if call.function in ("least", "greatest"):
        return columns.extreme(call.function, sides)
    if call.function == "abs":
        return columns.extreme("greatest", [sides[0], columns.negative(sides[0])])
    if call.function in ("days", "months", "years", "year", "birthday"):
        return columns.of_days(call.function, sides)
    raise columns.OneByOne(f"'{call.function}' is worked out one by one")


def _per(call: Call, scope: Scope) -> Column:
    """A quotient, or the entry of a table for each key."""
    table, key = call.arguments
    if not isinstance(table, Constant) or not isinstance(table.value, str):
        return columns.divided(evaluate(table, scope), evaluate(key, scope))
    asked = evaluate(key, scope)
    over = columns.spread(asked.over, scope.count)
    keys = np.where(asked.known, asked.values, 0) // over
    different, places = np.unique(keys, return_inverse=True)
    entries: list[Value] = [Fraction(scope.tables[table.value].at(int(one))) for one in different]
    found = columns.of_values(entries, scope.words).take(places)
    return replace(found, unknown=asked.unknown, none=asked.none)
