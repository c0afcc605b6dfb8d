"""What `make bench` measures on: a release laid out several times holds so many times of everything, and nobody of one tile in another."""

from __future__ import annotations

from pathlib import Path

from bench.tiled import tile_release
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import deliver, few, files, run

RULES = ("S01-E01", "S01-E02", "S01-E04")
TILES = 3


def test_a_release_laid_out_three_times_warns_three_times_of_each(tmp_path: Path, national: Catalogue):
    catalogue, workspace = few(national, *RULES), tmp_path / "workspace"
    deliver(workspace, catalogue, files(tmp_path / "in"))
    report = run(workspace, catalogue)
    indicators = list(catalogue.indicators.values())

    def told() -> tuple[int, dict[str, int]]:
        base = Release(Workspace(workspace), report.release).base
        signals = ColumnarEngine(catalogue).run(base, indicators).signals.to_pylist()
        return base.people.num_rows, {code: sum(one["indicator"] == code for one in signals) for code in RULES}

    people, found = told()
    assert found["S01-E01"] > 0
    tile_release(Workspace(workspace), Release(Workspace(workspace), report.release), catalogue, TILES)
    assert told() == (TILES * people, {code: TILES * count for code, count in found.items()})
