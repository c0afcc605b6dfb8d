"""Whose answers a changed row can move: everybody who shares a household with somebody it names, and who names one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.columnar.groups import stretches
from jiuzhu.engines.mapped import count_of
from jiuzhu.registry.overlay.numbered import Lists, pieces_of
from jiuzhu.registry.stream.reach import depth_of, relations_used

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Whole = npt.NDArray[Any]


class Reach:
    """How people of a base hang together, by position. Why this is enough is said in `stream/touched.py`."""

    def __init__(self, columns: Columns, catalogue: Catalogue, folder: Path | None = None) -> None:
        """folder: of what is made once for the release; None: kept in memory."""
        self._columns, self._folder = columns, folder
        self._relations: Sequence[str] = relations_used(catalogue)
        self._steps = depth_of(catalogue)

    def households(self, persons: Whole, households: Whole) -> list[int]:
        """The living households to ask about when rows of these people and living households changed; below zero is nobody.

        Each may stand there several times.
        """
        home = self._columns.people["household"]
        named = distinct(persons[persons >= 0])
        found = np.concatenate([households, home[self._mates(named)]])
        people = self._mates(self.people_of(found))
        for _ in range(self._steps):
            who = self._who_name(people)
            if not len(who):
                break
            people = distinct(np.concatenate([people, self._mates(who)]))
        found = distinct(np.concatenate([found, home[people]]))
        asked: list[int] = found[found >= 0].tolist()
        return asked

    def people_of(self, households: Whole) -> Whole:
        """The people of living households, ascending; below zero is none."""
        chosen = distinct(households[households >= 0])
        people, _ = stretches(self._columns.first[chosen].astype(np.int64), self._columns.count[chosen].astype(np.int64))
        return people

    def _mates(self, people: Whole) -> Whole:
        """These people and all who share a living or a hukou household with one of them."""
        living = self.people_of(self._columns.people["household"][people])
        hukou = distinct(self._columns.people["hukou"][people])
        order = self._columns.members("hukou")
        hukou = hukou[hukou >= 0].astype(order.owner.dtype)
        start, end = np.searchsorted(order.owner, hukou, side="left"), np.searchsorted(order.owner, hukou, side="right")
        rows, _ = stretches(start, end - start)
        return distinct(np.concatenate([people, living, rows if order.rows is None else order.rows[rows]]))

    def _who_name(self, people: Whole) -> Whole:
        """Everybody related to one of them by a relation that names them."""
        found, _ = self._named_by.of(people.astype(np.uint64))
        return distinct(found)

    @cached_property
    def _named_by(self) -> Lists:
        """By everybody whom a relation names, who is related to them by it."""
        bits = len(self._columns.people["household"]).bit_length()
        count = sum(len(there) for there, _ in self._related())
        return Lists.made(self._related, count, bits, 0, None if self._folder is None else self._folder / "named.by")

    def _related(self) -> Iterator[tuple[Whole, Whole]]:
        for code in self._relations:
            if count_of(self._columns.base.relations, code):
                person, other = (self._columns.relation_cells(code, name) for name in ("person", "other"))
                for piece in pieces_of(len(person.cells)):
                    named, who = other.cells[piece], person.cells[piece]
                    there = named >= 0 if other.empty is None else ~other.empty[piece]
                    yield named[there].astype(np.uint64), who[there]
