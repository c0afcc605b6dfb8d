"""Eight writers at once while keys are changed over and over: nobody fails or waits for it, and what any key sealed stays readable."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.keys import keys
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.written import code_of, opened_reason
from jiuzhu.crypto.keys import FileKeys
from tests.integration.trace.conftest import AT

WRITERS, ACTS = 8, 12
COLUMN = "parties_party.name"
pytestmark = pytest.mark.requirement("B3")


def met(name: str) -> None:
    """A person is written down under the key of the moment, and everybody written before is read under theirs."""
    key = new_key("P")
    with transaction.atomic():
        Party.objects.create(key=key, name=sealed(name, column=COLUMN, row=key), proved_by="paper", met_at=AT)
        record("family.open", by=Actor("zhou"), at=AT, on=Subject("person", key), because=name)
    for one in Party.objects.order_by("-pk")[:5]:
        assert opened(one.name, column=COLUMN, row=one.key).startswith("canary")


def proved() -> None:
    """Every row opens with the keys as a process that starts now finds them, under more than one version, and the record is whole."""
    rows = list(Party.objects.all())
    assert len(rows) == WRITERS * ACTS
    names = sorted(opened(one.name, column=COLUMN, row=one.key) for one in rows)
    assert names == sorted(f"canary-{number}-{turn}" for number in range(WRITERS) for turn in range(ACTS))
    assert sorted(opened_reason(one) for one in Event.objects.all()) == names
    assert all(one.code == code_of(one) for one in Event.objects.all())
    assert not any("canary" in one.name for one in rows)
    versions = {base64.b64decode(one.name)[1:3] for one in rows}
    assert len(versions) > 1, "no change of keys fell into the load"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_keys_change_while_eight_connections_write():
    faults: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(ACTS):
                met(f"canary-{number}-{turn}")
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for one in writers:
        one.start()
    provider = keys()
    assert isinstance(provider, FileKeys)
    while any(one.is_alive() for one in writers):
        provider.rotate()
        writers[0].join(0.02)
    assert faults == []
    proved()


LOAD = """
import os, sys, time, django
django.setup()
from django.core.management import call_command
from django.db import connection
from tests.integration.trace.test_keys_change_under_load import ACTS, WRITERS, keys, met, proved
call_command("migrate", verbosity=0)
rotating = keys()
connection.close()
children = []
for number in range(WRITERS):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for turn in range(ACTS):
                met(f"canary-{number}-{turn}")
            code = 0
        finally:
            os._exit(code)
    children.append(child)
ended = {}
while len(ended) < WRITERS:
    rotating.rotate()
    time.sleep(0.02)
    child, status = os.waitpid(-1, os.WNOHANG)
    if child:
        ended[child] = status
proved()
print(sorted(set(ended.values())))
"""


def test_keys_change_while_eight_processes_write_into_one_file(tmp_path: Path):
    """Processes that were never told: each looks for the newest key by itself."""
    environment = {**os.environ, "JIUZHU_WORKSPACE": str(tmp_path), "DJANGO_SETTINGS_MODULE": "jiuzhu.config.settings"}
    environment.pop("JIUZHU_DATABASE", None)
    load = subprocess.run([sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=False)
    assert (load.returncode, load.stdout.strip()) == (0, "[0]"), load.stderr[-3000:]
    whole = b"".join(path.read_bytes() for path in tmp_path.glob("casework.sqlite3*"))
    assert b"canary" not in whole
