"""The base made again from the archive, and a month of new records merged into it."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.figures import Figure, not_here
from bench.limit import columns_read, limit
from bench.machine import Held, watched
from bench.stand import AS_OF, NOW, RECORDS, Stand
from jiuzhu.registry import public
from jiuzhu.registry.ingest.parsing import PARSERS
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release

REBUILD, MERGE = 40, 12  # CPU seconds of 200 M records; L of 8 M new ones
ENOUGH = 4_000_000  # records; a rebuild of fewer says nothing of one of many
NEW = "2026-10"  # the month that comes last: the last one that is over
_RENEWED = re.compile(r"([a-z_]+)(-\d{4}(Q\d|-\d\d)?(-p\d+)?)?\.parquet$")  # names of files that only add rows
MONTH_MERGED = "a month of 8 M records merged, on top of the full run"


@dataclass(frozen=True)
class _Spent:
    """CPU seconds of a run up to the end of its base; how its tables were come by."""

    seconds: float
    linking: float
    tables: Sequence[str]
    release: str


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    """Of the one tile that was delivered: the archive of the others does not exist."""
    copy = stand.folder / "again"
    _copied(stand.workspace, copy)
    with watched() as held:
        rebuilt = _run(stand, copy, 1)
    shutil.rmtree(copy)
    merged, lines = _merged(stand, rebuilt)
    told = f"{rebuilt.seconds:.1f} CPU s for {stand.records:,} records, linking {rebuilt.linking:.1f} of it"
    return [
        _rebuilt(stand, rebuilt.seconds, told),
        Figure(
            "their delivery before it, ids of 18 characters, all checks, in proportion",
            "CPU s",
            None,
            stand.deliver_cpu * RECORDS / stand.records,
            f"{stand.deliver_cpu:.1f} CPU s for {stand.records:,} records",
        ),
        _memory(stand, held),
        merged,
    ], lines


def _run(stand: Stand, workspace: Path, minute: int) -> _Spent:
    stages: dict[str, float] = {}

    def heard(what: str, done: int, of: int) -> None:
        stages[what] = time.process_time()  # of the last word of each stage

    began, now = time.process_time(), NOW + timedelta(minutes=minute)
    made = public.run(workspace, as_of=AS_OF, now=now, catalogue=stand.catalogue, progress=heard)
    return _Spent(stages["base"] - began, stages["link"] - began, list(made.tables.values()), made.release)


def _merged(stand: Stand, rebuilt: _Spent) -> tuple[Figure, list[str]]:
    """The tile without what came in its last closed month, then with it."""
    folder = stand.folder / "merged"
    shutil.rmtree(folder, ignore_errors=True)
    new = _split(stand.folder / "county" / "deliveries", folder)
    workspace = folder / "workspace"
    public.mark_invented(workspace)
    for name in ("before", "month"):
        reports = public.deliver([folder / name], workspace=workspace, catalogue=stand.catalogue, as_of=AS_OF)
        assert not [one for one in reports if one.error], [str(one.error) for one in reports if one.error][:3]
        spent = _run(stand, workspace, 1 if name == "before" else 2)
    PARSERS.close()
    base = Release(Workspace(workspace), spent.release).base
    once = limit(columns_read(base, stand.catalogue, list(stand.catalogue.indicators.values())))
    shutil.rmtree(folder)
    ways = {way: spent.tables.count(way) for way in ("taken on", "renumbered", "merged")}
    again = len(spent.tables) - sum(ways.values())
    told = (
        f"{spent.seconds:.2f} CPU s for {new:,} new of {stand.records:,} records, linking {spent.linking:.2f} of it; from the "
        f"archive {rebuilt.seconds:.2f}. L is {once * 1000:.2f} ms. Of {len(spent.tables)} tables {ways['taken on']} were taken on "
        f"as they lie, {ways['renumbered']} renumbered, {ways['merged']} merged, {again} made again"
    )
    return Figure(MONTH_MERGED, "L", MERGE, spent.seconds / once, told), []


def _split(deliveries: Path, folder: Path) -> int:
    """Every delivery into `before`, without the rows sent in the new month, and these into `month`; gives how many these are.

    What takes the place of others, and what comes again under another name, stays as it is.
    """
    count = 0
    for path in sorted(one for one in deliveries.rglob("*") if one.is_file()):
        before = folder / "before" / path.relative_to(deliveries)
        before.parent.mkdir(parents=True, exist_ok=True)
        named = _RENEWED.match(path.name)
        table = pq.read_table(path) if named else None
        sent = pc.starts_with(table["data_date"].cast(pa.string()), NEW) if table is not None else None
        many = pc.sum(sent).as_py() or 0 if sent is not None else 0
        if named is None or table is None or not many:
            os.link(path, before)
            continue
        count += many
        late = folder / "month" / f"{named[1]}-{NEW}-p{count}.parquet"
        late.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.filter(sent), late)
        if many < table.num_rows:
            pq.write_table(table.filter(pc.invert(sent)), before)
    return count


def _memory(stand: Stand, held: Held) -> Figure:
    return Figure("private memory of a run from the archive", "GB", 4, held.more / 1024, f"{stand.records:,} records")


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
