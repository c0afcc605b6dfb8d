"""Whole numbers and marks of the columnar engine."""

from __future__ import annotations

import numpy as np
import pytest

from jiuzhu.engines.columnar import calendar, functions
from jiuzhu.engines.columnar.values import Flag, Number, all_of, any_of, not_, plus, rescaled, times

LARGE = 9 * 10**18


@pytest.mark.parametrize(("work", "plain"), [(plus, lambda a, b: a + b), (times, lambda a, b: a * b)])
def test_an_amount_that_leaves_64_bits_stays_exact(work: object, plain: object) -> None:
    left, right = [LARGE, -LARGE, 3], [LARGE, 7, -4]
    found = work(np.array(left), np.array(right))  # type: ignore[operator]
    assert list(found) == [plain(a, b) for a, b in zip(left, right, strict=True)]  # type: ignore[operator]


def test_half_is_rounded_up_away_from_zero() -> None:
    assert list(rescaled(np.array([14, 15, -14, -15, 0]), 1, 0)) == [1, 2, -1, -2, 0]


WORDS = {"yes": Flag(True), "no": Flag(False), "unknown": Flag(False, unknown=True)}
KLEENE_AND = {
    ("yes", "yes"): "yes",
    ("yes", "no"): "no",
    ("yes", "unknown"): "unknown",
    ("no", "no"): "no",
    ("no", "unknown"): "no",
    ("unknown", "unknown"): "unknown",
}


def word(flag: Flag, at: int) -> str:
    true, unknown = (part[at] if isinstance(part, np.ndarray) else part for part in (flag.true, flag.unknown))
    assert not (true and unknown)
    return "yes" if true else "unknown" if unknown else "no"


def column(words: list[str]) -> Flag:
    return Flag(np.array([one == "yes" for one in words]), np.array([one == "unknown" for one in words]))


@pytest.mark.parametrize("as_columns", [True, False])
def test_three_truth_values_meet_as_kleene_says(as_columns: bool) -> None:
    opposite = {"yes": "no", "no": "yes", "unknown": "unknown"}
    for one in WORDS:
        for two in WORDS:
            left, right = (column([one]), column([two])) if as_columns else (WORDS[one], WORDS[two])
            expected = KLEENE_AND.get((one, two)) or KLEENE_AND[two, one]
            assert word(all_of(left, right), 0) == expected
            # De Morgan gives the other table.
            assert word(any_of(not_(left), not_(right)), 0) == opposite[expected]


def test_a_comparison_with_nothing_is_false_and_with_the_unknown_unknown() -> None:
    left = Number(np.array([1, 1, 1]), unknown=np.array([False, True, True]), none=np.array([False, False, False]))
    right = Number(np.array([1, 1, 1]), none=np.array([False, False, True]))
    found = functions.compare("==", left, right)
    assert [word(found, at) for at in range(3)] == ["yes", "unknown", "no"]


def test_a_birthday_on_29_february_is_kept_on_the_28th() -> None:
    born = Number(np.array([calendar.day_number(day) for day in map(calendar.date, (2024, 2023), (2, 3), (29, 1))]), kind="date")
    turned = functions.birthday(born, Number(1)).whole
    expected = [calendar.date(2025, 2, 28), calendar.date(2024, 3, 1)]
    assert list(turned) == [calendar.day_number(day) for day in expected]
