"""The compiled steps of the columnar engine, each beside the plainest way to say the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.sieves import ENDLESS, Sieve, passing

WIDTHS = (np.int8, np.int16, np.int32, np.int64)
ROWS = 3 * steps.MANY


def rows_of(draw: random.Random) -> list[int]:
    """Ascending owners with gaps, some of one row and one of many."""
    return sorted(draw.choice((draw.randrange(400), 7)) for _ in range(ROWS))


def drawn(seed: int) -> tuple[list[int], list[int], list[bool], list[bool]]:
    draw = random.Random(seed)
    none = [draw.random() < 0.2 for _ in range(ROWS)]
    unknown = [not is_none and draw.random() < 0.2 for is_none in none]
    return rows_of(draw), [draw.randrange(-100, 100) for _ in range(ROWS)], none, unknown


def by_owner(owner: Sequence[int]) -> dict[int, list[int]]:
    return {one: list(rows) for one, rows in groupby(range(len(owner)), key=owner.__getitem__)}


def masked(marks: Sequence[bool]) -> Any:
    return np.array(marks)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "sieve",
    [
        Sieve("c", 3, 40),
        Sieve("c", -ENDLESS, 5),
        Sieve("c", 300, ENDLESS),
        Sieve("c", 10, 10, inside=False),
        Sieve("c", 12, 11, inside=False),
        Sieve("c", -3, 90, options=(-3, 5, 6, 90)),
        Sieve("c", 127, 5000, options=(127, 5000)),
    ],
)
@pytest.mark.parametrize("open_ones", [True, False])
def test_cells_pass_a_sieve_as_their_numbers_say(width: Any, sieve: Sieve, open_ones: bool) -> None:
    _, cells, empty, _ = drawn(1)
    cells[100:300] = [99] * 200  # a stretch in which little passes

    def holds(cell: int) -> bool:
        inside = sieve.low <= cell <= sieve.high and (not sieve.options or cell in sieve.options)
        return inside is sieve.inside

    for marks in (empty, None):
        expected = [at for at in range(ROWS) if (open_ones if marks and marks[at] else holds(cells[at]))]
        found = passing(np.array(cells, width), None if marks is None else masked(marks), sieve, open_ones=open_ones)
        assert list(range(ROWS) if found is None else found) == expected


@pytest.mark.parametrize("which", ["sum", "max", "min"])
@pytest.mark.parametrize("width", WIDTHS)
def test_what_the_rows_of_a_subject_come_to(which: str, width: Any) -> None:
    owner, cells, none, unknown = drawn(2)
    known = [not (a or b) for a, b in zip(none, unknown, strict=True)]
    found = steps.folded(which, np.array(cells, width), masked(known), masked(unknown), np.array(owner))
    assert found is not None
    plain = {"sum": sum, "max": max, "min": min}[which]
    expected = []
    for subject, rows in by_owner(owner).items():
        told = [cells[row] for row in rows if known[row]]
        expected.append((subject, plain(told) if told else 0, bool(told), any(unknown[row] for row in rows)))
    assert list(zip(*(part.tolist() for part in found), strict=True)) == expected  # type: ignore[union-attr]


def test_a_sum_that_leaves_64_bits_is_refused() -> None:
    cells = np.full(ROWS, 2**61)
    assert steps.folded("sum", cells, True, False, np.arange(ROWS)) is not None
    assert steps.folded("sum", cells, True, False, np.zeros(ROWS, np.int32)) is None
    assert steps.folded("max", cells, True, False, np.zeros(ROWS, np.int32)) is not None


@pytest.mark.parametrize("latest", [True, False])
def test_the_row_at_the_end_gives_its_greatest_known_cell(latest: bool) -> None:
    owner, cells, none, unknown = drawn(3)
    at = [random.Random(9 + row).randrange(4) for row in range(ROWS)]
    known = [not (a or b) for a, b in zip(none, unknown, strict=True)]
    found = steps.of_last(latest, np.array(at), np.array(cells), masked(known), masked(unknown), np.array(owner))
    expected = []
    for subject, rows in by_owner(owner).items():
        end = (max if latest else min)(at[row] for row in rows)
        there = [row for row in rows if at[row] == end]
        told = [cells[row] for row in there if known[row]]
        expected.append((subject, max(told, default=0), bool(told), not told and any(unknown[row] for row in there)))
    assert list(zip(*(part.tolist() for part in found), strict=True)) == expected  # type: ignore[union-attr]


def test_different_cells_newest_rows_and_groups_are_counted_by_subject() -> None:
    owner, cells, empty, _ = drawn(4)
    cells = [cell % 60 for cell in cells]
    subjects, counts = steps.different(np.array(cells, np.int16), masked(empty), np.array(owner))
    newest = steps.newest(np.array(cells, np.int16), masked(empty), np.array(owner), 3)
    order, group, owners = steps.grouped(np.array(owner), np.array(cells))
    for place, (subject, rows) in enumerate(by_owner(owner).items()):
        told = {cells[row] for row in rows if not empty[row]}
        assert (subjects[place], counts[place]) == (subject, len(told))
        last = sorted(told)[-3:]
        assert [bool(newest[row]) for row in rows] == [empty[row] or cells[row] in last for row in rows]
        assert [int(row) for row in order[rows]] == sorted(rows, key=lambda row: (cells[row], row))
        assert [int(owners[one]) for one in group[rows]] == [subject] * len(rows)
    pairs = {(owner[row], cells[row]) for row in range(ROWS)}
    assert len(owners) == len(pairs)
    assert group.tolist() == sorted(group.tolist())


def test_subjects_and_lists_are_found_where_they_stand() -> None:
    draw = random.Random(5)
    owner = rows_of(draw)
    positions = sorted(draw.sample(range(1000), steps.MANY + 3))
    first, count = steps.located(np.array(owner, np.int32), np.array(positions))
    assert count.tolist() == [owner.count(one) for one in positions]
    assert all(owner[begin : begin + size] == [one] * size for one, begin, size in zip(positions, first, count, strict=True))
    rows, of = steps.listed(first, count)
    assert rows.tolist() == [row for row, one in enumerate(owner) if one in set(positions)]
    assert [positions[one] for one in of] == [owner[row] for row in rows]
    assert steps.counted(np.array(owner))[1].tolist() == [len(rows) for rows in by_owner(owner).values()]
    subjects, number = steps.numbered(np.array(owner))
    assert [int(subjects[one]) for one in number] == owner
    other = sorted(draw.sample(range(1000), 90))
    assert steps.united(np.array(positions), np.array(other)).tolist() == sorted({*positions, *other})
    in_few, in_many = steps.shared(np.array(other), np.array(positions))
    assert [other[one] for one in in_few] == [positions[one] for one in in_many] == sorted({*positions} & {*other})


def test_months_of_days_are_those_of_the_calendar() -> None:
    days = [date(1896, 1, 1) + timedelta(days=step) for step in range(0, 80_000, 7)]
    numbers = np.array([(day - date(1970, 1, 1)).days for day in days], np.int32)
    months, within = steps.months(numbers)
    assert months.tolist() == [day.year * 12 + day.month - 1 for day in days]
    assert within.tolist() == [day.day - 1 for day in days]
