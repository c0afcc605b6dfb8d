"""Reading all that is known of one household of four, while another process does the same."""

from __future__ import annotations

import itertools
import multiprocessing
import random
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.figures import Figure
from bench.stand import Stand
from jiuzhu.registry import public

READERS, READS, BEFORE = 2, 1_000, 50
MEMBERS = 4
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
Took = list[tuple[float, float]]  # wall and CPU seconds of each read


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    with multiprocessing.get_context("spawn").Pool(READERS) as pool:
        told = pool.starmap(_read, [(stand.folder, seed) for seed in range(READERS)])
    wall, spent = (np.array([one[at] for took, _ in told for one in took]) * 1000 for at in (0, 1))
    rows = sum(count for _, count in told) / (READERS * READS)
    about = (
        f"{READERS * READS:,} reads by {READERS} processes at once, {rows:.0f} rows each of {len(stand.catalogue.datasets)} "
        f"datasets; half of them {np.median(wall):.2f} ms"
    )
    return [
        Figure(f"all rows of a household of {MEMBERS}, 99th of a hundred", "ms", 5, float(np.quantile(wall, 0.99)), about),
        Figure("the same, CPU time", "ms", None, float(np.quantile(spent, 0.99)), "what of it is not waiting for others"),
    ], []


def _read(folder: Path, seed: int) -> tuple[Took, int]:
    stand = Stand.read(folder)
    took: Took = []
    rows = 0
    for at, number in enumerate(_households(stand, seed, BEFORE + READS)):
        began, spent = time.perf_counter(), time.process_time()
        found = public.household(stand.workspace, number, by="bench", purpose="figures", at=AT)
        ended = time.perf_counter() - began, time.process_time() - spent
        assert len(found.people) == MEMBERS
        if at >= BEFORE:
            took.append(ended)
            rows += sum(len(some) for some in found.rows.values())
    return took, rows


def read_on(stand: Stand) -> None:
    """One household after another until the process is ended; a line once the first are read."""
    for at, number in enumerate(itertools.cycle(_households(stand, 11, READS))):
        public.household(stand.workspace, number, by="bench", purpose="figures", at=AT)
        if at == BEFORE:
            print("reading", flush=True)


def _households(stand: Stand, seed: int, count: int) -> list[str]:
    """The numbers of households of four, drawn."""
    release = stand.release()
    fours = np.flatnonzero(np.asarray(release.base.households["count"]) == MEMBERS)
    chosen = random.Random(seed).choices(fours.tolist(), k=count)
    numbers = release.numbers["number"]
    return [numbers[household].as_py() for household in chosen]
