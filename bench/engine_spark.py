"""The spark engine on one core and on two: the same county, the same indicators, each in a process of its own.

python -m bench.engine_spark --residents 5000 --every 12
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from jiuzhu.engines.sql.spark import SparkEngine
from jiuzhu.engines.sql.spark_settings import Settings
from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from tests.support.county import invent, monitored

MASTERS = ("local[1]", "local[2]")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=5000)
    parser.add_argument("--every", type=int, default=12, help="each so-manieth of the indicators")
    parser.add_argument("--run", nargs=2, metavar=("MASTER", "WORKSPACE"), help="one of the runs")
    asked = parser.parse_args()
    if asked.run:
        return _run(asked.run[0], Path(asked.run[1]), asked.every)
    catalogue = public.catalogue()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        monitored(invent(Path(folder) / "invented", catalogue, residents=asked.residents), workspace, catalogue)
        told = [_asked(master, workspace, asked.every) for master in MASTERS]
    print("| master | rows | indicators | first run: wall s | CPU s | second run: wall s | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for one in told:
        (wall, cpu), (wall_again, cpu_again) = one["runs"]
        print(f"| {one['master']} | {one['rows']:,} | {one['indicators']} | {wall} | {cpu} | {wall_again} | {cpu_again} |")
    same = len({json.dumps(one["tallies"]) for one in told}) == 1
    print("equal tallies" if same else "THE TALLIES DIFFER")
    return 0 if same else 1


def _asked(master: str, workspace: Path, every: int) -> dict[str, object]:
    words = [sys.executable, "-m", "bench.engine_spark", "--every", str(every), "--run", master, str(workspace)]
    told: dict[str, object] = json.loads(
        subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )
    return told


def _run(master: str, workspace: Path, every: int) -> int:
    """Twice: the first run opens Spark and warms it."""
    catalogue = public.catalogue()
    base = Release(Workspace(workspace), public.releases(workspace)[0]).base
    indicators = list(catalogue.indicators.values())[::every]
    engine = SparkEngine(catalogue, Settings(master=master, ranges=2))
    runs = []
    for _ in range(2):
        began, spent = time.perf_counter(), _cpu()
        result = engine.run(base, indicators)
        runs.append((round(time.perf_counter() - began, 1), round(_cpu() - spent, 1)))
    told = {
        "master": master,
        "rows": sum(table.num_rows for table in base.rows.values()),
        "indicators": len(indicators),
        "runs": runs,
        "tallies": [(one.indicator, one.count, one.value_sum, one.mix) for one in result.tallies(indicators)],
    }
    print(json.dumps(told))
    return 0


def _cpu() -> float:
    """Of this process and of the Java below it."""
    own = psutil.Process()
    times = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return sum(one.user + one.system for one in times)


if __name__ == "__main__":
    sys.exit(main())
