"""Items of verification for many people at once: each dataset is gone through once, however many are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar.columns import plain
from jiuzhu.engines.mapped import MappedRows
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.lying import LyingTable, lying_table, names_of, wide
from jiuzhu.rules.tree import Column
from jiuzhu.rules.verifying import Item

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Whole = npt.NDArray[Any]
MONTHS = 12
NO_DAY = np.datetime64("NaT", "D")
_BEIJING = timezone(timedelta(hours=8))
_SCALES = {"money": 100, "decimal": 10_000}


@dataclass(frozen=True)
class Answers:
    """One item for each of the people asked about, in their order.

    counts: rows that count. totals: of an amount or a sum, in fen or ten-thousandths (see scale). days: of the newest row, NaT without
    one. late: the base cannot say, since nothing new was delivered there or the dataset opens only under an authorisation it knows.
    least: a row that counts gives no amount, so the total is this much or more.
    """

    item: str
    counts: Whole
    totals: Whole
    scale: int
    days: Whole
    late: Whole
    least: Whole


def answers_of(release: Release, catalogue: Catalogue, item: Item, people: Whole) -> Answers:
    """people: positions in the base, ascending, each once. Rows that came alone since the release are not among them."""
    base, size = release.base, len(people)
    table = lying_table(base, item.dataset)
    counts, totals = np.zeros(size, np.int64), np.zeros(size, np.int64)
    days, least, any_row = np.full(size, NO_DAY), np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    scale = 1
    if table is not None and not set(item.columns) <= set(names_of(table)):  # made before the item was declared
        return Answers(item.code, counts, totals, scale, days, ~any_row, least)
    if table is not None and size:
        rows, whose = _rows(table, people)
        any_row[whose] = True
        columns = catalogue.columns(item.dataset)
        counted = _counted(table, rows, item, columns, release.manifest.as_of)
        rows, whose = rows[counted], whose[counted]
        np.add.at(counts, whose, 1)
        for name in item.sum:
            cells, empty = plain(_column(table, name, rows))
            scale = _SCALES.get(columns[name].holds, 1)
            np.add.at(totals, whose, cells.astype(np.int64))
            if empty is not None and columns[name].empty != "none":
                least[whose[empty]] = True
        if item.monthly and not item.events:
            totals *= MONTHS
        if "data_date" in columns and len(rows):
            sent, _ = plain(_column(table, "data_date", rows))
            newest = np.full(size, np.iinfo(np.int64).min)
            np.maximum.at(newest, whose, sent.astype(np.int64))
            days[counts > 0] = newest[counts > 0].astype("datetime64[D]")
    return Answers(item.code, counts, totals, scale, days, _late(release, item, people) & ~any_row, least)


def _rows(table: LyingTable, people: Whole) -> tuple[Whole, Whole]:
    """The rows of these people, and for each the place of its person among them."""
    if isinstance(table, MappedRows) and table.in_line:
        first, last = table.begins(people).astype(np.int64), table.begins(people + 1).astype(np.int64)
        many = last - first
        whose = np.repeat(np.arange(len(people)), many)
        return np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many), whose
    owner = table.cells("person").cells if isinstance(table, MappedRows) else plain(table["person"])[0]
    rows = np.flatnonzero(np.isin(owner, people))
    return rows, np.searchsorted(people, owner[rows])


def _column(table: LyingTable, name: str, rows: Whole) -> pa.Array | pa.ChunkedArray:
    if isinstance(table, MappedRows):
        return table.wide_column(name, rows)
    return wide(table, [name])[name].take(pa.array(rows))


def _counted(table: LyingTable, rows: Whole, item: Item, columns: Any, as_of: date) -> Whole:
    """Which rows count: by their codes, and of sums only those of the last twelve months."""
    counted = np.ones(len(rows), np.bool_)
    for name, codes in item.where.items():
        texts = _column(table, name, rows)
        said = texts if pa.types.is_string(texts.type) else texts.cast(pa.string())
        counted &= pc.fill_null(pc.is_in(said, pa.array(codes)), False).to_numpy(zero_copy_only=False)
    if item.events and item.asks in ("amount", "count"):
        cells, empty = plain(_column(table, item.at, rows))
        counted &= _recent(cells, columns[item.at], as_of)
        if empty is not None:
            counted &= ~empty
    return counted


def _recent(cells: Whole, column: Column, as_of: date) -> Whole:
    """Within the twelve months up to that day, as `comparing._is_recent` of casework has it of texts."""
    leap = (as_of.month, as_of.day) == (2, 29)
    before = as_of.replace(year=as_of.year - 1, day=28) if leap else as_of.replace(year=as_of.year - 1)
    month = as_of.year * 12 + as_of.month - 1
    low, high = {
        "date": ((before - date(1970, 1, 1)).days, (as_of - date(1970, 1, 1)).days),
        "month": (month - MONTHS, month),
        "quarter": (month // 3 - 4, month // 3),
        "instant": (_midnight(before + timedelta(days=1)) - 1, _midnight(as_of + timedelta(days=1)) - 1),
    }[column.holds]
    inside: Whole = (cells > low) & (cells <= high)
    return inside


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=_BEIJING).timestamp())


def _late(release: Release, item: Item, people: Whole) -> Whole:
    """Whether the base cannot say that there is none: nothing new came for where they live, or it may not hold such rows of them."""
    base = release.base
    household = plain(base.people["household"])[0][people]
    places = plain(base.households["place"])[0][household]
    fresh = base.coverage.fresh
    told = {int(place): fresh.get((item.dataset, int(place))) is True for place in np.unique(places)}
    late: Whole = ~np.array([told[int(place)] for place in places], np.bool_)
    return late | ~plain(base.people["authorised"])[0][people] if item.authorised_only else late
