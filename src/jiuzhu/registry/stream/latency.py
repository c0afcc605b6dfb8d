"""How long it takes from an accepted delivery to what it changes: kept beside the stream, a line a look."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jiuzhu.registry.ingest.archive import MANIFEST, Manifest, delivery_folder
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.log import folder_of

KEPT = 1_000


@dataclass(frozen=True)
class Measured:
    """One look. seconds: from the first of its deliveries being acknowledged to its entries being on the disk; took: from
    the beginning of the look. deliveries, entries: how many; whole: whether everybody was asked."""

    seconds: float
    took: float
    deliveries: int
    entries: int
    whole: bool


@dataclass(frozen=True)
class Latency:
    """The last look, and of the last ones in seconds: the middle, the one that 19 of 20 do not pass, and the longest."""

    last: Measured
    looks: int
    p50: float
    p95: float
    longest: float


def acknowledged(workspace: Workspace, came: Sequence[Manifest]) -> float | None:
    """When the first of these deliveries was acknowledged, in seconds since 1970: the date of its file; no clock is read."""
    return min(((delivery_folder(workspace, one) / MANIFEST).stat().st_mtime for one in came), default=None)


def note(workspace: Workspace, measured: Measured) -> None:
    """Add a line; if a kill cuts it off nothing is lost but a measurement."""
    with _path(workspace).open("a", encoding="ascii") as file:
        file.write(json.dumps(asdict(measured)) + "\n")


def latency(workspace: Workspace, last: int = KEPT) -> Latency | None:
    """Over the last looks; None before the first."""
    if not _path(workspace).exists():
        return None
    lines = _path(workspace).read_text(encoding="ascii").split("\n")[:-1][-last:]
    looks = [Measured(**json.loads(line)) for line in lines if line.startswith("{") and line.endswith("}")]
    if not looks:
        return None
    seconds = sorted(one.seconds for one in looks)
    return Latency(looks[-1], len(looks), _part(seconds, 0.5), _part(seconds, 0.95), seconds[-1])


def _part(ordered: Sequence[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]


def _path(workspace: Workspace) -> Path:
    return folder_of(workspace) / "looks.jsonl"
