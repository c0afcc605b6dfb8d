"""The door to the compiled steps: makes the room they write into, and takes few rows step by step, sooner than a compiler is loaded."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.values import Index, Mask

Array = npt.NDArray[Any]
Folded = tuple[Index, Array, npt.NDArray[np.bool_], Mask]
MANY = 512  # rows or subjects from which on a compiled step pays
_NONE = np.empty(0, bool)


def readable(cells: Array) -> Array:
    """The same cells, not to be written to: compiled steps know one kind of array, whether it lies on the disk or not."""
    view = np.asarray(cells).view()
    view.flags.writeable = False
    return view


def whole_cells(cells: Array) -> Array:
    """Booleans as whole numbers."""
    return readable(cells.view(np.uint8) if cells.dtype == np.bool_ else cells)


class _Room(threading.local):
    """Room for what a step finds before it is known how much that is, used again and again: fresh pages cost more than the step."""

    def __init__(self) -> None:
        self.numbers = np.empty(0, np.intp)

    def of(self, count: int) -> Index:
        if len(self.numbers) < count:
            self.numbers = np.empty(count, np.intp)
        return self.numbers


_room = _Room()


def pays(owner: Array, whole: Array | None = None) -> bool:
    """Whether a compiled step pays for rows of these owners, and holds their values."""
    return len(owner) >= MANY and (whole is None or whole.dtype != object)


def _marks(mark: Mask, all_of: bool, count: int) -> Array:
    """A mask for a compiled step: of length 0 where it is `all_of` everywhere."""
    if mark is all_of:
        return readable(_NONE)
    return readable(mark if isinstance(mark, np.ndarray) else np.full(count, mark))


def _owners(owner: Array) -> Array:
    return readable(owner.astype(np.int32, copy=False))


def _subjects_of(owner: Array) -> int:
    """At most so many subjects have these rows."""
    return min(len(owner), int(owner[-1]) - int(owner[0]) + 1)


def numbered(owner: Array) -> tuple[Index, Array]:
    """The different numbers of an ascending column, and which of them each row has."""
    if len(owner) < MANY:
        new = np.concatenate([[True], owner[1:] != owner[:-1]])
        return owner[new].astype(np.intp, copy=False), np.cumsum(new) - 1
    from jiuzhu.engines.columnar import kernels

    subjects, number = np.empty(_subjects_of(owner), np.intp), np.empty(len(owner), np.int32)
    return subjects[: kernels.renumbered(_owners(owner), subjects, number)].copy(), number


def counted(owner: Array) -> tuple[Index, Array]:
    """The subjects of rows, ascending, and how many rows each has."""
    if len(owner) < MANY:
        subjects, number = numbered(owner)
        return subjects, np.bincount(number, minlength=len(subjects))
    from jiuzhu.engines.columnar import kernels

    room = _subjects_of(owner)
    subjects, value = np.empty(room, np.intp), np.empty(room, np.int64)
    found = kernels.counted(_owners(owner), subjects, value)
    return subjects[:found], value[:found]


def _for_subjects(owner: Array) -> tuple[Array, Array, Array, Array]:
    """Room for what the subjects of rows come to: subjects, value, whether there is one, whether a cell is unknown."""
    room = _subjects_of(owner)
    return np.empty(room, np.intp), np.empty(room, np.int64), np.empty(room, bool), np.empty(room, bool)


def _filled(room: tuple[Array, Array, Array, Array], found: int, unknown: Mask) -> Folded:
    subjects, value, there, open_cell = (part[:found] for part in room)
    return subjects, value, there, False if unknown is False else open_cell


def folded(which: str, whole: Array, known: Mask, unknown: Mask, owner: Array) -> Folded | None:
    """The subjects, sum, greatest or least of the known cells of each, where there are any, and where one is unknown.

    None: a sum runs over 64 bits.
    """
    from jiuzhu.engines.columnar import kernels

    size, room = len(owner), _for_subjects(owner)
    found = kernels.folded(
        {"sum": kernels.SUM, "max": kernels.MAX, "min": kernels.MIN}[which],
        whole_cells(whole),
        _marks(known, True, size),
        _marks(unknown, False, size),
        _owners(owner),
        *room,
    )
    return None if found < 0 else _filled(room, found, unknown)


def of_last(latest: bool, at: Array, whole: Array, known: Mask, unknown: Mask, owner: Array) -> Folded:
    """Of the rows with the last (or first) `at` of each subject the greatest known cell; at last where only unknown ones stand."""
    from jiuzhu.engines.columnar import kernels

    size, room = len(owner), _for_subjects(owner)
    found = kernels.of_last(
        latest,
        readable(at.astype(np.int64, copy=False)),
        whole_cells(whole),
        _marks(known, True, size),
        _marks(unknown, False, size),
        _owners(owner),
        *room,
    )
    return _filled(room, found, unknown)


def different(cells: Array, empty: Array | None, owner: Array) -> tuple[Index, Array]:
    """The subjects, and how many different cells each has, of cells that lie less than 64 apart."""
    from jiuzhu.engines.columnar import kernels

    room = _subjects_of(owner)
    subjects, value = np.empty(room, np.intp), np.empty(room, np.int64)
    marks = readable(_NONE if empty is None else empty)
    found = kernels.different(whole_cells(cells), marks, int(cells.min()), _owners(owner), subjects, value)
    return subjects[:found], value[:found]


def newest(at: Array, empty: Array | None, owner: Array, number: int) -> npt.NDArray[np.bool_]:
    """The rows of each subject whose `at` is among its so many greatest different ones, or empty."""
    from jiuzhu.engines.columnar import kernels

    keep = np.empty(len(owner), bool)
    kernels.newest(whole_cells(at), readable(_NONE if empty is None else empty), _owners(owner), number, keep)
    return keep


def grouped(owner: Array, keys: Array) -> tuple[Index, Array, Array]:
    """Rows of ascending subjects in the order of their keys within each; the group of equal ones each stands in; whose each group is."""
    from jiuzhu.engines.columnar import kernels

    order, group = np.empty(len(owner), np.intp), np.empty(len(owner), np.int32)
    owners = np.empty(len(owner), np.intp)
    count = kernels.grouped(_owners(owner), readable(keys), order, group, owners)
    return order, group, owners[:count].copy()


def located(owner: Array, positions: Array) -> tuple[Array, Array]:
    """Where ascending positions begin in an ascending column, and how often each stands there."""
    from jiuzhu.engines.columnar import kernels

    first, count = np.empty(len(positions), np.intp), np.empty(len(positions), np.intp)
    kernels.located(readable(owner), readable(positions.astype(np.int64, copy=False)), first, count)
    return first, count


def listed(first: Array, count: Array) -> tuple[Index, Array]:
    """The numbers of all stretches one after the other, and which stretch each stands in."""
    from jiuzhu.engines.columnar import kernels

    size = int(count.sum())
    rows, owner = np.empty(size, np.intp), np.empty(size, np.int32)
    kernels.listed(readable(first.astype(np.int64, copy=False)), readable(count.astype(np.int64, copy=False)), rows, owner)
    return rows, owner


def united(left: Index, right: Index) -> Index:
    """The numbers that stand in one of two ascending lists."""
    if len(left) + len(right) < MANY:
        return np.union1d(left, right)
    from jiuzhu.engines.columnar import kernels

    out = _room.of(len(left) + len(right))
    return out[: kernels.united(readable(left), readable(right), out)].copy()


def shared(few: Index, many: Index) -> tuple[Index, Index]:
    """Where the numbers that stand in both of two ascending lists stand in each; the first is the shorter one."""
    if len(many) < MANY:
        place = np.minimum(np.searchsorted(many, few), len(many) - 1)
        in_few = np.flatnonzero(many[place] == few) if len(many) else _room.of(0)
        return in_few, place[in_few]
    from jiuzhu.engines.columnar import kernels

    in_few, in_many = np.empty(len(few), np.intp), np.empty(len(few), np.intp)
    found = kernels.shared(readable(few), readable(many), in_few, in_many)
    return in_few[:found], in_many[:found]


def months(days: Array) -> tuple[Array, Array]:
    """The months, counted from year 0, of many days counted since 1970, and how many days of each went before."""
    from jiuzhu.engines.columnar import kernels

    out, within = np.empty(len(days), np.int64), np.empty(len(days), np.int64)
    kernels.months(readable(days), out, within)
    return out, within


def scanned(
    cells: Array, empty: Array | None, bounds: tuple[int, int], table: Array, *, inside: bool, open_ones: bool
) -> Index | None:
    """The places of the cells that pass; None: all do. bounds: within what the type of the cells holds; else as in the kernel."""
    from jiuzhu.engines.columnar import kernels

    low, high = (cells.dtype.type(bound) for bound in bounds)
    out = _room.of(len(cells))
    found = kernels.scanned(
        readable(cells), readable(_NONE if empty is None else empty), open_ones, inside, low, high, table, out
    )
    return None if found == len(cells) else out[:found].copy()
