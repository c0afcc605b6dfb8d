"""Differences between groups of people at a try: found where they are planted, and nothing said where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.registry import public
from jiuzhu.registry.release.groups import Groups, compared, groups_of
from jiuzhu.registry.release.what_if import Moved, Tried
from jiuzhu.rules.catalogue import Catalogue
from tests.support.small_base import Person, SmallBase

PEOPLE = 400


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return public.catalogue()


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


def test_people_stand_in_groups_by_the_register_and_apart_where_it_is_silent(national: Catalogue):
    base = SmallBase(national, people=[Person(household=0, hukou=0), Person(household=0, hukou=0), Person(household=1, hukou=-1)])
    base.places = ["370502001001"]
    base.rows["police_population"] = [
        {"person": 0, "birth_date": "2008-11-20", "sex": "2", "hukou_type": 2},
        {"person": 1, "birth_date": "2008-11-21", "sex": "1", "hukou_type": 1},
    ]
    groups = groups_of(base.made())
    names = {trait: [names[at] for at in member] for trait, (names, member) in groups.traits.items()}
    assert base.as_of == date(2026, 11, 20)
    assert names == {
        "age": ["18_59", "under_18", "unknown"],
        "sex": ["female", "male", "unknown"],
        "registration": ["rural", "urban", "unknown"],
    }
    assert groups.first["living"].tolist() == [0, 2]
    assert groups.first["hukou"].tolist() == [0]
