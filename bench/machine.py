"""What a bench measures with: CPU seconds, memory a process holds of its own, and the machine and commit it ran on."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
LOOKS = 0.005  # seconds between two looks at the memory
_Given = TypeVar("_Given")


def commit() -> str:
    """The commit, and whether the tree held more than it."""
    told = [
        subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False).stdout.strip()
        for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no", "src", "catalogue"))
    ]
    return told[0] + (" and changes not committed" if told[1] else "")


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def cpu(work: Callable[[], _Given]) -> tuple[float, _Given]:
    """CPU seconds of all threads of this process, and what came of it."""
    began = time.process_time()
    answer = work()
    return time.process_time() - began, answer


def least(work: Callable[[], _Given], times: int) -> tuple[float, _Given]:
    """The least of several tries: the machine is shared, and others only ever add."""
    return min((cpu(work) for _ in range(times)), key=lambda one: one[0])


@dataclass
class Held:
    """Megabytes of its own (no mapped file) that this process held at most, above what it held when the watch began."""

    before: float
    peak: float = 0.0

    @property
    def more(self) -> float:
        return max(self.peak - self.before, 0.0)


@contextlib.contextmanager
def watched() -> Iterator[Held]:
    """Look at the private memory of this process from a thread of its own while the work goes on."""
    held, over = Held(private()), threading.Event()

    def look() -> None:
        while not over.wait(LOOKS):
            held.peak = max(held.peak, private())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        over.set()
        thread.join()
        held.peak = max(held.peak, private())


def private() -> float:
    """Megabytes of this process that are no mapped file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem"))) / 1024


def family(number: int) -> list[int]:
    """A process and all below it, whichever of its threads began them."""
    children: list[str] = []
    with contextlib.suppress(OSError):  # ended since
        for path in Path(f"/proc/{number}/task").glob("*/children"):
            children += path.read_text().split()
    return [number, *(below for child in children for below in family(int(child)))]


def spent(number: int) -> float:
    """CPU seconds so far of a process and of all below it, those that have ended included."""
    return sum(map(_spent, family(number)))


def _spent(number: int) -> float:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def memory(number: int) -> tuple[int, int]:
    """Kilobytes a process holds, its share of what several hold; and what of it is no mapped file."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0, 0
    told = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in lines)}
    return told["Pss"], told["Pss"] - told["Pss_File"]
