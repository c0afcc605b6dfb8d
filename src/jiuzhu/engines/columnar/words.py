"""Texts as numbers, so that rules compare numbers."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole = npt.NDArray[Any]


class Words:
    """Texts as numbers, shared by all columns so that texts of two of them compare.

    listed: the words of a base on the disk, ascending; the number of each is its place. Others are numbered on behind them as
    they are met.
    """

    def __init__(self, listed: pa.Array | None = None) -> None:
        self._listed = listed if listed is not None else pa.array([], pa.large_string())
        self._size = len(self._listed)
        self._known: dict[str, int] = {}
        self._met: list[str] = []
        self._order: tuple[Whole, Whole, Whole] | None = None
        if not self._size:
            self.number("")  # empty cells hold nought, which has to be the number of something

    def number(self, text: str) -> int:
        if text not in self._known:
            place = self._place(text)
            if place < self._size and self._listed[place].as_py() == text:
                self._known[text] = place
            else:
                self._known[text] = self._size + len(self._met)
                self._met.append(text)
        return self._known[text]

    def _place(self, text: str) -> int:
        """How many of the listed sort before a text."""
        return bisect_left(range(self._size), text, key=lambda at: str(self._listed[at].as_py()))

    def numbers(self, texts: pa.ChunkedArray) -> tuple[Whole, npt.NDArray[np.bool_] | None]:
        """The numbers of a column of texts, nought where it is empty, and where that is."""
        coded = pc.dictionary_encode(texts).combine_chunks()
        known = np.array([self.number(text) for text in coded.dictionary.to_pylist()] or [0], np.int32)
        cells = known[np.asarray(pc.fill_null(coded.indices, 0))]
        if not coded.null_count:
            return cells, None
        empty = np.asarray(coded.indices.is_null())
        return np.where(empty, 0, cells), empty

    def texts(self, numbers: Whole) -> list[str]:
        return [self._met[one - self._size] if one >= self._size else self._listed[one].as_py() for one in numbers.tolist()]

    def ranks(self, numbers: Whole) -> Whole:
        """Numbers that sort as their texts do, until another text is met."""
        if not self._met:
            return numbers
        before, rank, _ = self._sorted()
        wide = numbers.astype(np.int64)
        listed = wide + np.searchsorted(before, wide, side="right")
        return np.where(wide < self._size, listed, rank[np.maximum(wide - self._size, 0)])

    def of_ranks(self, ranks: Whole) -> Whole:
        if not self._met:
            return ranks
        before, _, order = self._sorted()
        mine = before + np.arange(len(before))
        at = np.searchsorted(mine, ranks)
        near = np.minimum(at, len(mine) - 1)
        return np.where(mine[near] == ranks, self._size + order[near], ranks - at)

    def _sorted(self) -> tuple[Whole, Whole, Whole]:
        """Of the texts met, in their order: how many listed ones sort before each; the rank of each, by number; their numbers."""
        if self._order is None or len(self._order[0]) != len(self._met):
            order = np.array(sorted(range(len(self._met)), key=self._met.__getitem__), np.int64)
            before = np.array([self._place(self._met[number]) for number in order], np.int64)
            rank = np.empty(len(order), np.int64)
            rank[order] = before + np.arange(len(order))
            self._order = before, rank, order
        return self._order
