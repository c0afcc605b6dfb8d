"""Tests of cells for compiled passes: cells are read where they lie, by address and width, so that one test serves every column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from jiuzhu.engines.compiled import compiled as _compiled

# A line of a test: where its column lies, bytes of a cell, the cells that pass and whether it is these or all others, where its
# table begins and how many answers that has (none: all between the bounds pass), where its marks of empty cells lie, and what
# an empty cell answers.
ADDRESS, WIDTH, LOW, HIGH, INSIDE, TABLE, ANSWERS, MARKS, EMPTY = range(9)
NO, YES, PERHAPS = 0, 1, 2
_STRIDE = 64  # so many cells are looked at together for any that passes


def _pointer_to(context, address):  # type: ignore[no-untyped-def]
    def made(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), made


pointer: Any = intrinsic(_pointer_to)


# --- tests ------------------------------------------------------------------------------------------------------------


@_compiled
def _answer(cell, low, high, inside, table, base):  # type: ignore[no-untyped-def]
    within = (cell >= low) & (cell <= high)
    if len(table):
        return np.uint8(table[np.int64(cell) - base]) if within else np.uint8(NO)
    return np.uint8(within == inside)


@_compiled
def _first(cells, low, high, inside, table, marks, empty, begin, end, rows, doubts):  # type: ignore[no-untyped-def]
    """The rows from `begin` to `end` whose cells pass, or perhaps do; how many these are."""
    found, place, some = 0, begin, len(marks) > 0
    base = np.int64(low)
    skips = inside and not (some and empty != NO)
    while place < end:
        stop = min(place + _STRIDE, end)
        likely = not skips
        if skips:  # most stretches hold nothing that passes: seen without a branch, many cells at a time
            part = cells[place:stop]
            for step in range(len(part)):
                likely |= (part[step] >= low) & (part[step] <= high)
        if likely:
            for row in range(place, stop):
                answer = _answer(cells[row], low, high, inside, table, base)
                if some and marks[row]:
                    answer = np.uint8(empty)
                rows[found] = row
                doubts[found] = answer == PERHAPS
                found += answer != NO
        place = stop
    return found


@_compiled
def _further(cells, low, high, inside, table, marks, empty, rows, doubts, whose, count):  # type: ignore[no-untyped-def]
    """Which of these rows pass too, with what is told beside them; how many these are."""
    found, some = 0, len(marks) > 0
    base = np.int64(low)
    for place in range(count):
        row = rows[place]
        answer = _answer(cells[row], low, high, inside, table, base)
        if some and marks[row]:
            answer = np.uint8(empty)
        rows[found] = row
        whose[found] = whose[place]
        doubts[found] = doubts[place] | (answer == PERHAPS)
        found += answer != NO
    return found


@_compiled
def tested_first(test, tables, size, begin, end, rows, doubts):  # type: ignore[no-untyped-def]
    low, high, inside, empty, address = test[LOW], test[HIGH], test[INSIDE] != 0, test[EMPTY], test[ADDRESS]
    table = tables[test[TABLE] : test[TABLE] + test[ANSWERS]]
    marks = carray(pointer(test[MARKS]), (size if test[MARKS] else 0,), np.bool_)
    if test[WIDTH] == 1:
        cells1 = carray(pointer(address), (size,), np.int8)
        return _first(cells1, np.int8(low), np.int8(high), inside, table, marks, empty, begin, end, rows, doubts)
    if test[WIDTH] == 2:
        cells2 = carray(pointer(address), (size,), np.int16)
        return _first(cells2, np.int16(low), np.int16(high), inside, table, marks, empty, begin, end, rows, doubts)
    if test[WIDTH] == 4:
        cells4 = carray(pointer(address), (size,), np.int32)
        return _first(cells4, np.int32(low), np.int32(high), inside, table, marks, empty, begin, end, rows, doubts)
    cells8 = carray(pointer(address), (size,), np.int64)
    return _first(cells8, low, high, inside, table, marks, empty, begin, end, rows, doubts)


@_compiled
def tested_further(test, tables, size, rows, doubts, whose, count):  # type: ignore[no-untyped-def]
    low, high, inside, empty, address = test[LOW], test[HIGH], test[INSIDE] != 0, test[EMPTY], test[ADDRESS]
    table = tables[test[TABLE] : test[TABLE] + test[ANSWERS]]
    marks = carray(pointer(test[MARKS]), (size if test[MARKS] else 0,), np.bool_)
    if test[WIDTH] == 1:
        cells1 = carray(pointer(address), (size,), np.int8)
        return _further(cells1, np.int8(low), np.int8(high), inside, table, marks, empty, rows, doubts, whose, count)
    if test[WIDTH] == 2:
        cells2 = carray(pointer(address), (size,), np.int16)
        return _further(cells2, np.int16(low), np.int16(high), inside, table, marks, empty, rows, doubts, whose, count)
    if test[WIDTH] == 4:
        cells4 = carray(pointer(address), (size,), np.int32)
        return _further(cells4, np.int32(low), np.int32(high), inside, table, marks, empty, rows, doubts, whose, count)
    cells8 = carray(pointer(address), (size,), np.int64)
    return _further(cells8, low, high, inside, table, marks, empty, rows, doubts, whose, count)


@_compiled
def gathered(address, width, size, rows, count, out):  # type: ignore[no-untyped-def]
    """The cells of these rows."""
    if width == 1:
        cells1 = carray(pointer(address), (size,), np.int8)
        for place in range(count):
            out[place] = cells1[rows[place]]
    elif width == 2:
        cells2 = carray(pointer(address), (size,), np.int16)
        for place in range(count):
            out[place] = cells2[rows[place]]
    elif width == 4:
        cells4 = carray(pointer(address), (size,), np.int32)
        for place in range(count):
            out[place] = cells4[rows[place]]
    else:
        cells8 = carray(pointer(address), (size,), np.int64)
        for place in range(count):
            out[place] = cells8[rows[place]]
