"""What a batch says is read again as it was, however long it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.entries import ALONE, Batch, Entry, Single, Singles, State
from jiuzhu.registry.stream.log import Log

STATE = State(4, 12_000, None, "h1", "370502001")
ENTRY = Entry(8, "r", 3, "w", "S01-E01", "person", ("person person", "17"), None, STATE, (("medins_settlement", "b1"),), ALONE)


def records(count: int) -> Singles:
    lines = [json.dumps({"record_id": f"b{at}", "name": "某人\n"}, ensure_ascii=False) for at in range(count)]
    waits = dict.fromkeys(range(0, count, 7), "it says by name only whom it is about")
    of = [at % 2 for at in range(count)]
    return Singles("medins_settlement", "医保局", ("370502 24310", "370503 24310"), of, waits, "\n".join(lines).encode())


@pytest.mark.parametrize("count", [1, 3, 5_000])
def test_records_that_came_together_are_read_again_one_by_one(tmp_path: Path, count: int):
    log, told = Log(Workspace(tmp_path)), records(count)
    log.append(Batch(8, "r", "", 3, "live", base=ALONE, entries=(ENTRY,), singles=told))
    end = log.append(Batch(9, "r", "", 3, "look", deliveries=("d",), entries=(replace(ENTRY, number=9),)))
    assert end == log.path.stat().st_size
    first, second = log.batches()
    assert (first.entries, second.entries, second.deliveries) == ((ENTRY,), (replace(ENTRY, number=9),), ("d",))
    assert len(first.singles) == count
    assert not second.singles
    expected = [
        Single(told.dataset, told.source, told.groups[at % 2], told.waits.get(at, ""), line)
        for at, line in enumerate(told.lines.decode().split("\n"))
    ]
    assert list(first.singles) == expected
    assert list(told) == expected


def test_thousands_of_records_take_less_room_than_they_came_in(tmp_path: Path):
    log, told = Log(Workspace(tmp_path)), records(5_000)
    assert log.append(Batch(1, "r", "", 0, "live", base=ALONE, singles=told)) < len(told.lines) / 3


def test_what_a_kill_left_behind_the_last_batch_is_cut_off_by_the_next(tmp_path: Path):
    log = Log(Workspace(tmp_path))
    end = log.append(Batch(1, "r", "", 0, "live", base=ALONE, singles=records(2)))
    with log.path.open("ab") as file:
        file.write(b"half a batch")
    assert log.append(Batch(1, "r", "", 0, "live", base=ALONE, singles=records(3)), end) == log.path.stat().st_size
    assert [len(one.singles) for one in log.batches()] == [2, 3]
