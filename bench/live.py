"""One record, ten thousand and a million of them: on the disk, answered and in the stream, while somebody reads households."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.figures import Figure, not_here
from bench.machine import ROOT, watched
from bench.stand import AS_OF, Stand
from jiuzhu.registry.overlay.live import Live, Taken

DATASET = "medins_settlement"
SINGLES, BEFORE = 300, 20
MANY, MILLION = 10_000, 1_000_000
ENOUGH = 1_000_000  # people whom a million records may well concern
_AT_ONCE = 20_000  # bills made up together: a million as objects take more memory than all that is measured
READER = """
import sys
from pathlib import Path
from bench.reads import read_on
from bench.stand import Stand
read_on(Stand.read(Path(sys.argv[1])))
"""


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    """Bills of people of the county that was invented: theirs are the numbers the vault knows."""
    bills = _Bills(stand)
    live = Live(stand.home, stand.catalogue)
    with watched() as held, _somebody_reads(stand):
        began = time.process_time()
        live.open()
        opening = time.process_time() - began
        for _ in range(BEFORE):
            live.take(DATASET, bills.lines(1))
        took, bare, spent = [], [], []
        for _ in range(SINGLES):
            lines = bills.lines(1)
            bare.append(_wall(lambda lines=lines: _written(stand.folder / "bare", lines)))  # type: ignore[misc]
            cpu = time.process_time()
            took.append(_wall(lambda lines=lines: live.take(DATASET, lines)))  # type: ignore[misc]
            spent.append(1000 * (time.process_time() - cpu))
        lines = bills.lines(MANY)
        began = time.process_time()
        many = _wall(lambda: live.take(DATASET, lines))
        many_cpu = 1000 * (time.process_time() - began)
    above = float(np.quantile(took, 0.99) - np.quantile(bare, 0.99))
    told = (
        f"{SINGLES} records: {np.quantile(took, 0.99):.1f} ms with the disk, {np.quantile(bare, 0.99):.1f} the bare write; half "
        f"of them {np.median(took):.1f} and {np.median(bare):.1f}"
    )
    return [
        Figure("one record, 99th of a hundred, above a bare write and wait for the disk", "ms", 10, above, told),
        Figure("the same, CPU time", "ms", None, float(np.quantile(spent, 0.99)), "what of it is not waiting for others"),
        Figure(f"{MANY:,} records in one call", "ms", 250, many, f"CPU {many_cpu:,.0f} ms"),
        _million(stand, live, bills),
        Figure("made ready for the first record", "CPU s", None, opening),
        Figure("private memory of these, beside the mapped base", "GB", 0.6, held.more / 1024),
    ], []


def _million(stand: Stand, live: Live, bills: _Bills) -> Figure:
    what = f"{MILLION:,} records in one call"
    if stand.people < ENOUGH:
        return not_here(what, "CPU s", 3, f"{stand.people:,} people do not get so many at once; `make bench SCALE=1`")
    lines = bills.lines(MILLION)
    began = time.process_time()
    taken: list[Taken] = []
    wall = _wall(lambda: taken.append(live.take(DATASET, lines)))
    spent = time.process_time() - began
    assert taken[0].accepted == MILLION
    told = f"{wall / 1000:.1f} s on the clock, {len(lines) / 1e6:,.0f} MB of JSON, {taken[0].asked:,} households asked again"
    return Figure(what, "CPU s", 3, spent, told)


class _Bills:
    """Bills of the last days, each like one that was delivered, with a record number of its own."""

    def __init__(self, stand: Stand) -> None:
        paths = sorted((stand.folder / "county" / "deliveries").glob(f"{DATASET}*.parquet"))
        self._told = pa.concat_tables(pq.read_table(path) for path in paths)
        self._random, self._made = Random(7), 0

    def lines(self, count: int) -> bytes:
        return b"\n".join(self._some(min(_AT_ONCE, count - done)) for done in range(0, count, _AT_ONCE))

    def _some(self, count: int) -> bytes:
        chosen = [self._random.randrange(self._told.num_rows) for _ in range(count)]
        rows = self._told.take(pa.array(chosen)).to_pylist()
        day = (AS_OF - timedelta(days=1)).isoformat()
        for row in rows:
            self._made += 1
            row |= {"record_id": f"live{self._made}", "settlement_no": f"live{self._made}"}
            row |= dict.fromkeys(("admission_date", "discharge_date", "settlement_date", "data_date"), day)
        return "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in rows).encode()


def _written(path: Path, content: bytes) -> None:
    """What a record costs that is only kept: one write at the end of a file, and the wait for the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, content)
        os.fdatasync(handle)
    finally:
        os.close(handle)


@contextmanager
def _somebody_reads(stand: Stand) -> Iterator[None]:
    """Another process reads one household after another."""
    reader = subprocess.Popen([sys.executable, "-c", READER, str(stand.folder)], cwd=ROOT, stdout=subprocess.PIPE)
    assert reader.stdout is not None
    try:
        reader.stdout.readline()  # it has read its first ones
        yield
        assert reader.poll() is None, "the reader ended before the records"
    finally:
        reader.kill()
        reader.wait()


def _wall(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
