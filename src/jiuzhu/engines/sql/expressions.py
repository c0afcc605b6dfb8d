"""Compiles an expression of the tree into SQL; names are resolved by whoever asks, functions are in `functions.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from jiuzhu.engines.decimals import whole_number
from jiuzhu.engines.sql import functions
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.values import Compiled, Flag, Value, aligned
from jiuzhu.rules import tree

Resolve = Callable[[tree.Name], Compiled]
Tables = Mapping[str, tree.Table]


@dataclass(frozen=True)
class Compiler:
    """resolve: what a name stands for here. tables: the catalogue's tables by code."""

    resolve: Resolve
    tables: Tables = field(default_factory=dict)

    def flag(self, expression: tree.Expression) -> Flag:
        compiled = self.compile(expression)
        if not isinstance(compiled, Flag):
            raise TypeError(f"a yes or no is needed here, not {expression}")
        return compiled

    def value(self, expression: tree.Expression) -> Value:
        compiled = self.compile(expression)
        return functions.number(compiled) if isinstance(compiled, Flag) else compiled

    def compile(self, expression: tree.Expression) -> Compiled:
        match expression:
            case tree.Constant():
                return constant(expression)
            case tree.Name():
                return self.resolve(expression)
            case tree.Not(of=of):
                inner = self.flag(of)
                return Flag(w.negated(inner.sql), inner.certain)
            case tree.Both(of=parts):
                flags = [self.flag(part) for part in parts]
                return Flag(w.both(*(flag.sql for flag in flags)), all(flag.certain for flag in flags))
            case tree.Either(of=parts):
                flags = [self.flag(part) for part in parts]
                return Flag(w.either(*(flag.sql for flag in flags)), all(flag.certain for flag in flags))
            case tree.Compare(operator=operator, left=left, right=right):
                return compare(operator, self.compile(left), self.compile(right))
            case tree.OneOf(of=of, options=options):
                return one_of(self.compile(of), options)
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return functions.arithmetic(operator, self.value(left), self.value(right))
            case tree.Call(function=name, arguments=arguments):
                return self._call(name, arguments)
            case tree.Choose(cases=cases, otherwise=otherwise):
                tried = [(self.flag(condition), self.compile(answer)) for condition, answer in cases]
                return functions.choose(tried, None if otherwise is None else self.compile(otherwise))
        raise TypeError(f"no such expression: {expression!r}")

    def _call(self, name: str, arguments: tuple[tree.Expression, ...]) -> Compiled:
        if name == "per":
            code = arguments[0]
            assert isinstance(code, tree.Constant)
            return functions.per(self.tables[str(code.value)], self.value(arguments[1]))
        return functions.FUNCTIONS[name](*(self.compile(argument) for argument in arguments))


def constant(of: tree.Constant) -> Compiled:
    """A literal of the tree: typed, never spliced as text."""
    value = of.value
    if isinstance(value, bool):
        return Flag(w.TRUE if value else w.FALSE, certain=True)
    if isinstance(value, date):
        return Value(w.day(value), present=True, kind="date")
    if isinstance(value, str):
        return Value(w.text(value), present=True, kind="text")
    scale, number = whole_number(Decimal(value))
    return Value(w.whole(number), present=True, scale=scale)


def compare(operator: str, left: Compiled, right: Compiled) -> Flag:
    """None on a side: false. Else unknown on a side: unknown. Else the comparison of the whole numbers."""
    if isinstance(left, Flag) and isinstance(right, Flag):
        answer = w.compared(operator, left.sql, right.sql)
    else:
        assert isinstance(left, Value)
        assert isinstance(right, Value)
        left, right = functions.same_kind(left, right)
        mine, yours, _ = aligned(left, right) if left.kind == "number" else (left.sql, right.sql, 0)
        answer = w.compared(operator, mine, yours)
    return functions.settled(answer, left, right)


def one_of(of: Compiled, options: tuple[tree.Constant, ...]) -> Flag:
    if isinstance(of, Flag):
        parts = [compare("==", of, constant(option)) for option in options]
        return Flag(w.either(*(part.sql for part in parts)), all(part.certain for part in parts))
    values = [constant(option) for option in options]
    assert all(isinstance(value, Value) for value in values)
    scale = max([of.scale, *(value.scale for value in values if isinstance(value, Value))])
    lifted = [functions.lifted(value, scale) for value in values if isinstance(value, Value)]
    return functions.settled(w.inside(functions.lifted(of, scale), lifted), of)
