"""The tables of a base with new rows laid over them, for those who read a few cells: the judge's trace, one household's file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.mapped import OWNERS, Cells, Mapped, MappedRows, row_numbers
from jiuzhu.registry.archived import DELIVERY

if TYPE_CHECKING:
    from jiuzhu.engines.base import Base
    from jiuzhu.engines.columnar.columns import Order
    from jiuzhu.registry.overlay.rows import FreshRows, LaidOver

Whole = npt.NDArray[Any]
NO_DELIVERY = -1  # of a row that came alone and stands in no delivery yet
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_EPOCH = date(1970, 1, 1)


class LaidRows(MappedRows):
    """Rows of one dataset that lie on the disk, and new ones numbered on after them, as many as there are when asked."""

    grows = True

    def __init__(self, lying: MappedRows, code: str, columns: LaidOver) -> None:
        self.__dict__.update(lying.__dict__)
        self._under, self._code, self._columns = lying, code, columns

    @property
    def _fresh(self) -> FreshRows | None:
        return self._columns.fresh.get(self._code)

    def where(self, name: str, number: int) -> Whole:
        rows, fresh = self._old(name, number), self._fresh
        return rows if fresh is None else fresh.laid(rows, name, number)

    def _old(self, name: str, number: int) -> Whole:
        """Those on the disk; where they do not stand in the order of their subjects, by the order that the engine has of them."""
        if name not in OWNERS or self._under.is_found_at_once(name):
            return super().where(name, number)
        return _standing(self._columns.order(self._code, name, ""), number)

    def people_of(self, group: str, number: int) -> Whole:
        """By what the engine knows of all: of a province a look through everybody takes ten milliseconds."""
        if group == "household":
            first = int(self._columns.first[number])
            return np.arange(first, first + int(self._columns.count[number]))
        return _standing(self._columns.members(group), number)

    def and_new(self, rows: slice | list[int], household: int) -> slice | list[int]:
        fresh = self._fresh
        if fresh is None:
            return rows
        old = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else np.array(rows, np.int64)
        found: list[int] = fresh.laid(old, "household", household).tolist()
        return found

    def sender(self, row: int) -> str:
        fresh = self._fresh
        return "" if fresh is None else fresh.senders[row - fresh.first]

    def cells(self, name: str, rows: Any = slice(None)) -> Cells:
        """Of the rows on the disk for a slice, as whoever reads stretches reads these alone."""
        fresh = self._fresh
        new = np.zeros(0, bool) if fresh is None or isinstance(rows, slice) else rows >= fresh.first
        if fresh is None or not new.any():
            return self._under.cells(name, rows)
        old = self._under.cells(name, rows[~new])
        cells, empty = np.empty(len(rows), np.int64), np.zeros(len(rows), bool)
        cells[~new], empty[~new] = old.cells, False if old.empty is None else old.empty
        cells[new], empty[new] = fresh.cells(name, rows[new])
        return Cells(cells, empty)

    def plain(self, name: str, rows: Any) -> list[Any]:
        fresh = self._fresh
        if fresh is None:
            return self._under.plain(name, rows)
        asked = row_numbers(rows, fresh.first + fresh.count)
        old = iter(self._under.plain(name, asked[asked < fresh.first]))
        return [next(old) if row < fresh.first else self._new(fresh, name, row) for row in asked.tolist()]

    def _new(self, fresh: FreshRows, name: str, row: int) -> Any:
        if name == "record_id":
            return fresh.record_ids[row - fresh.first]
        if name == DELIVERY:
            return NO_DELIVERY
        cells, empty = fresh.cells(name, np.array([row]))
        cell, holds = int(cells[0]), self.holds(name)
        if empty[0]:
            return None
        if holds == "word":
            return self._columns.words.texts(cells)[0]
        if holds == "date":
            return _EPOCH + timedelta(cell)
        return bool(cell) if holds == "flag" else cell


def _standing(order: Order, owner: int) -> Whole:
    """What stands under one owner."""
    asked = np.array([owner], order.owner.dtype)
    begin, end = (int(np.searchsorted(order.owner, asked, side=side)[0]) for side in _SIDES)
    return np.arange(begin, end) if order.rows is None else order.rows[begin:end]


def laid_base(columns: LaidOver) -> Base:
    """The base with whatever lies over it when it is asked, for those who ask for rows by their subject."""
    rows = columns.base.rows
    assert isinstance(rows, Mapped), "records are laid over a base that lies on the disk"
    return replace(columns.base, rows=Mapped({code: LaidRows(rows.narrow(code), code, columns) for code in rows}, rows.words))
