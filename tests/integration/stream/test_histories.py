"""After every look, the release with its stream says what a run over everything says: on random histories of deliveries."""

from __future__ import annotations

import os
import random
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.stream import look as looking
from jiuzhu.registry.stream.follow import followed
from jiuzhu.registry.stream.standing import Standing, after, standing_in
from jiuzhu.rules.catalogue import Catalogue
from tests.support.histories import History, narrowed, told

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=8)))
EVERYBODY = 10**6
CLUSTERS = 150
LOOKS = int(os.environ.get("JIUZHU_LOOKS", "2"))  # each about a third of the families; more by hand
SEED = int(os.environ.get("JIUZHU_SEED", "20261122"))


def streamed(workspace: Path, catalogue: Catalogue) -> Standing:
    stands = followed(Workspace(workspace))
    assert stands is not None
    return after(standing_in(stands.release, catalogue), stands.entries)


def from_scratch(workspace: Path, catalogue: Catalogue) -> Standing:
    """What a run over everything says, without becoming the release that everybody sees."""
    made = public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue, sample=EVERYBODY)
    return dict(standing_in(Release(Workspace(workspace), made.release), catalogue))


def differing(one: Standing, other: Standing) -> list[str]:
    return [
        f"{what}: {one.get(what)} | {other.get(what)}"
        for what in sorted(one.keys() | other.keys())
        if one.get(what) != other.get(what)
    ]


def village(folder: Path, catalogue: Catalogue, **other) -> tuple[History, Path]:
    history = History(catalogue, folder / "in", SEED, **other)
    reports = public.deliver(history.first(), workspace=folder / "workspace", catalogue=catalogue, as_of=DAY)
    assert told(reports) == {"accepted": len(reports)}
    public.run(folder / "workspace", as_of=DAY, now=NOW, catalogue=catalogue)
    return history, folder / "workspace"


@pytest.mark.feature("SF029")
def test_release_and_stream_together_say_what_a_run_over_everything_says(
    tmp_path: Path, national: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    """Each cluster of families is a history of its own: new rows, corrections, rows that change hands, retractions, moves."""
    monkeypatch.setattr(looking, "WHOLE_SHARE", 10)  # a third of the village is touched each time: never take the easy way
    catalogue = narrowed(national)
    history, workspace = village(tmp_path, catalogue, clusters=CLUSTERS, size=6)
    chooser = random.Random(SEED)
    changes: dict[str, int] = {}
    for number in range(LOOKS):
        clusters = chooser.sample(range(CLUSTERS), CLUSTERS // 3)
        reports = public.deliver(history.step(2 + number % 18, clusters), workspace=workspace, catalogue=catalogue, as_of=DAY)
        assert told(reports) == {"accepted": len(reports)}
        report = public.look(workspace, as_of=DAY, now=NOW, catalogue=catalogue, clock=lambda: 0.0)
        assert (report.whole, report.deliveries) == ("", len(reports)), f"seed {SEED}"
        assert differing(streamed(workspace, catalogue), from_scratch(workspace, catalogue)) == [], f"seed {SEED}, look {number}"
        for change, count in report.entries.items():
            changes[change] = changes.get(change, 0) + count
    assert changes.keys() >= {"new", "closed", "value", "moved"}, changes
    numbers = [entry.number for entry in public.stream(workspace)]
    assert numbers == list(range(1, sum(changes.values()) + 1))


def test_the_run_at_night_finds_that_the_stream_said_the_same(tmp_path: Path, national: Catalogue):
    catalogue = narrowed(national)
    history, workspace = village(tmp_path, catalogue, clusters=8)
    public.deliver(history.step(3, range(6)), workspace=workspace, catalogue=catalogue, as_of=DAY)
    report = public.look(workspace, as_of=DAY, now=NOW, catalogue=catalogue, clock=lambda: 0.0)
    made = public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue)
    assert report.last > 0
    assert (made.entries, made.repaired) == (0, 0)
    assert public.joined_at(workspace, made.release) == report.last
    assert streamed(workspace, catalogue) == standing_in(Release(Workspace(workspace), made.release), catalogue)
