"""Every figure that is asked of the base, measured in one run, into docs/reference/performance.md and var/bench.json.

    python -m bench [--scale 0.02] [--invented N] [--only GROUP …] [--folder var/bench] [--keep]

Each group is measured in a process of its own, one after another, on the same stand. With `--only` the page is printed and
nothing is written. `--keep` leaves the stand where it is; a later call with the same folder takes it up.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.figures import PAGE, PLAIN, Figure, page, plain, write
from bench.machine import ROOT, commit, machine
from bench.stand import Stand, built

# Module to the title of its table; each has `figures(stand)`, which gives figures and lines to print below them.
GROUPS: Mapping[str, str] = {
    "runs": "Full runs",
    "merges": "Rebuild and merge",
    "reads": "Reading one household",
    "changes": "Another rule, another number",
    "ready": "The engine made ready",
    "live": "One record and many",  # last: it adds to what the others measure
}


def main() -> int:
    options = _options()
    if options.inside:
        print(json.dumps(_measured(options.inside, Stand.read(options.folder))))
        return 0
    folder = options.folder or Path(tempfile.mkdtemp(prefix="bench-", dir=_under(ROOT / "var")))
    busy = f"{os.getloadavg()[0]:.1f} other processes wanted its cores when the run began"
    try:
        began = time.monotonic()
        stand = Stand.read(folder) if (folder / "stand.json").exists() else built(_under(folder), options.scale, options.invented)
        _say(f"stand ready after {time.monotonic() - began:.0f} s")
        groups: dict[str, Sequence[Figure]] = {}
        notes: dict[str, Sequence[str]] = {}
        failed = 0
        for name in options.only or GROUPS:
            began = time.monotonic()
            figures, lines = _asked(name, folder)
            failed += figures is None
            groups[GROUPS[name]], notes[GROUPS[name]] = figures or [], lines
            _say(f"{name}: {time.monotonic() - began:.0f} s")
        about = [f"{machine()}, commit {commit()}; {busy}", *stand.about()]
        told = page(about, groups, notes)
        print(told)
        if not options.only:
            write(PAGE, told)
            write(PLAIN, plain(about, groups))
        return 1 if failed else 0
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scale", type=float, default=0.02, help="1: ten million residents, two hundred million records")
    asked.add_argument("--invented", type=int, help="invent so many residents; by default a fiftieth, and 12,000 at least")
    asked.add_argument("--only", nargs="+", choices=tuple(GROUPS), help="only these groups")
    asked.add_argument("--folder", type=Path, help="where the stand is made, or lies")
    asked.add_argument("--keep", action="store_true", help="leave the stand")
    asked.add_argument("--inside", choices=tuple(GROUPS), help=argparse.SUPPRESS)
    return asked.parse_args()


def _measured(name: str, stand: Stand) -> tuple[list[dict[str, object]], list[str]]:
    figures, lines = importlib.import_module(f"bench.{name}").figures(stand)
    return [asdict(one) for one in figures], lines


def _asked(name: str, folder: Path) -> tuple[list[Figure] | None, list[str]]:
    """A group in a process of its own; if it fails, the page says so instead of leaving it out."""
    words = [sys.executable, "-m", "bench", "--inside", name, "--folder", str(folder)]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.stderr.write(ended.stderr)
        return None, [f"**Failed**: {ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else ended.returncode}"]
    figures, lines = json.loads(ended.stdout.splitlines()[-1])
    return [Figure(**one) for one in figures], lines


def _under(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
