"""Holds release and stream against a run over everything, history by history, and the last base against one made from nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.stream.follow import followed
from jiuzhu.registry.stream.standing import Standing, after, standing_in
from jiuzhu.rules.catalogue import Catalogue
from tests.support.histories import DATASETS, History, told

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=8)))
EVERYBODY = 10**6
MISTYPED = 0.1


@dataclass
class Found:
    """changes: entries of the stream by kind. whole: looks that asked everybody. differences: what release and stream said
    otherwise than a run; files: those of the last release that differ from one made from nothing. tables: how those of the last
    base were come by, see `RunReport`."""

    changes: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    whole: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    tables: Mapping[str, str] = field(default_factory=dict)
    repaired: int = 0

    @property
    def right(self) -> bool:
        return not self.differences and not self.files and not self.repaired


def prove(
    folder: Path,
    catalogue: Catalogue,
    *,
    seed: int,
    histories: int,
    size: int,
    looks: int,
    say: Callable[[str], None] = print,
) -> Found:
    """Each cluster of a village is a history of its own; every look takes in a step of half of them.

    Steps are rows that come, are corrected, change hands or are retracted; moves between households; and now and then a
    full file. At the end the village is delivered once more, shuffled, into an empty workspace.
    """
    history = History(catalogue, folder / "in", seed, clusters=histories, size=size, mistyped=MISTYPED)
    workspace = folder / "workspace"
    sent = history.first()
    _deliver(sent, workspace, catalogue)
    public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue)
    chooser, found = random.Random(seed), Found()
    for number in range(looks):
        clusters = sorted(chooser.sample(range(histories), max(1, histories // 2)))
        paths = _step(history, chooser, number, clusters)
        sent += paths
        _deliver(paths, workspace, catalogue)
        report = public.look(workspace, as_of=DAY, now=NOW, catalogue=catalogue, clock=lambda: 0.0)
        found.looks += 1
        found.changes.update(report.entries)
        found.whole += [report.whole] if report.whole else []
        differing = _differing(streamed(workspace, catalogue), from_scratch(workspace, catalogue))
        found.differences += [f"look {number}: {one}" for one in differing]
        if number == looks // 2:  # a night: what comes after is merged into what was merged
            found.repaired += public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue).repaired
        say(
            f"look {number}: {len(paths)} files, {dict(report.entries)}, {report.whole or 'a part'}, {len(differing)} differences"
        )
    made = public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue)
    found.repaired += made.repaired
    found.tables = made.tables
    chooser.shuffle(sent)
    _deliver(sent, folder / "nothing", catalogue)
    again = public.run(folder / "nothing", as_of=DAY, now=NOW, catalogue=catalogue)
    found.files = _files_differing(workspace / "releases" / made.release, folder / "nothing" / "releases" / again.release)
    return found


def _step(history: History, chooser: random.Random, number: int, clusters: list[int]) -> list[Path]:
    """Rows always; every other look people move between households, every other a full file comes."""
    day = 2 + number % 18
    paths = history.step(day, clusters)
    if number % 2 == 0:
        paths += history.moves(day, clusters)
    if number % 2 == 1:
        paths += history.whole(day, chooser.choice(DATASETS), clusters[::10])
    return paths


def _deliver(paths: list[Path], workspace: Path, catalogue: Catalogue) -> None:
    reports = public.deliver(paths, workspace=workspace, catalogue=catalogue, as_of=DAY)
    assert told(reports) == {"accepted": len(reports)}, [one for one in reports if one.state != "accepted"][:2]


def streamed(workspace: Path, catalogue: Catalogue) -> Standing:
    stands = followed(Workspace(workspace))
    assert stands is not None
    return after(standing_in(stands.release, catalogue), stands.entries)


def from_scratch(workspace: Path, catalogue: Catalogue) -> Standing:
    """What a run over everything says, without becoming the release that everybody sees."""
    made = public.run(workspace, as_of=DAY, now=NOW, catalogue=catalogue, sample=EVERYBODY, merge=False)
    return dict(standing_in(Release(Workspace(workspace), made.release), catalogue))


def _differing(one: Standing, other: Standing) -> list[str]:
    return [
        f"{what}: {one.get(what)} | {other.get(what)}"
        for what in sorted(one.keys() | other.keys())
        if one.get(what) != other.get(what)
    ]


def _files_differing(one: Path, other: Path) -> list[str]:
    names = {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*") if path.is_file()}
    return sorted(str(name) for name in names if _bytes(one / name) != _bytes(other / name))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
