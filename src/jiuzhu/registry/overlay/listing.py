"""Rows into lists by the first bits of a number each has, for very many of them: compiled once, kept beside this file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.compiled import compiled
from jiuzhu.registry.vault.texts import LENGTH, STEP, Numbers

_WHOLE = 2**64 - 1


def digit_numbers(prefix: bytes, width: int, wholes: npt.NDArray[Any]) -> Numbers:
    """What `text_numbers` gives of texts of a prefix and so many digits, told as whole numbers; the texts are not made."""
    size = len(prefix) + width
    powers = [pow(STEP, at, 2**64) for at in range(size)]
    head = (size * LENGTH + sum((letter + 1) * power for letter, power in zip(prefix, powers, strict=False))) & _WHOLE
    found = np.empty(len(wholes), np.uint64)
    _of_digits(np.ascontiguousarray(wholes), np.uint64(head), np.array(powers[len(prefix) :], np.uint64), found)
    return found


@compiled
def _of_digits(wholes: Any, head: Any, powers: Any, found: Any) -> None:  # pragma: no cover
    for at in range(len(wholes)):
        whole, number = np.uint64(wholes[at]), head
        for place in range(len(powers) - 1, -1, -1):
            rest = whole // np.uint64(10)
            number += (np.uint64(49) + whole - rest * np.uint64(10)) * powers[place]  # the letter 0 is 48, and counts one more
            whole = rest
        number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        found[at] = number ^ (number >> np.uint64(31))


@compiled
def counted(numbers: Any, shift: Any, starts: Any) -> None:  # pragma: no cover
    """How many of these numbers belong to each list, on top of what is counted."""
    for at in range(len(numbers)):
        starts[numbers[at] >> shift] += 1


@compiled
def summed_up(starts: Any) -> None:  # pragma: no cover
    """From how many each list has to where it begins."""
    before = np.int64(0)
    for at in range(len(starts)):
        many = starts[at]
        starts[at] = before
        before += many


@compiled
def placed(numbers: Any, shift: Any, starts: Any, rows: Any, some: Any) -> None:  # pragma: no cover
    """Some rows into the lists of their numbers; the beginning of each list moves on to its end."""
    for at in range(len(numbers)):
        which = numbers[at] >> shift
        rows[starts[which]] = some[at]
        starts[which] += 1


@compiled
def moved_on(starts: Any) -> None:  # pragma: no cover
    """From where each list ends to where it begins: that is where the one before it ends."""
    for at in range(len(starts) - 1, 0, -1):
        starts[at] = starts[at - 1]
    starts[0] = 0
