"""Whether rows in force are those of an earlier run, told from what they follow from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jiuzhu.registry.profile.recipe import Came, Recipe, added_to, differs
from tests.unit.registry_profile.rows import moment, national

EVENTS, STATES = "medins_settlement", "hr_employment_difficulty"
EPOCH = date(1970, 1, 1)


THEN = moment(date(2026, 11, 20))
NEXT = moment(date(2026, 11, 21))
DAY = (THEN.as_of - EPOCH).days
KNOWN = Recipe(("a", "b"), ("", "x"), ((), ()), 7, (), DAY, DAY)


def test_the_same_recipe_on_the_same_or_the_next_day_gives_the_same_rows():
    for code in (EVENTS, STATES):
        for now in (THEN, NEXT):
            assert differs(national().datasets[code], (KNOWN, THEN), (KNOWN, now)) == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"deliveries": ("a", "b", "c")}, "1 deliveries came"),
        ({"deliveries": ("b", "c")}, "1 deliveries came, 1 count no more"),
        ({"fulls": (1,)}, "a full delivery replaces others by now"),
        ({"people": ("", "y")}, "a row without a right id number is taken for somebody else"),
    ],
)
def test_whatever_changed_is_said(change: dict, why: str):
    assert differs(national().datasets[EVENTS], (KNOWN, THEN), (replace(KNOWN, **change), THEN)) == why


def test_days_that_had_not_come_may_come():
    sent, spoken = replace(KNOWN, sent=DAY + 1), replace(KNOWN, latest=DAY + 1)
    assert differs(national().datasets[EVENTS], (sent, THEN), (sent, THEN)) == ""
    assert differs(national().datasets[EVENTS], (sent, THEN), (sent, NEXT)) == "rows of later days had come"
    assert differs(national().datasets[EVENTS], (spoken, THEN), (spoken, NEXT)) == "rows speak of later days"
    assert differs(national().datasets[STATES], (spoken, THEN), (spoken, NEXT)) == "", "states may speak of the future"
    earlier = moment(THEN.as_of - timedelta(1))
    assert differs(national().datasets[EVENTS], (KNOWN, THEN), (KNOWN, earlier)) == "the day is an earlier one"


def test_what_came_is_told_by_number_where_nothing_else_changed():
    dataset = national().datasets[EVENTS]
    grown = replace(KNOWN, deliveries=("a", "aa", "b"), people=("", "z", "x"))
    assert added_to(dataset, (KNOWN, THEN), (grown, NEXT), 7) == (Came({0: 0, 1: 2}, frozenset({1})), "")
    assert added_to(dataset, (KNOWN, THEN), (grown, NEXT), 6) == (None, "not every row that was delivered counts")
    for other, why in (
        (replace(grown, deliveries=("a", "aa", "bb")), "deliveries count no more"),
        (replace(grown, fulls=(1,)), "a full delivery is among them"),
        (replace(grown, people=("", "z", "y")), "a row without a right id number is taken for somebody else"),
    ):
        assert added_to(dataset, (KNOWN, THEN), (other, NEXT), 7) == (None, why)


def test_a_recipe_kept_as_text_is_read_as_it_was():
    assert Recipe.from_json(KNOWN.as_json()) == KNOWN
    assert Recipe.from_json({**KNOWN.as_json(), "months": [[1, 2], []]}) == replace(KNOWN, months=((1, 2), ()))
