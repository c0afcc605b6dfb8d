"""What the chain of the record costs: acts a second of sixteen writers on PostgreSQL, with events chained and with plain rows.

python -m bench.acts    (make bench-acts)

An act is what an officer's press is to the database: one row changed and one event, in one transaction that is on the disk when it
is acknowledged. Both ways take turns on one server, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

from bench.machine import spent
from tests.support.postgresql import run, server

WRITERS, PROCESSES = 16, 4
SECONDS, ROUNDS = 4.0, 3
ROWS = 2_000


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--as", dest="part", choices=("all", "beside", "writer"), default="all")
    asked.add_argument("--plain", action="store_true")
    asked.add_argument("--number", type=int, default=0)
    given = asked.parse_args()
    if given.part == "all":
        return run([sys.executable, "-m", "bench.acts", "--as", "beside"], durable=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.config.settings")
    import django

    django.setup()
    return _beside() if given.part == "beside" else _write(plain=given.plain, number=given.number)


def _beside() -> int:
    """Lay the tables out, then let both ways take turns."""
    from django.core.management import call_command

    from jiuzhu.casework.trace.models import Event

    call_command("migrate", verbosity=0)
    _rows()
    told: dict[bool, list[float]] = {True: [], False: []}
    late: dict[bool, list[float]] = {True: [], False: []}
    spent_on: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(ROUNDS * 2):
        plain = turn % 2 == 0
        before = spent(server())
        acts, waits, cpu = _round(plain)
        spent_on[plain].append((cpu + spent(server()) - before) / acts * 1000)
        told[plain].append(acts / SECONDS)
        late[plain] += waits
    chained, unchained = statistics.median(told[False]), statistics.median(told[True])
    print(f"{WRITERS} writers, {Event.objects.count():,} events in all")
    for name, plain in (("chained", False), ("plain rows", True)):
        shown = sorted(late[plain])
        print(
            f"{name:<11} {statistics.median(told[plain]):8.0f} acts/s   95 of 100 within {shown[int(len(shown) * 0.95)] * 1000:.0f} ms"
        )
    dear, cheap = statistics.median(spent_on[False]), statistics.median(spent_on[True])
    print(f"chained is {chained / unchained:.0%} of plain (asked: 90 %)")
    print(f"CPU of an act, writers and database: {dear:.2f} ms chained, {cheap:.2f} ms plain; {cheap / dear:.0%} by that")
    return 0


def _rows() -> None:
    from jiuzhu.casework.accounts.models import Grid

    Grid.objects.bulk_create(
        Grid(code=f"370502001011{n % 1000:03d}" if n < 1000 else f"370502001012{n % 1000:03d}",
             village_code="370502001011" if n < 1000 else "370502001012", name=str(n), since="2026-01-01")
        for n in range(ROWS)
    )  # fmt: skip


def _round(plain: bool) -> tuple[int, list[float], float]:
    """Acts, waits and CPU seconds of the writers."""
    words = [sys.executable, "-m", "bench.acts", "--as", "writer", *(["--plain"] if plain else [])]
    beside = [subprocess.Popen([*words, "--number", str(n)], stdout=subprocess.PIPE) for n in range(PROCESSES)]
    heard: list[dict[str, Any]] = [json.loads(one.communicate()[0]) for one in beside]
    waits = [wait for one in heard for wait in one["waits"]]
    return sum(one["acts"] for one in heard), waits, sum(one["cpu"] for one in heard)


def _write(*, plain: bool, number: int) -> int:
    from django.db import connection

    waits: list[float] = []
    began = time.process_time()
    begin = threading.Barrier(WRITERS // PROCESSES)

    def writer(seat: int) -> None:
        begin.wait()
        until, turn = time.monotonic() + SECONDS, 0
        while time.monotonic() < until:
            before = time.monotonic()
            _act(plain, f"{number}-{seat}", turn)
            waits.append(time.monotonic() - before)
            turn += 1
        connection.close()

    threads = [threading.Thread(target=writer, args=(seat,)) for seat in range(WRITERS // PROCESSES)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    print(json.dumps({"acts": len(waits), "waits": waits, "cpu": time.process_time() - began}))
    return 0


def _act(plain: bool, who: str, turn: int) -> None:
    from django.db import transaction

    from jiuzhu.casework.accounts.models import Grid
    from jiuzhu.casework.trace.actions import Actor, Subject, record
    from jiuzhu.casework.trace.models import Event

    at = datetime.now(UTC)
    with transaction.atomic():
        Grid.objects.filter(pk=1 + hash((who, turn)) % ROWS).update(name=f"{who}-{turn}")
        if plain:
            kept = {
                "writer": f"plain-{who}",
                "number": time.monotonic_ns(),
                "previous_code": "plain",
                "code": "plain",
                "outcome": "done",
            }
            kept |= {"before_hash": "", "after_hash": "", "subject_count": 0, "subjects_hash": "", "because": ""}
            told = {"operation": "places.draw", "who": who, "subject_kind": "division", "subject_key": "370502001", "at": at}
            Event.objects.create(**kept, **told)
        else:
            record("places.draw", by=Actor(who), at=at, on=Subject("division", "370502001"), after={"name": turn})


if __name__ == "__main__":
    sys.exit(main())
