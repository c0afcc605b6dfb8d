"""Time and memory of ingest: files of one dataset with all checks on, from bytes to the archive and the vault.

    python -m bench.ingest [--rows 500000] [--files 4] [--dataset medins_settlement] [--people 300000] [--form csv]

The files are drawn at random from the catalogue: right id numbers, names, phones, accounts, dates, codes and amounts, in
no order of persons. Each is for one month, and its rows were true on days of that month. Printed as a row of a table:
rows per second and core, counted over the CPU time of all processes, their start included; the same for a second call,
which finds only duplicates.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.parsing import PARSERS
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.rules.tree import Column
from jiuzhu.vocabulary.id_number import unpack_many

ROOT = Path(__file__).parents[1]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高", "伟芳娜秀英敏静丽强磊军洋勇艳杰涛明超秀兰霞平刚桂"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000, help="rows a file")
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--dataset", default="medins_settlement")
    parser.add_argument("--form", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args()
    catalogue = read_catalogue(ROOT / "catalogue")[0]
    with tempfile.TemporaryDirectory() as folder:
        paths = [_write(asked, catalogue, Path(folder), number) for number in range(asked.files)]
        size = sum(path.stat().st_size for path in paths)
        workspace = Workspace(Path(folder) / "var")
        print("| machine | commit | what | rows | MB | seconds | CPU s | rows/CPU s | peak MB, main | peak MB, parsing |")
        print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for what in (f"{asked.dataset}, {asked.form}", "the same again"):
            _measure(what, paths, workspace, catalogue, asked, size)


def _measure(what: str, paths: list[Path], workspace: Workspace, catalogue: Catalogue, asked: Any, size: int) -> None:
    began, before = time.perf_counter(), os.times()
    reports = deliver(paths, workspace, catalogue, workers=asked.workers)
    seconds = time.perf_counter() - began
    PARSERS.close()  # only processes that have ended are counted
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    rows = sum(report.received for report in reports)
    refused = [str(report.error) for report in reports if report.error]
    assert not refused, refused
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    main_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    child_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"| {platform.machine()}, {os.cpu_count()} cores | {commit.strip()} | {what} | {rows:,} | {size / 1e6:.0f} "
        f"| {seconds:.1f} | {spent:.1f} | {rows / spent:,.0f} | {main_peak} | {child_peak} |"
    )


def _write(asked: Any, catalogue: Catalogue, folder: Path, number: int) -> Path:
    random = np.random.default_rng(number)
    people = random.integers(0, asked.people, asked.rows)
    dataset, month = catalogue.datasets[asked.dataset], f"2026-{number % 12 + 1:02}"
    columns = {
        name: _column(column, list(catalogue.words(column)), random, people, number * asked.rows, month)
        for name, column in dataset.columns.items()
    }
    table = pa.table(columns)
    path = folder / f"{asked.dataset}-{month}-part{number}.{asked.form}"
    if asked.form == "parquet":
        pyarrow.parquet.write_table(table, path)
    else:
        pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return path


def _column(
    column: Column, codes: list[str], random: np.random.Generator, people: npt.NDArray[np.int64], first: int, month: str
) -> pa.Array:
    count = len(people)
    if column.name == "data_date":
        return pa.array(np.datetime64(f"{month}-01") + random.integers(0, 28, count)).cast(pa.date32())
    if column.name == "record_id":
        return pa.array([f"R{first + row:010}" for row in range(count)])
    if column.identity == "id":
        return pa.array(_id_numbers(int(people.max()) + 1)).take(pa.array(people))
    if column.identity == "name":
        names = [SURNAMES[n % 15] + GIVEN[n // 15 % 24] + GIVEN[n // 360 % 24] for n in range(int(people.max()) + 1)]
        return pa.array(names).take(pa.array(people))
    if column.identity and column.holds == "text":
        return pa.array([f"1{number:010}" for number in range(int(people.max()) + 1)]).take(pa.array(people))
    if column.name.endswith("region_code"):
        return pa.array([f"370502{number:03}001" for number in range(1, 20)]).take(pa.array(random.integers(0, 19, count)))
    if codes:
        return pa.array(codes).take(pa.array(random.integers(0, len(codes), count)))
    return _value(column.holds, random, count)


def _value(holds: str, random: np.random.Generator, count: int) -> pa.Array:
    days = pa.array(np.datetime64("2026-01-01") + random.integers(0, 300, count))
    months = pa.array([f"2026-{month:02}" for month in range(1, 12)]).take(pa.array(random.integers(0, 11, count)))
    amounts = pa.array(random.integers(0, 3_000_000, count)).cast(pa.decimal128(21, 0))
    made = {
        "money": lambda: pa.Array.from_buffers(pa.decimal128(21, 2), count, amounts.buffers()),
        "decimal": lambda: pa.array(random.integers(0, 400, count)),
        "integer": lambda: pa.array(random.integers(0, 40, count)),
        "flag": lambda: pa.array(random.integers(0, 2, count) == 1),
        "date": lambda: days.cast(pa.date32()),
        "month": lambda: months,
        "quarter": lambda: pa.array(["2026-Q1", "2026-Q2"]).take(pa.array(random.integers(0, 2, count))),
        "school_year": lambda: pa.array(["2025-2026"] * count),
        "instant": lambda: pa.array(["2026-10-01T08:30:00+08:00"] * count),
    }
    texts = pa.array([f"某单位{number}" for number in range(500)])
    return made[holds]() if holds in made else texts.take(pa.array(random.integers(0, 500, count)))


def _id_numbers(count: int) -> list[str]:
    """So many different right numbers."""
    number = np.arange(count)
    digits = 37_050_200_000_000_000 + (1940 + number % 70) * 10**7 + (1 + number // 70 % 12) * 10**5
    digits += (1 + number // 840 % 28) * 1000 + number // 23_520 % 1000
    check = sum(weight * (digits // 10 ** (16 - place) % 10) for place, weight in enumerate(WEIGHTS))
    return unpack_many(digits * 11 + (12 - check % 11) % 11)


if __name__ == "__main__":
    main()
