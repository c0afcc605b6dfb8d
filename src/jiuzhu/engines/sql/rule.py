"""A rule as one query: a row for every subject it hits, or of whom it is unknown whether it does.

The inner query works out the parts of the rule, the outer one weighs them; how is said in the reference engine's `judge.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from jiuzhu.engines.base import LEVELS, value_scale
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.query import aliases, nested, ordered
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.values import Compiled, Flag, Value, none_of, rescaled, scaled, unknown_of, whole_number
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree
from jiuzhu.rules.types import type_of

_OUTER = "r"
_UPWARDS = ("at least", "above")
_SIGNS = {"at least": ">=", "at most": "<=", "below": "<", "above": ">"}


def rule_query(indicator: tree.Indicator, scope: Scope, allowed: Sql = w.TRUE) -> exp.Select:
    """subject, hit (null: unknown), level, value, threshold of all subjects of `scope` that are not surely passed over.

    allowed: which subjects are asked about.
    """
    rule = indicator.rule
    parts = _Parts(scope)
    when = parts.flag("when", rule.when)
    sides = _sides(rule, scope, parts)
    lines = [_line(index, line, sides, parts) for index, line in enumerate(rule.grades)]
    reached = sides.reach(sides.limit) if sides is not None else Flag(w.TRUE, certain=True)
    some_line = w.either(*(line.sql for line in lines))
    graded = w.case((w.is_true(reached.sql), some_line), otherwise=reached.sql) if reached.sql != w.TRUE else some_line
    also = parts.flag("also", rule.also).sql if rule.also is not None else w.FALSE
    hit = w.both(when.sql, w.either(graded, also))
    columns = {
        "subject": w.column("subject", _OUTER),
        "hit": hit,
        "level": _level(rule, reached, lines),
        "value": _value(rule, sides),
        "threshold": _threshold(indicator, scope, parts),
    }
    types = {"subject": "INT", "hit": "BOOLEAN", "level": "TINYINT", "value": "BIGINT", "threshold": "BIGINT"}
    inner = scope.source.select(
        [w.named(scope.key, "subject"), *(w.named(sql, name) for name, sql in parts.columns.items())],
        w.both(allowed, w.not_false(parts.when)),
    )
    named = [w.named(w.cast(sql, types[name]), name) for name, sql in columns.items()]
    query = nested(inner, _OUTER, named, w.not_false(hit))
    return ordered(query, exp.column("subject", quoted=True))


class _Parts:
    """The columns of the inner query; a part that is the same for all subjects stays a constant of the outer one."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.columns: dict[str, Sql] = {}
        self.when: Sql = w.TRUE

    def _carried(self, name: str, sql: Sql) -> Sql:
        if not aliases([sql]):
            return sql
        self.columns[name] = sql
        return w.column(name, _OUTER)

    def flag(self, name: str, expression: tree.Expression | None) -> Flag:
        if expression is None:
            return Flag(w.TRUE, certain=True)
        flag = self.scope.compiler.flag(expression)
        if name == "when":
            self.when = flag.sql
        return Flag(self._carried(name, flag.sql), flag.certain)

    def value(self, name: str, compiled: Compiled) -> Value:
        assert isinstance(compiled, Value)
        unknown = None if compiled.unknown is None else self._carried(f"{name} unknown", compiled.unknown)
        floor = None if compiled.floor is None else self._carried(f"{name} floor", compiled.floor)
        return replace(compiled, sql=self._carried(name, compiled.sql), unknown=unknown, floor=floor)


@dataclass(frozen=True)
class _Sides:
    """The measure, what it is divided by (None: nothing), and the limit it must reach."""

    measure: Value
    base: Value | None
    limit: Value
    way: str

    def reach(self, goal: Value) -> Flag:
        """Whether the measure (over the base) reaches `goal`, both sides multiplied out."""
        sides = [self.measure] if self.base is None else [self.measure, self.base]
        none = w.either(*(none_of(side) for side in sides))
        open_ones = [unknown_of(goal)]
        if self.base is not None:
            open_ones += [unknown_of(self.base), w.compared("<", self.base.sql, w.whole(0))]
        sure = self._against(goal, self.measure.sql)
        if self.measure.unknown is not None:
            at_least: Sql = w.NULL
            if self.way in _UPWARDS and self.measure.floor is not None:
                at_least = w.case((self._against(goal, self.measure.floor), w.TRUE))
            sure = w.case((self.measure.unknown, at_least), otherwise=sure)
        unknown = w.either(*open_ones)
        certain = unknown == w.FALSE and self.measure.unknown is None
        return Flag(w.case((none, w.FALSE), (unknown, w.NULL), otherwise=sure), certain)

    def _against(self, goal: Value, measure: Sql) -> Sql:
        sign = _SIGNS[self.way]
        if self.base is None:
            scale = max(self.measure.scale, goal.scale)
            return w.compared(sign, scaled(measure, scale - self.measure.scale), scaled(goal.sql, scale - goal.scale))
        product = w.product(w.wide(goal.sql), self.base.sql)
        scale = max(self.measure.scale, goal.scale + self.base.scale)
        multiplied_out = w.compared(
            sign, scaled(measure, scale - self.measure.scale), scaled(product, scale - goal.scale - self.base.scale)
        )
        nought = w.compared(">" if self.way in _UPWARDS else "<", measure, w.whole(0))
        return w.case((w.compared("==", self.base.sql, w.whole(0)), nought), otherwise=multiplied_out)


def _sides(rule: tree.Rule, scope: Scope, parts: _Parts) -> _Sides | None:
    if rule.measure is None:
        return None
    measure = parts.value("measure", scope.compiler.value(rule.measure))
    base = None if rule.base is None else parts.value("base", scope.compiler.value(rule.base))
    return _Sides(measure, base, parts.value("limit", scope.input(rule.limit)), rule.way)


def _line(index: int, line: tree.GradeLine, sides: _Sides | None, parts: _Parts) -> Flag:
    if line.how == "hit":
        return Flag(w.TRUE, certain=True)
    if line.how == "condition":
        return parts.flag(f"line {index}", line.condition)
    assert sides is not None, "the reader of rules refuses a grade by number without a measure"
    scale, number = whole_number(line.number)
    if line.how == "number":
        return sides.reach(Value(w.whole(number), present=True, scale=scale))
    limit = sides.limit
    sql = limit.sql if number == 1 and scale == 0 else w.product(w.wide(limit.sql), w.whole(number))
    return sides.reach(replace(limit, sql=sql, scale=limit.scale + scale))


def _level(rule: tree.Rule, reached: Flag, lines: list[Flag]) -> Sql:
    """That of the first line that surely holds; the lowest listed where `also` alone hits."""
    lowest = min(LEVELS[line.grade] for line in rule.grades)
    found = [(w.is_true(flag.sql), w.whole(LEVELS[line.grade])) for line, flag in zip(rule.grades, lines, strict=True)]
    level = w.case(*found, otherwise=w.whole(lowest))
    if reached.sql == w.TRUE:
        return level
    return w.case((w.is_true(reached.sql), level), otherwise=w.whole(lowest))


def _value(rule: tree.Rule, sides: _Sides | None) -> Sql:
    """The measure or what it is at least; the ratio where there is a base; 1 without a measure."""
    if sides is None or rule.measure is None:
        return w.whole(1)
    measure = sides.measure
    known = measure.sql if measure.floor is None else w.given_or(measure.sql, measure.floor)
    if sides.base is None:
        return rescaled(known, measure.scale, value_scale(type_of(rule.measure)))
    above = scaled(w.wide(known), 4 + max(0, sides.base.scale - measure.scale))
    below = scaled(w.wide(sides.base.sql), max(0, measure.scale - sides.base.scale))
    twice = w.plus(w.product(w.call("ABS", above), w.whole(2)), below)
    half_up = w.product(w.call("SIGN", above), w.quotient(twice, w.product(below, w.whole(2))))
    return w.case((w.compared(">", sides.base.sql, w.whole(0)), half_up))


def _threshold(indicator: tree.Indicator, scope: Scope, parts: _Parts) -> Sql:
    """The limit in force; without a measure the one parameter that the indicator has."""
    given = [item for item in indicator.inputs.values() if isinstance(item, tree.ParameterInput)]
    name = indicator.rule.limit
    if indicator.rule.measure is None:
        if len({(item.owner, item.parameter) for item in given}) != 1:
            return w.NULL
        name = given[-1].name
    limit = parts.value("threshold", scope.input(name))
    return rescaled(limit.sql, limit.scale, indicator.inputs[name].type.scale)


