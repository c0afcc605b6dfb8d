"""One compiled pass over the rows of some subjects: which rows count, and what those of each subject come to.

What a rule says is handed in as numbers: a line for each test (see `tested.py`), a table of answers, the column that is folded. Cells are
read where they lie, by address and width, so that one pass serves every dataset and every rule, and nothing is compiled for a
rule. Rows are looked at in pieces that stay in the cache: the first test is put to a whole piece, each further one only to what
is left. Addresses must be those of arrays that whoever asks holds.
"""

from __future__ import annotations

import numpy as np
from numba.np.numpy_support import carray

from jiuzhu.engines.columnar.kernels import _reached
from jiuzhu.engines.columnar.tested import NO, PERHAPS, gathered, pointer, tested_first, tested_further
from jiuzhu.engines.compiled import compiled as _compiled

EXISTS, COUNT, SUM, MAX, MIN, LATEST, FIRST, DISTINCT = range(8)
# What is told of a pass: rows of the dataset; which fold, and the least cell (DISTINCT); where the column folded lies, its width,
# where its marks lie, and what an empty cell of it is (YES: none, PERHAPS: unknown); where `at` lies, and its width.
SIZE, WHICH, LEAST, VALUE, VALUE_WIDTH, VALUE_MARKS, VALUE_EMPTY, AT, AT_WIDTH = range(9)
# Whose rows: of all subjects from LOWEST on, of whom the first person is PERSON, the rows from BEGIN to END (below zero: of some).
# Then the arrays, each where it lies and how long it is: where the rows of each person begin; or the owner of each row,
# ascending; the household of each person; the order rows are looked at; and of some subjects the first owner of each, how many
# owners it has, and its number.
LOWEST, PERSON, BEGIN, END, STARTS, OWNERS, HOME, ORDER, FIRSTS, COUNTS, NUMBERS = 9, 10, 11, 12, *range(13, 27, 2)
ASCENDING = 27  # whether some subjects ascend
SURE, DOUBTFUL, KNOWN, OPEN = 1, 2, 4, 8  # a subject has a sure row, a doubtful one, a known cell, an unknown one that counts
PIECE = 2048  # rows
_DENSE = 4  # where more than one row in so many is left, whose they are is told of all
_ROOM = 2**62  # as in `values`: sums below it fit into 64 bits, whatever is added next


# --- whose rows -------------------------------------------------------------------------------------------------------


@_compiled
def _owned(starts, owners, home, low, begin, end, rows, count, person, whose, every):  # type: ignore[no-untyped-def]
    """The subject, less `low`, of each of these ascending rows, of a piece from `begin` to `end` or the rows before it.

    person: the owner of the first row or one before it. every: room for a number a row. An owner to begin with next time.
    """
    if len(starts) and count * _DENSE > end - begin:  # most rows: those of all are told, without a branch a row
        size = end - begin
        every[: size + 1] = 0
        while starts[person + 1] <= begin:
            person += 1
        owner, at = person, person + 1
        while starts[at] < end:
            every[starts[at] - begin] += 1
            at += 1
        for step in range(size):
            owner += every[step]
            every[step] = owner
        for place in range(count):
            whose[place] = every[rows[place] - begin]
        person = owner
    elif len(starts):
        for place in range(count):
            goal = rows[place] + 1
            if starts[person + 1] < goal:
                person = _reached(starts, goal, person + 2) - 1
            whose[place] = person
    else:
        for place in range(count):
            whose[place] = owners[rows[place]]
    if len(home):
        for place in range(count):
            whose[place] = home[whose[place]] - low
    else:
        for place in range(count):
            whose[place] -= low
    return person


@_compiled
def _of_some(told, rows, whose, turn):  # type: ignore[no-untyped-def]
    """The next piece of rows of the subjects asked about, and whose each is; how many these are: fewer than a piece at the end.

    turn: the subject whose turn it is, the next of its rows and their end, where its owner was found, and whether subjects ascend.
    """
    starts, owners = _numbers_of(told, STARTS), _numbers_of(told, OWNERS)
    order, firsts, counts, numbers = (
        _numbers_of(told, ORDER),
        _longs_of(told, FIRSTS),
        _longs_of(told, COUNTS),
        _longs_of(told, NUMBERS),
    )
    goal, slot, stop, at = turn[0], turn[1], turn[2], turn[3]
    count = 0
    while count < PIECE:
        if slot < stop:
            subject = numbers[goal] if len(numbers) else goal
            for _ in range(min(stop - slot, PIECE - count)):
                rows[count] = slot
                whose[count] = subject
                slot += 1
                count += 1
            continue
        goal += 1
        if goal >= len(firsts):
            break
        owner = firsts[goal]
        if owner < 0:
            continue
        many = counts[goal] if len(counts) else np.int64(1)
        if len(starts):
            slot, stop = np.int64(starts[owner]), np.int64(starts[owner + many])
            continue
        if at and owners[at - 1] >= owner:
            at = 0
        slot = _reached(owners, owner, at)
        stop = _reached(owners, owner + many, slot)
        at = stop
        if slot == stop and turn[4]:  # nothing there: on to the subject of the next row
            if at == len(owners):
                break
            goal = max(goal, _reached(firsts, np.int64(owners[at]) + 1, goal + 1) - 2)
    if len(order):
        for place in range(count):
            rows[place] = order[rows[place]]
    turn[0], turn[1], turn[2], turn[3] = goal, slot, stop, at
    return count


@_compiled
def _numbers_of(told, which):  # type: ignore[no-untyped-def]
    return carray(pointer(told[which]), (told[which + 1],), np.int32)


@_compiled
def _longs_of(told, which):  # type: ignore[no-untyped-def]
    return carray(pointer(told[which]), (told[which + 1],), np.int64)


# --- what they come to ------------------------------------------------------------------------------------------------

# Each writes what the subject of the last row comes to so far after every row, so that no row asks for a branch. state: the place
# of that subject, below zero before the first; its number; what it comes to; what is told of it; its end, or the cells seen.


@_compiled
def _counted(whose, doubts, count, state, subjects, value, told):  # type: ignore[no-untyped-def]
    found, subject, total, marks = state[0], state[1], state[2], state[3]
    for place in range(count):
        mine = np.int64(whose[place])
        same = mine == subject
        subject = mine
        found += not same
        sure = not doubts[place]
        total = total * same + sure
        marks = marks * same | (SURE if sure else DOUBTFUL)
        subjects[found] = mine
        value[found] = total
        told[found] = marks
    state[0], state[1], state[2], state[3] = found, subject, total, marks


@_compiled
def _summed(whose, doubts, cells, gone, count, state, subjects, value, told):  # type: ignore[no-untyped-def]
    found, subject, total, marks = state[0], state[1], state[2], state[3]
    fits = True
    for place in range(count):
        mine = np.int64(whose[place])
        same = mine == subject
        subject = mine
        found += not same
        sure = not doubts[place]
        counts = sure & (gone[place] == NO)
        total = total * same + cells[place] * counts
        fits &= -_ROOM < total < _ROOM
        marks = marks * same | (SURE | KNOWN * counts | OPEN * (gone[place] == PERHAPS) if sure else DOUBTFUL)
        subjects[found] = mine
        value[found] = total
        told[found] = marks
    state[0], state[1], state[2], state[3] = found, subject, total, marks
    return fits


@_compiled
def _outermost(greatest, whose, doubts, cells, gone, count, state, subjects, value, told):  # type: ignore[no-untyped-def]
    found, subject, total, marks = state[0], state[1], state[2], state[3]
    for place in range(count):
        mine = np.int64(whose[place])
        same = mine == subject
        subject = mine
        found += not same
        total, marks = total * same, marks * same
        cell = cells[place]
        sure = not doubts[place]
        counts = sure & (gone[place] == NO)
        better = counts & ((marks & KNOWN == 0) | (cell > total if greatest else cell < total))
        total = cell if better else total
        marks |= SURE | KNOWN * counts | OPEN * (gone[place] == PERHAPS) if sure else DOUBTFUL
        subjects[found] = mine
        value[found] = total
        told[found] = marks
    state[0], state[1], state[2], state[3] = found, subject, total, marks


@_compiled
def _at_end(latest, whose, doubts, cells, gone, ats, count, state, subjects, value, told):  # type: ignore[no-untyped-def]
    """The greatest known cell of the rows with the last (or first) `at`."""
    found, subject, total, marks, end = state[0], state[1], state[2], state[3], state[4]
    for place in range(count):
        mine = np.int64(whose[place])
        if mine != subject:
            found += 1
            subject, total, marks = mine, np.int64(0), np.int64(0)
        if doubts[place]:
            marks |= DOUBTFUL
        else:
            at = ats[place]
            if not marks & SURE or (at > end if latest else at < end):
                end, total, marks = at, np.int64(0), marks & DOUBTFUL | SURE
            if at == end:
                if gone[place] == NO:
                    total = max(total, cells[place]) if marks & KNOWN else cells[place]
                    marks |= KNOWN
                elif gone[place] == PERHAPS:
                    marks |= OPEN
        subjects[found] = mine
        value[found] = total
        told[found] = marks
    state[0], state[1], state[2], state[3], state[4] = found, subject, total, marks, end


@_compiled
def _different(least, whose, doubts, cells, gone, count, state, subjects, value, told):  # type: ignore[no-untyped-def]
    """How many different cells, which lie less than 64 apart."""
    found, subject, total, marks, seen = state[0], state[1], state[2], state[3], np.uint64(state[4])
    for place in range(count):
        mine = np.int64(whose[place])
        if mine != subject:
            found += 1
            subject, total, marks, seen = mine, np.int64(0), np.int64(0), np.uint64(0)
        if doubts[place]:
            marks |= DOUBTFUL
        else:
            marks |= SURE
            if gone[place] == NO:
                bit = np.uint64(1) << np.uint64(cells[place] - least)
                total += np.int64((seen & bit) == 0)
                seen |= bit
        subjects[found] = mine
        value[found] = total
        told[found] = marks
    state[0], state[1], state[2], state[3], state[4] = found, subject, total, marks, np.int64(seen)


@_compiled
def swept(asked, tests, tables, subjects, value, told):  # type: ignore[no-untyped-def]
    """What the rows of each subject that pass all tests come to; how many subjects have any, below zero: a sum is too large.

    asked: numbers as above. tests: lines as above. subjects, value, told: room for the number of each subject with rows, what
    they come to, and what is told of it; in the order in which subjects are asked about.
    """
    size, which = asked[SIZE], asked[WHICH]
    starts, owners, home = _numbers_of(asked, STARTS), _numbers_of(asked, OWNERS), _numbers_of(asked, HOME)
    marked = carray(pointer(asked[VALUE_MARKS]), (size if asked[VALUE_MARKS] else 0,), np.bool_)
    rows, doubts, whose = np.empty(PIECE, np.int64), np.zeros(PIECE, np.bool_), np.empty(PIECE, np.int32)
    cells, gone, ats = np.zeros(PIECE, np.int64), np.zeros(PIECE, np.uint8), np.zeros(PIECE, np.int64)
    every = np.empty(PIECE + 1, np.int32)
    state, turn = np.zeros(5, np.int64), np.zeros(5, np.int64)
    state[0], state[1], turn[0], turn[4] = -1, -1, -1, asked[ASCENDING]
    whole = asked[BEGIN] >= 0
    place, last, person = asked[BEGIN], asked[END], asked[PERSON]
    number = len(tests)
    while True:
        begin = place
        if whole:
            if place >= last:
                break
            place = min(place + PIECE, last)
            if number:
                count = tested_first(tests[0], tables, size, begin, place, rows, doubts)
            else:
                count = place - begin
                for step in range(count):
                    rows[step] = begin + step
            for test in range(1, number):
                if count:
                    count = tested_further(tests[test], tables, size, rows, doubts, whose, count)
            if count:
                person = _owned(starts, owners, home, asked[LOWEST], begin, place, rows, count, person, whose, every)
        else:
            count = _of_some(asked, rows, whose, turn)
            if not count:
                break
            doubts[:count] = False
            for test in range(number):
                if count:
                    count = tested_further(tests[test], tables, size, rows, doubts, whose, count)
        if not count:
            continue
        if asked[VALUE]:
            gathered(asked[VALUE], asked[VALUE_WIDTH], size, rows, count, cells)
            if len(marked):
                for step in range(count):
                    gone[step] = asked[VALUE_EMPTY] if marked[rows[step]] else NO
        if which <= COUNT:
            _counted(whose, doubts, count, state, subjects, value, told)
        elif which == SUM:
            if not _summed(whose, doubts, cells, gone, count, state, subjects, value, told):
                return -1
        elif which <= MIN:
            _outermost(which == MAX, whose, doubts, cells, gone, count, state, subjects, value, told)
        elif which == DISTINCT:
            _different(asked[LEAST], whose, doubts, cells, gone, count, state, subjects, value, told)
        else:
            gathered(asked[AT], asked[AT_WIDTH], size, rows, count, ats)
            _at_end(which == LATEST, whose, doubts, cells, gone, ats, count, state, subjects, value, told)
    return state[0] + 1
