"""Random bases over the small catalogue: ties, duplicates, empty cells, days at the edges of windows, gaps in deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Column, Dataset
from tests.support.small_base import arrow_type, end_of

PLACES = (
    "370502001001", "370502001002", "370502001000", "370502002001", "370502000000", "370503001001", "370503", "370500", "370000",
    "110101001001", "370502001", "371302100200",
)  # fmt: skip
EPOCH = date(1970, 1, 1)
_NEVER_EMPTY = ("data_date", "region_code")
# Rows of a dataset in a hundred.
_SHARE = {
    "bill": 30,
    "card": 10,
    "wage": 12,
    "tax": 4,
    "call": 8,
    "course": 4,
    "stay": 8,
    "note": 5,
    "slip": 4,
    "meter": 4,
    "secret": 4,
}
_SHARE |= {"birth": 5, "home": 2}


def edge_days(as_of: date) -> list[date]:
    """Days where windows begin and end, each with its neighbours; none later than `as_of`."""
    firsts = [date(year, month, 1) for year in (as_of.year - 1, as_of.year) for month in (1, 9, as_of.month)]
    back = [as_of - timedelta(days=days) for days in (0, 5, 10, 15, 30, 60, 90, 365)]
    months = [_back(as_of, months) for months in (1, 2, 3, 6, 12, 13, 24)]
    around = {day + timedelta(days=step) for day in firsts + back + months for step in (-1, 0, 1)}
    return sorted(day for day in around if day <= as_of)


def _back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    last = (date(number // 12 + (number % 12 == 11), (number + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(number // 12, number % 12 + 1, min(day.day, last))


@dataclass
class RandomBase:
    """rows: about so many over all datasets; about eight a person."""

    catalogue: Catalogue
    seed: int
    rows: int
    as_of: date = date(2026, 11, 20)
    now: datetime | None = None

    def made(self) -> Base:
        self.random = np.random.default_rng(self.seed)
        self.edges = np.array([(day - EPOCH).days for day in edge_days(self.as_of)])
        people, households, hukou = self._people(max(self.rows // 8, 10))
        self.household_of = people["household"].to_numpy()
        self.hukou_of = people["hukou"].to_numpy()
        return Base(
            as_of=self.as_of,
            now=self.now or end_of(self.as_of),
            people=people,
            households=households,
            hukou=hukou,
            places=pa.table({"code": pa.array(PLACES)}),
            rows={code: self._rows(self.catalogue.datasets[code]) for code in (*_SHARE, "norm")},
            relations={code: self._relation(code) for code in self.catalogue.relations},
            coverage=self._coverage(),
            given={
                "low": {int(p): None if p % 3 == 0 else bool(p % 2) for p in self.random.integers(0, len(people), 4)},
                "income": {
                    int(h): None if h % 3 == 0 else int(h % 7) * 1000 for h in self.random.integers(0, len(households), 3)
                },
            },
        )

    def _people(self, count: int) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Households of one to five, one in twenty people without; hukou mostly alike, a tenth elsewhere, some without."""
        sizes = self.random.integers(1, 6, count)
        sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count * 0.95)) + 1]
        household = np.repeat(np.arange(len(sizes)), sizes)
        household = np.concatenate([household, np.full(max(count - len(household), 1), -1)])
        hukou = np.where(self.random.random(len(household)) < 0.1, self.random.integers(0, len(sizes), len(household)), household)
        hukou = np.where(self.random.random(len(household)) < 0.05, -1, hukou)
        # Every number from nought on has a member, as in a base made by `profile`.
        found = np.unique(hukou[hukou >= 0])
        hukou = np.where(hukou >= 0, np.searchsorted(found, hukou), -1)
        home = self.random.integers(0, len(PLACES), len(sizes))
        place = np.where(
            self.random.random(len(household)) < 0.05, self.random.integers(0, len(PLACES), len(household)), home[household]
        )
        people = pa.table(
            {
                "household": pa.array(household, pa.int32()),
                "hukou": pa.array(hukou, pa.int32()),
                "place": pa.array(place, pa.int32()),
                "authorised": pa.array(self.random.random(len(household)) < 0.8),
            }
        )
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        columns = {"first": first, "count": sizes, "place": home}
        households = pa.table({name: pa.array(values, pa.int32()) for name, values in columns.items()})
        places = self.random.integers(0, len(PLACES), len(found))
        return people, households, pa.table({"place": pa.array(places, pa.int32())})

    def _rows(self, dataset: Dataset) -> pa.Table:
        if dataset.keyed == "division":
            count = 40
        else:
            count = max(self.rows * _SHARE[dataset.code] // 100, 5)
        people = len(self.household_of)
        # The square root crowds rows onto some people, so that there are ties and long runs, and others have none.
        person = np.sort((people * self.random.random(count) ** 1.5).astype(int))
        household = self.household_of[person]
        if dataset.keyed == "household":
            own = self.random.integers(0, max(int(self.household_of.max()), 1), count)
            person = np.where(self.random.random(count) < 0.5, -1, person)
            household = np.where((person < 0) | (self.random.random(count) < 0.3), own, household)
        if dataset.keyed == "division":
            person = household = np.full(count, -1)
        order = np.argsort(person, kind="stable")
        person, household = person[order], household[order]
        made: dict[str, pa.Array] = {
            "person": pa.array(person, pa.int32()),
            "household": pa.array(household, pa.int32()),
            "hukou": pa.array(np.where(person >= 0, self.hukou_of[person], -1), pa.int32()),
            "record_id": pa.array([f"{number:08x}" for number in self.random.permutation(count)]),
        }
        columns = self.catalogue.columns(dataset.code)
        made |= {name: self._cells(dataset, column, count) for name, column in columns.items()}
        if dataset.rows == "state":
            days = pa.array(self.random.choice(self.edges, count), pa.int32()).cast(pa.date32())
            made |= {f"{name}__since": days for name in columns}
        return pa.table(made)

    def _cells(self, dataset: Dataset, column: Column, count: int) -> pa.Array:
        values = self._values(dataset, column, count)
        empty = 0.0 if column.required or column.name in _NEVER_EMPTY else 0.3 if column.empty == "none" else 0.08
        return pa.array(values, arrow_type(column), mask=self.random.random(count) < empty)

    def _values(self, dataset: Dataset, column: Column, count: int) -> Any:
        pick = self.random.choice
        if column.name == "region_code":
            return pick(np.array(PLACES), count)
        if column.type.kind == "person":
            return self.random.integers(0, len(self.household_of), count)
        if column.codes:
            codes = [entry.split(":")[0] for entry in column.codes.split("|")]
            return pick(np.array(codes) if column.type.kind == "text" else np.array(codes, int), count)
        match column.holds:
            case "money":
                amounts = np.array([0, 1, 99, 100, 5000, 99999, 100000, 100001, 200000, 300000])
                signs = pick([-1, 1], count) if column.negative else 1
                return (
                    np.where(self.random.random(count) < 0.7, pick(amounts, count), self.random.integers(0, 500000, count))
                    * signs
                )
            case "decimal":
                return pick([0, 1, 2500, 3333, 5000, 10000, 12500], count)
            case "integer":
                return self.random.integers(0, 6, count)
            case "flag":
                return self.random.random(count) < 0.5
            case "text":
                return pick(np.array(["a", "b"]), count)
            case "instant":
                midnight = int(end_of(self.as_of).timestamp())
                steps = pick(np.array([0, 60, 3600, 7200, 12 * 3600, 24 * 3600, 36 * 3600, 90 * 86400]), count)
                return midnight - steps - pick([0, 1, 59, 1800], count)
        days = self._days(column.name != dataset.at and column.name != "data_date", count)
        return days.astype("datetime64[D]") if column.holds == "date" else _periods(days, column.holds)

    def _days(self, ahead: bool, count: int) -> Any:
        last = (self.as_of - EPOCH).days
        old = last - self.random.integers(0, 900, count)
        days = np.where(self.random.random(count) < 0.6, self.random.choice(self.edges, count), old)
        return np.where(self.random.random(count) < 0.3, 2 * last - days, days) if ahead else days

    def _relation(self, code: str) -> pa.Table:
        relation = self.catalogue.relations[code]
        people = len(self.household_of)
        person = self.random.integers(0, people, people)
        person = np.sort(person) if relation.many else np.unique(person)
        other = pa.array(self.random.integers(0, people, len(person)), pa.int32(), mask=self.random.random(len(person)) < 0.05)
        made = {"person": pa.array(person, pa.int32()), "other": other}
        dataset = self.catalogue.datasets[relation.dataset]
        made |= {
            name: self._cells(dataset, self.catalogue.columns(relation.dataset)[name], len(person)) for name in relation.columns
        }
        return pa.table(made)

    def _coverage(self) -> Coverage:
        fresh, first_day, gaps = {}, {}, {}
        months: dict[tuple[str, int], tuple[int, ...]] = {}
        quarters: dict[tuple[str, int], tuple[int, ...]] = {}
        here = self.as_of.year * 12 + self.as_of.month - 1
        for code in self.catalogue.datasets:
            for place in range(len(PLACES)):
                luck = self.random.random()
                if luck < 0.05:
                    continue
                key = (code, place)
                fresh[key] = luck > 0.1
                missing = {int(here - back) for back in self.random.integers(1, 20, 2)} if luck > 0.8 else set()
                gaps[key] = frozenset(missing)
                if luck > 0.9:
                    first_day[key] = self.as_of - timedelta(days=int(self.random.choice([3, 20, 200])))
                months[key] = tuple(month for month in range(here - 1, here - 15, -1) if month not in missing)
                quarters[key] = tuple(range(here // 3 - 1, here // 3 - 1 - int(self.random.integers(1, 6)), -1))
        return Coverage(fresh, first_day, {key: value for key, value in gaps.items() if value}, months, quarters)


def _periods(days: Any, holds: str) -> Any:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) + 1970 * 12
    if holds == "month":
        return months
    if holds == "quarter":
        return months // 3
    return np.where(months % 12 >= 8, months // 12, months // 12 - 1)


def rows_of(base: Base) -> Mapping[str, int]:
    return {code: table.num_rows for code, table in base.rows.items()}
