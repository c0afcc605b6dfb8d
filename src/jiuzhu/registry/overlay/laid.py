"""The tables of a base with new rows laid over them, for those who read a few cells: the judge's trace, one household's file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.mapped import Cells, Mapped, MappedRows
from jiuzhu.registry.archived import DELIVERY

if TYPE_CHECKING:
    from jiuzhu.engines.base import Base
    from jiuzhu.engines.columnar.words import Words
    from jiuzhu.registry.overlay.rows import FreshRows, LaidOver

Whole = npt.NDArray[Any]
NO_DELIVERY = -1  # of a row that came alone and stands in no delivery yet
_EPOCH = date(1970, 1, 1)


class LaidRows(MappedRows):
    """Rows of one dataset that lie on the disk, and new ones numbered on after them."""

    def __init__(self, lying: MappedRows, fresh: FreshRows, words: Words) -> None:
        self.__dict__.update(lying.__dict__)
        self._fresh, self._texts = fresh, words
        self.num_rows = fresh.first + fresh.count

    def where(self, name: str, number: int) -> Whole:
        return self._fresh.laid(super().where(name, number), name, number)

    def cells(self, name: str, rows: Any = slice(None)) -> Cells:
        """Of the rows on the disk for a slice, as whoever reads stretches reads these alone."""
        if isinstance(rows, slice):
            return super().cells(name, rows)
        new = rows >= self._fresh.first
        if not new.any():
            return super().cells(name, rows)
        old = super().cells(name, rows[~new])
        cells, empty = np.empty(len(rows), np.int64), np.zeros(len(rows), bool)
        cells[~new], empty[~new] = old.cells, False if old.empty is None else old.empty
        cells[new], empty[new] = self._fresh.cells(name, rows[new])
        return Cells(cells, empty)

    def plain(self, name: str, rows: Any) -> list[Any]:
        asked = np.arange(self.num_rows)[rows]
        return [
            super(LaidRows, self).plain(name, np.array([row]))[0] if row < self._fresh.first else self._new(name, row)
            for row in asked.tolist()
        ]

    def _new(self, name: str, row: int) -> Any:
        if name == "record_id":
            return self._fresh.record_ids[row - self._fresh.first]
        if name == DELIVERY:
            return NO_DELIVERY
        cells, empty = self._fresh.cells(name, np.array([row]))
        cell, holds = int(cells[0]), self.holds(name)
        if empty[0]:
            return None
        if holds == "word":
            return self._texts.texts(cells)[0]
        if holds == "date":
            return _EPOCH + timedelta(cell)
        return bool(cell) if holds == "flag" else cell


class _LaidTables(Mapped[MappedRows]):
    def __init__(self, columns: LaidOver) -> None:
        assert isinstance(columns.base.rows, Mapped)
        super().__init__({code: columns.base.rows.narrow(code) for code in columns.base.rows}, columns.base.rows.words)
        self._columns = columns

    def narrow(self, code: str) -> MappedRows:
        lying, fresh = super().narrow(code), self._columns.fresh.get(code)
        return lying if fresh is None else LaidRows(lying, fresh, self._columns.words)


def laid_base(columns: LaidOver) -> Base:
    """The base with what lies over it now, for whoever asks for rows by their subject."""
    return replace(columns.base, rows=_LaidTables(columns))
