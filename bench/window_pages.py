"""What a page of the desk costs, by kind: CPU of the platform and of PostgreSQL, of officers who click one after the other.

    python -m bench.window_pages [--workspace var/windows/workspace] [--windows 160] [--clicks 1000] [--profile list]

The officers and their mix of clicks are those of `bench.windows`, but they ask this process without a server between, one click
after the other, so nothing waits and CPU time means what it says on a machine with other work. The waiting for requests, their reading
and the threads of the server are not in it. `--profile` prints where the pages of a kind spend their time.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import io
import json
import pstats
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.machine import commit, machine
from tests.support.postgresql import run

ROOT = Path(__file__).parents[1]
FIXED = [{"n": n, "text": "a text of some length"} for n in range(500)]
WARM = 0.25  # of the clicks are made before anything is counted


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--workspace", type=Path, default=ROOT / "var" / "windows" / "workspace")
    asked.add_argument("--windows", type=int, default=160)
    asked.add_argument("--clicks", type=int, default=1000)
    asked.add_argument("--profile", default="")
    asked.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if not given.inside:
        return run([sys.executable, "-m", "bench.window_pages", "--inside", *sys.argv[1:]], durable=True)
    from jiuzhu.portals.cli.site import prepare_desk
    from jiuzhu.registry import public

    prepare_desk(given.workspace, public.current(given.workspace))
    from bench.window_clicks import Window
    from bench.window_officers import Office

    office, desk = Office(given.workspace, given.windows), Desk()
    windows = [Window(one, desk, seed) for seed, one in enumerate(office.windows(given.windows))]  # type: ignore[arg-type]
    print(f"{machine()}, commit {commit()}; {office.told}", flush=True)
    _clicks(windows, int(given.clicks * WARM))
    for window in windows:
        window.waits.clear()
    desk.costs.clear()
    desk.fixed.clear()
    desk.profiled = given.profile
    _clicks(windows, given.clicks)
    _tell(desk, windows)
    return 0


def _clicks(windows: list[Any], count: int) -> None:
    for n in range(count):
        window = windows[n % len(windows)]
        window.asked.yardstick()
        before = len(window.waits)
        with contextlib.suppress(StopIteration):
            window.click().send(None)  # nothing in it waits, so it runs to its end
        window.asked.named(kind for kind, _ in window.waits[before:])


class Desk:
    """Takes the place of the connections of `window_clicks`: the application answers in this process.

    costs: kind to what each of its pages took, CPU seconds of the platform and of the database.
    """

    def __init__(self) -> None:
        from django.db import connection

        from jiuzhu.config.wsgi import application

        self._application, self.profiled = application, ""
        self.profile = cProfile.Profile(time.thread_time)
        self.costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.fixed: list[float] = []
        self._took: list[tuple[float, float]] = []
        connection.settings_dict["CONN_MAX_AGE"] = None  # one process of the server for the whole count
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def yardstick(self) -> None:
        """A fixed piece of work beside each page: a busy machine makes both dear, and only their ratio can be compared between runs."""
        began = time.process_time()
        json.dumps(FIXED)
        self.fixed.append(time.process_time() - began)

    def named(self, kinds: Any) -> None:
        for kind, took in zip(kinds, self._took, strict=True):
            self.costs[kind].append(took)
        self._took = []

    async def ask(self, head: bytes, body: bytes) -> tuple[int, bytes, bytes]:
        first, *lines = head.decode().split("\r\n")
        how, address, _ = first.split(" ")
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": how, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        for line in filter(None, lines):
            name, _, value = line.partition(": ")
            name = name.upper().replace("-", "_")
            environ[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = value
        told: list[Any] = []
        database, own = self._database(), time.process_time()
        wanted = bool(self.profiled) and path.startswith(self.profiled) and how == "GET"
        if wanted:
            self.profile.enable()
        answer = self._application(environ, lambda status, headers: told.extend((status, headers)))
        content = b"".join(answer)
        answer.close()
        if wanted:
            self.profile.disable()
        self._took.append((time.process_time() - own, self._database() - database))
        status, headers = told
        raw = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return int(status[:3]), f"HTTP/1.1 {status}\r\n{raw}\r\n".encode(), content

    def _database(self) -> float:
        return int(self._backend.read_text().split()[0]) / 1e9


def _tell(desk: Desk, windows: list[Any]) -> None:
    every = [took for costs in desk.costs.values() for took in costs]
    print("CPU ms a page: platform and database, the mean and the least tenth")
    for kind, costs in [*sorted(desk.costs.items()), ("all", every)]:
        print(
            f"  {kind:<16} {len(costs):>6}"
            + "".join(f"  {_mean(part):6.1f} {_least(part):6.1f}" for part in zip(*costs, strict=True))
        )
    fixed = statistics.fmean(desk.fixed) * 1000
    times = _mean(tuple(own for own, _ in every)) / fixed
    print(f"  a fixed piece of work beside each took {fixed:.3f} ms: a page is {times:.1f} of them in the platform")
    errors = [wrong for window in windows for wrong in window.errors]
    print(f"  errors: {len(errors)} {errors[:3]}")
    if desk.costs and desk.profiled:
        pstats.Stats(desk.profile).sort_stats("tottime").print_stats(45)
        pstats.Stats(desk.profile).sort_stats("cumtime").print_stats("jiuzhu|template|sql/compiler", 90)


def _mean(part: tuple[float, ...]) -> float:
    return statistics.fmean(part) * 1000


def _least(part: tuple[float, ...]) -> float:
    """Within which a tenth came."""
    return sorted(part)[len(part) // 10] * 1000


if __name__ == "__main__":
    sys.exit(main())
