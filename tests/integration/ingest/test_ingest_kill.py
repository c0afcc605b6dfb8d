"""Kill -9 at any moment: each delivery is there whole or not at all, and the next start clears what was cut off."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry.ingest.archive import MANIFEST, deliveries, read_manifest, segments_of
from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.limits import Limits
from jiuzhu.registry.ingest.parsing import Parsers
from jiuzhu.registry.ingest.records import records
from jiuzhu.registry.ingest.shapes import shape_of
from jiuzhu.registry.ingest.tasks import ParseTask
from jiuzhu.registry.ingest.workspace import Workspace, WorkspaceFull
from jiuzhu.registry.vault.vault import Vault
from tests.integration.ingest.bills import bill, csv_text
from tests.integration.ingest.test_ingest_deliveries import state

Write = Callable[..., Path]
ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.workspace import Workspace, WorkspaceFull
from tests.integration.ingest.bills import BILLS, catalogue_of
print("ready", flush=True)
workspace = Workspace(Path(sys.argv[2]))
deliver([Path(sys.argv[1])], workspace, catalogue_of(BILLS), progress=lambda *_: print("one", flush=True), workers=2)
"""


@pytest.mark.requirement("E3")
def test_a_killed_delivery_leaves_whole_deliveries_and_can_be_repeated(tmp_path: Path, catalogue: Any, write: Write) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for month in range(1, 13):
        rows = [bill(n, bank_account=f"6222{n * month:012}") for n in range(400)] + [bill(900 + month, id_no="1", amount="3")]
        write(f"clinic_bill-2026-{month:02}.csv", csv_text(rows))
    folder = tmp_path / "in"
    killed, whole = Workspace(tmp_path / "killed"), Workspace(tmp_path / "whole")
    for _ in range(5):
        _kill_somewhere(folder, killed, chance)
        _check_whole(killed)
    reports = deliver([folder], killed, catalogue)
    assert {report.state for report in reports} <= {"accepted", "duplicate"}
    deliver([folder], whole, catalogue)
    assert len(deliveries(killed)) == 12
    assert state(killed) == state(whole)
    assert not list(killed.staging.iterdir())


def _kill_somewhere(folder: Path, workspace: Workspace, chance: random.Random) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(workspace.folder)], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert process.stdout is not None
    for _ in range(1 + chance.randrange(6)):  # wait for a few signs of life, then strike somewhere inside the next file
        process.stdout.readline()
    timer = threading.Timer(chance.random() * 0.15, lambda: process.send_signal(signal.SIGKILL))
    timer.start()
    process.wait()
    timer.cancel()
    process.stdout.close()


def _check_whole(workspace: Workspace) -> None:
    folders = list(workspace.archive.glob("*/*"))
    for folder in folders:
        manifest = read_manifest(folder / MANIFEST)
        assert (manifest.received, manifest.accepted + manifest.rejected) == (401, 401)
    table = records(workspace, "clinic_bill")
    assert (0 if table is None else table.num_rows) == 401 * len(folders)
    if table is not None:
        vault = Vault(workspace.vault, workspace.keys, segments_of(workspace))
        known = set(vault.persons()["person_id"].to_pylist())
        assert set(table["id_no"].drop_null().to_pylist()) <= known


@pytest.mark.requirement("E3")
def test_a_full_disk_leaves_whole_deliveries_and_says_what_to_do(
    workspace: Workspace, catalogue: Any, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [write(f"clinic_bill-2026-{month:02}.csv", csv_text([bill(month)])) for month in range(1, 7)]
    honest, turns = Vault.new_segment, iter(range(6))

    def full(vault: Vault, delivery: str) -> bytes:
        if next(turns) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return honest(vault, delivery)

    monkeypatch.setattr(Vault, "new_segment", full)
    with pytest.raises(WorkspaceFull, match="make room"):
        deliver(paths, workspace, catalogue, workers=1)
    assert len(deliveries(workspace)) == 3
    monkeypatch.undo()
    states = [report.state for report in deliver(paths, workspace, catalogue, workers=1)]
    assert sorted(states) == ["accepted"] * 3 + ["duplicate"] * 3
    assert len(state(workspace)) == 6


def test_a_parser_that_dies_is_replaced(catalogue: Any, write: Write) -> None:
    """The process that forks the workers may be ended by the system; the next file gets a new one."""
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1)]))
    task = ParseTask("f", "csv", False, shape_of(catalogue.datasets["clinic_bill"], {}), None, Limits())
    with (
        path.open("rb") as file,
        contextlib.closing(Parsers()) as parsers,
        parsers.borrowed() as one,
        parsers.borrowed() as other,
    ):
        assert one.parse(task, file.fileno()).answer["received"] == 1
        assert other.parse(task, file.fileno()).answer["received"] == 1
        first = one._process
        assert first is not None
        assert first is other._process, "one process forks the workers of all parsers"
        first.kill()
        assert one.parse(task, file.fileno()).answer["received"] == 1
        assert other.parse(task, file.fileno()).answer["received"] == 1
        assert one._process is other._process is not first


def test_what_was_parsed_holds_no_file_open_once_it_is_let_go(catalogue: Any, write: Write) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1)]))
    task = ParseTask("f", "csv", False, shape_of(catalogue.datasets["clinic_bill"], {}), None, Limits())
    with path.open("rb") as file, contextlib.closing(Parsers()) as parsers, parsers.borrowed() as parser:
        assert parser.parse(task, file.fileno()).answer["received"] == 1
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            assert parser.parse(task, file.fileno()).answer["received"] == 1
        assert len(os.listdir("/proc/self/fd")) == before
