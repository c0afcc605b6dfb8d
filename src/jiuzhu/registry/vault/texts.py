"""A 64-bit number for each text of a column, the same on every machine; exact work stays with the texts themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

# An odd multiplier has an inverse modulo 2^64, so the sum over any stretch of bytes is a difference of running sums.
STEP = 0x9E3779B97F4A7C15
LENGTH = 0xA0761D6478BD642F
_BACK = pow(STEP, -1, 2**64)
_CHUNK = 1 << 18
_WHOLE = 2**64 - 1

Numbers = npt.NDArray[np.uint64]


def _powers(base: int) -> Numbers:
    steps = np.full(_CHUNK + 1, base, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)


_UP, _DOWN = _powers(STEP), _powers(_BACK)


def mixed(numbers: Numbers) -> Numbers:
    """Spread the bits (the finisher of splitmix64), so that near numbers lie far apart."""
    with np.errstate(over="ignore"):
        numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def combined(one: Numbers, two: Numbers) -> Numbers:
    """One number for two, in this order."""
    with np.errstate(over="ignore"):
        return mixed(one * np.uint64(0xD6E8FEB86659FD93) + two + np.uint64(0x2545F4914F6CDD1D))


def combined_of(numbers: Iterable[int]) -> int:
    """One number for several, as `combined` makes one of each and what came before it, beginning with 0."""
    total = 0
    for number in numbers:
        total = (total * 0xD6E8FEB86659FD93 + number + 0x2545F4914F6CDD1D) & _WHOLE
        total = ((total ^ (total >> 30)) * 0xBF58476D1CE4E5B9) & _WHOLE
        total = ((total ^ (total >> 27)) * 0x94D049BB133111EB) & _WHOLE
        total ^= total >> 31
    return total


def text_numbers(texts: pa.Array) -> Numbers:
    """One number a text; an empty cell has 0. Equal texts are equal numbers; others collide once in 2^64."""
    array = texts.cast(pa.string()) if not pa.types.is_string(texts.type) else texts
    count = len(array)
    if count == 0:
        return np.zeros(0, dtype=np.uint64)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + count + 1].astype(np.int64)
    content = array.buffers()[2]
    everything = np.frombuffer(content, dtype=np.uint8) if content is not None else np.zeros(0, dtype=np.uint8)
    answer = np.empty(count, dtype=np.uint64)
    row = 0
    while row < count:
        last = max(row + 1, int(np.searchsorted(offsets, offsets[row] + _CHUNK, side="right")) - 1)
        answer[row:last] = _stretch(everything[offsets[row] : offsets[last]], offsets[row : last + 1] - offsets[row])
        row = last
    answer = mixed(answer)
    if array.null_count:
        answer[np.asarray(array.is_null())] = 0
    return answer


def _stretch(content: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> Numbers:
    if len(content) > _CHUNK:  # one text longer than the table of powers
        content = content[:_CHUNK]
        offsets = np.minimum(offsets, _CHUNK)
    with np.errstate(over="ignore"):
        sums = np.zeros(len(content) + 1, dtype=np.uint64)
        np.cumsum((content.astype(np.uint64) + np.uint64(1)) * _UP[: len(content)], dtype=np.uint64, out=sums[1:])
        numbers = (sums[offsets[1:]] - sums[offsets[:-1]]) * _DOWN[offsets[:-1]]
        return numbers + (offsets[1:] - offsets[:-1]).astype(np.uint64) * np.uint64(LENGTH)
