"""What came since in sorted runs: found like in a plain list, however it came."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from jiuzhu.registry.overlay.runs import Runs


@pytest.mark.parametrize("seed", range(5))
def test_runs_say_what_a_plain_list_of_all_pairs_says(seed: int):
    draw, runs, told = Random(seed), Runs(), list[tuple[int, int]]()
    for _ in range(draw.randrange(1, 12)):
        numbers = [draw.randrange(60) for _ in range(draw.choice([1, 3, 80]))]
        runs.add(np.array(numbers), [np.arange(len(told), len(told) + len(numbers))])
        told += [(number, len(told) + at) for at, number in enumerate(numbers)]
    asked = [draw.randrange(-2, 70) for _ in range(40)]
    (beside,), places = runs.of(np.array(asked))
    found = [
        [row for row, place in zip(beside.tolist(), places.tolist(), strict=True) if place == at] for at in range(len(asked))
    ]
    assert found == [[row for number, row in told if number == one] for one in asked]  # in the order in which they came
    assert runs.have(np.array(asked)).tolist() == [any(number == one for number, _ in told) for one in asked]
    last = [runs.newest(np.int64(one)) for one in asked]
    assert last == [next(((row,) for number, row in reversed(told) if number == one), None) for one in asked]


def test_of_no_runs_nothing_is_found():
    columns, places = Runs().of(np.array([4]))
    assert (columns, places.tolist(), Runs().newest(np.int64(4))) == ([], [], None)
    assert Runs().have(np.array([4])).tolist() == [False]
