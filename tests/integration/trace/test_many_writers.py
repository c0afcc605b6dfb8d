"""Many connections write at once: each its own chain, no number lost or given twice, and the sealer beside them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from jiuzhu.casework.trace import sealing
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.models import Event, Head
from jiuzhu_verifier.checks import verify
from tests.integration.trace.conftest import AT
from tests.support import event_log

WRITERS, ACTS = 6, 25


def write(number: int, faults: list[BaseException]) -> None:
    """Acts of one connection; every fifth is rolled back."""
    drawn = random.Random(number)
    try:
        for turn in range(ACTS):
            try:
                with transaction.atomic():
                    record("family.open", by=Actor(f"officer{number}"), at=AT, on=Subject("household", f"H{drawn.randrange(9)}"))
                    if turn % 5 == 4:
                        raise KeyError("rolled back")
            except KeyError:
                pass
    except BaseException as fault:
        faults.append(fault)
    finally:
        connection.close()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("C3")
def test_writers_at_once_leave_whole_chains_and_the_sealer_covers_all(tmp_path: Path, settings: Any):
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    faults: list[BaseException] = []
    writers = [threading.Thread(target=write, args=(number, faults)) for number in range(WRITERS)]
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers):
        sealing.seal(at=AT)
        sealing.forward(at=AT)
        for one in writers:
            one.join(0.05)
    sealing.seal(at=AT)
    sealing.forward(at=AT)
    assert faults == []
    assert Event.objects.count() == sum(Head.objects.values_list("number", flat=True)) == WRITERS * ACTS * 4 // 5
    report = event_log.witnesses().of(event_log.held(), code=True)
    assert (report.findings, report.unsealed, report.not_kept) == ([], 0, 0)
    assert Head.objects.count() <= WRITERS


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("C3")
def test_an_act_that_lasts_holds_up_no_other(zhou: Actor):
    faults: list[BaseException] = []
    with transaction.atomic():
        first = record("family.open", by=zhou, at=AT, on=Subject("household", "H1"))
        other = threading.Thread(target=write, args=(1, faults))
        other.start()
        other.join(20)
        assert not other.is_alive()
    assert faults == []
    assert set(Event.objects.exclude(pk=first.pk).values_list("writer", flat=True)).isdisjoint({first.writer})


BEGIN = "import sys, django; django.setup()"
SET_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
WRITER = """
from datetime import datetime, timezone
from django.db import transaction
from jiuzhu.casework.trace.actions import Actor, Subject, record
while True:
    with transaction.atomic():
        event = record("family.open", by=Actor(sys.argv[1]), at=datetime.now(timezone.utc), on=Subject("household", "H1"))
    print(f"{event.writer}/{event.number}", flush=True)
"""
SEALER = """
from datetime import datetime, timezone
from jiuzhu.casework.trace import exported, sealing
while True:
    sealing.seal(at=datetime.now(timezone.utc))
    sealing.forward(at=datetime.now(timezone.utc))
    if sys.argv[1] == "once":
        break
for line in exported.lines(sealing.signing_key().public):
    sys.stdout.buffer.write(line + b"\\n")
"""


@pytest.mark.requirement("C3")
def test_killed_writers_and_a_killed_sealer_leave_a_whole_log_with_all_that_was_acknowledged(tmp_path: Path):
    """Real processes on a real file, ended without warning."""
    environment = {**os.environ, "JIUZHU_WORKSPACE": str(tmp_path), "DJANGO_SETTINGS_MODULE": "jiuzhu.config.settings"}

    def started(script: str, word: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", BEGIN + script, word], env=environment, stdout=subprocess.PIPE)

    assert started(SET_UP, "").wait() == 0
    writers, sealer = [started(WRITER, "zhou"), started(WRITER, "wu")], started(SEALER, "always")
    told: list[str] = []
    for one in writers:
        assert one.stdout is not None
        told += [one.stdout.readline().decode().strip() for _ in range(25)]
    for one in (sealer, *writers):
        one.kill()
    for one in writers:
        told += one.communicate()[0].decode().splitlines()
    sealer.communicate()
    export = started(SEALER, "once").communicate()[0].splitlines()
    heads, rows = tmp_path / "seals" / "keeper" / "heads.jsonl", tmp_path / "seals" / "sink" / "events.jsonl"
    report = verify(export, heads=heads.read_bytes().splitlines(), rows=rows.read_bytes().splitlines())
    assert (report.findings, report.unsealed, report.not_kept) == ([], 0, 0)
    events = [one["event"] for one in map(json.loads, export) if one["kind"] == "event"]
    assert len(told) == len(set(told)) >= 50
    assert set(told) <= {f"{one['writer']}/{one['number']}" for one in events}
