"""Works out facts for a group, each once, and puts what was handed in in the place of what is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.engines.columnar.expressions import evaluate
from jiuzhu.engines.columnar.functions import lifted
from jiuzhu.engines.columnar.groups import Group, of_nobody
from jiuzhu.engines.columnar.members import any_member
from jiuzhu.engines.columnar.rare import FEW, Rare
from jiuzhu.engines.columnar.scopes import Scope
from jiuzhu.engines.columnar.values import Flag, Number, Value, both, either, negated, scaled, spread
from jiuzhu.engines.decimals import whole_number
from jiuzhu.rules import tree


def work(code: str, group: Group) -> Value | Rare:
    """A fact as subjects see it: a person one of the household lived in, a household a yes or no of any member."""
    told = group.world.catalogue.facts[code]
    if told.of == "household" and group.kind == "person":
        homes, index = group.homes()
        value = homes.fact(code)
        homeless = index < 0
        if not homeless.any():
            return value.take(index)
        return of_nobody(value.take(np.maximum(index, 0)) if homes.count else _blank(value), homeless)
    if told.of == "person" and group.kind != "person":
        return any_member(code, group)
    scope = Scope(group, told)
    given = group.world.base.given.get(code)
    if given:
        return _handed_in(evaluate(told.value, scope), given, group)
    return _of_few(told.value, scope) or evaluate(told.value, scope)


def _of_few(expression: tree.Expression, scope: Scope) -> Rare | None:
    """The value where only few differ from everybody else."""
    group = scope.group
    few = scope.few([expression]) if group.count > steps.MANY else None
    if few is None or len(few) * FEW > group.count:
        return None
    rest = evaluate(expression, scope.rest())
    if any(isinstance(part, np.ndarray) for part in vars(rest).values()):
        return None
    return Rare(few, evaluate(expression, scope.of(group.among(few))), rest, group.count)


def _blank(like: Value) -> Value:
    return Flag(False) if isinstance(like, Flag) else Number(0, scale=like.scale, kind=like.kind)


def _handed_in(worked: Value, given: Mapping[int, Any], group: Group) -> Value:
    at = np.array([place for place, position in enumerate(group.positions.tolist()) if position in given], np.intp)
    values = [given[position] for position in group.positions[at].tolist()]
    own = np.zeros(group.count, bool)
    own[at] = True
    unknown = np.zeros(group.count, bool)
    unknown[at] = [value is None for value in values]
    if isinstance(worked, Flag):
        true = np.array(spread(worked.true, group.count))
        true[at] = [bool(value) for value in values]
        return Flag(true, either(unknown, both(~own, worked.unknown)), both(~own, worked.none))
    numbers = [value for value in given.values() if isinstance(value, Decimal | int) and not isinstance(value, bool)]
    scale = max([worked.scale, *(whole_number(Decimal(value))[0] for value in numbers)])
    whole = np.array(spread(lifted(worked, scale), group.count))
    whole[at] = [_whole(value, scale, group) for value in values]
    return replace(
        worked,
        whole=whole,
        unknown=either(unknown, both(~own, worked.unknown)),
        none=both(~own, worked.none),
        scale=scale,
        floor=scaled(worked.floor, scale - worked.scale),
        floored=both(worked.floored, negated(own)),
    )


def _whole(value: Any, scale: int, group: Group) -> int:
    """A value as people say it, as the whole number the engine holds."""
    if value is None:
        return 0
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, str):
        return group.world.columns.words.number(value)
    return int(Decimal(value).scaleb(scale))
