"""While the desk is served, what is done is sealed by itself within seconds and lies with the second keeper."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from jiuzhu_verifier.checks import verify
from tests.journeys.conftest import Desk

PATIENCE_SECONDS = 30


def test_the_first_acts_of_a_desk_are_sealed_and_leave_the_database(desk: Desk):
    """Opening the accounts and taking in the release are acts already."""
    seals: Path = desk.county.workspace / "seals"
    for _ in range(PATIENCE_SECONDS * 10):
        if (seals / "keeper" / "heads.jsonl").exists():
            break
        Event().wait(0.1)
    heads = (seals / "keeper" / "heads.jsonl").read_bytes().splitlines()
    rows = (seals / "sink" / "events.jsonl").read_bytes()
    assert b'"releases.take_in"' in rows
    assert len(heads) >= 1
    export = b'{"kind": "log", "form": 1, "hash": "sm3"}'
    gone = verify([export], heads=heads, rows=rows.splitlines())
    assert gone.first_bad is not None, "an empty log is found out by what the witnesses hold"
