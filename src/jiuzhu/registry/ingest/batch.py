"""A stretch of rows as every reader hands it on: all cells as text, with their place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class BadRow:
    """A row that could not even be cut into cells. `column` is where, if that is known; `cells` is what there was."""

    row: int
    reason: str
    cells: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True)
class Batch:
    """columns: dataset column to its cells. rows: the number of each row as a spreadsheet shows it, the header counted.

    titles: the titles of all columns of the file. everything: their cells, for the quarantine.
    """

    columns: Mapping[str, pa.Array]
    rows: npt.NDArray[np.int64]
    titles: tuple[str, ...]
    everything: tuple[pa.Array, ...]
    bad: tuple[BadRow, ...] = field(default=())
