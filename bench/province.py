"""A province from nothing to its release: invented as Parquet, delivered, monitored; each stage in a process of its own.

    python -m bench.province --residents 2000000 [--division 37] [--folder var/province] [--stage synthesise|deliver|read|run] [--keep]

Printed for each stage: people, rows, files, seconds, CPU seconds of all its processes, their peak memory together, and what lies on
the disk afterwards. Memory is counted once where processes share it; "private" leaves out mapped files, which the system may
drop at any time. With --stage the folder of the stage before must be there, and stays.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bench.machine import commit, family, machine, memory

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=8)))
HEAD = "stage | people | rows | files | seconds | CPU s | rows/CPU s | peak MB, all processes | of it private | MB on disk"
EVERY = 0.5  # seconds between two looks at the memory


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--residents", type=int, default=2_000_000)
    asked.add_argument("--division", default="37")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--folder", type=Path, default=ROOT / "var" / "province")
    asked.add_argument("--stage", choices=tuple(STAGES), help="only this one")
    asked.add_argument("--keep", action="store_true", help="leave the folder when all stages are done")
    asked.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.inside:
        print(json.dumps(STAGES[options.stage](options)))
        return
    print(f"{machine()}, commit {commit()}, {options.residents:,} residents of {options.division}\n")
    print(f"| {HEAD} |\n{'| --- ' * len(HEAD.split('|'))}|", flush=True)
    for stage in [options.stage] if options.stage else list(STAGES):
        print(_watched(stage, options).line(stage), flush=True)
    if not options.stage and not options.keep:
        shutil.rmtree(options.folder)


# --- the stages ------------------------------------------------------------------------------------------------------


def _synthesise(options: argparse.Namespace) -> dict[str, int]:
    from jiuzhu.registry import public
    from jiuzhu.synthetic import shelves
    from jiuzhu.synthetic.county import synthesise
    from jiuzhu.synthetic.formats import PARQUET

    shelves.style_of = lambda *_: PARQUET
    out = options.folder / "invented"
    made = synthesise(
        out=out,
        catalogue=public.catalogue(),
        division=options.division,
        residents=options.residents,
        as_of=AS_OF,
        seed=options.seed,
        progress=_progress,
    )
    return {"people": made.residents, "rows": made.records, "files": made.files, "disk": _size(out)}


def _deliver(options: argparse.Namespace) -> dict[str, int]:
    from jiuzhu.registry import public
    from jiuzhu.registry.ingest.parsing import PARSERS

    workspace = options.folder / "workspace"
    public.mark_invented(workspace)
    paths = [options.folder / "invented" / "deliveries"]
    reports = public.deliver(paths, workspace=workspace, catalogue=public.catalogue(), as_of=AS_OF, progress=_progress)
    PARSERS.close()  # only processes that have ended are counted
    refused = [str(one.error) for one in reports if one.error]
    assert not refused, refused[:3]
    rows = sum(one.received for one in reports)
    return {"people": 0, "rows": rows, "files": len(reports), "disk": _size(workspace)}


def _run(options: argparse.Namespace) -> dict[str, int]:
    from jiuzhu.registry import public

    workspace = options.folder / "workspace"
    made = public.run(workspace, as_of=AS_OF, now=NOW, catalogue=public.catalogue(), progress=_progress)
    release = workspace / "releases" / made.release
    rows = sum(json.loads((release / "manifest.json").read_text(encoding="utf-8"))["counts"].values())
    return {"people": made.people, "rows": rows, "files": sum(1 for _ in release.rglob("*.*")), "disk": _size(release)}


def _read(options: argparse.Namespace) -> dict[str, int]:
    """One month of the dataset with most rows, and that whole dataset: a month opens the files of that month alone."""
    import pyarrow.parquet as pq

    from jiuzhu.registry.ingest.archive import deliveries, row_files
    from jiuzhu.registry.ingest.workspace import Workspace

    home = Workspace(options.folder / "workspace")
    told = deliveries(home)
    sizes = {code: sum(one.accepted for one in told if one.dataset == code) for code in {one.dataset for one in told}}
    largest = max(sorted(sizes), key=lambda code: sizes[code])
    mine = [one for one in told if one.dataset == largest]
    month_end = AS_OF.replace(day=1) - timedelta(days=1)
    parts = {
        "month": [path for one in mine for path in row_files(home, one, first=month_end.replace(day=1), last=month_end)],
        "all": [path for one in mine for path in row_files(home, one)],
    }
    rows = 0
    for what, paths in parts.items():
        began = time.perf_counter()
        found = sum(pq.read_table(path, columns=["record_id"]).num_rows for path in paths)
        size = sum(path.stat().st_size for path in paths)
        print(
            f"{largest}, {what}: {found:,} rows of {sum(sizes.values()):,} in {len(paths)} files of {size / 1e6:,.0f} MB, "
            f"{time.perf_counter() - began:.2f} s",
            file=sys.stderr,
        )
        rows += found
    return {"people": 0, "rows": rows, "files": len(parts["all"]), "disk": sum(path.stat().st_size for path in parts["all"])}


STAGES: dict[str, Callable[[argparse.Namespace], dict[str, int]]] = {
    "synthesise": _synthesise,
    "deliver": _deliver,
    "read": _read,
    "run": _run,
}


def _progress(what: str, done: int, of: int) -> None:
    print(f"\r{what:40.40} {done:,} of {of:,} ", end="", file=sys.stderr, flush=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# --- watching --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    told: dict[str, int]
    seconds: float
    cpu: float
    peak: int
    private: int

    def line(self, stage: str) -> str:
        people = f"{self.told['people']:,}" if self.told["people"] else "–"
        return (
            f"| {stage} | {people} | {self.told['rows']:,} | {self.told['files']:,} | {self.seconds:.1f} | {self.cpu:.1f} "
            f"| {self.told['rows'] / self.cpu:,.0f} | {self.peak // 1024:,} | {self.private // 1024:,} | {self.told['disk'] / 1e6:,.0f} |"
        )


def _watched(stage: str, options: Any) -> Watched:
    """Run one stage in its own process and look at the memory of all its processes twice a second."""
    given = ["--residents", str(options.residents), "--division", options.division, "--seed", str(options.seed)]
    command = [sys.executable, "-m", "bench.province", "--inside", "--stage", stage, "--folder", str(options.folder), *given]
    began, peak, private = time.monotonic(), 0, 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        while (ended := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            held = [memory(number) for number in family(child.pid)]
            peak, private = max(peak, sum(one for one, _ in held)), max(private, sum(two for _, two in held))
            time.sleep(EVERY)
        child.returncode = os.waitstatus_to_exitcode(ended[1])
        seconds, told = time.monotonic() - began, child.stdout.read()
    if child.returncode:
        raise SystemExit(f"stage {stage} ended with {child.returncode}")
    return Watched(json.loads(told), seconds, ended[2].ru_utime + ended[2].ru_stime, peak, private)


if __name__ == "__main__":
    main()
