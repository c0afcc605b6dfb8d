"""Differences between groups of people at a try: found where they are planted, and nothing said where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.registry.release.groups import Groups, compared, groups_of
from jiuzhu.registry.release.what_if import Moved, Tried

PEOPLE = 400


def tried(added: list[int], lost: list[int], live: list[int]) -> tuple[Tried, pa.Table]:
    moved = [Moved("S01-E01", one, "", "red") for one in added] + [Moved("S01-E01", one, "red", "") for one in lost]
    told = Tried({"S01-E01": "person"}, (), tuple(moved), len(live), len(live) + len(added) - len(lost))
    return told, pa.table({"indicator": pa.array(["S01-E01"] * len(live)), "subject": pa.array(live, pa.int32())})


def half_women() -> Groups:
    """Every second person is a woman; of age and registration nothing is known."""
    sex = np.array([number % 2 for number in range(PEOPLE)], np.int16)
    return Groups({"sex": (("male", "female", "unknown"), sex)}, {"person": np.arange(PEOPLE)})


def shown(told: Tried, live: pa.Table, groups: Groups) -> Mapping[str, tuple[int, int, bool]]:
    return {one.group: (one.live, one.tried, one.far) for one in compared(told, live, groups)}


@pytest.mark.requirement("F3")
def test_a_number_that_finds_more_women_only_is_told():
    women = [number for number in range(PEOPLE) if number % 2][:60]
    assert shown(*tried(women, [], [0, 1, 2, 3]), half_women()) == {"male": (2, 2, False), "female": (2, 62, True)}


@pytest.mark.requirement("F3")
def test_a_number_that_finds_as_many_of_each_is_not_told():
    both = list(range(100, 160))
    assert shown(*tried(both, [], [0, 1, 2, 3]), half_women()) == {"male": (2, 32, False), "female": (2, 32, False)}


@pytest.mark.requirement("F3")
def test_a_number_that_drops_men_only_is_told():
    live = list(range(200))
    men = [number for number in live if number % 2 == 0][:50]
    assert shown(*tried([], men, live), half_women()) == {"male": (100, 50, True), "female": (100, 100, False)}


def test_a_handful_of_one_kind_is_chance():
    assert shown(*tried([1, 3], [], [0]), half_women()) == {"male": (1, 1, False), "female": (0, 2, False)}


def test_people_stand_in_groups_by_the_register_and_apart_where_it_is_silent():
    """Three people in two homes; the register knows two of them, one eighteen that day and one the day after."""
    register = {
        "person": pa.array([0, 1], pa.int32()),
        "birth_date": pa.array([date(2008, 11, 20), date(2008, 11, 21)]),
        "sex": pa.array([2, 1], pa.int64()),
        "hukou_type": pa.array([2, 1], pa.int64()),
    }
    base = Base(
        as_of=date(2026, 11, 20),
        now=datetime(2026, 11, 20, 16, tzinfo=UTC),
        people=pa.table({"hukou": pa.array([0, 0, -1], pa.int32())}),
        households=pa.table({"first": pa.array([0, 2], pa.int32())}),
        hukou=pa.table({"place": pa.array([0], pa.int32())}),
        places=pa.table({"code": ["370502001001"]}),
        rows={"police_population": pa.table(register)},
        relations={},
        coverage=Coverage({}),
        given={},
    )
    groups = groups_of(base)
    names = {trait: [names[at] for at in member] for trait, (names, member) in groups.traits.items()}
    assert names == {
        "age": ["18_59", "under_18", "unknown"],
        "sex": ["female", "male", "unknown"],
        "registration": ["rural", "urban", "unknown"],
    }
    assert groups.first["living"].tolist() == [0, 2]
    assert groups.first["hukou"].tolist() == [0]
