"""Who and which household the numbers of a record stand for, as positions of one release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.mapped import as_numbers
from jiuzhu.registry.overlay.numbered import Persons
from jiuzhu.registry.profile.households import ALONE, HUKOU, LOW
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.vault.texts import text_numbers

Whole = npt.NDArray[Any]


class Whom:
    """Positions by person id and by household number; below zero where the release knows nobody of it."""

    def __init__(self, release: Release, subjects: Subjects) -> None:
        """subjects: of the release."""
        self._release, self._subjects = release, subjects

    @cached_property
    def _persons(self) -> Persons:
        return Persons(as_numbers(self._subjects.sealed["person"]))

    @cached_property
    def _living(self) -> Mapping[int, tuple[Whole, Whole]]:
        """By kind of number the living households, in the order of the 64-bit numbers of theirs."""
        told = self._release.numbers
        kinds = told["kind"].to_numpy()
        return {kind: _sorted(told["number"], np.flatnonzero(kinds == kind)) for kind in (LOW, HUKOU)}

    @cached_property
    def _hukou(self) -> tuple[Whole, Whole]:
        numbers = self._release.hukou_numbers["number"]
        return _sorted(numbers, np.arange(len(numbers)))

    @cached_property
    def _records(self) -> tuple[Whole, Whole]:
        """People known by one record alone."""
        told = self._subjects.sealed
        return _sorted(told["record"], np.flatnonzero(as_numbers(told["person"]) < 0))

    @cached_property
    def alone(self) -> Whole:
        """Which living households are those of somebody without one."""
        return np.asarray(pc.equal(self._release.numbers["kind"], ALONE))

    def persons(self, ids: Whole) -> Whole:
        return self._persons.find(ids)

    def households(self, numbers: Sequence[str | None], kind: int = LOW) -> Whole:
        """The living household of each number of the low-income base, or of the register."""
        return _found(*self._living[kind], text_numbers(pa.array(numbers, pa.string())))

    def of_key(self, key: tuple[str, str]) -> int:
        """The position of the subject that `Subjects.key` names, among people or households of its kind."""
        kind, name = key
        if kind.endswith(" person") or kind.endswith(" record"):
            if kind.endswith(" record"):
                person = int(_found(*self._records, text_numbers(pa.array([name])))[0])
            else:
                person = int(self.persons(np.array([int(name)]))[0])
            return int(self._release.base.people["household"][person].as_py()) if kind.startswith("living") else person
        if kind == "hukou":
            return int(_found(*self._hukou, text_numbers(pa.array([name])))[0])
        return int(self.households([name], int(kind.removeprefix("living ")))[0])

    def positions_of(self, other: Release) -> Whole:
        """The positions here of everybody of another base."""
        return self.persons(other.subjects()["person"].to_numpy())


def _sorted(texts: pa.ChunkedArray, positions: Whole) -> tuple[Whole, Whole]:
    numbers = text_numbers(texts.combine_chunks().take(pa.array(positions)))
    order = np.argsort(numbers, kind="stable")
    return numbers[order], positions[order]


def _found(known: Whole, positions: Whole, asked: Whole) -> Whole:
    if not len(known):
        return np.full(len(asked), -1, np.int64)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where((known[place] == asked) & (asked != 0), positions[place], -1)
