"""Time and memory of the sql engine: all indicators of the catalogue over an invented county, with the tallies of each.

    python -m bench.engine_sql --people 300000 --rows 6000000 [--slowest 20] [--statements] [--out tallies.json]

The base is drawn at random from the catalogue alone (every dataset, every column, a few empty cells, a few places that were
not delivered): it says nothing of a real county, but every rule meets rows. Printed are seconds, CPU seconds and peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.engines.sql import SqlEngine
from jiuzhu.engines.sql.session import DuckSession
from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.rules.tree import Column

AS_OF = date(2026, 11, 20)
EPOCH = date(1970, 1, 1)
EMPTY = 0.1  # share of empty cells in a column that may be empty
UNDELIVERED = 0.01  # share of (dataset, county) pairs never delivered
COUNTY = 100  # places of a county


class County:
    """Draws the tables of one base."""

    def __init__(self, catalogue: Catalogue, people: int, rows: int, places: int, seed: int = 7) -> None:
        self.catalogue = catalogue
        self.random = np.random.default_rng(seed)
        self.people_count, self.place_count = people, places
        sizes = self.random.integers(1, 6, people)
        self.household = np.repeat(np.arange(people), sizes)[:people].astype(np.int32)
        self.hukou = np.repeat(np.arange(people), self.random.integers(1, 7, people))[:people].astype(np.int32)
        first = np.unique(self.household, return_index=True)[1]
        self.home_place = np.sort(self.random.integers(0, places, len(first))).astype(np.int32)
        self.first, self.size = first.astype(np.int32), np.diff([*first, people]).astype(np.int32)
        weights = self.random.pareto(1.2, len(catalogue.datasets)) + 0.05  # a few datasets hold most of the rows
        self.counts = dict(zip(sorted(catalogue.datasets), (rows * weights / weights.sum()).astype(int) + 50, strict=True))
        self.counts |= {code: 30 for code, dataset in catalogue.datasets.items() if dataset.keyed == "division"}

    def base(self) -> Base:
        place = self.home_place[self.household]
        hukou_count = int(self.hukou[-1]) + 1
        return Base(
            as_of=AS_OF,
            now=datetime(2026, 11, 20, 16, tzinfo=UTC),
            people=pa.table(
                {
                    "household": self.household,
                    "hukou": self.hukou,
                    "place": place,
                    "authorised": self.random.random(self.people_count) < 0.3,
                }
            ),
            households=pa.table({"first": self.first, "count": self.size, "place": self.home_place}),
            hukou=pa.table({"place": self.random.integers(0, self.place_count, hukou_count).astype(np.int32)}),
            places=pa.table({"code": [f"370502{index // 20 + 1:03}{index % 20 + 1:03}" for index in range(self.place_count)]}),
            rows={code: self.rows(code) for code in self.catalogue.datasets},
            relations={code: self.relation(code) for code in self.catalogue.relations},
            coverage=self.coverage(),
        )

    def rows(self, code: str) -> pa.Table:
        count = self.counts[code]
        person = np.sort(self.random.integers(0, self.people_count, count)).astype(np.int32)
        table: dict[str, pa.Array] = {
            "person": pa.array(person),
            "household": pa.array(self.household[person]),
            "hukou": pa.array(self.hukou[person]),
        }
        columns: Mapping[str, Column] = self.catalogue.columns(code)
        for name, column in columns.items():
            table[name] = self.cells(name, column, count)
            if self.catalogue.datasets[code].rows == "state":
                table[f"{name}__since"] = self.days(count)
        table["record_id"] = pa.array(np.char.add("r", np.arange(count).astype(str)))
        return pa.table(table)

    def days(self, count: int, empty: np.ndarray | None = None) -> pa.Array:
        since = (AS_OF - EPOCH).days
        ago = np.floor(self.random.exponential(400, count)).astype(np.int32)
        return pa.array((since - ago).astype(np.int32), pa.int32(), mask=empty).cast(pa.date32())

    def cells(self, name: str, column: Column, count: int) -> pa.Array:
        empty = None if column.required else self.random.random(count) < EMPTY
        draw = self.random.integers
        if column.type.kind in ("person", "thing"):
            return pa.array(draw(0, self.people_count, count).astype(np.int32), mask=empty)
        words = list(self.catalogue.words(column))
        if name == "region_code":
            return pa.array(np.array(["000000", "370000", "370502"])[draw(0, 3, count)])
        if column.holds == "code" and words:
            kind = pa.int64() if column.type.kind == "number" else pa.string()
            return pa.array(np.array(words)[draw(0, len(words), count)], mask=empty).cast(kind)
        month = AS_OF.year * 12 + AS_OF.month - 1
        match column.holds:
            case "date":
                return self.days(count, empty)
            case "instant":
                return pa.array(1_795_190_400 - draw(0, 40_000_000, count), pa.int64(), mask=empty)
            case "month":
                return pa.array((month - draw(0, 24, count)).astype(np.int32), mask=empty)
            case "quarter":
                return pa.array((month // 3 - draw(0, 8, count)).astype(np.int32), mask=empty)
            case "school_year":
                return pa.array((AS_OF.year - draw(0, 3, count)).astype(np.int32), mask=empty)
            case "flag":
                return pa.array(self.random.random(count) < 0.3, mask=empty)
            case "money":
                return pa.array(np.floor(self.random.exponential(300_000, count)).astype(np.int64), mask=empty)
            case "decimal":
                return pa.array(draw(0, 500_000, count), pa.int64(), mask=empty)
            case "integer":
                return pa.array(draw(0, 12, count), pa.int64(), mask=empty)
        return pa.array(np.char.add("t", draw(0, 50, count).astype(str)), mask=empty)

    def relation(self, code: str) -> pa.Table:
        relation = self.catalogue.relations[code]
        count = self.people_count // 10
        person = self.random.choice(self.people_count, count, replace=relation.many)
        table: dict[str, pa.Array] = {
            "person": pa.array(np.sort(person).astype(np.int32)),
            "other": pa.array(self.random.integers(-1, self.people_count, count).astype(np.int32)),
        }
        columns = self.catalogue.columns(relation.dataset)
        return pa.table({**table, **{name: self.cells(name, columns[name], count) for name in relation.columns}})

    def coverage(self) -> Coverage:
        month = AS_OF.year * 12 + AS_OF.month - 2
        # Departments sit in counties: what one of them did not deliver is missing in all its places.
        counties = range(self.place_count // COUNTY + 1)
        lacking = {
            (code, county) for code in self.catalogue.datasets for county in counties if self.random.random() < UNDELIVERED
        }
        pairs = [
            (code, place)
            for code in self.catalogue.datasets
            for place in range(self.place_count)
            if (code, place // COUNTY) not in lacking
        ]
        months = tuple(range(month, month - 24, -1))
        quarters = tuple(range(month // 3 - 1, month // 3 - 9, -1))
        return Coverage(
            fresh=dict.fromkeys(pairs, True),
            first_day=dict.fromkeys(pairs, AS_OF - timedelta(days=730)),
            months=dict.fromkeys(pairs, months),
            quarters=dict.fromkeys(pairs, quarters),
        )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--people", type=int, default=300_000)
    ask.add_argument("--rows", type=int, default=6_000_000)
    ask.add_argument("--places", type=int, default=300)
    ask.add_argument("--catalogue", type=Path, default=Path("catalogue"))
    ask.add_argument("--slowest", type=int, default=0, help="print this many indicators by the seconds they took")
    ask.add_argument("--statements", action="store_true", help="print the slowest statements")
    ask.add_argument("--out", type=Path)
    given = ask.parse_args()
    catalogue, faults = read_catalogue(given.catalogue)
    base = County(catalogue, given.people, given.rows, given.places).base()
    rows = sum(table.num_rows for table in base.rows.values())
    print(
        f"{base.people.num_rows} people, {rows} rows, {len(catalogue.indicators)} indicators, {len(faults)} faults",
        file=sys.stderr,
    )
    faulty = {fault.path for fault in faults}
    indicators = [item for item in catalogue.indicators.values() if item.path not in faulty]
    before = resource.getrusage(resource.RUSAGE_SELF)
    watch, resident = Watch(), resident_bytes()
    start = time.perf_counter()
    result = SqlEngine(catalogue, lambda: DuckSession(watch.statement)).run(base, indicators, progress=watch.indicator)
    seconds = time.perf_counter() - start
    tallies = result.tallies(indicators)
    tallied = time.perf_counter() - start - seconds
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        json.dumps(
            {
                "seconds": round(seconds, 2),
                "tallies_seconds": round(tallied, 2),
                "cpu_seconds": round(cpu, 2),
                "peak_mb_above_base": watch.peak // 2**20 - resident // 2**20,
                "signals": result.signals.num_rows,
                "unknown": result.unknown.num_rows,
                "statements": len(watch.statements),
            }
        )
    )
    watch.print(given.slowest, statements=given.statements)
    if given.out:
        given.out.write_text(json.dumps([asdict(tally) for tally in tallies], ensure_ascii=False, indent=1))


def resident_bytes() -> int:
    """The memory this process holds now; the base, which is mapped in earnest, is in it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Watch:
    """What took how long: the time from one statement, or indicator, to the next."""

    def __init__(self) -> None:
        self.statements: list[tuple[float, str]] = []
        self.indicators: list[tuple[float, str]] = []
        self.peak = 0

    def statement(self, text: str) -> None:
        self.peak = max(self.peak, resident_bytes())
        self.statements.append((time.perf_counter(), text))

    def indicator(self, code: str, done: int, of: int) -> None:
        self.indicators.append((time.perf_counter(), code))

    def print(self, slowest: int, *, statements: bool) -> None:
        for events, wanted in ((self.indicators, slowest), (self.statements, 20 if statements else 0)):
            shift = 1 if events is self.indicators else 0  # an indicator is told of when it is done, a statement before it runs
            took = [
                (later - earlier, events[index + shift][1]) for index, ((earlier, _), (later, _)) in enumerate(pairwise(events))
            ]
            for seconds, what in sorted(took, reverse=True)[:wanted]:
                print(f"{seconds:.3f} {what[:3000]}", file=sys.stderr)


if __name__ == "__main__":
    main()
