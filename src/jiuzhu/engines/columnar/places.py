"""What differs from place to place: coverage, parameters, bounds of windows. Places of which all is alike make one class.

A county has hundreds of villages and one answer to nearly every such question, so a block of households mostly needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.base import Base, ByArea, Coverage, Known
from jiuzhu.engines.columnar.values import Number
from jiuzhu.engines.decimals import whole_number
from jiuzhu.rules.parameters import ancestors, trimmed

NATION = "000000"
Answer = TypeVar("Answer")


class Places:
    """classes: the class of each place, the last one that of people without a place. of: a place of each class.

    divisions: those of rows about divisions; with those that parameters speak of the ones on which anything turns.
    """

    def __init__(self, base: Base, catalogue: Known, divisions: Iterable[str]) -> None:
        self.base = base
        self.catalogue = catalogue
        self.codes: list[str] = [*base.places["code"].to_pylist(), NATION]
        named = {trimmed(code) for code in divisions} | {trimmed(code) for code in catalogue.parameters.divisions()}
        self.classes, self.of, self._chain_of = self._classed(named)
        self._kept: dict[Hashable, Any] = {}

    def _classed(self, named: set[str]) -> tuple[npt.NDArray[np.int32], list[int], list[int]]:
        """The class of each place, a place of each class, and the number of its chain of divisions on which anything turns."""
        delivered = _delivered(self.base.coverage, len(self.codes))
        found: dict[Hashable, int] = {}
        chains: dict[Hashable, int] = {}
        classes = np.empty(len(self.codes), np.int32)
        of: list[int] = []
        chain_of: list[int] = []
        for place, code in enumerate(self.codes):
            chain = tuple(one for one in ancestors(code) if one in named)
            chain_number = chains.setdefault(chain, len(chains))
            classes[place] = found.setdefault((delivered[place], chain_number), len(found))
            if len(of) < len(found):
                of.append(place)
                chain_of.append(chain_number)
        return classes, of, chain_of

    def kept(self, key: Hashable, work: Callable[[], Answer]) -> Answer:
        """An answer worked out once a run."""
        if key not in self._kept:
            self._kept[key] = work()
        answer: Answer = self._kept[key]
        return answer

    def known(self, dataset: str, of: int, first: date | None, last: date | None) -> bool:
        """Whether nothing is missing of a dataset over these days, in places of a class."""
        place = self.of[of]
        return place < len(self.codes) - 1 and self.kept(
            ("known", dataset, of, first, last), lambda: self.base.coverage.known(dataset, place, first, last)
        )

    def parameter(self, owner: str, name: str, of: int) -> Decimal | None:
        """The number in force on the day of the run in places of a class; None where no division above has one."""

        def work() -> Decimal | None:
            found = self.catalogue.parameters.value(owner, name, self.codes[self.of[of]], self.base.as_of)
            return None if found is None else found.value

        return self.kept(("parameter", owner, name, self._chain_of[of]), work)

    def number(self, owner: str, name: str, scale: int, of: int) -> Number:
        """A parameter as a value: unknown where there is none."""

        def work() -> Number:
            answer = self.parameter(owner, name, of)
            if answer is None:
                return Number(0, unknown=True, scale=scale)
            finer = max(scale, whole_number(answer)[0])
            return Number(int(answer.scaleb(finer)), scale=finer)

        return self.kept(("number", owner, name, scale, self._chain_of[of]), work)


def _delivered(coverage: Coverage, places: int) -> list[Hashable]:
    """What was delivered for each place, told so that places of which it is the same are told alike."""
    parts = (coverage.fresh, coverage.first_day, coverage.gaps, coverage.months, coverage.quarters)
    areas = coverage.fresh.areas if isinstance(coverage.fresh, ByArea) else range(places)
    maps = [part.told if isinstance(part, ByArea) else part for part in parts]
    told: dict[int, list[Hashable]] = {}
    for key in sorted(maps[0]):
        told.setdefault(key[1], []).append((key[0], *(part.get(key) for part in maps)))
    numbers: dict[Hashable, int] = {}
    alike = {area: numbers.setdefault(tuple(one), len(numbers)) for area, one in told.items()}
    return [alike.get(areas[place], -1) if place < len(areas) else -1 for place in range(places)]
