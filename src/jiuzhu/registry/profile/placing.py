"""Whose a row is and where it goes, for very many rows: compiled once, kept beside this file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.compiled import compiled

Whole = npt.NDArray[Any]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # multiplied by it, near numbers land far from each other


class People:
    """Numbers persons from nought, in the order given, and finds them again: one look into memory a row."""

    def __init__(self, persons: Whole) -> None:
        """persons: each once."""
        bits = max(int(len(persons) * 2 - 1).bit_length(), 1)
        self._shift = np.uint64(64 - bits)
        self._persons = np.zeros(1 << bits, np.int64)
        self._places = np.full(1 << bits, -1, np.int32)
        _fill(self._persons, self._places, self._shift, np.ascontiguousarray(persons, np.int64))

    def find(self, persons: Whole) -> Whole:
        """The number of each, below zero for a stranger."""
        found = np.empty(len(persons), np.int32)
        _look(self._persons, self._places, self._shift, np.ascontiguousarray(persons, np.int64), found)
        return found


@compiled
def _fill(keys: Any, places: Any, shift: Any, persons: Any) -> None:  # pragma: no cover
    mask = len(keys) - 1
    for at in range(len(persons)):
        place = (np.uint64(persons[at]) * _SPREAD) >> shift
        while places[place] >= 0:
            place = np.uint64((place + np.uint64(1)) & np.uint64(mask))
        keys[place] = persons[at]
        places[place] = at


@compiled
def _look(keys: Any, places: Any, shift: Any, persons: Any, found: Any) -> None:  # pragma: no cover
    mask = len(keys) - 1
    for at in range(len(persons)):
        place = (np.uint64(persons[at]) * _SPREAD) >> shift
        while places[place] >= 0 and keys[place] != persons[at]:
            place = np.uint64((place + np.uint64(1)) & np.uint64(mask))
        found[at] = places[place]


def in_order(person: Whole, home: Whole, record: Whole, people: int) -> Whole:
    """The order of rows by person (nobody, below zero, first), then by `home`, then by `record`.

    home: empty where every row has that of its person. record: each once. people: how many there are.
    """
    order = np.empty(len(person), np.int32 if len(person) < 2**31 else np.int64)
    ends = np.zeros(people + 2, np.int64)
    records, homes = np.empty(len(person), np.int64), np.empty(len(home), np.int32)
    _by_person(person, home, record, ends, order, homes, records)
    _within(ends, order, homes, records)
    return order


@compiled
def _by_person(person: Any, home: Any, record: Any, ends: Any, order: Any, homes: Any, records: Any) -> None:  # pragma: no cover
    """Rows of a person together, each behind the last, with what they are sorted by: `_within` then stays where it is in memory."""
    for at in range(len(person)):
        ends[person[at] + 1] += 1
    total = 0
    for one in range(len(ends)):
        count = ends[one]
        ends[one] = total
        total += count
    for at in range(len(person)):
        place = ends[person[at] + 1]
        ends[person[at] + 1] = place + 1
        order[place] = at
        records[place] = record[at]
        if len(home):
            homes[place] = home[at]


@compiled
def _within(ends: Any, order: Any, homes: Any, records: Any) -> None:  # pragma: no cover
    """Sorts the rows of each person: the few there are by putting each in its place, many first over long gaps (Shell)."""
    start = 0
    for one in range(len(ends)):
        end = ends[one]
        gap = 1
        while gap * 9 < (end - start) * 4:
            gap = gap * 9 // 4 + 1
        while gap > 0:
            for at in range(start + gap, end):
                row, record, home, place = order[at], records[at], homes[at] if len(homes) else 0, at
                while place - gap >= start:
                    other = homes[place - gap] if len(homes) else 0
                    if other < home or (other == home and records[place - gap] < record):
                        break
                    order[place], records[place] = order[place - gap], records[place - gap]
                    if len(homes):
                        homes[place] = other
                    place -= gap
                order[place], records[place] = row, record
                if len(homes):
                    homes[place] = home
            gap = gap * 4 // 9
        start = end


def numbers_of(letters: npt.NDArray[np.uint8], most: int) -> tuple[bytes, int, Whole] | None:
    """What texts that are all as long begin with, how many digits follow, at most `most`, and these; None if they begin differently.

    letters: a line a text.
    """
    size = letters.shape[1]
    width = int(_digits_behind(letters, min(size, most)))
    prefix = letters[0, : size - width]
    if not width or (prefix > 127).any() or not _begins(letters, prefix):
        return None
    numbers = np.empty(len(letters), np.int64)
    _read(letters, size - width, numbers)
    return prefix.tobytes(), width, numbers


@compiled
def _digits_behind(letters: Any, most: int) -> int:  # pragma: no cover
    """How many letters at the end are digits in every line."""
    size = letters.shape[1]
    width = most
    for line in range(len(letters)):
        for back in range(width):
            letter = letters[line, size - 1 - back]
            if letter < 48 or letter > 57:
                width = back
                break
    return width


@compiled
def _begins(letters: Any, prefix: Any) -> bool:  # pragma: no cover
    for line in range(len(letters)):
        for place in range(len(prefix)):
            if letters[line, place] != prefix[place]:
                return False
    return True


@compiled
def _read(letters: Any, begin: int, numbers: Any) -> None:  # pragma: no cover
    for line in range(len(letters)):
        number = 0
        for place in range(begin, letters.shape[1]):
            number = number * 10 + (letters[line, place] - 48)
        numbers[line] = number
