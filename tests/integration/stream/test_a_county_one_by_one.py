"""Records of all datasets that come one by one to a county: the next release finds nothing in the stream to mend."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.roads import roads_of
from tests.support.county import AS_OF, NOW, County
from tests.support.singles import Singles

SEED = 20261122
TAKINGS = 160


@pytest.mark.feature("SF029")
@pytest.mark.xdist_group("county")
def test_what_was_answered_at_once_stands_in_the_next_release(county: County, tmp_path: Path):
    """First everything is sent, to learn what waits for a look; then, to a fresh copy, only what is answered."""
    answered = _sent(county, tmp_path / "first", _drawn(county))
    entries = 0
    workspace = _copy(county, tmp_path / "second")
    for half in (answered[: len(answered) // 2], answered[len(answered) // 2 :]):
        door = public.receiving(workspace, catalogue=county.catalogue)  # opened anew in the middle
        for dataset, lines in half:
            found = door.take(dataset, b"\n".join(lines))
            assert found.waits == found.refused == ()
            entries += len(found.entries)
    assert len({dataset for dataset, _ in answered}) > 30
    assert entries > 5
    report = public.run(workspace, as_of=AS_OF, now=NOW, catalogue=county.catalogue)
    assert (report.entries, report.repaired) == (0, 0), f"seed {SEED}"


def _drawn(county: County) -> list[tuple[str, list[bytes]]]:
    """Takings of one to three records of datasets whose records are answered at once, those that many rules read more often."""
    singles = Singles(Workspace(county.workspace), county.catalogue, AS_OF, SEED)
    roads = {code: road for code, road in sorted(roads_of(county.catalogue).items()) if not road.waits}
    weighed = [code for code, road in roads.items() for _ in range(1 + len(road.indicators))]
    drawn = []
    for _ in range(TAKINGS):
        dataset = singles.random.choice(weighed)
        lines = [singles.record(dataset) for _ in range(singles.random.choice((1, 1, 3)))]
        drawn.append((dataset, [line for line in lines if line is not None]))
    return drawn


def _sent(county: County, workspace: Path, drawn: list[tuple[str, list[bytes]]]) -> list[tuple[str, list[bytes]]]:
    """What of it was answered."""
    door = public.receiving(_copy(county, workspace), catalogue=county.catalogue)
    answered = []
    for dataset, lines in drawn:
        if not lines:
            continue
        found = door.take(dataset, b"\n".join(lines))
        left = {one.line for one in found.waits} | {one.line for one in found.refused}
        kept = [line for at, line in enumerate(lines, start=1) if at not in left]
        if kept:
            answered.append((dataset, kept))
    return answered


def _copy(county: County, workspace: Path) -> Path:
    shutil.copytree(county.workspace, workspace)
    return workspace
