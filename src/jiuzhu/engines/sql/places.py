"""What differs from place to place: parameters, coverage, bounds of windows; one column a question, one row a place.

An answer that is the same everywhere becomes a constant and disappears from the SQL. Places are few beside people, so
they are answered in Python, once for all that are alike; equal columns are kept once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from jiuzhu.engines.base import Base, ByArea, Known
from jiuzhu.engines.decimals import whole_number
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.values import Value
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules.parameters import ancestors, trimmed

TABLE = "places"
NATION = "000000"
_TYPES = {"flag": pa.bool_(), "number": pa.int64(), "date": pa.date32(), "month": pa.int32(), "months": pa.list_(pa.int32())}


class Places:
    """The table of places of one run; columns are added while rules are compiled.

    every, every_code: all places in which somebody lives. used, codes: one for all of which everything asked here is alike.
    """

    def __init__(self, base: Base, catalogue: Known) -> None:
        self.base = base
        self.catalogue = catalogue
        tables = (base.people, base.households, base.hukou)
        found = [table["place"].to_numpy() for table in tables if table.num_rows]
        self.every: list[int] = [int(place) for place in np.unique(np.concatenate(found))] if found else []
        codes: list[str] = base.places["code"].to_pylist()
        self.every_code = [codes[place] if place >= 0 else NATION for place in self.every]
        first: dict[Hashable, int] = {}
        kinds = [first.setdefault(kind, at) for at, kind in enumerate(self._kinds())]
        asked = sorted(first.values())
        self.used = [self.every[at] for at in asked]
        self.codes = [self.every_code[at] for at in asked]
        self._kind = pa.array(np.searchsorted(asked, kinds))
        self._columns: dict[Hashable, str] = {}
        self._arrays: dict[str, pa.Array] = {}
        self._groups: dict[str, list[list[int]]] = {}
        self._parameters: dict[tuple[str, str], list[Decimal | None]] = {}
        self._ancestors: list[tuple[tuple[str, ...], str]] = []
        self.changed = True

    def table(self) -> pa.Table:
        """One row for each of all places."""
        answers = {name: array.take(self._kind) for name, array in self._arrays.items()}
        return pa.table({"place": pa.array(self.every, pa.int32()), **answers})

    def _kinds(self) -> Iterator[Hashable]:
        """What each place shares with others of which everything is alike: the area of its coverage, its parameters."""
        told = self.catalogue.parameters.divisions()
        fresh = self.base.coverage.fresh
        areas = fresh.areas if isinstance(fresh, ByArea) else None
        for place, code in zip(self.every, self.every_code, strict=True):
            area = place if areas is None or place < 0 else areas[place]
            yield area, place < 0, *(division for division in ancestors(code) if division in told)

    def column(self, answers: Sequence[Any], kind: str, literal: Callable[[Any], Sql], alias: str) -> Sql:
        """The answers, one a used place, as SQL: a constant where all agree, else a column of the table joined as `alias`."""
        first = answers[0] if answers else None
        if all(answer == first for answer in answers):
            return w.NULL if first is None else literal(first)
        key = (kind, tuple(answers))
        if key not in self._columns:
            name = f"c{len(self._columns)}"
            self._columns[key] = name
            self._arrays[name] = pa.array(answers, _TYPES[kind])
            self.changed = True
        return w.column(self._columns[key], alias)

    def covered(self, dataset: str, spans: Sequence[tuple[date | None, date | None] | None], alias: str) -> Sql:
        """Whether the dataset is known over the span of each used place; a place without a span is not covered."""
        known = self.base.coverage.known
        answers = [False] * len(self.used)
        for group in self._alike(dataset):
            by_span: dict[tuple[date | None, date | None], bool] = {}
            for index in group:
                span = spans[index]
                if span is not None:
                    if span not in by_span:
                        by_span[span] = known(dataset, self.used[index], *span)
                    answers[index] = by_span[span]
        return self.flag(answers, alias)

    def _alike(self, dataset: str) -> list[list[int]]:
        """The used places, by number in `used`, grouped by what was delivered there."""
        if dataset not in self._groups:
            coverage = self.base.coverage
            groups: dict[Hashable, list[int]] = {}
            for index, place in enumerate(self.used):
                key = (dataset, place)
                delivered = (coverage.fresh.get(key), coverage.first_day.get(key), coverage.gaps.get(key))
                groups.setdefault(delivered, []).append(index)
            self._groups[dataset] = list(groups.values())
        return self._groups[dataset]

    def parameters(self, owner: str, name: str) -> list[Decimal | None]:
        """The parameter in force on the day of the run, one answer a used place; None where no division above has one."""
        key = (owner, name)
        if key not in self._parameters:
            told = self._divisions(owner, name)
            by_division: dict[str, Decimal | None] = {}
            answers = []
            for chain, code in self._chains():
                nearest = next((division for division in chain if division in told), "")
                if nearest not in by_division:
                    found = self.catalogue.parameters.value(owner, name, code, self.base.as_of)
                    by_division[nearest] = None if found is None else found.value
                answers.append(by_division[nearest])
            self._parameters[key] = answers
        return self._parameters[key]

    def _chains(self) -> list[tuple[tuple[str, ...], str]]:
        """Per used place its division and those above it, nearest first, and its code."""
        if not self._ancestors:
            self._ancestors = [(ancestors(code), code) for code in self.codes]
        return self._ancestors

    def _divisions(self, owner: str, name: str) -> frozenset[str]:
        """The divisions that a row of this parameter, or of the shared one it follows, speaks of."""
        rows = self.catalogue.parameters.of(owner, name)
        followed = {row.like for row in rows if row.like} - {name}
        mine = frozenset(trimmed(row.division) for row in rows)
        return mine.union(*(self._divisions("", other) for other in followed))

    def parameter(self, owner: str, name: str, scale: int, alias: str) -> Value:
        """A parameter as a value: unknown where there is none."""
        answers = self.parameters(owner, name)
        given = [whole_number(answer)[0] for answer in answers if answer is not None]
        scale = max([scale, *given])
        numbers = [None if answer is None else int(answer.scaleb(scale)) for answer in answers]
        sql = self.column(numbers, "number", w.whole, alias)
        unknown = None
        if any(number is None for number in numbers):
            unknown = self.flag([number is None for number in numbers], alias)
        return Value(sql, unknown, present=True, scale=scale)

    def delivered(self, dataset: str, closed: str) -> list[tuple[int, ...]]:
        """The closed months (or quarters) of the dataset at each used place, newest first; nothing for other windows."""
        coverage = self.base.coverage
        held = {"closed months": coverage.months, "closed quarters": coverage.quarters}.get(closed, {})
        return [tuple(held.get((dataset, place), ())) for place in self.used]

    def flag(self, answers: Sequence[bool], alias: str) -> Sql:
        return self.column(answers, "flag", lambda answer: w.TRUE if answer else w.FALSE, alias)
