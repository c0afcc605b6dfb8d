"""After every look, the release with its stream says what a run over everything says: on random histories of deliveries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.stream import look as looking
from jiuzhu.registry.stream.standing import standing_in
from jiuzhu.rules.catalogue import Catalogue
from tests.support.histories import History, narrowed, told
from tests.support.proved_histories import DAY, NOW, prove, streamed

HISTORIES = 60
LOOKS = 2  # rows and moves; rows and a full file. `make prove-histories` goes on
SEED = int(os.environ.get("JIUZHU_SEED", "20261122"))


@pytest.mark.feature("SF029")
@pytest.mark.requirement("E2")
def test_release_and_stream_together_say_what_a_run_over_everything_says(
    tmp_path: Path, national: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    """Each cluster of families is a history of its own; the last base is that of a new start, byte for byte."""
    monkeypatch.setattr(looking, "WHOLE_SHARE", 10)  # half of the village is touched each time: never take the easy way
    found = prove(tmp_path, narrowed(national), seed=SEED, histories=HISTORIES, size=6, looks=LOOKS)
    assert (found.differences, found.files, found.repaired) == ([], [], 0), f"seed {SEED}"
    assert (found.looks, found.whole) == (LOOKS, []), f"seed {SEED}"
    assert found.changes.keys() >= {"new", "closed", "value", "moved"}, f"seed {SEED}"
    numbers = [entry.number for entry in public.stream(tmp_path / "workspace")]
    assert numbers == list(range(1, sum(found.changes.values()) + 1))


def test_the_run_at_night_finds_that_the_stream_said_the_same(tmp_path: Path, national: Catalogue):
    catalogue, workspace = narrowed(national), tmp_path / "workspace"
    history = History(catalogue, tmp_path / "in", SEED, clusters=8)
    for paths in (history.first(), history.step(3, range(6))):
        reports = public.deliver(paths, workspace=workspace, catalogue=catalogue, as_of=DAY)
        assert told(reports) == {"accepted": len(reports)}
        if not public.releases(workspace):
            public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue)
    report = public.look(workspace, as_of=DAY, now=NOW, catalogue=catalogue, clock=lambda: 0.0)
    made = public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue)
    assert report.last > 0
    assert (made.entries, made.repaired) == (0, 0)
    assert public.joined_at(workspace, made.release) == report.last
    assert streamed(workspace, catalogue) == standing_in(Release(Workspace(workspace), made.release), catalogue)
