"""The base made again from the archive, and a month of new records merged into it."""

from __future__ import annotations

import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, not_here, not_there
from bench.machine import watched
from bench.stand import AS_OF, NOW, RECORDS, Stand
from jiuzhu.registry import public

REBUILD, MERGE = 40, 12  # CPU seconds of 200 M records; L of 8 M new ones
ENOUGH = 4_000_000  # records; a rebuild of fewer says nothing of one of many
MONTH_MERGED = "a month of 8 M records merged, on top of the full run"


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    """Of the one tile that was delivered: the archive of the others does not exist."""
    copy = stand.folder / "again"
    _copied(stand.workspace, copy)
    stages: dict[str, float] = {}

    def heard(what: str, done: int, of: int) -> None:
        stages[what] = time.process_time()  # of the last word of each stage

    began = time.process_time()
    with watched() as held:
        public.run(copy, as_of=AS_OF, now=NOW + timedelta(minutes=1), catalogue=stand.catalogue, progress=heard)
    shutil.rmtree(copy)
    spent = stages["base"] - began
    told = f"{spent:.1f} CPU s for {stand.records:,} records, linking {stages['link'] - began:.1f} of it"
    return [
        _rebuilt(stand, spent, told),
        Figure(
            "their delivery before it, ids of 18 characters, all checks, in proportion",
            "CPU s",
            None,
            stand.deliver_cpu * RECORDS / stand.records,
            f"{stand.deliver_cpu:.1f} CPU s for {stand.records:,} records",
        ),
        Figure("private memory of a run from the archive", "GB", 4, held.more / 1024, f"{stand.records:,} records"),
        not_there(MONTH_MERGED, "L", MERGE, "a run makes the base again from the whole archive"),
    ], []


def _rebuilt(stand: Stand, spent: float, told: str) -> Figure:
    what = "base made again from the archive, of 200 M records in proportion"
    if stand.records < ENOUGH:
        why = f"what each of 145 datasets costs, however few its rows, is most of it below {ENOUGH:,} records: {told}"
        return not_here(what, "CPU s", REBUILD, why)
    return Figure(what, "CPU s", REBUILD, spent * RECORDS / stand.records, told)


def _copied(workspace: Path, copy: Path) -> None:
    """A workspace of the same deliveries, without releases; what never changes is linked, not copied."""
    shutil.rmtree(copy, ignore_errors=True)
    for part in workspace.iterdir():
        if part.name in ("releases", "subjects", "stream", "staging"):
            continue
        if part.is_dir():
            shutil.copytree(part, copy / part.name, copy_function=os.link if part.name == "archive" else shutil.copy2)
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy2(part, copy / part.name)
