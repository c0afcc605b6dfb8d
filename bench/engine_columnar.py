"""Time and memory of the columnar engine beside the limit: reading once what the rules read, and DuckDB, in the same run.

    python -m bench.engine_columnar [--people 300000] [--rows 6000000] [--naive 20] [--columns]

L is the CPU time to read every column that the rules read once, each in the narrowest type that holds it, without positions.
The base is drawn as in `bench.engine_sql`. DuckDB runs the shared queries of the `sql` engine, and, for some indicators
(`--naive`), one rule at a time with the facts it stands on, as one SQL statement per indicator would. Hashes must be equal.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.engine_sql import County
from jiuzhu.engines.base import Base, Engine, Result
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.sql import SqlEngine
from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.tree import Indicator

PLACES = 300
TIMES = 3  # the best of so many runs counts: the machine is shared


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--people", type=int, default=300_000)
    ask.add_argument("--rows", type=int, default=6_000_000)
    ask.add_argument("--naive", type=int, default=20, help="so many indicators are also run one at a time on DuckDB")
    ask.add_argument("--columns", action="store_true", help="print the columns that are read")
    asked = ask.parse_args()
    catalogue, _ = read_catalogue(Path("catalogue"))
    county = County(catalogue, asked.people, asked.rows, PLACES)
    base = county.base()
    indicators = list(catalogue.indicators.values())
    columns = Columns(base, catalogue)
    engine = ColumnarEngine(catalogue, columns=columns)
    first, _ = _measured(lambda: engine.run(base, indicators))
    before = _peak()
    spent, mine = min((_measured(lambda: engine.run(base, indicators)) for _ in range(TIMES)), key=lambda one: one[0])
    read = _narrow(columns)
    limit = min(_measured(lambda: [np.add.reduce(column, dtype=np.int64) for column in read.values()])[0] for _ in range(TIMES))
    shared, theirs = _measured(lambda: SqlEngine(catalogue).run(base, indicators))
    _same(mine, theirs, indicators)
    rows = sum(table.num_rows for table in base.rows.values())
    size = sum(column.nbytes for column in read.values())
    print(f"{platform.machine()}, {os.cpu_count()} cores, commit {_commit()}; {rows:,} rows, {base.people.num_rows:,} people")
    print("| what | CPU s | in L | |")
    print("| --- | ---: | ---: | --- |")
    print(f"| L: {len(read)} columns, {size / 1e6:,.0f} MB | {limit:.3f} | 1 | |")
    print(
        f"| columnar, {len(indicators)} indicators | {spent:.2f} | {spent / limit:.1f} | peak +{_peak() - before} MB over the first run |"
    )
    print(f"| columnar, first run: tables read into columns | {first:.2f} | {first / limit:.1f} | |")
    print(f"| DuckDB, shared queries | {shared:.2f} | {shared / limit:.1f} | {shared / spent:.1f} times columnar |")
    if asked.naive:
        some = indicators[:: max(1, len(indicators) // asked.naive)]
        slow, fast = _one_by_one(SqlEngine(catalogue), base, some), _measured(lambda: engine.run(base, some))[0]
        print(
            f"| DuckDB, {len(some)} indicators one at a time | {slow:.2f} | {slow / limit:.1f} | {slow / fast:.1f} times columnar ({fast:.2f}) |"
        )
    if asked.columns:
        for (dataset, name), column in sorted(read.items()):
            print(f"{dataset}.{name} {column.dtype} {column.nbytes:,}")


def _one_by_one(engine: Engine, base: Base, some: Sequence[Indicator]) -> float:
    return sum(_measured(lambda one=one: engine.run(base, [one]))[0] for one in some)  # type: ignore[misc]


def _measured(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    answer = work()
    return time.process_time() - began, answer


def _same(mine: object, theirs: object, indicators: Sequence[Indicator]) -> None:
    assert isinstance(mine, Result)
    assert isinstance(theirs, Result)
    assert mine.tallies(indicators) == theirs.tallies(indicators), "the engines disagree: nothing here counts"


def _narrow(columns: Columns) -> dict[tuple[str, str], npt.NDArray[np.integer]]:
    """The columns read so far, each in the narrowest type that holds it."""
    return {key: _narrowed(cells.cells) for key, cells in columns.read().items()}


def _narrowed(cells: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    if cells.dtype == np.bool_:
        return cells.view(np.int8)
    low, high = (int(cells.min()), int(cells.max())) if cells.size else (0, 0)
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return cells.astype(kind)
    return cells


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
