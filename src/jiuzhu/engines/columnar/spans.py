"""The window of an input as bounds of the column it looks at, in each class of places."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import calendar
from jiuzhu.engines.columnar.sieves import ENDLESS, Sieve
from jiuzhu.engines.columnar.values import Mask, Number, both, either, mask
from jiuzhu.engines.windows import Stretch, stretch
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.scopes import Scope

Whole = npt.NDArray[Any]


class Spans:
    """The window of an input in each class of places the group lives in.

    sizes: number and shift, where they are parameters: asked for each class of places of the subject around; None: not set.
    """

    def __init__(self, given: tree.RowInput, scope: Scope) -> None:
        self.given, self.scope = given, scope
        self.world, self.group = scope.world, scope.group
        window = given.window
        self.sizes: list[tuple[int, int] | None] | None = None
        if window is not None and (isinstance(window.number, str) or isinstance(window.shift, str)):
            self.sizes = [self._size(window, one) for one in scope.outermost().group.classes]

    def _size(self, window: tree.Window, of: int) -> tuple[int, int] | None:
        numbers: list[int] = []
        for part in (window.number, window.shift):
            if isinstance(part, str):
                given = self.scope.parameter(part)
                found = self.world.places.parameter(given.owner, given.parameter, of)
                if found is None:
                    return None
                part = int(found)
            numbers.append(part)
        return numbers[0], numbers[1]

    def _size_of(self) -> Whole:
        """Which of `sizes` each subject has."""
        outer = self.scope.outermost()
        return outer.group.class_of if outer is self.scope else outer.group.class_of[self.scope.owner_in_outermost()]

    @property
    def unset(self) -> Mask:
        """Where a number of the window is not set."""
        if self.sizes is None:
            return False
        unset = [size is None for size in self.sizes]
        return np.array(unset)[self._size_of()] if any(unset) else False

    @cached_property
    def pairs(self) -> tuple[list[tuple[int, tuple[int, int]]], Whole | None]:
        """The different (class of places, size of the window), and which of them each subject has; None: there is but one."""
        group, window = self.group, self.given.window
        assert window is not None
        if self.sizes is None:
            assert isinstance(window.number, int)
            assert isinstance(window.shift, int)
            size = (window.number, window.shift)
            return [(one, size) for one in group.classes], None if len(group.classes) < 2 else group.class_of
        sizes = [size or (0, 0) for size in self.sizes]
        if len(sizes) < 2 and len(group.classes) < 2:
            return [(one, size) for one in group.classes for size in sizes], None
        if self.scope.outermost() is self.scope:
            return list(zip(group.classes, sizes, strict=True)), group.class_of
        found, index = np.unique(group.class_of * len(sizes) + self._size_of(), return_inverse=True)
        return [(group.classes[one // len(sizes)], sizes[one % len(sizes)]) for one in found.tolist()], index

    def _stretch(self, of: int, size: tuple[int, int]) -> Stretch:
        given, world = self.given, self.world
        window = given.window
        assert window is not None
        column = world.columns.column_of(given.dataset, given.at or world.catalogue.datasets[given.dataset].at)
        coverage, place = world.base.coverage, world.places.of[of]
        held = {"closed months": coverage.months, "closed quarters": coverage.quarters}.get(window.measure)

        def work() -> Stretch:
            delivered = tuple(held.get((given.dataset, place), ())) if held is not None else ()
            return stretch(window, *size, column.holds, world.moment, delivered)

        return world.places.kept((given.dataset, column.name, window, size, of if held is not None else -1), work)

    def covered(self) -> Mask:
        """Where nothing is missing over the window."""
        places, dataset = self.world.places, self.given.dataset
        if self.given.window is None:
            return self.group.flag_by_place(lambda of: places.known(dataset, of, None, None))
        found, index = self.pairs
        answers = []
        for of, size in found:
            span = self._stretch(of, size).span
            answers.append(span is not None and places.known(dataset, of, *span))
        if all(answers) and answers:
            return True
        return np.array(answers)[index] if any(answers) and index is not None else False

    def sieve(self, column: str, kind: str) -> Sieve | None:
        """The window as bounds of its column, where it is the same for all; without a window every cell that is not empty counts."""
        if self.given.window is None:
            return Sieve(column, -ENDLESS, ENDLESS)
        stretches = {id(one): one for one in (self._stretch(*pair) for pair in self.pairs[0])}  # each is worked out once
        if len(stretches) != 1:
            return None
        (one,) = stretches.values()
        measure = {"closed months": "month", "closed quarters": "quarter"}.get(self.given.window.measure)
        if measure is None:
            low, high = (calendar.day_number(one.low), calendar.day_number(one.high)) if kind == "date" else (one.low, one.high)
            return Sieve(column, low, high)
        if kind != measure or not one.periods:
            return None
        return Sieve(column, one.periods[-1], one.periods[0], tuple(one.periods))

    def holds(self, at: Number, holds: str, owner: Whole) -> Mask:
        """Whether a known `at` lies inside the window of the row's subject."""
        if self.given.window is None:
            return True
        found, index = self.pairs
        closed = self.given.window.measure if self.given.window.measure.startswith("closed") else ""
        numbers: dict[int, int] = {}
        stretches = [self._stretch(of, size) for of, size in found]
        number_of = [numbers.setdefault(id(one), len(numbers)) for one in stretches]  # the same one is worked out once
        different = {id(one): one for one in stretches}
        parts = [_inside(one, closed, at) for one in different.values()]
        if index is None or len(parts) == 1:
            return parts[0] if parts else False
        which = np.array(number_of)[index][owner]
        return either(*(both(part, which == number) for number, part in enumerate(parts)))


def _inside(one: Stretch, closed: str, at: Number) -> Mask:
    if closed:
        number = calendar.month_of(at) if closed == "closed months" else calendar.quarter_of(at)
        if not one.periods:
            return False
        newest, oldest = one.periods[0], one.periods[-1]
        if newest - oldest == len(one.periods) - 1:  # no month is missing between them
            return both(mask(number >= oldest), mask(number <= newest))
        return mask(np.isin(number, np.array(one.periods, np.int64)))
    low, high = one.low, one.high
    if at.kind == "date":
        low, high = calendar.day_number(low), calendar.day_number(high)
    return both(mask(at.whole >= low), mask(at.whole <= high))
