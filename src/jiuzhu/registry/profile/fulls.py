"""Which rows of a file a full delivery replaces: `replaced_by` of `state.py` over arrays instead of in SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.divisions import prefix_of
from jiuzhu.registry.profile.state import stands_beside

Mask = npt.NDArray[np.bool_]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Fulls:
    """same: the deliveries of one dataset. fulls: those that replace others on the day of the run."""

    same: Sequence[Delivered]
    fulls: Sequence[Delivered]

    @classmethod
    def of(cls, dataset: str, deliveries: Sequence[Delivered], as_of: date) -> Fulls:
        same = [one for one in deliveries if one.dataset == dataset]
        return cls(same, [one for one in same if one.full and (one.newest or one.first or date.min) <= as_of])

    def replaced(self, number: int, sent: npt.NDArray[Any], lies_in: Callable[[str], Mask]) -> Mask | None:
        """Which rows of delivery `number` are; None: no one is. sent: their `data_date` as days.

        lies_in: where their division begins so, or is empty.
        """
        masks = [mask for full in self.fulls if (mask := self._by(full, number, sent, lies_in)) is not None]
        return None if not masks else np.logical_or.reduce(masks)

    def _by(self, full: Delivered, number: int, sent: npt.NDArray[Any], lies_in: Callable[[str], Mask]) -> Mask | None:
        other = next(one for one in self.same if one.number == number)
        if number == full.number:
            return None
        mask = np.ones(len(sent), bool)
        if (other.first, other.last) != (full.first, full.last):
            if other.first is not None or full.first is None or full.last is None:
                return None
            mask &= (sent >= _day(full.first)) & (sent <= _day(full.last))
        newest = full.newest or full.last
        if newest:
            mask &= sent <= _day(newest)
            if stands_beside(full, other, newest):
                mask &= sent != _day(newest)
        division = prefix_of(full.division)
        return mask & lies_in(division) if division else mask


def _day(day: date) -> int:
    return (day - EPOCH).days
