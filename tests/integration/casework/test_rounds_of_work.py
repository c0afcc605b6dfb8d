"""Beside the pages a round comes every few seconds: it reads what the registry says only where that says more than before."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.portals.cli import worker
from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.log import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the registry has: the current release and how long the stream is."""
    told: dict[str, object] = {"release": "r1", "size": 10}
    monkeypatch.setattr(public, "current", lambda _: told["release"])
    monkeypatch.setattr(public, "stream_size", lambda _: told["size"])
    monkeypatch.setattr(worker, "round_of_work", lambda *, at: {})
    return told


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(worker, "take_in", lambda _, release: found.append(release))
    return found


def test_what_stands_is_taken_in_once_and_again_as_soon_as_there_is_more(stands: dict[str, object], taken: list[str]):
    rounds = worker.Rounds(Path("nowhere"))
    assert [rounds(), rounds()] == ["", ""]
    assert taken == ["r1"]
    stands["size"] = 11
    rounds()
    stands["release"] = "r2"
    rounds()
    rounds()
    assert taken == ["r1", "r1", "r2"]


def test_what_could_not_be_taken_in_is_told_and_tried_again(
    stands: dict[str, object], taken: list[str], monkeypatch: pytest.MonkeyPatch
):
    rounds = worker.Rounds(Path("nowhere"))
    with monkeypatch.context() as broken:
        broken.setattr(worker, "take_in", lambda *_: (_ for _ in ()).throw(OSError("the disk is away")))
        assert "the disk is away" in rounds()
    assert rounds() == ""
    assert taken == ["r1"]


def test_before_the_first_release_nothing_is_taken_in(stands: dict[str, object], taken: list[str]):
    stands["release"] = None
    assert worker.Rounds(Path("nowhere"))() == ""
    assert taken == []


def test_the_stream_is_as_long_as_its_file_and_nothing_before_the_first_entry(tmp_path: Path):
    assert public.stream_size(tmp_path) == 0
    path = Log(Workspace(tmp_path)).path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * 7)
    assert public.stream_size(tmp_path) == 7
