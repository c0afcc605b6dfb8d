"""A growing map from 64-bit keys to 64-bit numbers, looked up for many keys at once."""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Values = npt.NDArray[np.int64]


class NumberMap:
    """Sorted arrays: one large, one of what came lately, joined when that has grown to a tenth."""

    def __init__(self) -> None:
        self._keys: list[Keys] = [np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64)]
        self._values: list[Values] = [np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)]

    def __len__(self) -> int:
        return len(self._keys[0]) + len(self._keys[1])

    def find(self, keys: Keys) -> Values:
        """The number of each key, 0 where there is none."""
        order = np.argsort(keys)  # looked up in order they are found four times faster: the memory is read in order too
        sorted_keys = keys[order]
        sorted_found = np.zeros(len(keys), dtype=np.int64)
        for known, values in zip(self._keys, self._values, strict=True):
            if len(known):
                place = np.searchsorted(known, sorted_keys)
                place[place == len(known)] = 0
                hit = known[place] == sorted_keys
                sorted_found[hit] = values[place[hit]]
        found = np.empty(len(keys), dtype=np.int64)
        found[order] = sorted_found
        return found

    def add(self, keys: Keys, values: Values) -> None:
        """Add keys that are not in the map, each once."""
        self._keys[1], self._values[1] = _joined(self._keys[1], self._values[1], keys, values)
        if len(self._keys[1]) * 10 > len(self._keys[0]):
            self._keys[0], self._values[0] = _joined(self._keys[0], self._values[0], self._keys[1], self._values[1])
            self._keys[1], self._values[1] = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)

    def items(self) -> tuple[Keys, Values]:
        """All keys in order, and their numbers."""
        return _joined(self._keys[0], self._values[0], self._keys[1], self._values[1])


def _joined(keys: Keys, values: Values, more: Keys, more_values: Values) -> tuple[Keys, Values]:
    if not len(more):
        return keys, values
    keys, values = np.concatenate([keys, more]), np.concatenate([values, more_values])
    order = np.argsort(keys, kind="stable")
    return keys[order], values[order]


def different(keys: Keys) -> Keys:
    """The different ones in order: sorting is several times faster here than the hashing of `numpy.unique`."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def random_numbers(count: int) -> Values:
    """Positive random numbers. Among 100 million of them two are equal with a chance of one in a thousand: see `fresh`."""
    return (np.frombuffer(secrets.token_bytes(8 * count), dtype=np.int64) & np.int64(0x7FFFFFFFFFFFFFFF)) | np.int64(1 << 62)


def fresh(count: int, taken: NumberMap) -> Values:
    """So many different random numbers that are not among the keys of `taken`, which then holds them too."""
    numbers = different(random_numbers(count).view(np.uint64)).view(np.int64)
    while True:
        numbers = numbers[taken.find(numbers.view(np.uint64)) == 0]
        if len(numbers) == count:
            break
        more = np.concatenate([numbers, random_numbers(count - len(numbers))])
        numbers = different(more.view(np.uint64)).view(np.int64)
    taken.add(numbers.view(np.uint64), np.ones(count, dtype=np.int64))
    order = np.frombuffer(secrets.token_bytes(8 * count), dtype=np.int64)
    shuffled: Values = numbers[np.argsort(order)]  # in order they would tell the order of the keys
    return shuffled
