"""Columns in as few bits as they need, as a base on the disk holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.mapped import OWNERS, PREFIX, WIDE, WIDTH

Whole = npt.NDArray[Any]
HOLDS = {kind: holds for holds, kind in WIDE.items() if holds not in ("word", "number")}
_POSITIONS = (*OWNERS, "other")  # any position must fit, not only those that stand there now
DIGITS = 18  # so many fit into 64 bits


@dataclass(frozen=True)
class Narrow:
    """A column as it will lie. holds: see `MappedTable`. words: of a word, what its codes stand for until the list is known."""

    name: str
    holds: str
    cells: Whole | pa.Array
    empty: npt.NDArray[np.bool_] | None = None
    words: pa.Array | None = None
    told: Mapping[bytes, bytes] = field(default_factory=dict)


def narrowed(numbers: Whole) -> Whole:
    """The same whole numbers in as few bits as they need."""
    if not numbers.size:
        return numbers.astype(np.int8)
    low, high = int(numbers.min()), int(numbers.max())
    kinds = (np.int8, np.int16, np.int32, np.int64)
    kind = next(kind for kind in kinds if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return numbers.astype(kind, copy=False)


def narrow_column(name: str, column: pa.ChunkedArray) -> Narrow:
    """A column of `Base.rows` as it will lie."""
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    holds = HOLDS[pa.string() if pa.types.is_large_string(whole.type) else whole.type]
    empty = np.asarray(whole.is_null()) if whole.null_count else None
    if holds == "text":
        if name == "record_id":
            return record_ids(whole)
        coded = pc.dictionary_encode(whole)
        numbers = np.asarray(pc.fill_null(coded.indices, 0))
        return Narrow(name, "word", numbers, empty, coded.dictionary.cast(pa.large_string()))
    if holds == "flag":
        return Narrow(name, holds, np.asarray(pc.fill_null(whole, False)).view(np.int8), empty)
    if holds == "date":
        whole = whole.view(pa.int32())
    numbers = np.asarray(pc.fill_null(whole, 0))
    return Narrow(name, holds, numbers.astype(np.int32) if name in _POSITIONS else narrowed(numbers), empty)


def record_ids(texts: pa.Array) -> Narrow:
    """Record ids are as long as each other and end in digits, most of them: then their digits are kept as a number."""
    told = _digits(texts)
    if told is None:
        return Narrow("record_id", "text", texts.cast(pa.large_string()))
    return numbered_ids(*told)


def numbered_ids(prefix: bytes, width: int, numbers: Whole) -> Narrow:
    """Record ids that all begin with `prefix`, followed by so many digits."""
    return Narrow("record_id", "number", narrowed(numbers), told={PREFIX: prefix, WIDTH: str(width).encode()})


def _digits(texts: pa.Array) -> tuple[bytes, int, Whole] | None:
    """What all texts begin with, how many digits follow, and these; None where they are not of that form."""
    letters = letters_of(texts)
    if not len(texts):
        return b"", 1, np.empty(0, np.int64)
    if letters is None:
        return None
    size = letters.shape[1]
    same = next((place for place in range(size) if (letters[:, place] != letters[0, place]).any()), size - 1)
    digits = letters[:, same:] - 48  # letters below nought wrap round to great numbers
    if digits.shape[1] > DIGITS or (digits > 9).any() or (letters[0, :same] > 127).any():
        return None
    numbers = np.zeros(len(texts), np.int64)
    for place in range(digits.shape[1]):
        numbers = numbers * 10 + digits[:, place]
    return letters[0, :same].tobytes(), size - same, numbers


def letters_of(texts: pa.Array) -> npt.NDArray[np.uint8] | None:
    """The bytes of texts that are all as long, a line a text; None where they are not, or are empty."""
    texts = texts.cast(pa.large_string())
    if not len(texts):
        return None
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    size = int(at[1] - at[0])
    if not size or (np.diff(at) != size).any():
        return None
    return np.frombuffer(data, np.uint8)[at[0] : at[-1]].reshape(-1, size)
