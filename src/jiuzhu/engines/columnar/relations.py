"""Follows relations: the one person a relation of one leads to, and those a relation of many leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.columns import Order, in_order, plain
from jiuzhu.engines.columnar.groups import Group, Members, World, of_somebody, stretches
from jiuzhu.engines.columnar.values import Flag, Mask, Number, Value, both, chosen, negated
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.scopes import Scope

Whole = npt.NDArray[Any]


def complete(relation: str, scope: Scope) -> Mask:
    """Whether the relation was delivered for the subject, so that a missing row means that there is no one."""
    world, group = scope.world, scope.group
    dataset = world.catalogue.datasets[world.catalogue.relations[relation].dataset]
    covered = group.flag_by_place(lambda of: world.places.known(dataset.code, of, None, None))
    return both(covered, group.authorised() if dataset.authorised_only else True)


def fact_via(given: tree.FactInput, scope: Scope) -> Value:
    """A fact of the person a relation of one leads to; of a household, from its first member who has a row."""
    group = scope.group
    people, index, owner = group.kept(("via", given.via), lambda: _via(given.via, group))
    fallback = negated(complete(given.via, scope))
    if not len(owner):
        return _nobody(people.fact(given.fact), fallback)
    value = of_somebody(people.fact(given.fact), people.positions < 0).take(index)
    return _spread(value, owner, group.count, fallback)


def _via(relation: str, group: Group) -> tuple[Group, Whole, Whole]:
    """The different people a relation of one leads to; which of them each subject has who has one; and which subjects these are."""
    order, others = _one_each(group.world, relation, group.kind)
    at, owner = group.between(order.owner)
    positions, index = np.unique(others[at], return_inverse=True)
    return Group(group.world, "person", positions), index, owner


def _nobody(like: Value, unknown: Mask) -> Value:
    if isinstance(like, Flag):
        return Flag(False, unknown, negated(unknown))
    return Number(0, unknown, negated(unknown), like.scale, like.kind)


def _spread(value: Value, owner: Whole, count: int, unknown: Mask) -> Value:
    """The value of those who have someone, among those who have no one (unknown, or none)."""
    there = np.zeros(count, bool)
    there[owner] = True
    marks = {
        "unknown": chosen(there, _put(value.unknown, owner, count), unknown),
        "none": chosen(there, _put(value.none, owner, count), negated(unknown)),
    }
    if isinstance(value, Flag):
        return Flag(_put(value.true, owner, count), **marks)
    floored = _put(value.floored, owner, count)
    return replace(value, whole=_put(value.whole, owner, count), floor=_put(value.floor, owner, count), floored=floored, **marks)


def _put(part: Any, owner: Whole, count: int) -> Any:
    """A part in the places of its owners; nought elsewhere."""
    if part is False:
        return False
    kind = part.dtype if isinstance(part, np.ndarray) else bool if part is True else np.int64
    made = np.zeros(count, kind)
    made[owner] = part
    return made


def _one_each(world: World, relation: str, kind: str) -> tuple[Order, Whole]:
    """The first row of each person, or of the first member who has one: subjects ascending, and the other person."""

    def work() -> tuple[Order, Whole]:
        table = world.columns.relation(relation)
        if table is None:
            return Order(None, np.empty(0, np.int32)), np.empty(0, np.int32)
        person, other = plain(table["person"])[0], _others(table)
        ordered = in_order(person)
        owner = ordered.owner if kind == "person" else world.columns.people[kind][ordered.owner]
        if kind == "person":
            first = np.flatnonzero(owner[1:] != owner[:-1]) + 1
            if ordered.rows is None and len(first) + 1 == len(owner):  # one row a person: as it lies
                return Order(None, owner), other
            first = np.append(0, first)
            subject = owner[first]
        else:
            subject, first = np.unique(owner, return_index=True)
        return Order(None, subject), other[first if ordered.rows is None else ordered.rows[first]]

    return world.places.kept(("one each", relation, kind), work)


def _others(table: Any) -> Whole:
    """The other persons, below zero where they are outside the base."""
    other, empty = plain(table["other"])
    return other if empty is None else np.where(empty, -1, other)


def pairs(relation: str, group: Group) -> tuple[Members, Whole]:
    """The people a relation of many leads to, and the rows of the relation that say so."""
    world = group.world

    def work() -> tuple[Order, Whole]:
        table = world.columns.relation(relation)
        if table is None:
            return Order(None, np.empty(0, np.int32)), np.empty(0, np.int32)
        person = plain(table["person"])[0]
        return in_order(person if group.kind == "person" else world.columns.people[group.kind][person]), _others(table)

    order, others = world.places.kept(("pairs", relation, group.kind), work)
    at, owner = group.between(order.owner)
    rows = np.arange(len(order.owner))[at] if order.rows is None else order.rows[at]
    return Members(Group(world, "person", others[rows]), owner), rows


def home_pairs(kind: str, group: Group) -> Members:
    """The people of the household of each of these people, themselves among them; whoever has none is alone."""
    world = group.world
    home = group.of(world.columns.people[kind])
    order = world.columns.members(kind)
    found, index = np.unique(home, return_inverse=True)
    start = np.searchsorted(order.owner, found, side="left")
    count = np.where(found >= 0, np.searchsorted(order.owner, found, side="right") - start, 1)
    at, owner = stretches(start[index], count[index])
    persons = at if order.rows is None else order.rows[at]
    alone = home[owner] < 0
    return Members(Group(world, "person", np.where(alone, group.positions[owner], persons)), owner)
