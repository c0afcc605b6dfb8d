"""Works out an expression of the neutral tree for one subject, person or row; the scope says what each name stands for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

from jiuzhu.engines.reference.calendar import day_of
from jiuzhu.engines.reference.values import (
    NONE,
    Number,
    Unknown,
    Value,
    added,
    both,
    compared,
    divided,
    either,
    flag,
    is_known,
    missing,
    multiplied,
    negation,
    number,
    subtracted,
)
from jiuzhu.rules.tree import Arithmetic, Both, Call, Choose, Compare, Constant, Either, Expression, Name, Not, OneOf, Type
from jiuzhu.vocabulary.period import completed_months, month_number, shift_months


class Scope(Protocol):
    """What an expression sees."""

    def value_of(self, name: Name) -> Value: ...

    def table_entry(self, table: str, key: int) -> Number:
        """The entry of a catalogue table for `key`; beyond the last key that of the last, below the first that of the first."""
        ...


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of `expression`; a flag that is none reads as false in `and`, `or`, `not`, `number` and a condition."""
    match expression:
        case Constant():
            return constant(expression)
        case Name():
            return scope.value_of(expression)
        case Not():
            return negation(evaluate(expression.of, scope))
        case Both():
            return both(evaluate(part, scope) for part in expression.of)
        case Either():
            return either(evaluate(part, scope) for part in expression.of)
        case Compare():
            return compared(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope))
        case OneOf():
            return _one_of(evaluate(expression.of, scope), expression.options)
        case Arithmetic():
            return _ARITHMETIC[expression.operator](evaluate(expression.left, scope), evaluate(expression.right, scope))
        case Call():
            return _call(expression, scope)
        case Choose():
            return _choose(expression, scope)
    raise TypeError(f"not an expression: {expression!r}")


def holds(expression: Expression | None, scope: Scope) -> bool | Unknown:
    """A condition; one that was left out holds."""
    return True if expression is None else flag(evaluate(expression, scope))


@lru_cache(maxsize=4096)
def constant(of: Constant) -> Value:
    return Fraction(of.value) if isinstance(of.value, Decimal) else of.value


def type_of(expression: Expression) -> Type:
    if isinstance(expression, (Constant, Name, Arithmetic, Call, Choose)):
        return expression.type
    return Type("flag")


_ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {"+": added, "-": subtracted, "*": multiplied}


def _one_of(value: Value, options: tuple[Constant, ...]) -> bool | Unknown:
    gone = missing((value,))
    if isinstance(gone, Unknown):
        return gone
    return gone is None and any(value == constant(option) for option in options)


def _choose(choose: Choose, scope: Scope) -> Value:
    """An unknown case before the first that holds makes the whole unknown: it might have been the one."""
    for condition, value in choose.cases:
        truth = holds(condition, scope)
        if isinstance(truth, Unknown):
            return Unknown(because=truth.because)
        if truth:
            return evaluate(value, scope)
    return NONE if choose.otherwise is None else evaluate(choose.otherwise, scope)


def _call(call: Call, scope: Scope) -> Value:
    if call.function == "per":
        return _per(call, scope)
    values = tuple(evaluate(argument, scope) for argument in call.arguments)
    if call.function == "given":
        return flag(values[0]) if isinstance(values[0], Unknown) else values[0] is not NONE
    if call.function == "number":
        truth = flag(values[0])
        return truth if isinstance(truth, Unknown) else int(truth)
    gone = missing(values)
    if gone is not None:
        return gone
    kinds = tuple(type_of(argument).kind for argument in call.arguments)
    return _FUNCTIONS[call.function](values, kinds)


def _per(call: Call, scope: Scope) -> Value:
    table, key = call.arguments
    if not isinstance(table, Constant) or not isinstance(table.value, str):
        return divided(evaluate(table, scope), evaluate(key, scope))
    value = evaluate(key, scope)
    return scope.table_entry(table.value, int(number(value))) if is_known(value) else missing((value,)) or NONE


def _days(values: tuple[Any, ...], kinds: tuple[str, ...]) -> int:
    return (day_of(values[1], kinds[1]) - day_of(values[0], kinds[0])).days


def _months(values: tuple[Any, ...], kinds: tuple[str, ...]) -> int:
    """Between two days the completed months; as soon as one side is a month, the difference of the month numbers."""
    if "month" in kinds:
        start, end = (month_number(day_of(value, kind)) for value, kind in zip(values, kinds, strict=True))
        return end - start
    return completed_months(day_of(values[0], kinds[0]), day_of(values[1], kinds[1]))


# Each is called with plain values only. Quotients round down, also below zero.
_FUNCTIONS: dict[str, Callable[[tuple[Any, ...], tuple[str, ...]], Value]] = {
    "abs": lambda values, _: abs(values[0]),
    "least": lambda values, _: min(values),
    "greatest": lambda values, _: max(values),
    "same": lambda values, _: values[0] == values[1],
    "days": _days,
    "months": _months,
    "years": lambda values, kinds: _months(values, kinds) // 12,
    "hours": lambda values, _: (values[1] - values[0]) // 3600,
    "minutes": lambda values, _: (values[1] - values[0]) // 60,
    "year": lambda values, kinds: day_of(values[0], kinds[0]).year,
    "birthday": lambda values, _: shift_months(values[0], 12 * int(values[1])),
}
