"""How long it takes from what is accepted to what it changes: kept beside the stream, a line a look and a line a taking.

These lines are figures and no record: none waits for the disk, and what a kill cuts off is only not counted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jiuzhu.registry.ingest.archive import MANIFEST, Manifest, delivery_folder
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.log import folder_of

KEPT = 1_000
_FULL = 1 << 20  # bytes of takings, some ten thousand, after which a new file is begun; the one before stays beside it


@dataclass(frozen=True)
class Measured:
    """One look. seconds: from the first of its deliveries being acknowledged to its entries being on the disk; took: from
    the beginning of the look. deliveries, entries: how many; whole: whether everybody was asked. at: when, in seconds since
    1970; None of looks measured before that was noted."""

    seconds: float
    took: float
    deliveries: int
    entries: int
    whole: bool
    at: float | None = None


@dataclass(frozen=True)
class Taking:
    """Records that came alone and were taken together. seconds: from being handed in to being on the disk with their entries.

    waited: those of them left to the next look, whose entries are not there yet. at: as of a look.
    """

    seconds: float
    records: int
    waited: int
    at: float


@dataclass(frozen=True)
class Latency:
    """The last look, and of the last ones in seconds: the middle, the one that 19 of 20 do not pass, and the longest.

    since: when the first of these was, in seconds since 1970; None if not known.
    """

    last: Measured
    looks: int
    p50: float
    p95: float
    longest: float
    since: float | None


@dataclass(frozen=True)
class TakingLatency:
    """The last takings of records that came alone, as of looks. Only those in which some record did not wait are timed.

    takings: how many were timed; records, waited: over all of them, those that were left to a look among them.
    p50, p95, longest: None where all waited.
    """

    takings: int
    records: int
    waited: int
    p50: float | None
    p95: float | None
    longest: float | None
    since: float


def acknowledged(workspace: Workspace, came: Sequence[Manifest]) -> float | None:
    """When the first of these deliveries was acknowledged, in seconds since 1970: the date of its file; no clock is read."""
    return min(((delivery_folder(workspace, one) / MANIFEST).stat().st_mtime for one in came), default=None)


def note(workspace: Workspace, measured: Measured) -> None:
    _add(_looks(workspace), asdict(measured))


def note_taking(workspace: Workspace, taking: Taking) -> None:
    """Whoever takes records at the same moment may begin the new file too: that loses figures only."""
    path = _takings(workspace)
    if path.exists() and path.stat().st_size > _FULL:
        path.replace(_before(path))
    _add(path, asdict(taking))


def latency(workspace: Workspace, last: int = KEPT) -> Latency | None:
    """Over the last looks; None before the first."""
    looks = [Measured(**told) for told in _lines(_looks(workspace))[-last:]]
    if not looks:
        return None
    seconds = sorted(one.seconds for one in looks)
    return Latency(looks[-1], len(looks), _part(seconds, 0.5), _part(seconds, 0.95), seconds[-1], looks[0].at)


def taking_latency(workspace: Workspace, last: int = KEPT) -> TakingLatency | None:
    """Over the last takings; None where none was measured."""
    path = _takings(workspace)
    takings = [Taking(**told) for told in (_lines(_before(path)) + _lines(path))[-last:]]
    if not takings:
        return None
    seconds = sorted(one.seconds for one in takings if one.waited < one.records)
    return TakingLatency(
        takings=len(seconds),
        records=sum(one.records for one in takings),
        waited=sum(one.waited for one in takings),
        p50=_part(seconds, 0.5) if seconds else None,
        p95=_part(seconds, 0.95) if seconds else None,
        longest=seconds[-1] if seconds else None,
        since=takings[0].at,
    )


def _part(ordered: Sequence[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]


def _add(path: Path, told: Mapping[str, Any]) -> None:
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(told) + "\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    """What the lines of a file say, nothing if it is not there. One that a kill cut off is passed over, with what ran into it."""
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [told for line in lines if (told := _told(line)) is not None]


def _told(line: str) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError:
        return None
    return told


def _looks(workspace: Workspace) -> Path:
    return folder_of(workspace) / "looks.jsonl"


def _takings(workspace: Workspace) -> Path:
    return folder_of(workspace) / "takings.jsonl"


def _before(path: Path) -> Path:
    return path.with_name("takings-before.jsonl")
