"""Columns of id numbers: packed where the number is right, marked where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from jiuzhu.registry.ingest.columns import Cells, narrowed
from jiuzhu.vocabulary.id_number import parse_many

LOST = r"^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$"


@dataclass(frozen=True)
class Ids:
    """packed: the number packed into 64 bits, 0 where there is none. fault: 0 for a right or empty number, else why not.

    lost: rows whose number lost digits in a spreadsheet.
    """

    packed: npt.NDArray[np.int64]
    fault: npt.NDArray[np.int8]
    lost: npt.NDArray[np.bool_]


def digits_lost(cells: Cells) -> npt.NDArray[np.bool_]:
    """Where a text is a number with a power of ten, as spreadsheets write numbers of more than fifteen digits."""
    texts = cells.texts
    if not cells.letter_e:
        return np.zeros(len(texts), dtype=bool)
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, LOST), False))


def read_ids(cells: Cells) -> Ids:
    """Id numbers of one column; null is an empty cell."""
    empty = np.asarray(cells.texts.is_null())
    packed, fault = parse_many(narrowed(cells))
    packed = np.where(empty | (fault != 0), 0, packed).astype(np.int64)
    return Ids(packed, np.where(empty, 0, fault).astype(np.int8), digits_lost(cells))
