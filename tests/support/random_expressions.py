"""Random expressions over names that are seen, typed like the reader types them: numbers, days and conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from jiuzhu.rules import types
from jiuzhu.rules.faults import Wrong
from jiuzhu.rules.tree import Both, Compare, Constant, Either, Expression, Name, Not, OneOf, Table, Type

FLAG, DATE = Type("flag"), Type("date")
_NUMBERS = ("0", "1", "2", "3", "5", "10", "100", "1000", "0.5", "0.0001", "1000.01", "-1", "12")
_TEXTS = ("x", "y", "zz")
MOMENTS = (Name("as_of", "moment", DATE), Name("year_start", "moment", DATE), Name("month_start", "moment", DATE))
_NOW = Name("now", "moment", Type("instant"))


class Expressions:
    """Draws expressions. tables: those that `per` may name."""

    def __init__(self, random: Random, tables: Mapping[str, Table]) -> None:
        self.random, self.tables = random, tables

    def number(self, seen: Sequence[Name], depth: int) -> Expression:
        return self._tried(lambda: self._number(seen, depth))

    def _tried(self, draw: Callable[[], Expression]) -> Expression:
        """Draws until the units agree, as the reader of rules asks it."""
        for _ in range(50):
            try:
                return draw()
            except Wrong:
                continue
        return Constant(Decimal(1), Type("number"))

    def _number(self, seen: Sequence[Name], depth: int) -> Expression:
        names = [name for name in seen if name.type.kind == "number"]
        if depth == 0 or (names and self.random.random() < 0.4):
            if names and self.random.random() < 0.85:
                return self.random.choice(names)
            text = self.random.choice(_NUMBERS)
            return Constant(Decimal(text), Type("number", "", max(0, -int(Decimal(text).as_tuple().exponent))))
        how = self.random.choice(["sum", "sum", "product", "least", "abs", "count", "days", "per", "year"])
        one: Callable[[], Expression] = lambda: self._number(seen, depth - 1)  # noqa: E731
        if how == "sum":
            return types.arithmetic(self.random.choice(["+", "-"]), one(), one())
        if how == "product":
            return types.arithmetic("*", one(), one())
        if how == "least":
            return types.call(self.random.choice(["least", "greatest"]), [one(), one()], {})
        if how == "abs":
            return types.call("abs", [one()], {})
        if how == "count":
            return types.call("number", [self.flag(seen, 0)], {})
        if how == "per":
            whole = [name for name in names if name.type.scale == 0]
            if not whole:
                return one()
            return types.call("per", [Constant("worth", Type("text")), self.random.choice(whole)], self.tables)
        return self._between(seen, how)

    def _between(self, seen: Sequence[Name], how: str) -> Expression:
        """A number of days, months, hours between two points in time, or a year."""
        instants = [name for name in seen if name.type.kind == "instant"]
        months = [name for name in seen if name.type.kind == "month"]
        if instants and self.random.random() < 0.5:
            return types.call(self.random.choice(["hours", "minutes"]), [self.random.choice(instants), _NOW], {})
        if months and self.random.random() < 0.5:
            return types.call("months", [self.random.choice(months), self.random.choice(MOMENTS)], {})
        if how == "year":
            return types.call("year", [self.date(seen)], {})
        return types.call(self.random.choice(["days", "months", "years"]), [self.date(seen), self.date(seen)], {})

    def date(self, seen: Sequence[Name]) -> Expression:
        names = [name for name in seen if name.type.kind == "date"] or list(MOMENTS)
        if self.random.random() < 0.1:
            years = Constant(Decimal(self.random.choice((0, 1, 4, 18))), Type("number"))
            return types.call("birthday", [self.random.choice(names), years], {})
        if self.random.random() < 0.15:
            pair = [self.random.choice(names), self.random.choice(names)]
            return types.call(self.random.choice(["least", "greatest"]), pair, {})
        return self.random.choice(names)

    def flag(self, seen: Sequence[Name], depth: int) -> Expression:
        return self._tried(lambda: self._flag(seen, depth))

    def _flag(self, seen: Sequence[Name], depth: int) -> Expression:
        if depth > 0 and self.random.random() < 0.6:
            how = self.random.choice(["and", "or", "not"])
            if how == "not":
                return Not(self._flag(seen, depth - 1))
            parts = tuple(self._flag(seen, depth - 1) for _ in range(self.random.randint(2, 3)))
            return Both(parts) if how == "and" else Either(parts)
        name = self.random.choice([name for name in seen if name.type.kind not in ("month", "quarter")] or list(MOMENTS))
        if self.random.random() < 0.12:
            return types.call("given", [name], {})
        return self._about(name, seen)

    def _about(self, name: Name, seen: Sequence[Name]) -> Expression:
        """A condition on one name."""
        operator: Any = self.random.choice(["==", "!=", "<", "<=", ">", ">="])
        match name.type.kind:
            case "flag":
                return name
            case "text":
                texts = tuple(Constant(text, Type("text")) for text in self.random.sample(_TEXTS, 2))
                return OneOf(name, texts) if self.random.random() < 0.5 else Compare(operator, name, texts[0])
            case "person":
                others = [other for other in seen if other.type.kind == "person"]
                return types.call("same", [name, self.random.choice(others)], {})
            case "date":
                return _compared(operator, name, self.date(seen))
            case "instant":
                return _compared(operator, name, _NOW)
        if self.random.random() < 0.3:
            few = tuple(
                Constant(Decimal(number), Type("number")) for number in self.random.sample(("0", "1", "2", "3", "1000"), 2)
            )
            return OneOf(name, few)
        return _compared(operator, name, self._number(seen, 1))


def _compared(operator: Any, left: Expression, right: Expression) -> Compare:
    types.check_comparison(operator, left, right)
    return Compare(operator, left, right)
