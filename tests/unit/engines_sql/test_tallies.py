"""Tallies of a result, against the sums written out row by row."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from jiuzhu.engines.base import HASH_PRIME, LEVELS, SIGNALS, UNKNOWN, Result


def test_tallies_are_the_sums_over_the_rows_of_each_indicator() -> None:
    draw = random.Random(4)
    rows: list[tuple[str, int, int, int | None, None]] = sorted(
        (
            draw.choice("ABD"),
            subject,
            draw.randint(1, 4),
            draw.choice([None, draw.randint(-(2**62), 2**62), draw.randint(-9, 9)]),
            None,
        )
        for subject in draw.sample(range(2**31 - 1), 200)
    )
    open_ones = [("A", 3), ("A", 9), ("C", 3)]
    result = Result(
        pa.table(
            [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), SIGNALS, strict=True)], schema=SIGNALS
        ),
        pa.table(
            [pa.array(column, field.type) for column, field in zip(zip(*open_ones, strict=True), UNKNOWN, strict=True)],
            schema=UNKNOWN,
        ),
    )
    wanted: list[Any] = [SimpleNamespace(code=code) for code in "DABCE"]
    for tally, item in zip(result.tallies(wanted), wanted, strict=True):
        mine = [row[1:] for row in rows if row[0] == item.code]
        assert tally.indicator == item.code
        assert tally.count == len(mine)
        assert tally.unknown == sum(code == item.code for code, _ in open_ones)
        assert tally.grades == {grade: sum(level == number for _, level, _, _ in mine) for grade, number in LEVELS.items()}
        assert tally.value_sum == sum(value or 0 for _, _, value, _ in mine)
        assert tally.subject_sum == sum(subject * level for subject, level, _, _ in mine)
        assert tally.mix == sum(((value or 0) % HASH_PRIME) * (subject % HASH_PRIME) for subject, _, value, _ in mine)


def test_a_result_without_rows_tallies_to_nothing() -> None:
    (tally,) = Result(SIGNALS.empty_table(), UNKNOWN.empty_table()).tallies([SimpleNamespace(code="A")])  # type: ignore[list-item]
    assert (tally.count, tally.unknown, tally.value_sum, tally.mix) == (0, 0, 0, 0)
