"""Works out an expression for some of many subjects; names are resolved by whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Protocol

import numpy as np

from jiuzhu.engines.columnar import functions
from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.engines.columnar.columns import Words
from jiuzhu.engines.columnar.values import Flag, Index, Mask, Number, Value, all_of, any_of, either, mask, not_
from jiuzhu.engines.decimals import whole_number
from jiuzhu.rules import tree


class Asking(Protocol):
    """What names stand for. tables: the catalogue's tables by code. words: texts as numbers."""

    words: Words

    def resolve(self, name: tree.Name, at: Index | None) -> Value:
        """The value for the subjects (or rows) of these numbers, for all of them if None."""
        ...

    def table(self, code: str) -> tree.Table: ...


def evaluate(expression: tree.Expression, asking: Asking, at: Index | None = None) -> Value:
    match expression:
        case tree.Constant():
            return constant(expression, asking.words)
        case tree.Name():
            return asking.resolve(expression, at)
        case tree.Not(of=of):
            return not_(flag(of, asking, at))
        case tree.Both(of=parts):
            return reduce(all_of, (flag(part, asking, at) for part in parts), Flag(True))
        case tree.Either(of=parts):
            return reduce(any_of, (flag(part, asking, at) for part in parts), Flag(False))
        case tree.Compare(operator=operator, left=left, right=right):
            # Both sides first: a text met for the first time moves the places of others.
            sides = [evaluate(side, asking, at) for side in (left, right)]
            return functions.compare(operator, *(_sortable(side, operator, asking.words) for side in sides))
        case tree.OneOf(of=of, options=options):
            return functions.one_of(evaluate(of, asking, at), [constant(one, asking.words) for one in options])
        case tree.Arithmetic(operator=operator, left=left, right=right):
            return functions.arithmetic(operator, number(left, asking, at), number(right, asking, at))
        case tree.Call(function="per", arguments=(tree.Constant(value=code), key)):
            return functions.per(asking.table(str(code)), number(key, asking, at))
        case tree.Call(function=name, arguments=arguments):
            return functions.FUNCTIONS[name](*(evaluate(argument, asking, at) for argument in arguments))
        case tree.Choose(cases=cases, otherwise=otherwise):
            tried = [(flag(condition, asking, at), evaluate(answer, asking, at)) for condition, answer in cases]
            return functions.choose(tried, None if otherwise is None else evaluate(otherwise, asking, at))
    raise TypeError(f"no such expression: {expression!r}")


def flag(expression: tree.Expression, asking: Asking, at: Index | None = None) -> Flag:
    value = evaluate(expression, asking, at)
    if not isinstance(value, Flag):
        raise TypeError(f"a yes or no is needed here, not {expression}")
    return value


def number(expression: tree.Expression, asking: Asking, at: Index | None = None) -> Number:
    return functions.number(evaluate(expression, asking, at))


def _sortable(value: Value, operator: str, words: Words) -> Value:
    """A text as a number that sorts as the text does, where order is asked for."""
    if isinstance(value, Flag) or value.kind != "text" or operator in ("==", "!="):
        return value
    whole = value.whole
    return replace(value, whole=words.ranks(whole) if isinstance(whole, np.ndarray) else int(words.ranks(np.array(whole))))


def constant(of: tree.Constant, words: Words) -> Value:
    value = of.value
    if isinstance(value, bool):
        return Flag(value)
    if isinstance(value, date):
        return Number(day_number(value), kind="date")
    if isinstance(value, str):
        return Number(words.number(value), kind="text")
    scale, whole = whole_number(Decimal(value))
    return Number(whole, scale=scale)


def standing(expression: tree.Expression | None, asking: Asking, at: Index | None, count: int) -> tuple[Index | None, Mask]:
    """Of the subjects (or rows) `at`, those for whom a condition may hold, and for which of them that is not sure.

    A condition of several parts is asked part by part, each only of those whom the parts before it left.
    """
    if expression is None:
        return at, False
    unsure: Mask = False
    parts = expression.of if isinstance(expression, tree.Both) else (expression,)
    for part in parts:
        found = flag(part, asking, at)
        keep = either(found.true, found.unknown)
        unsure = either(unsure, found.unknown)
        if keep is True:
            continue
        left = np.flatnonzero(keep) if isinstance(keep, np.ndarray) else np.empty(0, np.intp)
        if len(left) < (count if at is None else len(at)):
            at = left if at is None else at[left]
            unsure = mask(unsure[left]) if isinstance(unsure, np.ndarray) else unsure
        if not len(at if at is not None else left):
            break
    return at, unsure
