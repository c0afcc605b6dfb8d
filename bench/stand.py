"""What the figures are measured on: a county invented, delivered and run, its release then laid out to the size asked for."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

from bench.machine import cpu
from bench.tiled import tile_release
from jiuzhu.registry import public
from jiuzhu.registry.ingest.parsing import PARSERS
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic import shelves
from jiuzhu.synthetic.county import synthesise
from jiuzhu.synthetic.formats import PARQUET

AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=8)))
DIVISION, SEED = "370502", 7
PEOPLE, RECORDS, MONITORED, MONTH = 10_000_000, 200_000_000, 1_920_000, 8_000_000  # at scale 1
LEAST_INVENTED, TILES = 12_000, 50
COUNTY = 300_000  # people; what is asked of a county is asked at this size


@dataclass(frozen=True)
class Stand:
    """scale: of a province of ten million. invented: residents invented; tiles: how often their release lies side by side.

    records: delivered in one tile. rows: in the whole base. deliver_cpu, run_cpu: CPU seconds of one tile, of the first run.
    """

    folder: Path
    scale: float
    invented: int
    tiles: int
    records: int
    people: int
    low: int
    rows: int
    deliver_cpu: float
    run_cpu: float

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def home(self) -> Workspace:
        return Workspace(self.workspace)

    @cached_property
    def catalogue(self) -> Catalogue:
        return public.catalogue()

    def release(self) -> Release:
        name = public.current(self.workspace)
        assert name is not None, "a stand has a release"
        return Release(self.home, name)

    def about(self) -> list[str]:
        told = f"{self.people:,} people ({self.low:,} of them in the low-income base), {self.rows:,} rows in force"
        return [
            f"scale {self.scale:g} of a province of {PEOPLE:,} residents and {RECORDS:,} records, {MONITORED:,} of them monitored",
            f"an invented county of {self.invented:,} residents and {self.records:,} records, delivered and run; its release "
            f"laid out {self.tiles} times: {told}",
        ]

    def keep(self) -> None:
        told = {**asdict(self), "folder": str(self.folder)}
        (self.folder / "stand.json").write_text(json.dumps(told), encoding="utf-8")

    @staticmethod
    def read(folder: Path) -> Stand:
        told = json.loads((folder / "stand.json").read_text(encoding="utf-8"))
        return Stand(**{**told, "folder": folder})


def built(folder: Path, scale: float, invented: int | None) -> Stand:
    """Make the stand in an empty folder. invented: so many residents instead of as many as a fiftieth part."""
    catalogue = public.catalogue()
    asked = round(PEOPLE * scale)
    residents = min(invented or max(LEAST_INVENTED, asked // TILES), asked)
    tiles = max(1, round(asked / residents))
    workspace, county = folder / "workspace", folder / "county"
    shelves.style_of = lambda *_: PARQUET
    made = synthesise(out=county, catalogue=catalogue, division=DIVISION, residents=residents, as_of=AS_OF, seed=SEED)
    public.mark_invented(workspace)
    began = time.process_time(), _children()
    reports = public.deliver([county / "deliveries"], workspace=workspace, catalogue=catalogue, as_of=AS_OF)
    PARSERS.close()  # only processes that have ended are counted
    deliver_cpu = time.process_time() - began[0] + _children() - began[1]
    refused = [str(one.error) for one in reports if one.error]
    assert not refused, refused[:3]
    run_cpu, _ = cpu(lambda: public.run(workspace, as_of=AS_OF, now=NOW, catalogue=catalogue))
    name = public.current(workspace)
    assert name is not None
    if tiles > 1:
        tile_release(Workspace(workspace), Release(Workspace(workspace), name), catalogue, tiles)
    manifest = Release(Workspace(workspace), name).manifest
    stand = Stand(
        folder=folder,
        scale=scale,
        invented=made.residents,
        tiles=tiles,
        records=made.records,
        people=manifest.people,
        low=manifest.counts["civil_lowincome_member"],
        rows=sum(manifest.counts.values()),
        deliver_cpu=deliver_cpu,
        run_cpu=run_cpu,
    )
    stand.keep()
    return stand


def _children() -> float:
    """CPU seconds of the processes that have ended below this one."""
    told = os.times()
    return told.children_user + told.children_system
