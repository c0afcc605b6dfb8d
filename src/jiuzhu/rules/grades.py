"""The rule of an indicator: when, measure, base, limit, way, also, grades."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from jiuzhu.rules import types, units
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.inputs import Inputs
from jiuzhu.rules.reading import names_in
from jiuzhu.rules.source import Keys
from jiuzhu.rules.tree import GRADES, Expression, GradeLine, Rule

WAYS = ("at least", "at most", "below", "above")
_TIMES = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,4})?) x")
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,4})?")
_FORMS = 'write "2 x" (times the limit), "5" (a number), "hit", a condition, or "else" as the last line'


def read_rule(keys: Keys, inputs: Inputs) -> Rule:
    """The rule; what is wrong is left as faults, with the nearest thing in its place."""
    parts: dict[str, Expression | None] = {}
    for key in ("when", "measure", "base", "also"):
        parts[key] = _part(keys, key, inputs)
    way: Any = keys.text("way", one_of=WAYS, default="at least")
    limit = _limit(keys, inputs)
    measured = keys.has("measure") and "measure" in keys.values
    if measured != keys.has("limit"):
        keys.fault("limit", "missing_key", "`measure` and `limit` go together", "name the parameter the measure must reach")
    if keys.has("base") and not measured:
        keys.fault("base", "missing_key", "`base` without `measure`", "a base divides a measure; leave it out")
    if keys.has("way") and not measured:
        keys.fault("way", "missing_key", "`way` without `measure`", "leave it out")
    if keys.has("also") and not measured:
        keys.fault("also", "missing_key", "`also` without `measure`", "put it into `when` with `or`")
    if not measured and not keys.has("when"):
        keys.fault("when", "missing_key", "a rule without `when` and `measure`", "say what must hold")
    lines = _grades(keys, inputs, measured=measured, way=way)
    keys.done()
    _check_units(keys, parts, limit, inputs)
    return Rule(parts["when"], parts["measure"], parts["base"], limit, way, parts["also"], lines)


def _part(keys: Keys, key: str, inputs: Inputs) -> Expression | None:
    text = keys.text(key)
    if not keys.has(key) or not isinstance(keys.values[key], str):
        return None
    scope = inputs.rule_scope()
    try:
        if key in ("when", "also"):
            return parse_flag(text, scope, f"'{key}'")
        node = parse(text, scope)
        if types.type_of(node).kind != "number":
            raise Wrong("type", f"'{key}' is a {types.called(types.type_of(node))}", "it must be a number")
        return node
    except Wrong as error:
        keys.wrong(key, error)
        inputs.doubtful = True
        return None
    finally:
        inputs.mark(scope)


def _limit(keys: Keys, inputs: Inputs) -> str:
    """The name of the parameter; a number here is refused, because numbers belong to parameters, dated and local."""
    if not keys.has("limit"):
        return ""
    limit = keys.values["limit"]
    if isinstance(limit, int | Decimal) or (isinstance(limit, str) and _NUMBER.fullmatch(limit)):
        mend = 'write the number into parameters/indicators.csv and its name here: limit = "name"'
        keys.fault("limit", "limit", f"limit = {limit}, a number", mend)
        return ""
    if not isinstance(limit, str):
        keys.fault("limit", "wrong_kind", f"limit = {clipped(repr(limit))}", 'write limit = "name" of a parameter')
        return ""
    there = inputs.parameters()
    if limit not in there:
        problem = f"limit '{clipped(limit)}' is no parameter of {inputs.owner}"
        keys.fault("limit", "parameter", problem, f"add its row to parameters/indicators.csv; {nearest(limit, there)}")
        inputs.doubtful = True
        return ""
    inputs.used.add(limit)
    return limit


def _grades(keys: Keys, inputs: Inputs, *, measured: bool, way: str) -> tuple[GradeLine, ...]:
    written = keys.table("grades", required=True)
    lines: list[GradeLine] = []
    for name, text in written.items():
        if name not in GRADES:
            keys.source.fault(
                (*keys.at, "grades", name), "grade", f"'{clipped(name)}' is not a grade", f"there are {', '.join(GRADES)}"
            )
            continue
        try:
            lines.append(_line(name, text, inputs, measured=measured))
        except Wrong as error:
            keys.wrong("grades", error)
            inputs.doubtful = True
    order = [line.grade for line in lines]
    if order != sorted(order, key=GRADES.index):
        keys.fault(
            "grades",
            "grade",
            f"grades in the order {', '.join(order)}",
            "write red, orange, yellow, blue: the first that holds counts",
        )
    if not written and "grades" in keys.values:
        keys.fault("grades", "grade", "no grade", _FORMS)
    for how in ("times", "number"):
        numbers = [line.number for line in lines if line.how == how]
        falling = way in ("at least", "above")
        if any((one <= two) if falling else (one >= two) for one, two in pairwise(numbers)):
            mend = "the graver grade needs the " + ("greater" if falling else "smaller") + " number"
            keys.fault("grades", "grade", "a later grade can never fire", mend)
    if any(line.how == "hit" for line in lines[:-1]):
        keys.fault("grades", "grade", "a line after one that always holds", 'only the last line may be "hit" or "else"')
    return tuple(lines)


def _line(name: Any, text: Any, inputs: Inputs, *, measured: bool) -> GradeLine:
    if not isinstance(text, str):
        raise Wrong("grade", f"{name} = {clipped(repr(text))}", _FORMS)
    times, number = _TIMES.fullmatch(text), _NUMBER.fullmatch(text)
    if (times or number) and not measured:
        raise Wrong("grade", f"{name} = '{text}' without a measure", 'write "hit" or a condition')
    if times:
        return GradeLine(name, "times", Decimal(times[1]))
    if number:
        return GradeLine(name, "number", Decimal(text))
    if text in ("hit", "else"):
        return GradeLine(name, "hit")
    scope = inputs.rule_scope()
    try:
        condition = parse_flag(text, scope, f"grade {name}")
    except Wrong as error:
        raise Wrong("grade", f"{name} = '{clipped(text)}': {error.problem}", f"{error.mend}; or {_FORMS}") from None
    inputs.mark(scope)
    return GradeLine(name, "condition", condition=condition)


def _check_units(keys: Keys, parts: dict[str, Expression | None], limit: str, inputs: Inputs) -> None:
    measure, base = parts["measure"], parts["base"]
    named = {name.name for node in (measure, base) for name in names_in(node)}
    if measure is None or not limit or named & inputs.faulty:
        return
    found = {**inputs.own, **inputs.known}[limit].name.type.unit
    right = units.product(types.type_of(base).unit, found) if base is not None else found
    if not units.balanced(types.type_of(measure).unit, right):
        left = types.type_of(measure).unit or "a plain number"
        problem = (
            f"the measure is in {left}, {'base times limit' if base is not None else 'the limit'} in {right or 'a plain number'}"
        )
        keys.fault("measure", "unit", problem, "both sides must be of one unit: mend the inputs or the unit of the parameter")
