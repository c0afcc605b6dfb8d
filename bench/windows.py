"""How many windows the desk holds: officers who click every 15 seconds, served over PostgreSQL, with everything on one machine.

    python -m bench.windows [--workspace var/windows/workspace] [--windows 1826] [--minutes 1] [--processes 2] [--search]

One window is one officer of a township, signed in, who clicks by the mix of `bench.window_clicks`: lists, tasks and files, acts, the
overview. Whatever shows somebody is written down as ever. Printed: 50, 95 and 99 of 100 answers by kind, errors, and the CPU time of
a page in the platform, in the database and in who clicks, which share the cores. `--search` doubles or halves the windows until it
has found how many hold 95 of 100 answers within 200 ms.

The workspace is any that has a release; `make bench-windows` invents one: 400,000 people in the 156 townships of a prefecture.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.machine import commit, machine, spent
from tests.support.postgresql import run, server

ROOT = Path(__file__).parents[1]
ASKED_WINDOWS, ASKED_MS = 1826, 200
PORT = 8391


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--workspace", type=Path, default=ROOT / "var" / "windows" / "workspace")
    asked.add_argument("--windows", type=int, default=ASKED_WINDOWS)
    asked.add_argument("--minutes", type=float, default=1.0)
    asked.add_argument("--processes", type=int, default=os.cpu_count())
    asked.add_argument("--search", action="store_true", help="how many windows hold it, if these do not")
    asked.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if not given.inside:
        return run([sys.executable, "-m", "bench.windows", "--inside", *sys.argv[1:]], durable=True)
    from jiuzhu.portals.cli.site import prepare_desk
    from jiuzhu.registry import public

    prepare_desk(given.workspace, public.current(given.workspace))
    from bench.window_officers import Office

    office = Office(given.workspace, given.windows)
    print(f"{machine()}, commit {commit()}, load {os.getloadavg()[0]:.1f} before")
    print(f"{office.told}; {given.processes} processes", flush=True)
    with _served(given.workspace, given.processes) as desk:
        _clicked(office, desk, given.windows, 0.25)  # every process opens the release and the vault once
        held, lost = 0, 0
        count = given.windows
        while True:
            answered = _clicked(office, desk, count, given.minutes)
            answered.tell(count)
            held, lost = (max(held, count), lost) if answered.holds else (held, min(lost or count, count))
            if not given.search or held >= given.windows or (lost and lost - held <= max(lost // 8, 10)):
                break
            count = (held + lost) // 2 if held else count // 2
    if lost:
        print(f"{held or 'no number of'} windows hold it" if given.search else f"{lost:,} windows do not hold it")
    return 0


@dataclass(frozen=True)
class Answered:
    """What came back: kind to its waits in seconds, errors in words, requests, and CPU seconds of each who took part."""

    waits: dict[str, list[float]]
    errors: list[str]
    seconds: float
    cpu: dict[str, float]

    @property
    def all(self) -> list[float]:
        return [wait for waits in self.waits.values() for wait in waits]

    @property
    def holds(self) -> bool:
        return not self.errors and _of(self.all, 95) < ASKED_MS

    def tell(self, windows: int) -> None:
        number = len(self.all)
        each = ", ".join(f"{name} {spent / number * 1000:.1f}" for name, spent in self.cpu.items())
        print(f"\n{windows:,} windows, {number:,} answers in {self.seconds:.0f} s: {number / self.seconds:.1f} a second")
        print(f"CPU ms a page: {each}; {sum(self.cpu.values()) / self.seconds:.2f} cores busy, load {os.getloadavg()[0]:.1f}")
        for kind, waits in sorted(self.waits.items()):
            print(f"  {kind:<16} {len(waits):>6}  " + "  ".join(f"{part} {_of(waits, part):6.0f}" for part in (50, 95, 99)))
        print(f"  {'all':<16} {number:>6}  " + "  ".join(f"{part} {_of(self.all, part):6.0f}" for part in (50, 95, 99)))
        print(f"  errors: {len(self.errors)} {self.errors[:3] if self.errors else ''}")
        print(f"  95 of 100 within {ASKED_MS} ms, no error: {'held' if self.holds else 'missed'}", flush=True)


def _of(waits: list[float], part: int) -> float:
    """Milliseconds within which so many of a hundred came."""
    return sorted(waits)[min(len(waits) * part // 100, len(waits) - 1)] * 1000 if waits else 0.0


def _clicked(office: Any, desk: int, windows: int, minutes: float) -> Answered:
    """Let so many windows click for so long."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(office.windows(windows), file)
        file.flush()
        before, began = _spent(desk), time.monotonic()
        words = [sys.executable, "-m", "bench.window_clicks", file.name, "--port", str(PORT), "--seconds", str(minutes * 60)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT) as clicks:
            told = json.loads(clicks.communicate()[0])
        seconds, after = time.monotonic() - began, _spent(desk)
    cpu = {name: after[name] - before[name] for name in after} | {"who clicks": told["cpu"]}
    return Answered(told["waits"], told["errors"], seconds, cpu)


def _spent(desk: int) -> dict[str, float]:
    return {"platform": spent(desk), "database": spent(server())}


@contextmanager
def _served(workspace: Path, processes: int) -> Iterator[int]:
    """The desk as `serve` serves it; gives the number of its process."""
    import http.client

    words = [
        "-c",
        "import sys; from jiuzhu.portals.cli.main import main; sys.exit(main())",
        "serve",
        "--workspace",
        str(workspace),
    ]
    command = [sys.executable, *words, "--port", str(PORT), "--processes", str(processes)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as desk:
        try:
            while True:
                connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
                try:
                    connection.request("GET", "/login/")
                    connection.getresponse().read()
                    break
                except OSError:
                    if desk.poll() is not None:
                        raise SystemExit("the desk did not start; try `jiuzhu serve`") from None
                    time.sleep(0.5)
            yield desk.pid
        finally:
            desk.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
