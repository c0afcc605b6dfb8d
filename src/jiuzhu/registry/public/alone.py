"""What comes alone: records taken one by one, durable and answered when the call returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jiuzhu.registry.ingest.bounds import Bounds, check_states
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.arrivals import Refused
from jiuzhu.registry.overlay.live import Live
from jiuzhu.registry.public.refusals import NoDataset
from jiuzhu.registry.stream import door as streaming
from jiuzhu.registry.stream.door import StreamEntry
from jiuzhu.registry.stream.latency import Taking, note_taking
from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Waiting:
    """A record on the disk that the next look answers. line: its place among those handed in, from 1."""

    line: int
    why: str


@dataclass(frozen=True)
class Received:
    """accepted: records on the disk now, waiting ones among them. refused: those not taken. asked: living households asked again.

    entries: what changed, in the stream already.
    """

    accepted: int
    waits: tuple[Waiting, ...]
    refused: tuple[Refused, ...]
    asked: int
    entries: tuple[StreamEntry, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Receiving:
    """Held open by whoever receives records. catalogue: the declarations the current release was made with.

    clock: seconds since 1970, for the figures only; without one nothing is measured.
    """

    def __init__(self, workspace: Path, catalogue: Catalogue, clock: Callable[[], float] | None = None) -> None:
        self._workspace, self._catalogue, self._clock = Workspace(workspace), catalogue, clock
        self._live = Live(self._workspace, catalogue)

    def prepare(self, progress: Callable[[str, int, int], None]) -> None:
        """Make beforehand what the first record of each dataset would wait for. Raises NoRelease, WorkspaceBusy."""
        self._live.open(progress)

    def take(
        self, dataset: str, lines: bytes, *, source: str = "", divisions: Sequence[str] = (), sent: date | None = None
    ) -> Received:
        """Take records of one dataset, one JSON object a line, named by the codes or titles of its columns.

        source: who sends them; one of the catalogue's sources states its own datasets only. divisions, sent: as in `deliver`.
        Raises NoDataset, FileRefused, NoRelease, WorkspaceBusy, WorkspaceFull.
        """
        if dataset not in self._catalogue.datasets:
            raise NoDataset(f"there is no dataset {dataset!r}; `jiuzhu due` lists those of the catalogue")
        check_states(source, self._catalogue.datasets[dataset], self._catalogue, dataset)
        began = self._clock() if self._clock is not None else 0.0
        taken = self._live.take(dataset, lines, source, Bounds(tuple(divisions), sent))
        if self._clock is not None and taken.accepted:
            ended = self._clock()
            note_taking(self._workspace, Taking(round(ended - began, 6), taken.accepted, len(taken.waits), ended))
        return Received(
            taken.accepted,
            tuple(Waiting(line, why) for line, why in taken.waits),
            tuple(taken.refused),
            taken.asked,
            tuple(streaming.plain(self._workspace, self._catalogue, taken.entries)),
        )


def receiving(workspace: Path, *, catalogue: Catalogue, clock: Callable[[], float] | None = None) -> Receiving:
    """Records that come alone are taken through what this gives; it opens with the first, or with `prepare`.

    clock: seconds since 1970, for the figures only; without one nothing is measured.
    """
    return Receiving(workspace, catalogue, clock)
