"""The steps that are taken over millions of rows, compiled: one pass each, whatever the rule that asks.

A step is compiled once for each width of cells, never for a rule; what a rule says is handed in as bounds and tables. Compiled
code is kept in `__pycache__` beside this file, or in the user's own cache folder where that cannot be written. Import this module
where a step is first taken: loading the compiler takes longer than a run over one household.
"""

from __future__ import annotations

import numpy as np

from jiuzhu.engines.compiled import compiled as _compiled

SUM, MAX, MIN = 0, 1, 2
_ROOM = 2**62  # as in `values`: sums below it fit into 64 bits, whatever is added next
_STRIDE = 64  # so many cells are looked at together for any that passes
_SORTED_BY_HAND = 32  # rows of a subject up to which putting each in its place is the soonest


# --- which rows ------------------------------------------------------------------------------------------------------


@_compiled
def scanned(cells, empty, open_ones, inside, low, high, table, out):  # type: ignore[no-untyped-def]
    """Writes the places of the cells that pass a test into `out`; how many these are.

    A cell passes if it lies from `low` to `high`, both of its own type, and in `table` (from `low` on; of length 0: all do), or
    does not where `inside` is false; an empty one where `open_ones` says so. empty: of length 0 where no cell is.
    """
    found, place, size = 0, 0, len(cells)
    some, few = len(empty) > 0, len(table) > 0
    base = np.int64(low)
    skips = inside and not (some and open_ones)
    while place < size:
        stop = min(place + _STRIDE, size)
        likely = not skips
        if skips:  # most stretches hold nothing that passes: seen without a branch, many cells at a time
            part = cells[place:stop]
            for step in range(len(part)):
                likely |= (part[step] >= low) & (part[step] <= high)
        if likely:
            for row in range(place, stop):
                passes = (cells[row] >= low) & (cells[row] <= high)
                if few and passes:
                    passes = table[np.int64(cells[row]) - base]
                passes = passes == inside
                if some and empty[row]:
                    passes = open_ones
                out[np.uint64(found)] = row
                found += passes
        place = stop
    return found


@_compiled
def _reached(ascending, goal, at):  # type: ignore[no-untyped-def]
    """The first place from `at` on whose number is not below the goal: the next is mostly near, so steps grow."""
    size = len(ascending)
    step, low, high = 1, at, at
    while high < size and ascending[high] < goal:
        low = high + 1
        high += step
        step *= 2
    high = min(high, size)
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < goal:
            low = middle + 1
        else:
            high = middle
    return low


@_compiled
def located(owner, positions, first, count):  # type: ignore[no-untyped-def]
    """Where each of some ascending positions begins in an ascending column, and how often it stands there."""
    at = 0
    for place in range(len(positions)):
        position = positions[place]
        for end in range(2):
            goal = position + end
            low = _reached(owner, goal, at)
            if end == 0:
                first[place] = low
            at = low
        count[place] = at - first[place]


@_compiled
def listed(first, count, rows, owner):  # type: ignore[no-untyped-def]
    """The numbers of all stretches one after the other, and which stretch each stands in."""
    at = 0
    for place in range(len(first)):
        begin = first[place]
        for step in range(count[place]):
            rows[at] = begin + step
            owner[at] = place
            at += 1


@_compiled
def renumbered(owner, subjects, number):  # type: ignore[no-untyped-def]
    """The different numbers of an ascending column, and for each row which of them it has; how many there are."""
    found = -1
    last = np.int64(-1)
    for row in range(len(owner)):
        mine = np.int64(owner[row])
        if mine != last or found < 0:
            found += 1
            subjects[found] = mine
            last = mine
        number[row] = found
    return found + 1


@_compiled
def united(left, right, out):  # type: ignore[no-untyped-def]
    """The numbers that stand in one of two ascending lists; how many there are."""
    one, two, found = 0, 0, 0
    while one < len(left) and two < len(right):
        a, b = left[one], right[two]
        out[found] = min(a, b)
        one += a <= b
        two += b <= a
        found += 1
    while one < len(left):
        out[found] = left[one]
        one += 1
        found += 1
    while two < len(right):
        out[found] = right[two]
        two += 1
        found += 1
    return found


@_compiled
def newest(at, empty, owner, number, keep):  # type: ignore[no-untyped-def]
    """Marks the rows of each subject whose `at` is among its so many greatest different ones, or empty."""
    some = len(empty) > 0
    last = np.empty(number, np.int64)
    row, size = 0, len(owner)
    while row < size:
        subject, begin, found = owner[row], row, 0
        while row < size and owner[row] == subject:
            if not (some and empty[row]):
                mine = np.int64(at[row])
                place = 0
                while place < found and last[place] > mine:
                    place += 1
                if place == found or last[place] != mine:
                    found = min(found + 1, number)
                    for step in range(found - 1, place, -1):
                        last[step] = last[step - 1]
                    if place < number:
                        last[place] = mine
            row += 1
        for mine_too in range(begin, row):
            keep[mine_too] = (some and empty[mine_too]) or (found > 0 and np.int64(at[mine_too]) >= last[found - 1])


@_compiled
def grouped(owner, keys, order, group, owners):  # type: ignore[no-untyped-def]
    """Orders the rows of each subject by their keys, and numbers the groups of equal ones; how many groups there are."""
    found = -1
    row, size = 0, len(owner)
    while row < size:
        begin, subject = row, owner[row]
        while row < size and owner[row] == subject:
            row += 1
        if row - begin <= _SORTED_BY_HAND:
            for place in range(begin, row):
                mine, at = keys[place], place
                while at > begin and keys[order[at - 1]] > mine:
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = place
        else:
            order[begin:row] = begin + np.argsort(keys[begin:row], kind="mergesort")
        for place in range(begin, row):
            if place == begin or keys[order[place]] != keys[order[place - 1]]:
                found += 1
                owners[found] = subject
            group[place] = found
    return found + 1


@_compiled
def shared(few, many, in_few, in_many):  # type: ignore[no-untyped-def]
    """Where the numbers that stand in both of two ascending lists stand in each; how many these are."""
    found, at, size = 0, 0, len(many)
    for place in range(len(few)):
        goal = few[place]
        at = _reached(many, goal, at)
        if at == size:
            break
        if many[at] == goal:
            in_few[found] = place
            in_many[found] = at
            found += 1
    return found


@_compiled
def months(days, out, within):  # type: ignore[no-untyped-def]
    """The month, counted from year 0, of days counted since 1970, and how many days of it went before."""
    for place in range(len(days)):
        day = np.int64(days[place]) + 719_468  # since 1 March of year 0: leap days stand at the end of years
        era = day // 146_097
        of_era = day - era * 146_097
        year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * year + year // 4 - year // 100)
        month = (5 * of_year + 2) // 153  # from March on
        out[place] = (era * 400 + year) * 12 + month + 2
        within[place] = of_year - (153 * month + 2) // 5


# --- what rows come to ------------------------------------------------------------------------------------------------


@_compiled
def counted(owner, subjects, value):  # type: ignore[no-untyped-def]
    """The subjects of rows, ascending, and how many rows each has; how many subjects these are."""
    found = 0
    row, size = 0, len(owner)
    while row < size:
        subject, begin = owner[row], row
        while row < size and owner[row] == subject:
            row += 1
        subjects[found] = subject
        value[found] = row - begin
        found += 1
    return found


@_compiled
def folded(which, whole, known, unknown, owner, subjects, value, there, open_cell):  # type: ignore[no-untyped-def]
    """Sum, greatest or least of the known cells of each subject, whether there are any, and whether one is unknown.

    known, unknown: of length 0 where all cells are, or none is. How many subjects these are; below zero where a sum does not fit.
    """
    some_known, some_unknown = len(known) > 0, len(unknown) > 0
    found = 0
    row, size = 0, len(owner)
    while row < size:
        subject = owner[row]
        total, any_there, any_open = np.int64(0), False, False
        while row < size and owner[row] == subject:
            if some_unknown and unknown[row]:
                any_open = True
            if not some_known or known[row]:
                cell = np.int64(whole[row])
                if not any_there:
                    total = cell
                    any_there = True
                elif which == SUM:
                    total += cell
                elif which == MAX:
                    total = max(total, cell)
                else:
                    total = min(total, cell)
                if which == SUM and not -_ROOM < total < _ROOM:
                    return -1
            row += 1
        subjects[found] = subject
        value[found] = total
        there[found] = any_there
        open_cell[found] = any_open
        found += 1
    return found


@_compiled
def of_last(latest, at, whole, known, unknown, owner, subjects, value, there, open_cell):  # type: ignore[no-untyped-def]
    """Of the rows with the last (or first) `at` of each subject the greatest known cell; open_cell: only unknown ones stand there."""
    some_known, some_unknown = len(known) > 0, len(unknown) > 0
    found = 0
    row, size = 0, len(owner)
    while row < size:
        subject = owner[row]
        end = at[row]
        best, any_there, any_open = np.int64(0), False, False
        while row < size and owner[row] == subject:
            mine = at[row]
            if mine != end and (mine > end) == latest:
                end = mine
                best, any_there, any_open = np.int64(0), False, False
            if mine == end:
                if some_unknown and unknown[row]:
                    any_open = True
                if not some_known or known[row]:
                    cell = np.int64(whole[row])
                    best = max(best, cell) if any_there else cell
                    any_there = True
            row += 1
        subjects[found] = subject
        value[found] = best
        there[found] = any_there
        open_cell[found] = any_open and not any_there
        found += 1
    return found


@_compiled
def different(cells, empty, low, owner, subjects, value):  # type: ignore[no-untyped-def]
    """How many different cells each subject has, of cells from `low` on that lie less than 64 apart; how many subjects these are."""
    some = len(empty) > 0
    found = 0
    row, size = 0, len(owner)
    while row < size:
        subject = owner[row]
        seen = np.uint64(0)
        count = 0
        while row < size and owner[row] == subject:
            if not (some and empty[row]):
                bit = np.uint64(1) << np.uint64(np.int64(cells[row]) - low)
                if not seen & bit:
                    seen |= bit
                    count += 1
            row += 1
        subjects[found] = subject
        value[found] = count
        found += 1
    return found
