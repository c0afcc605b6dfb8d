"""A rule as one query: a row for every subject it hits, or of whom it is unknown whether it does.

The inner query works out the parts of the rule, the outer one weighs them; how is said in the reference engine's `judge.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from jiuzhu.engines.base import LEVELS, value_scale
from jiuzhu.engines.decimals import whole_number
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.query import aliases, nested, ordered
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.values import Compiled, Flag, Value, none_of, rescaled, scaled, unknown_of
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree
from jiuzhu.rules.types import type_of

_PARTS, _WEIGHED = "r", "w"
_UPWARDS = ("at least", "above")
_SIGNS = {"at least": ">=", "at most": "<=", "below": "<", "above": ">"}
_TYPES = {"subject": "INT", "hit": "BOOLEAN", "level": "TINYINT", "value": "BIGINT", "threshold": "BIGINT"}


def rule_query(indicator: tree.Indicator, scope: Scope, allowed: Sql = w.TRUE) -> exp.Select:
    """subject, hit (null: unknown), level, value, threshold of all subjects of `scope` that are not surely passed over.

    allowed: which subjects are asked about.
    """
    rule = indicator.rule
    parts, weighed = Layer(_PARTS), Layer(_WEIGHED)
    when = scope.compiler.flag(rule.when).sql if rule.when is not None else w.TRUE
    also = scope.compiler.flag(rule.also).sql if rule.also is not None else w.FALSE
    sides = _sides(rule, scope, parts)
    lines = [_line(index, line, sides, scope, parts) for index, line in enumerate(rule.grades)]
    reached = weighed.carried("reached", sides.reach(sides.limit).sql if sides is not None else w.TRUE)
    lines = [weighed.carried(f"line {index}", line) for index, line in enumerate(lines)]
    when, also = (weighed.carried(name, parts.carried(name, sql)) for name, sql in (("when", when), ("also", also)))
    value = weighed.carried("value", _value(rule, sides))
    threshold = weighed.carried("threshold", parts.carried("threshold", _threshold(indicator, scope)))
    hit = w.both(when, w.either(w.case((w.is_true(reached), w.either(*lines)), otherwise=reached), also))
    columns = {"subject": w.column("subject", _WEIGHED), "hit": hit, "level": _level(rule, reached, lines), "value": value}
    asked = w.both(allowed, w.not_false(parts.first("when")))
    inner = scope.source.select([w.named(scope.key, "subject"), *parts.named()], asked)
    middle = nested(inner, _PARTS, [w.column("subject", _PARTS), *weighed.named()])
    typed = [w.named(w.cast(sql, _TYPES[name]), name) for name, sql in {**columns, "threshold": threshold}.items()]
    return ordered(nested(middle, _WEIGHED, typed, w.not_false(hit)), exp.column("subject", quoted=True))


class Layer:
    """The columns one query hands to the query around it, which calls it `alias`; constants need no column."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.columns: dict[str, Sql] = {}

    def carried(self, name: str, sql: Sql) -> Sql:
        """What reads `sql` in the query around."""
        if not aliases([sql]):
            return sql
        self.columns[name] = sql
        return w.column(name, self.alias)

    def value(self, name: str, value: Value) -> Value:
        unknown = None if value.unknown is None else self.carried(f"{name} unknown", value.unknown)
        floor = None if value.floor is None else self.carried(f"{name} floor", value.floor)
        return replace(value, sql=self.carried(name, value.sql), unknown=unknown, floor=floor)

    def named(self) -> list[Sql]:
        return [w.named(sql, name) for name, sql in self.columns.items()]

    def first(self, name: str) -> Sql:
        return self.columns.get(name, w.TRUE)


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
        product = w.roomy(w.product, goal.sql, self.base.sql)
        scale = max(self.measure.scale, goal.scale + self.base.scale)
        multiplied_out = w.compared(
            sign, scaled(measure, scale - self.measure.scale), scaled(product, scale - goal.scale - self.base.scale)
        )
        nought = w.compared(">" if self.way in _UPWARDS else "<", measure, w.whole(0))
        return w.case((w.compared("==", self.base.sql, w.whole(0)), nought), otherwise=multiplied_out)


def _sides(rule: tree.Rule, scope: Scope, parts: Layer) -> _Sides | None:
    if rule.measure is None:
        return None
    measure = parts.value("measure", scope.compiler.value(rule.measure))
    base = None if rule.base is None else parts.value("base", scope.compiler.value(rule.base))
    return _Sides(measure, base, parts.value("limit", _number(scope.input(rule.limit))), rule.way)


def _number(value: Compiled) -> Value:
    assert isinstance(value, Value)
    return value


def _line(index: int, line: tree.GradeLine, sides: _Sides | None, scope: Scope, parts: Layer) -> Sql:
    if line.how == "hit":
        return w.TRUE
    if line.how == "condition":
        assert line.condition is not None
        return parts.carried(f"line {index}", scope.compiler.flag(line.condition).sql)
    assert sides is not None, "the reader of rules refuses a grade by number without a measure"
    # `way` says whether the limit itself counts; a grade beyond it counts from its own number on.
    graded = replace(sides, way="at least" if sides.way in _UPWARDS else "at most")
    scale, number = whole_number(line.number)
    if line.how == "number":
        return graded.reach(Value(w.whole(number), present=True, scale=scale)).sql
    limit = sides.limit
    sql = limit.sql if number == 1 and scale == 0 else w.roomy(w.product, limit.sql, w.whole(number))
    return graded.reach(replace(limit, sql=sql, scale=limit.scale + scale)).sql


def _level(rule: tree.Rule, reached: Sql, lines: list[Sql]) -> Sql:
    """That of the first line that surely holds; the lowest listed where `also` alone hits."""
    lowest = min(LEVELS[line.grade] for line in rule.grades)
    found = [(w.is_true(line), w.whole(LEVELS[grade.grade])) for grade, line in zip(rule.grades, lines, strict=True)]
    return w.case((w.is_true(reached), w.case(*found, otherwise=w.whole(lowest))), otherwise=w.whole(lowest))


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
    # A base that is nought for everybody is folded into the plan before the case keeps it out.
    divisor = w.call("NULLIF", w.product(below, w.whole(2)), w.whole(0))
    half_up = w.signed(above, w.quotient(twice, divisor))
    return w.case((w.compared(">", sides.base.sql, w.whole(0)), half_up))


def _threshold(indicator: tree.Indicator, scope: Scope) -> Sql:
    """The limit in force; without a measure the one parameter that the indicator has."""
    given = [item for item in indicator.inputs.values() if isinstance(item, tree.ParameterInput)]
    name = indicator.rule.limit
    if indicator.rule.measure is None:
        if len({(item.owner, item.parameter) for item in given}) != 1:
            return w.NULL
        name = given[-1].name
    limit = _number(scope.input(name))
    return rescaled(limit.sql, limit.scale, indicator.inputs[name].type.scale)
