"""A condition or number over persons: those of a household, or those a relation of many leads to.

Where `rules.md` is silent this is the reading:
- Over nobody `any` is false and `all` true.
- A person with an unknown `where` adds to a count or sum perhaps: the floor goes on without that person, as long as the number
  itself cannot be below zero. `min` and `max` have no floor. Numbers that are none are passed over.
- A relation that was not delivered may lack persons: that is one more person of whom nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jiuzhu.engines.reference.answers import Answer, AskingMembers, MemberScope
from jiuzhu.engines.reference.expressions import evaluate, holds
from jiuzhu.engines.reference.values import (
    NONE,
    Unknown,
    Value,
    added,
    both,
    either,
    floor_of,
    is_known,
    unknown_of,
)
from jiuzhu.rules.tree import MembersInput


def members_answer(given: MembersInput, scope: AskingMembers) -> Answer:
    persons, complete = scope.persons(given.among)
    value = _HOW[given.how](given, persons, complete)
    return Answer(value, tuple(dict.fromkeys(row for person in persons for row in person.rows_used())))


def _any(given: MembersInput, persons: Sequence[MemberScope], complete: Value) -> Value:
    return either([*(holds(given.where, person) for person in persons), _perhaps(complete)])


def _all(given: MembersInput, persons: Sequence[MemberScope], complete: Value) -> Value:
    return both([*(holds(given.where, person) for person in persons), complete])


def _count(given: MembersInput, persons: Sequence[MemberScope], complete: Value) -> Value:
    total: Value = 0
    for truth in [*(holds(given.where, person) for person in persons), _perhaps(complete)]:
        total = added(total, Unknown(0, truth.because) if isinstance(truth, Unknown) else int(truth))
    return total


def _perhaps(complete: Value) -> bool | Unknown:
    """The one more person who may be missing from a relation."""
    return complete if isinstance(complete, Unknown) else False


def _sum(given: MembersInput, persons: Sequence[MemberScope], complete: Value) -> Value:
    total: Value = 0
    for value, truth in _numbers(given, persons):
        if isinstance(truth, Unknown):
            low = floor_of(value)
            value = Unknown(0 if low is not None and low >= 0 else None, unknown_of((truth, value)).because)
        total = added(total, value)
    return added(total, Unknown(because=complete.because)) if isinstance(complete, Unknown) else total


def _outermost(which: Callable[[list[Any]], Any], given: MembersInput, persons: Sequence[MemberScope], complete: Value) -> Value:
    numbers = _numbers(given, persons)
    open_ones = [part for value, truth in numbers for part in (value, truth) if isinstance(part, Unknown)]
    if open_ones or isinstance(complete, Unknown):
        return unknown_of([*open_ones, complete])
    known = [value for value, _ in numbers if is_known(value)]
    answer: Value = which(known) if known else NONE
    return answer


def _numbers(given: MembersInput, persons: Sequence[MemberScope]) -> list[tuple[Value, bool | Unknown]]:
    """The number of each person for whom `where` holds, or may hold, and which of both."""
    assert given.of is not None, f"{given.name}: '{given.how}' needs `of`"
    answer: list[tuple[Value, bool | Unknown]] = []
    for person in persons:
        truth = holds(given.where, person)
        if truth is not False and (value := evaluate(given.of, person)) is not NONE:
            answer.append((value, truth))
    return answer


_HOW: dict[str, Callable[[MembersInput, Sequence[MemberScope], Value], Value]] = {
    "any": _any,
    "all": _all,
    "count": _count,
    "sum": _sum,
    "min": lambda given, persons, complete: _outermost(min, given, persons, complete),
    "max": lambda given, persons, complete: _outermost(max, given, persons, complete),
}
