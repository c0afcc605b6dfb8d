"""The strands of each household, month by month over two years, and which way they go; read from the base of a release.

Everything is whole: fen, or persons. An unknown month stays unknown in whatever is worked out of it, and is never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.base import Base
from jiuzhu.engines.columnar.calendar import month_of_day
from jiuzhu.engines.columnar.columns import Columns, Words
from jiuzhu.engines.columnar.expressions import standing
from jiuzhu.engines.columnar.values import Index, Value
from jiuzhu.rules import tree
from jiuzhu.rules.strands import Line, Strand
from jiuzhu.vocabulary.period import month_first, month_number

MONTHS = 24
YEAR = 12
SEASON = 3  # months held against the same months of the year before
SEPTEMBER = 8

Whole = npt.NDArray[np.int64]
Known = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Months:
    """One strand of some living households: a row a household, a column a month, the oldest first.

    first: the number of the oldest month; the newest is the last that was over on the day of the release.
    whole: fen or persons; what stands where `known` is false means nothing.
    """

    strand: Strand
    first: int
    whole: Whole
    known: Known


@dataclass(frozen=True)
class Trend:
    """One number a household, and where it is known."""

    whole: Whole
    known: Known


@dataclass(frozen=True)
class Trends:
    """Which way a strand of each household goes, each unknown where a month it needs is.

    change: the newest three months less the same months of the year before. slope: the straight line of least squares
    through the newest twelve months, its rise in a month. drop: the median of the twelve months before the newest, less the newest.
    Halves are rounded up.
    """

    change: Trend
    slope: Trend
    drop: Trend

    def worsening(self, strand: Strand) -> Known:
        """Whose newest three months are surely worse than those of the year before."""
        wrong_way = self.change.whole > 0 if strand.worse == "rise" else self.change.whole < 0
        worse: Known = wrong_way & self.change.known
        return worse


def newest_month(base: Base) -> int:
    """The last month that was over at the end of `as_of`."""
    return month_number(base.as_of + timedelta(days=1)) - 1


def months_of(columns: Columns, strand: Strand, households: slice = slice(None)) -> Months:
    """One strand of these living households (of all, if not given); a stretch at a time keeps a province in memory."""
    base = columns.base
    begin, end, _ = households.indices(base.households.num_rows)
    first = newest_month(base) - MONTHS + 1
    whole = np.zeros((end - begin, MONTHS), np.int64)
    known = np.ones((end - begin, MONTHS), np.bool_)
    for line in strand.lines:
        known &= _delivered(columns, line, first)[columns.home[begin:end]]
        if columns.rows(line.dataset):
            _add(columns, line, (begin, end), first, whole, known)
    return Months(strand, first, whole, known)


def _delivered(columns: Columns, line: Line, first: int) -> Known:
    """Place by month: whether the dataset was delivered for it. A state that is not stale speaks of all its months."""
    base, dataset = columns.base, columns.catalogue.datasets[line.dataset]
    coverage = base.coverage
    answer = np.zeros((base.places.num_rows, MONTHS), np.bool_)
    for place in range(len(answer)):
        key = (line.dataset, place)
        if dataset.rows == "state":
            answer[place] = coverage.fresh.get(key, False)
            continue
        newest = max(coverage.months.get(key, ()), default=-1)
        begun, gaps = coverage.first_day.get(key), coverage.gaps.get(key, frozenset())
        for at in range(MONTHS):
            month = first + at
            there = month <= newest and month not in gaps
            answer[place, at] = there and (begun is None or begun <= month_first(month))
    return answer


class _Rows:
    """Rows of one dataset, for a condition over their columns alone."""

    def __init__(self, columns: Columns, dataset: str, rows: Any) -> None:
        self.columns, self.dataset, self.rows = columns, dataset, rows
        self.words: Words = columns.words

    def resolve(self, name: tree.Name, at: Index | None) -> Value:
        return self.columns.value(self.dataset, name.name, self.rows if at is None else self.rows[at])

    def table(self, code: str) -> tree.Table:
        return self.columns.catalogue.tables[code]


def _add(columns: Columns, line: Line, households: tuple[int, int], first: int, whole: Whole, known: Known) -> None:
    """Add the rows of a line to the months of their households; an empty amount makes its month unknown."""
    stretch, home = columns.rows_between(line.dataset, "household", "", *households)
    rows = np.arange(stretch.start, stretch.stop) if isinstance(stretch, slice) else stretch
    owner = home.astype(np.int64)
    at, unsure = standing(line.where, _Rows(columns, line.dataset, rows), None, len(rows))
    doubtful = np.zeros(len(rows), np.bool_)
    if at is None:
        doubtful |= unsure
    else:
        rows, owner, doubtful = rows[at], owner[at], np.zeros(len(at), np.bool_) | unsure
    month, dateless = _month(columns, line, rows)
    amount, empty = _amount(columns, line, rows)
    column = month - first
    spoilt = doubtful | empty
    known[np.unique(owner[dateless])] = False  # it may belong to any month
    inside = ~dateless & (column >= 0) & (column < MONTHS)
    good, bad = inside & ~spoilt, inside & spoilt
    np.add.at(whole, (owner[good], column[good]), amount[good])
    known[owner[bad], column[bad]] = False


def _month(columns: Columns, line: Line, rows: Any) -> tuple[Whole, Known]:
    """The month of each row, and which rows say none."""
    cells, empty = columns.bare(line.dataset, line.at, rows)
    holds = columns.column_of(line.dataset, line.at).holds
    month = cells.astype(np.int64)
    if holds == "date":
        month = np.asarray(month_of_day(month), np.int64)
    elif holds == "school_year":
        month = month * 12 + SEPTEMBER
    return month, np.zeros(len(month), np.bool_) if empty is None else empty


def _amount(columns: Columns, line: Line, rows: Any) -> tuple[Whole, Known]:
    """What each row adds, and which do not say. A cell that is empty because there is nothing adds nothing."""
    if not line.value:
        return np.ones(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    cells, empty = columns.bare(line.dataset, line.value, rows)
    if empty is None:
        return cells.astype(np.int64), np.zeros(len(rows), np.bool_)
    unknown = columns.column_of(line.dataset, line.value).empty == "unknown"
    return np.where(empty, 0, cells).astype(np.int64), empty if unknown else np.zeros(len(rows), np.bool_)


def trends_of(months: Months) -> Trends:
    whole, known = months.whole, months.known
    now, before = slice(MONTHS - SEASON, MONTHS), slice(MONTHS - SEASON - YEAR, MONTHS - YEAR)
    change = whole[:, now].sum(axis=1) - whole[:, before].sum(axis=1)
    # Months -11, -9 … 11 around the middle of the year: twice the distance, so that all is whole; the squares sum to 572.
    away = np.arange(-YEAR + 1, YEAR, 2, dtype=np.int64)
    rise = 2 * (whole[:, -YEAR:] * away).sum(axis=1)
    middle = np.sort(whole[:, -YEAR - 1 : -1], axis=1)[:, YEAR // 2 - 1 : YEAR // 2 + 1].sum(axis=1)
    return Trends(
        Trend(change, _all(known[:, now]) & _all(known[:, before])),
        Trend(_rounded(rise, int((away * away).sum())), _all(known[:, -YEAR:])),
        Trend(_rounded(middle - 2 * whole[:, -1], 2), _all(known[:, -YEAR - 1 :])),
    )


def _all(known: Known) -> Known:
    """Households of whom every one of these months is known."""
    return np.asarray(known.all(axis=1), np.bool_)


def _rounded(number: Whole, divisor: int) -> Whole:
    """A quotient, halves up."""
    answer: Whole = (2 * number + divisor) // (2 * divisor)
    return answer
