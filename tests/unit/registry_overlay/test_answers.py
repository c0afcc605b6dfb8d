"""What new answers change of those of a release, and of those that changed since."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.engines.base import SIGNALS, UNKNOWN, Result
from jiuzhu.registry import public
from jiuzhu.registry.overlay.answers import Answer, Answers
from jiuzhu.rules.tree import Indicator

ASKED = {"person": np.array([1, 2, 3, 5]), "living": np.array([0]), "hukou": np.array([], np.int64)}


@pytest.fixture(scope="module")
def rule() -> Indicator:
    return replace(public.catalogue().indicators["S01-E01"], code="R", of="person")


def result(found: list[tuple[int, int, int]], unknown: list[int]) -> Result:
    """A release in which the rule says this: position, level and value."""
    rows = [("R", subject, level, value, 10) for subject, level, value in found]
    columns = list(zip(*rows, strict=True)) or [[]] * 5
    signals = pa.table([pa.array(cells, field.type) for cells, field in zip(columns, SIGNALS, strict=True)], schema=SIGNALS)
    return Result(signals, pa.table([["R"] * len(unknown), pa.array(unknown, pa.int32())], schema=UNKNOWN))


def now(found: list[tuple[int, int, int]], unknown: list[int]) -> dict[str, dict[int, Answer]]:
    """The same as new answers."""
    sure = {subject: Answer(level, value, 10) for subject, level, value in found}
    return {"R": sure | {subject: Answer(0, None, None) for subject in unknown}}


def told(answers: Answers, now: dict[str, dict[int, Answer]], rule: Indicator) -> list[tuple[int, int | None, int | None]]:
    """Position, level before and after of each change."""
    return [
        (one.position, one.before and one.before.level, one.after and one.after.level)
        for one in answers.changes(now, [rule], ASKED)
    ]


def test_only_those_asked_about_can_change(rule: Indicator):
    release = result([(1, 4, 50), (2, 3, 40), (4, 4, 60)], [3, 6])
    answers = Answers(release.signals, release.unknown)
    assert told(answers, now([(1, 4, 50), (3, 1, 11)], [5]), rule) == [(2, 3, None), (3, 0, 1), (5, None, 0)]


def test_another_value_of_the_same_grade_is_a_change(rule: Indicator):
    release = result([(1, 4, 50)], [])
    assert told(Answers(release.signals, release.unknown), now([(1, 4, 51)], []), rule) == [(1, 4, 4)]


def test_what_changed_since_stands_in_the_place_of_the_release(rule: Indicator):
    release = result([(1, 4, 50), (2, 3, 40)], [])
    answers = Answers(release.signals, release.unknown)
    answers.put("R", 1, None)
    answers.put("R", 5, Answer(2, 30, 10))
    answers.put("R", 9, Answer(4, 90, 10))
    assert told(answers, now([(2, 3, 40)], []), rule) == [(5, 2, None)]
    answers.follow(answers.changes(now([(2, 3, 40)], []), [rule], ASKED))
    assert told(answers, now([(2, 3, 40)], []), rule) == []
