"""What came since, by a number each has, in a few sorted runs: what is added is sorted alone, and joined with runs no longer than it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.columns import stretches

Whole = npt.NDArray[Any]
Run = tuple[Whole, tuple[Whole, ...]]  # numbers, ascending, and what stands beside each


class Runs:
    """Numbers with columns beside them. A number may stand several times: what was added first comes first."""

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def add(self, numbers: Whole, beside: Sequence[Whole]) -> None:
        """beside: as many cells a column as there are numbers, of the same columns each time."""
        run = _sorted(numbers, beside)
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            before, columns = self._runs.pop()
            joined = (np.concatenate(pair) for pair in zip(columns, run[1], strict=True))
            run = _sorted(np.concatenate([before, run[0]]), tuple(joined))
        self._runs.append(run)

    def have(self, numbers: Whole) -> npt.NDArray[np.bool_]:
        """Which of these stand in a run."""
        found = np.zeros(len(numbers), bool)
        for run, _ in self._runs:
            found |= run[np.minimum(np.searchsorted(run, numbers), len(run) - 1)] == numbers
        return found

    def newest(self, number: Any) -> tuple[int, ...] | None:
        """What stands beside the number that was added last; None where it stands nowhere. number: of the type of those added."""
        for run, columns in reversed(self._runs):
            end = int(np.searchsorted(run, number, side="right"))
            if end and run[end - 1] == number:
                return tuple(int(column[end - 1]) for column in columns)
        return None

    def of(self, asked: Whole) -> tuple[list[Whole], Whole]:
        """The columns beside every place where one of these stands, and the place in `asked` of the number of each."""
        found: list[tuple[list[Whole], Whole]] = []
        for run, columns in self._runs:
            begin = np.searchsorted(run, asked)
            at, place = stretches(begin, np.searchsorted(run, asked, side="right") - begin)
            found.append(([column[at] for column in columns], place))
        if len(found) == 1:
            return found[0]
        places = np.concatenate([np.empty(0, np.int64), *(place for _, place in found)])
        return [np.concatenate(column) for column in zip(*(columns for columns, _ in found), strict=True)], places


def _sorted(numbers: Whole, beside: Sequence[Whole]) -> Run:
    order = np.argsort(numbers, kind="stable")
    return numbers[order], tuple(column[order] for column in beside)
