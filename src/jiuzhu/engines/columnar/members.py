"""A condition or number over persons; how unknowns meet is said in the reference engine's `members.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.expressions import flag, number
from jiuzhu.engines.columnar.functions import lowest
from jiuzhu.engines.columnar.groups import Group
from jiuzhu.engines.columnar.rare import Rare
from jiuzhu.engines.columnar.relations import complete, home_pairs, pairs
from jiuzhu.engines.columnar.values import Flag, Mask, Number, Value, all_of, any_of, both, either, negated, not_, spread
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.scopes import MemberScope, Scope

Whole = npt.NDArray[Any]
_MOST = 2  # where fewer than one in so many are left, the others are not asked any further


def any_member(code: str, group: Group) -> Flag:
    """A yes or no of persons for their household: Kleene's `or` over its members."""
    members = group.members()
    found = members.group.fact_found(code)
    owner = members.owner
    if isinstance(found, Rare) and isinstance(found.rest, Flag) and either(found.rest.true, found.rest.unknown) is False:
        value, owner = found.values, owner[found.at]
    else:
        value = members.group.fact(code)
    assert isinstance(value, Flag)
    true = _any(value.true, owner, group.count)
    return Flag(true, both(_any(value.unknown, owner, group.count), negated(true)))


def members_input(given: tree.MembersInput, scope: Scope) -> Value:
    """The value of `given` for the subjects of `scope`."""
    lacking: Mask = False
    if given.among != "household":
        members, rows = pairs(given.among, scope.group)
        inner = scope.beside(members, given.among, rows)
        lacking = negated(complete(given.among, scope))
    elif scope.group.kind == "person":
        hukou = isinstance(scope.declaration, tree.Indicator) and scope.declaration.group == "hukou"
        inner = scope.beside(home_pairs("hukou" if hukou else "household", scope.group))
    else:
        inner = scope.beside(scope.group.members())
    value: Value = _WAYS.get(given.how, _outermost)(given, inner, scope.group.count, lacking)
    return value


def _any(mark: Mask, owner: Whole, count: int) -> Mask:
    if mark is False:
        return False
    found = np.zeros(count, bool)
    found[owner if mark is True else owner[mark]] = True
    return found


def _who(given: tree.MembersInput, inner: MemberScope) -> tuple[MemberScope, Flag]:
    """Those who may meet the condition, and whether they do; of several parts each is asked only of those whom the others left."""
    meets = Flag(True)
    parts = given.where.of if isinstance(given.where, tree.Both) else () if given.where is None else (given.where,)
    for part in parts:
        meets = all_of(meets, flag(part, inner))
        possible = either(meets.true, meets.unknown)
        if possible is True:
            continue
        left = np.flatnonzero(possible) if isinstance(possible, np.ndarray) else np.empty(0, np.intp)
        if len(left) * _MOST < len(inner.owner):
            inner, meets = inner.only(left), meets.take(left)
    return inner, meets


def _of(given: tree.MembersInput, inner: MemberScope) -> Flag:
    return Flag(True) if given.of is None else flag(given.of, inner)


def _any_of_them(given: tree.MembersInput, everybody: MemberScope, count: int, lacking: Mask) -> Flag:
    inner, where = _who(given, everybody)
    meets = all_of(where, _of(given, inner))
    true = _any(meets.true, inner.owner, count)
    return Flag(true, both(either(_any(meets.unknown, inner.owner, count), lacking), negated(true)))


def _all_of_them(given: tree.MembersInput, everybody: MemberScope, count: int, lacking: Mask) -> Flag:
    if given.of is None:
        fails, inner = not_(Flag(True) if given.where is None else flag(given.where, everybody)), everybody
    else:
        inner, where = _who(given, everybody)
        fails = not_(any_of(not_(where), _of(given, inner)))
    untrue = _any(fails.true, inner.owner, count)
    unknown = both(either(_any(fails.unknown, inner.owner, count), lacking), negated(untrue))
    return Flag(negated(either(untrue, unknown)), unknown)


def _count(given: tree.MembersInput, everybody: MemberScope, count: int, lacking: Mask) -> Number:
    inner, where = _who(given, everybody)
    meets = all_of(where, _of(given, inner))
    counted = inner.owner if meets.true is True else inner.owner[spread(meets.true, len(inner.owner))]
    value = np.bincount(counted, minlength=count)
    doubt = either(_any(meets.unknown, inner.owner, count), lacking)
    return Number(value, doubt, floor=value, floored=doubt)


def _numbers(given: tree.MembersInput, everybody: MemberScope) -> tuple[Number, Flag, Whole]:
    """The number of each person who counts, whether that person does, and whose it is."""
    assert given.of is not None
    inner, where = _who(given, everybody)
    value = number(given.of, inner)
    counted = both(either(where.true, where.unknown), negated(value.none))
    at = np.flatnonzero(spread(counted, len(inner.owner)))
    return value.take(at), where.take(at), inner.owner[at]


def _sum(given: tree.MembersInput, inner: MemberScope, count: int, lacking: Mask) -> Number:
    value, where, owner = _numbers(given, inner)
    low, bounded = lowest(value)
    low, bounded = spread(low, len(owner)), spread(bounded, len(owner))
    if where.unknown is not False:  # a person who perhaps counts adds nothing for sure
        perhaps = spread(where.unknown, len(owner))
        bounded = bounded & (~perhaps | (low >= 0))
        low = np.where(perhaps, 0, low)
    low = np.where(bounded, low, 0)
    total = _total(low, owner, count)
    unknown = spread(either(value.unknown, where.unknown), len(owner))
    doubt = either(_any(unknown, owner, count), lacking)
    if doubt is False:
        return Number(total, scale=value.scale)
    floored = both(_floored(low, bounded, unknown, owner, count), negated(lacking))
    return Number(total, doubt, False, value.scale, floor=total, floored=both(floored, doubt))


def _total(low: Whole, owner: Whole, count: int) -> Whole:
    total = np.zeros(count, object if low.dtype == object else np.int64)
    np.add.at(total, owner, low)
    return total


def _floored(low: Whole, bounded: Whole, unknown: Whole, owner: Whole, count: int) -> Whole:
    """Whether the sum of the lowest is a floor: nothing below zero from the first unknown on."""
    first = np.full(count, len(low))
    np.minimum.at(first, owner[unknown], np.flatnonzero(unknown))
    before = np.arange(len(low)) < first[owner]
    ahead = _total(np.where(before, low, 0), owner, count)
    bad = ~before & (~bounded | (low < 0))
    held: Whole = (ahead >= 0) & ~spread(_any(bad, owner, count), count)
    return held


def _outermost(given: tree.MembersInput, inner: MemberScope, count: int, lacking: Mask) -> Number:
    value, where, owner = _numbers(given, inner)
    doubt = either(_any(spread(either(value.unknown, where.unknown), len(owner)), owner, count), lacking)
    worst = np.iinfo(np.int64).max if given.how == "min" else np.iinfo(np.int64).min
    whole = spread(value.whole, len(owner))
    found = np.full(count, worst, object if whole.dtype == object else np.int64)
    (np.minimum if given.how == "min" else np.maximum).at(found, owner, whole)
    there = np.zeros(count, bool)
    there[owner] = True
    return Number(np.where(there, found, 0), doubt, both(~there, negated(doubt)), value.scale, value.kind)


_WAYS: dict[str, Any] = {"any": _any_of_them, "all": _all_of_them, "count": _count, "sum": _sum}
