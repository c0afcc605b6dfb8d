"""Whole numbers in ascending order, each once.

numpy's `unique` hashes whole numbers when it is asked for nothing beside them, and so do `isin` and `union1d`, which ask it: of a
million different ones that takes a hundred times as long as sorting them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[Any]


def distinct(numbers: Whole) -> Whole:
    """The different ones, ascending."""
    line = np.sort(numbers)
    if len(line) < 2:
        return line
    new = np.empty(len(line), bool)
    new[0] = True
    np.not_equal(line[1:], line[:-1], out=new[1:])
    return line[new]


def stand_among(numbers: Whole, line: Whole) -> npt.NDArray[np.bool_]:
    """Which of these stand in an ascending line. Both of one type: else all of the line is copied to another."""
    if not len(line):
        return np.zeros(len(numbers), bool)
    found: npt.NDArray[np.bool_] = line[np.minimum(np.searchsorted(line, numbers), len(line) - 1)] == numbers
    return found
