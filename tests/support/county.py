"""A small invented county, delivered and run: made once for all tests that look at the whole way from files to warnings."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic.county import synthesise

AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=8)))
DIVISION = "370502"
RESIDENTS = 1_500
SEED = 23


@dataclass(frozen=True)
class County:
    """folder: what was invented (`deliveries`, `truth`). workspace: what became of it. warnings: rows of `jiuzhu warnings`."""

    folder: Path
    workspace: Path
    catalogue: Catalogue
    run: public.RunReport
    warnings: list[dict[str, str]]

    @property
    def truth(self) -> list[dict[str, str]]:
        with (self.folder / "truth" / "warnings.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def invent(folder: Path, catalogue: Catalogue, *, residents: int = RESIDENTS, seed: int = SEED) -> Path:
    synthesise(out=folder, catalogue=catalogue, division=DIVISION, residents=residents, months=24, as_of=AS_OF, seed=seed)
    return folder


def monitored(folder: Path, workspace: Path, catalogue: Catalogue, paths: list[Path] | None = None) -> County:
    """Deliver the files (in the order given), run, and list the warnings."""
    public.mark_invented(workspace)
    public.deliver(paths or [folder / "deliveries"], workspace=workspace, catalogue=catalogue, as_of=AS_OF)
    run = public.run(workspace, as_of=AS_OF, now=NOW, catalogue=catalogue)
    return County(folder, workspace, catalogue, run, public.warnings(workspace, by="test", at=NOW))
