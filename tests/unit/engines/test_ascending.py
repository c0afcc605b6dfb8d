"""Different numbers in their order, and which stand among others: what Python's own sets say."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from jiuzhu.engines.ascending import distinct, stand_among


@pytest.mark.parametrize("count", [0, 1, 2, 500])
@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint64])
def test_numbers_stand_once_and_are_found_among_others(count: int, kind: type):
    draw = Random(count)
    numbers, others = ([draw.randrange(100) for _ in range(count)] for _ in range(2))
    line = distinct(np.array(others, kind))
    assert line.tolist() == sorted(set(others))
    assert line.dtype == kind
    assert stand_among(np.array(numbers, kind), line).tolist() == [one in set(others) for one in numbers]
    assert stand_among(np.array([7], kind), line[:0]).tolist() == [False]
