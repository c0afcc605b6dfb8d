"""Rows in lists by the first bits of a 64-bit number each has: found by one look, made in two passes without sorting.

The number itself is read, or made, where the row lies, so that a row costs its place and a share of where its list begins. Lists of
what is plain in the base lie in files that are mapped.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.crypto.files import synced
from jiuzhu.engines.columnar.columns import stretches
from jiuzhu.engines.columnar.steps import MANY
from jiuzhu.engines.mapped import MappedRows, row_numbers
from jiuzhu.registry.vault.texts import mixed, text_numbers

Whole = npt.NDArray[Any]
Numbers = npt.NDArray[np.uint64]
Pieces = Callable[[], Iterable[tuple[Numbers, Whole]]]  # numbers, and the row of each; asked for twice
STARTS, ROWS = "starts.npy", "rows.npy"
_SHARE = 4  # rows to a list at most, if numbers are spread evenly
_AT_ONCE = 1 << 16  # rows whose numbers stay in the cache


class Lists:
    """starts: where the rows of each list begin in `rows`, and the end. shift: the bits of a number that do not choose its list."""

    def __init__(self, starts: Whole, rows: Whole, shift: int) -> None:
        self._starts, self._rows, self._shift = starts, rows, np.uint64(shift)

    @staticmethod
    def made(pieces: Pieces, count: int, bits: int, shift: int, folder: Path | None = None) -> Lists:
        """Lists of so many rows, as many as the bits tell apart; of a folder those that lie there, or it is made."""
        if folder is None:
            starts, rows = np.zeros((1 << bits) + 1, np.int32), np.zeros(count, np.int32)
            _fill(pieces, shift, starts, rows)
            return Lists(starts, rows, shift)
        if not folder.exists():
            ready(folder.parent)
            with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as other:
                aside = Path(other) / folder.name
                aside.mkdir()
                _fill(pieces, shift, _room(aside / STARTS, (1 << bits) + 1), _room(aside / ROWS, count))
                for name in (STARTS, ROWS):
                    synced(aside / name)
                try:
                    aside.rename(folder)
                except OSError:
                    if not folder.exists():  # else another process was sooner, and made the same
                        raise
        return Lists(mapped(folder / STARTS), mapped(folder / ROWS), shift)

    def of(self, numbers: Numbers) -> tuple[Whole, Whole]:
        """The rows in the lists of these numbers, in the order they were given, and the place of the number of each."""
        which = (numbers >> self._shift).astype(np.intp)
        begin = self._starts[which].astype(np.int64)
        at, of = stretches(begin, self._starts[which + 1] - begin)
        return self._rows[at], of


def spread(count: int) -> tuple[int, int]:
    """For so many rows the bits that choose a list, and those that do not."""
    bits = max((count // _SHARE).bit_length(), 1)
    return bits, 64 - bits


def pieces_of(count: int) -> Iterable[slice]:
    """So many rows, some at once."""
    return (slice(begin, min(begin + _AT_ONCE, count)) for begin in range(0, count, _AT_ONCE))


def first_of(lists: Lists, asked: Numbers, numbers: Callable[[Whole], Numbers]) -> Whole:
    """The first row that has each of these numbers, below zero where none has. numbers: of rows."""
    found = np.full(len(asked), -1, np.int64)
    rows, of = lists.of(asked)
    if len(rows):
        same = np.flatnonzero(numbers(rows) == asked[of])[::-1]  # the first of several is written last
        found[of[same]] = rows[same]
    return found


class Numbered:
    """The rows of a table of the base by their record ids, in a folder."""

    def __init__(self, lying: MappedRows, folder: Path) -> None:
        self._lying = lying
        self._lists = Lists.made(self._pieces, lying.num_rows, *spread(lying.num_rows), folder)

    def rows(self, asked: Numbers) -> Whole:
        """The first row of each of these numbers of ids, below zero where there is none."""
        return first_of(self._lists, asked, self._numbers)

    def _pieces(self) -> Iterable[tuple[Numbers, Whole]]:
        for piece in pieces_of(self._lying.num_rows):
            yield self._numbers(piece), np.arange(piece.start, piece.stop)

    def _numbers(self, rows: Any) -> Numbers:
        """The numbers of the ids of rows (a slice or row numbers)."""
        told = self._lying.numbered("record_id")
        if told is None or len(row_numbers(rows, self._lying.num_rows)) < MANY:
            return text_numbers(self._lying.wide_column("record_id", rows))
        from jiuzhu.registry.overlay import listing

        return listing.digit_numbers(*told, self._lying.cells("record_id", rows).cells)


class Persons:
    """Positions by person id, in memory: ids are not for the disk. ids: by position, each once."""

    def __init__(self, ids: Whole) -> None:
        self._ids = ids
        self._lists = Lists.made(self._pieces, len(ids), *spread(len(ids)))

    def find(self, ids: Whole) -> Whole:
        """The position of each of these persons, below zero where there is none."""
        return first_of(self._lists, mixed(ids.astype(np.uint64)), self._numbers)

    def _pieces(self) -> Iterable[tuple[Numbers, Whole]]:
        for piece in pieces_of(len(self._ids)):
            yield self._numbers(piece), np.arange(piece.start, piece.stop)

    def _numbers(self, rows: Any) -> Numbers:
        return mixed(self._ids[rows].astype(np.uint64))


def ready(folder: Path) -> None:
    """Make the folder of what is made once for a release, and throw away those of releases before."""
    if not folder.exists():
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)


def mapped(path: Path) -> Whole:
    """Numbers in a file. As plain ones: looking into mapped ones copies them to their own kind each time."""
    return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]


def _fill(pieces: Pieces, shift: int, starts: Whole, rows: Whole) -> None:
    from jiuzhu.registry.overlay import listing

    for numbers, _ in pieces():
        listing.counted(numbers, np.uint64(shift), starts)
    listing.summed_up(starts)
    for numbers, some in pieces():
        listing.placed(numbers, np.uint64(shift), starts, rows, some)
    listing.moved_on(starts)


def _room(path: Path, count: int) -> Whole:
    """Noughts, mapped. Blocks of the disk are asked for at once: that it is full is heard of now, not when a page is written."""
    room = np.lib.format.open_memmap(path, mode="w+", dtype=np.int32, shape=(count,))
    with path.open("rb+") as file:
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return np.asarray(room)
