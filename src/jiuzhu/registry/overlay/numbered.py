"""Finds the row of a record id in a table of the base, by the 64-bit number of the id: rows in lists by its first bits.

The id itself is read where it lies, so a row costs its place and a share of where its list begins, and all lists are made in
two passes without sorting. They lie in files that are mapped.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.columns import stretches
from jiuzhu.engines.columnar.steps import MANY
from jiuzhu.engines.mapped import MappedRows, row_numbers
from jiuzhu.registry.vault.texts import text_numbers

Whole = npt.NDArray[Any]
_SHARE = 4  # rows to a list at most, if ids are spread evenly
_AT_ONCE = 1 << 16  # rows whose numbers stay in the cache


class Numbered:
    """The ids of one table; made in a folder where it does not exist."""

    def __init__(self, lying: MappedRows, folder: Path) -> None:
        self._lying = lying
        bits = max((lying.num_rows // _SHARE).bit_length(), 1)
        self._shift = np.uint64(64 - bits)
        if not folder.exists():
            self._make(folder, 1 << bits)
        self._starts, self._rows = (_mapped(folder / name) for name in ("starts.npy", "rows.npy"))

    def rows(self, asked: Whole) -> Whole:
        """The first row of each of these numbers of ids, below zero where there is none."""
        found = np.full(len(asked), -1, np.int64)
        which = (asked >> self._shift).astype(np.intp)
        begin = self._starts[which].astype(np.int64)
        at, of = stretches(begin, self._starts[which + 1] - begin)
        if len(at):
            rows = self._rows[at]
            same = np.flatnonzero(self._numbers(rows) == asked[of])[::-1]  # the first of several is written last
            found[of[same]] = rows[same]
        return found

    def _numbers(self, rows: Any) -> Whole:
        """The numbers of the ids of rows (a slice or row numbers)."""
        told = self._lying.numbered("record_id")
        if told is None or len(row_numbers(rows, self._lying.num_rows)) < MANY:
            return text_numbers(self._lying.wide_column("record_id", rows))
        from jiuzhu.registry.overlay import listing

        return listing.digit_numbers(*told, self._lying.cells("record_id", rows).cells)

    def _make(self, folder: Path, lists: int) -> None:
        from jiuzhu.registry.overlay import listing

        aside = folder.with_suffix(".part")
        aside.mkdir(exist_ok=True)
        count = self._lying.num_rows
        starts, rows = _room(aside / "starts.npy", lists + 1, count), _room(aside / "rows.npy", count, count)
        for begin in range(0, count, _AT_ONCE):
            listing.counted(self._numbers(slice(begin, begin + _AT_ONCE)), self._shift, starts)
        listing.summed_up(starts)
        for begin in range(0, count, _AT_ONCE):
            listing.placed(self._numbers(slice(begin, begin + _AT_ONCE)), self._shift, starts, rows, begin)
        listing.moved_on(starts)
        aside.rename(folder)


def _room(path: Path, count: int, most: int) -> Whole:
    """Noughts in a file, mapped. Its blocks are asked for at once: a full disk must be heard of now, not when a page is written."""
    kind = np.int32 if most < 2**31 else np.int64
    room = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=(count,))  # type: ignore[no-untyped-call]
    with path.open("rb+") as file:
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return np.asarray(room)


def _mapped(path: Path) -> Whole:
    return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]
