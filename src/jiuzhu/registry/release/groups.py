"""How a number falls on groups of people: told at each try, never asked by a rule (F3).

The groups are those of the register of people: age, sex, and whether the registration is rural. Whoever the register says
nothing of stands in a group of their own; nobody is guessed into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import LEVELS, Base
from jiuzhu.engines.mapped import Mapped, names_of
from jiuzhu.registry.release.what_if import Tried

REGISTER = "police_population"
AGES = (18, 60, 80)
RURAL, MALE, FEMALE = "2", "1", "2"
FAR = 1.5  # a group whose warnings move so many times further than its size says, and more than chance, is told first
LEAST = 20  # of fewer people nothing is said

Numbers = npt.NDArray[np.int16]


@dataclass(frozen=True)
class GroupCount:
    """One group of one trait. trait: age, sex, registration. group: under_18, 18_59, 60_79, over_80; male, female; rural, urban; unknown.

    people: in the release. live, tried: warnings about them. far: their share moves much further than that of everybody.
    """

    trait: str
    group: str
    people: int
    live: int
    tried: int
    far: bool


@dataclass(frozen=True)
class Groups:
    """Every person of a base as a member of one group of each trait; trait to (names, number of the group by position)."""

    traits: Mapping[str, tuple[tuple[str, ...], Numbers]]
    first: Mapping[str, npt.NDArray[np.int64]]


def groups_of(base: Base) -> Groups:
    """first: by kind of household the person who stands first in it, who stands for it here."""
    people = base.people.num_rows
    hukou = np.asarray(base.people["hukou"]).astype(np.int64)
    leading = np.full(base.hukou.num_rows, -1, np.int64)
    there = np.flatnonzero(hukou >= 0)[::-1]
    leading[hukou[there]] = there
    first = {"living": np.asarray(base.households["first"]).astype(np.int64), "hukou": leading, "person": np.arange(people)}
    traits = {
        "age": (("under_18", "18_59", "60_79", "over_80", "unknown"), np.full(people, len(AGES) + 1, np.int16)),
        "sex": (("male", "female", "unknown"), np.full(people, 2, np.int16)),
        "registration": (("rural", "urban", "unknown"), np.full(people, 2, np.int16)),
    }
    names = names_of(base.rows, REGISTER)
    if names:
        asked = [name for name in ("person", "birth_date", "sex", "hukou_type") if name in names]
        table = base.rows.narrow(REGISTER).wide(names=asked) if isinstance(base.rows, Mapped) else base.rows[REGISTER]
        _read(table, traits, base.as_of)
    return Groups(traits, first)


def _read(table: pa.Table, traits: Mapping[str, tuple[tuple[str, ...], Numbers]], as_of: date) -> None:
    person = np.asarray(table["person"]).astype(np.int64)
    known = person >= 0
    if "birth_date" in table.column_names:
        born = table["birth_date"].combine_chunks()
        there = known & np.asarray(pc.is_valid(born))
        days = np.asarray(pc.fill_null(born, as_of)).astype("datetime64[D]")
        lines = [np.datetime64(_years_before(as_of, years)) for years in AGES]
        traits["age"][1][person[there]] = sum((days[there] <= line).astype(np.int16) for line in lines)
    for name, trait, code, other in (("sex", "sex", MALE, FEMALE), ("hukou_type", "registration", RURAL, "")):
        if name in table.column_names:
            values = np.asarray(pc.fill_null(table[name].cast(pa.string()).combine_chunks(), ""))  # codes lie as text or number
            mine = traits[trait][1]
            mine[person[known & (values == code)]] = 0
            mine[person[known & ((values == other) if other else (values != code) & (values != ""))]] = 1


def _years_before(day: date, years: int) -> date:
    """The latest birthday of somebody that old; who was born on 29 February has the birthday on 28 February in other years."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def compared(tried: Tried, live: pa.Table, groups: Groups) -> tuple[GroupCount, ...]:
    """Warnings of the tried indicators by group, with the number in force and with the other one."""
    before, after = _warned(tried, live, groups)
    answer: list[GroupCount] = []
    for trait, (names, member) in groups.traits.items():
        counts = [np.bincount(member[one], minlength=len(names)) for one in (np.arange(len(member)), before, after)]
        everybody, were, are = counts
        whole = (int(are.sum()) - int(were.sum())) / max(int(everybody.sum()), 1)
        for at, name in enumerate(names):
            if everybody[at]:
                moved, expected = int(are[at]) - int(were[at]), whole * int(everybody[at])
                further = abs(moved) > FAR * abs(expected) and abs(moved - expected) > 3 * max(abs(expected), 1) ** 0.5
                far = int(everybody[at]) >= LEAST and further
                answer.append(GroupCount(trait, name, int(everybody[at]), int(were[at]), int(are[at]), far))
    return tuple(answer)


def _warned(tried: Tried, live: pa.Table, groups: Groups) -> tuple[Any, Any]:
    """Positions of the people whom the warnings are about, before and after, each as often as there are warnings."""
    before, after = [], []
    for code, kind in tried.kinds.items():
        first = groups.first[kind]
        mine = np.asarray(live.filter(pc.equal(live["indicator"], code))["subject"]).astype(np.int64)
        moved = [one for one in tried.moved if one.indicator == code]
        added = [one.subject for one in moved if one.tried in LEVELS and one.live not in LEVELS]
        lost = [one.subject for one in moved if one.live in LEVELS and one.tried not in LEVELS]
        kept = np.concatenate([mine[~np.isin(mine, lost)], np.array(added, np.int64)])
        before.append(first[mine])
        after.append(first[kept])
    joined = (np.concatenate([np.zeros(0, np.int64), *one]) for one in (before, after))
    return tuple(one[one >= 0] for one in joined)  # type: ignore[return-value]
