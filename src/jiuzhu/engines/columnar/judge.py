"""The rule: whom it hits, of whom that is unknown, with which grade, number and limit.

How the parts are weighed is said in the reference engine's `judge.py`. What is asked of all subjects is only what most of them
fail; the rest is asked of those who are left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.base import LEVELS, value_scale
from jiuzhu.engines.columnar.expressions import flag, number
from jiuzhu.engines.columnar.groups import Group
from jiuzhu.engines.columnar.scopes import Scope
from jiuzhu.engines.columnar.values import (
    Flag,
    Index,
    Mask,
    Number,
    Whole,
    all_of,
    any_of,
    both,
    chosen,
    either,
    magnitude,
    mask,
    negated,
    none_together,
    rescaled,
    scaled,
    signed,
    spread,
    taken,
    times,
)
from jiuzhu.engines.decimals import whole_number
from jiuzhu.rules import tree
from jiuzhu.rules.types import type_of

_UPWARDS = ("at least", "above")
_LIMIT = tree.Type("number")
_SMALL = 64  # among fewer it does not pay to look for the few
_SIGNS: dict[str, Any] = {
    "at least": lambda left, right: left >= right,
    "at most": lambda left, right: left <= right,
    "below": lambda left, right: left < right,
    "above": lambda left, right: left > right,
}


@dataclass(frozen=True)
class Judged:
    """hits: numbers in the group, with level, value and threshold of each (and where those are empty). unknown: numbers."""

    hits: Index
    level: npt.NDArray[np.int8]
    value: npt.NDArray[np.int64]
    no_value: npt.NDArray[np.bool_]
    threshold: npt.NDArray[np.int64]
    no_threshold: npt.NDArray[np.bool_]
    unknown: Index


def judged(indicator: tree.Indicator, scope: Scope) -> Judged:
    """What a rule says of the subjects of a scope."""
    rule = indicator.rule
    scope, at, unsure = _narrowed(rule.when, scope)
    scope, at, unsure = _few_reach(rule, scope, at, unsure)
    if not scope.group.count:
        return _nobody()
    sides, reached, also = _reached(rule, scope)
    left = _left(either(reached.true, reached.unknown, also.true, also.unknown), scope.group.count)
    if left is not None:
        if not len(left):
            return _nobody()
        scope, at, unsure = _chosen(scope, at, unsure, left)
        reached, also = reached.take(left), also.take(left)
        sides = sides.take(left) if sides is not None else None
    lines = [_line(line, sides, scope) for line in rule.grades]
    graded = lines[0]
    for line in lines[1:]:
        graded = any_of(graded, line)
    # Lines are asked only of those who reach the limit: where that is unknown, no line makes it a no.
    beyond = Flag(both(reached.true, graded.true), either(reached.unknown, both(reached.true, graded.unknown)))
    hit = all_of(Flag(negated(unsure), unsure), any_of(beyond, also))
    size = scope.group.count
    hits, unknown = (np.flatnonzero(spread(mark, size)) for mark in (hit.true, hit.unknown))
    level = spread(_level(rule, reached, lines), size)[hits].astype(np.int8)
    value, no_value = _value(rule, sides.take(hits) if sides is not None else None)
    threshold, no_threshold = _threshold(indicator, scope, hits)
    return Judged(
        hits if at is None else at[hits],
        level,
        spread(value, len(hits)).astype(np.int64),
        spread(no_value, len(hits), bool),
        spread(threshold, len(hits)).astype(np.int64),
        spread(no_threshold, len(hits), bool),
        unknown if at is None else at[unknown],
    )


def _reached(rule: tree.Rule, scope: Scope) -> tuple[_Sides | None, Flag, Flag]:
    """Measure and limit, whether it is reached, and `also`."""
    sides = _sides(rule, scope)
    reached = sides.reach(sides.limit) if sides is not None else Flag(True)
    return sides, reached, flag(rule.also, scope) if rule.also is not None else Flag(False)


def _few_reach(rule: tree.Rule, scope: Scope, at: Index | None, unsure: Mask) -> tuple[Scope, Index | None, Mask]:
    """Those with rows that count, where nobody else can reach the limit."""
    limit = tree.Name(rule.limit, "input", _LIMIT) if rule.limit else None
    if scope.group.count <= _SMALL:
        return scope, at, unsure
    few = scope.few((rule.measure, rule.also))
    if few is not None and _without_measure(rule, scope.rest()):
        return _chosen(scope, at, unsure, few)
    few = scope.few((rule.measure, rule.base, rule.also, limit))
    if few is not None:
        _, reached, also = _reached(rule, scope.rest())
        if either(reached.true, reached.unknown, also.true, also.unknown) is False:
            return _chosen(scope, at, unsure, few)
    return scope, at, unsure


def _without_measure(rule: tree.Rule, rest: Scope) -> bool:
    """Whether there is no measure at all, whatever it is compared with, and `also` fails too."""
    if rule.measure is None or number(rule.measure, rest).none is not True:
        return False
    also = flag(rule.also, rest) if rule.also is not None else Flag(False)
    return either(also.true, also.unknown) is False


def _chosen(scope: Scope, at: Index | None, unsure: Mask, left: Index) -> tuple[Scope, Index | None, Mask]:
    return scope.of(scope.group.among(left)), left if at is None else at[left], taken(unsure, left)


def _narrowed(when: tree.Expression | None, scope: Scope) -> tuple[Scope, Index | None, Mask]:
    """The scope of those for whom a condition may hold, their numbers in the scope given, and where it is not sure.

    What is known already, or by other rules too, is asked first; the rest only of those who are left.
    """
    at: Index | None = None
    unsure: Mask = False
    parts = when.of if isinstance(when, tree.Both) else () if when is None else (when,)
    for part in sorted(parts, key=scope.costs):
        group, left, doubt = _kept_narrow(part, scope)
        unsure = either(unsure if left is None else taken(unsure, left), doubt)
        if left is not None:
            scope, at = scope.of(group), left if at is None else at[left]
        if not group.count:
            break
    return scope, at, unsure


_Narrow: TypeAlias = "tuple[Group, Index | None, Mask]"


def _kept_narrow(part: tree.Expression, scope: Scope) -> _Narrow:
    """Those for whom one condition may hold, their numbers (None: all), and where it is not sure; kept where other rules ask the same."""
    keys = scope.world.keys
    if any(name.source == "input" for name in keys.names(part)):
        return _narrow(part, scope)
    return scope.group.kept(("narrow", keys.condition(part)), lambda: _narrow(part, scope))


def _narrow(part: tree.Expression, scope: Scope) -> _Narrow:
    group = scope.group
    few = scope.few([part]) if group.count > _SMALL else None
    if few is not None:
        others = flag(part, scope.rest())
        if either(others.true, others.unknown) is not False:
            few = None
    if few is not None:
        group = group.among(few)
        scope = scope.of(group)
    found = flag(part, scope)
    left = _left(either(found.true, found.unknown), group.count)
    if left is not None:
        group = group.among(left)
    doubt = found.unknown if left is None else taken(found.unknown, left)
    return group, left if few is None else few if left is None else few[left], doubt


def _left(mark: Mask, count: int) -> Index | None:
    """The numbers a mark leaves; None: all."""
    if mark is True:
        return None
    left = np.flatnonzero(mark) if isinstance(mark, np.ndarray) else np.empty(0, np.intp)
    return None if len(left) == count else left


def _nobody() -> Judged:
    none, whole, no = np.empty(0, np.intp), np.empty(0, np.int64), np.empty(0, bool)
    return Judged(none, np.empty(0, np.int8), whole, no, whole, no, none)


@dataclass(frozen=True)
class _Sides:
    """The measure, what it is divided by (None: nothing), and the limit it must reach."""

    measure: Number
    base: Number | None
    limit: Number
    way: str

    def take(self, at: Index) -> _Sides:
        base = None if self.base is None else self.base.take(at)
        return _Sides(self.measure.take(at), base, self.limit.take(at), self.way)

    def reach(self, goal: Number) -> Flag:
        """Whether the measure (over the base) reaches `goal`, both sides multiplied out."""
        sides = [self.measure] if self.base is None else [self.measure, self.base]
        none = none_together(*sides)
        unknown = goal.unknown
        if self.base is not None:
            unknown = either(unknown, self.base.unknown, mask(self.base.whole < 0))
        true = self._against(goal, self.measure.whole)
        if self.measure.unknown is not False:
            at_least: Mask = False
            if self.way in _UPWARDS and self.measure.floored is not False:
                at_least = both(self.measure.floored, self._against(goal, self.measure.floor))
            unknown = either(unknown, both(self.measure.unknown, negated(at_least)))
            true = either(both(self.measure.unknown, at_least), both(negated(self.measure.unknown), true))
        return Flag(both(true, negated(either(none, unknown))), both(unknown, negated(none)))

    def _against(self, goal: Number, measure: Whole) -> Mask:
        sign = _SIGNS[self.way]
        if self.base is None:
            scale = max(self.measure.scale, goal.scale)
            return mask(sign(scaled(measure, scale - self.measure.scale), scaled(goal.whole, scale - goal.scale)))
        product = times(goal.whole, self.base.whole)
        scale = max(self.measure.scale, goal.scale + self.base.scale)
        multiplied_out = mask(
            sign(scaled(measure, scale - self.measure.scale), scaled(product, scale - goal.scale - self.base.scale))
        )
        nought = mask(measure > 0) if self.way in _UPWARDS else mask(measure < 0)
        empty = mask(self.base.whole == 0)
        return either(both(empty, nought), both(negated(empty), multiplied_out))


def _sides(rule: tree.Rule, scope: Scope) -> _Sides | None:
    if rule.measure is None:
        return None
    base = None if rule.base is None else number(rule.base, scope)
    return _Sides(number(rule.measure, scope), base, _limit(rule.limit, scope), rule.way)


def _limit(name: str, scope: Scope) -> Number:
    value = scope.input(name)
    assert isinstance(value, Number)
    return value


def _line(line: tree.GradeLine, sides: _Sides | None, scope: Scope) -> Flag:
    if line.how == "hit":
        return Flag(True)
    if line.how == "condition":
        assert line.condition is not None
        return flag(line.condition, scope)
    assert sides is not None, "the reader of rules refuses a grade by number without a measure"
    # `way` says whether the limit itself counts; a grade beyond it counts from its own number on.
    graded = replace(sides, way="at least" if sides.way in _UPWARDS else "at most")
    scale, whole = whole_number(line.number)
    if line.how == "number":
        return graded.reach(Number(whole, scale=scale))
    limit = sides.limit
    return graded.reach(replace(limit, whole=times(limit.whole, whole), scale=limit.scale + scale))


def _level(rule: tree.Rule, reached: Flag, lines: list[Flag]) -> Any:
    """That of the first line that surely holds; the lowest listed where `also` alone hits."""
    level: Any = min(LEVELS[line.grade] for line in rule.grades)
    for line, grade in reversed(list(zip(lines, rule.grades, strict=True))):
        level = chosen(both(reached.true, line.true), LEVELS[grade.grade], level)
    return level


def _value(rule: tree.Rule, sides: _Sides | None) -> tuple[Whole, Mask]:
    """The measure or what it is at least; the ratio where there is a base; 1 without a measure; and where there is none."""
    if sides is None or rule.measure is None:
        return 1, False
    measure, base = sides.measure, sides.base
    known = chosen(measure.unknown, measure.floor, measure.whole)
    empty = either(measure.none, both(measure.unknown, negated(measure.floored)))
    known = chosen(empty, 0, known)
    if base is None:
        return rescaled(known, measure.scale, value_scale(type_of(rule.measure))), empty
    empty = either(empty, base.unknown, base.none, mask(base.whole <= 0))
    divisor = scaled(chosen(empty, 1, base.whole), max(0, measure.scale - base.scale))
    above = scaled(chosen(empty, 0, known), 4 + max(0, base.scale - measure.scale))
    return signed(above, (times(magnitude(above), 2) + divisor) // times(divisor, 2)), empty


def _threshold(indicator: tree.Indicator, scope: Scope, at: Index) -> tuple[Whole, Mask]:
    """The limit in force; without a measure the one parameter that the indicator has."""
    given = [item for item in indicator.inputs.values() if isinstance(item, tree.ParameterInput)]
    name = indicator.rule.limit
    if indicator.rule.measure is None:
        if len({(item.owner, item.parameter) for item in given}) != 1:
            return 0, True
        name = given[-1].name
    limit = _limit(name, scope).take(at)
    return rescaled(chosen(limit.unknown, 0, limit.whole), limit.scale, indicator.inputs[name].type.scale), limit.unknown
