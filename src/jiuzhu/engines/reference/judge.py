"""The rule: whether it holds, with which grade, and the number and the limit that say so.

Where `rules.md` is silent this is the reading:
- A rule hits if `when` holds and (the measure reaches the limit and a line of `grades` holds, or `also` holds); Kleene's and/or.
- A line whose truth is unknown is passed over: a lower line that holds surely gives the grade. If only unknown lines are left,
  the rule is unknown.
- `way` says whether the limit itself counts; a grade beyond it counts from its own number on ("0.5 x": at most half).
- A grade that is a number is compared like the limit: with a base, measure against number times base.
- `also` gives the lowest grade listed, when no line holds for certain; the value is then what is known of the measure, or empty.
- Against an unset limit a measure that is none does not reach; any other is unknown, also over a base of zero.
- The threshold without a measure is that of the one parameter among the inputs, shared ones too; of several, none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from jiuzhu.engines.base import value_scale
from jiuzhu.engines.reference.answers import Answer
from jiuzhu.engines.reference.expressions import evaluate, holds, type_of
from jiuzhu.engines.reference.scopes import SubjectScope
from jiuzhu.engines.reference.values import (
    NONE,
    Number,
    Reason,
    Unknown,
    Value,
    both,
    either,
    floor_of,
    half_up,
    is_known,
    multiplied,
    number,
    unknown_of,
)
from jiuzhu.rules.tree import GRADES, Grade, GradeLine, Indicator, ParameterInput, Rule, Type

if TYPE_CHECKING:
    from jiuzhu.rules.parameters import ParameterValue

State = Literal["hit", "no", "unknown"]


@dataclass(frozen=True)
class Judgement:
    """value: whole, in the scale of `Result`. threshold: whole, in the scale of its parameter. because: why it is unknown."""

    state: State
    grade: Grade | None = None
    value: int | None = None
    threshold: int | None = None
    parameter: ParameterValue | None = None
    because: tuple[Reason, ...] = ()


def judged(indicator: Indicator, scope: SubjectScope) -> Judgement:
    """What the rule of `indicator` says of the subject of `scope`."""
    rule = indicator.rule
    when = holds(rule.when, scope)
    if when is False:
        return Judgement("no")
    sides = _sides(rule, scope)
    graded, grade = _graded(rule, sides, scope)
    also = False if rule.also is None or graded is True else holds(rule.also, scope)
    hit = both((when, either((graded, also))))
    threshold, parameter = _threshold(indicator, scope)
    if isinstance(hit, Unknown):
        return Judgement("unknown", threshold=threshold, parameter=parameter, because=hit.because)
    if not hit:
        return Judgement("no", threshold=threshold, parameter=parameter)
    lowest = max((line.grade for line in rule.grades), key=GRADES.index)
    return Judgement("hit", grade or lowest, _value(rule, sides), threshold, parameter)


Way = Literal["at least", "at most", "below", "above"]


@dataclass(frozen=True)
class _Sides:
    """The measure, what it is divided by, and the limit it must reach; base None: there is none."""

    measure: Value
    base: Value | None
    limit: Value
    way: Way

    def reach(self, goal: Value) -> bool | Unknown:
        """Whether the measure (over the base) reaches `goal`, both sides multiplied out."""
        if self.measure is NONE or self.base is NONE:
            return False
        if isinstance(goal, Unknown) or isinstance(self.base, Unknown):
            return unknown_of([goal, self.base or 0])
        if self.base is not None and number(self.base) < 0:
            return Unknown(because=(Reason("negative base", ""),))
        reaches = self._against(number(goal))
        if not isinstance(self.measure, Unknown):
            return reaches(number(self.measure))
        upwards = self.way in ("at least", "above")
        if upwards and self.measure.floor is not None and reaches(self.measure.floor):
            return True
        return Unknown(because=self.measure.because)

    def _against(self, goal: Number) -> Callable[[Number], bool]:
        if self.base is None:
            return lambda measure: _WAYS[self.way](measure, goal)
        base = number(self.base)
        if base > 0:
            return lambda measure: _WAYS[self.way](measure, goal * base)
        if self.way in ("at least", "above"):
            return lambda measure: measure > 0
        return lambda measure: measure < 0


_WAYS: dict[str, Callable[[Number, Number], bool]] = {
    "at least": lambda measure, goal: measure >= goal,
    "at most": lambda measure, goal: measure <= goal,
    "below": lambda measure, goal: measure < goal,
    "above": lambda measure, goal: measure > goal,
}

_GRADED: dict[Way, Way] = {"at least": "at least", "above": "at least", "at most": "at most", "below": "at most"}


def _sides(rule: Rule, scope: SubjectScope) -> _Sides | None:
    if rule.measure is None:
        return None
    base = None if rule.base is None else evaluate(rule.base, scope)
    return _Sides(evaluate(rule.measure, scope), base, scope.answer(rule.limit).value, rule.way)


def _graded(rule: Rule, sides: _Sides | None, scope: SubjectScope) -> tuple[bool | Unknown, Grade | None]:
    """Whether the limit is reached and a line of `grades` holds, and the grade of the first that does."""
    reached = True if sides is None else sides.reach(sides.limit)
    if reached is not True:
        return reached, None
    open_ones: list[Value] = []
    for line in rule.grades:
        truth = _line_holds(line, sides, scope)
        if truth is True:
            return True, line.grade
        open_ones.append(truth)
    return either(open_ones), None


def _line_holds(line: GradeLine, sides: _Sides | None, scope: SubjectScope) -> bool | Unknown:
    if line.how == "hit":
        return True
    if line.how == "condition":
        return holds(line.condition, scope)
    assert sides is not None, "the reader of rules refuses a grade by number without a measure"
    # `way` says whether the limit itself counts; a grade beyond it counts from its own number on.
    graded = replace(sides, way=_GRADED[sides.way])
    if line.how == "times":
        return graded.reach(multiplied(sides.limit, Fraction(line.number)))
    return graded.reach(Fraction(line.number))


def _value(rule: Rule, sides: _Sides | None) -> int | None:
    if sides is None:
        return 1
    known = floor_of(sides.measure)
    if known is None:
        return None
    if sides.base is None:
        assert rule.measure is not None
        return half_up(known, value_scale(type_of(rule.measure)))
    if not is_known(sides.base) or number(sides.base) <= 0:
        return None
    return half_up(Fraction(known) / number(sides.base), 4)


def _threshold(indicator: Indicator, scope: SubjectScope) -> tuple[int | None, ParameterValue | None]:
    """The limit in force; without a measure the one parameter that the indicator has."""
    name = indicator.rule.limit
    if indicator.rule.measure is None:
        parameters = {
            (given.owner, given.parameter): given.name for given in indicator.inputs.values() if isinstance(given, ParameterInput)
        }
        if len(parameters) != 1:
            return None, None
        (name,) = parameters.values()
    answer: Answer = scope.answer(name)
    if not is_known(answer.value):
        return None, None
    kind: Type = indicator.inputs[name].type
    return half_up(number(answer.value), kind.scale), answer.parameter
