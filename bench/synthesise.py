"""How fast a county is invented: records a second, CPU seconds, peak memory; as departments send it, and all as Parquet.

python -m bench.synthesise --residents 300000 [--division 370502] [--parquet]
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import tempfile
import time
from pathlib import Path

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.synthetic import shelves
from jiuzhu.synthetic.county import synthesise
from jiuzhu.synthetic.formats import PARQUET

ROOT = Path(__file__).parents[1]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--residents", type=int, default=300_000)
    asked.add_argument("--division", default="370502")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--parquet", action="store_true", help="every file as Parquet, instead of as each office sends it")
    options = asked.parse_args()
    catalogue, _ = read_catalogue(ROOT / "catalogue")
    if options.parquet:
        shelves.style_of = lambda *_: PARQUET
    with tempfile.TemporaryDirectory() as folder:
        began, spent = time.monotonic(), time.process_time()
        made = synthesise(
            out=Path(folder), catalogue=catalogue, division=options.division, residents=options.residents, seed=options.seed
        )
        seconds, cpu = time.monotonic() - began, time.process_time() - spent
        size = sum(path.stat().st_size for path in (Path(folder) / "deliveries").iterdir())
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| machine | commit | residents | records | files | MB | seconds | CPU s | records/s | records/CPU s | peak MB |")
    print("| --- " * 11 + "|")
    print(
        f"| {platform.machine()} | {commit} | {made.residents:,} | {made.records:,} | {made.files} | {size / 1e6:.0f} "
        f"| {seconds:.1f} | {cpu:.1f} | {made.records / seconds:,.0f} | {made.records / cpu:,.0f} | {peak:.0f} |"
    )


if __name__ == "__main__":
    main()
