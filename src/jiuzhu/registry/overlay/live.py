"""Takes records one by one: checked, durable, answered and in the stream when the call returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.arrivals import Refused
from jiuzhu.registry.overlay.opened import Opened
from jiuzhu.registry.overlay.taking import Taking
from jiuzhu.registry.release.folder import NoRelease, current
from jiuzhu.registry.stream.entries import ALONE, Batch, Entry
from jiuzhu.registry.stream.follow import LIVE, followed
from jiuzhu.registry.stream.log import Log
from jiuzhu.registry.stream.settle import aside_of, settle

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Taken:
    """What became of the records handed in. accepted: how many are on the disk now. entries: what they changed.

    waits: those left to the next look, by line, and why. refused: those that were not taken. asked: living households that
    were asked again.
    """

    accepted: int
    entries: Sequence[Entry]
    waits: Sequence[tuple[int, str]]
    refused: Sequence[Refused]
    asked: int


class Live:
    """Held open by whoever receives records; each call takes the lock of the workspace for its own time only.

    catalogue: the declarations of the current release. What another process adds meanwhile (a run, a look) is noticed, and
    everything is opened anew.
    """

    def __init__(self, workspace: Workspace, catalogue: Catalogue) -> None:
        self._workspace, self._catalogue = workspace, catalogue
        self._log = Log(workspace)
        self._opened: Opened | None = None
        self._end = -1
        self._number = 0

    def open(self) -> Opened:
        """Be ready for the first record; raises NoRelease, WorkspaceBusy."""
        with self._workspace.writing("live"):
            return self._ready()

    def take(self, dataset: str, lines: bytes, source: str = "", bounds: Bounds = Bounds()) -> Taken:
        """Take records of one dataset, one JSON object a line, named by the codes or titles of its columns.

        When this returns, those accepted and all they changed are on the disk. source: who sends them.
        Raises FileRefused where the lines as a whole are no records of the dataset, KeyError where there is no such dataset,
        NoRelease, WorkspaceBusy.
        """
        with self._workspace.writing("live"):
            opened = self._ready()
            arrivals, refused = opened.receiver.received(dataset, lines, bounds)
            if arrivals is None:
                return Taken(0, (), (), refused, 0)
            try:
                found = Taking(opened, arrivals, source).run()
                batch = self._batch(opened, found)
                self._end = self._log.append(batch, self._end)
            except BaseException:
                self._opened = None  # what was laid over the base in memory is not on the disk
                raise
            opened.answers.follow(found.changes)
            self._number = batch.last
        return Taken(len(arrivals), batch.entries, found.waits, refused, len(found.households))

    def _batch(self, opened: Opened, found: Taking) -> Batch:
        begun = opened.stands.newest
        batch = Batch(
            number=self._number + 1,
            release=opened.release.name,
            state="",
            position=begun.position,
            cause=LIVE,
            base=ALONE,
            singles=tuple(found.singles),
        )
        return found.with_entries(batch)

    def _ready(self) -> Opened:
        end = self._log.path.stat().st_size if self._log.path.exists() else 0
        if self._opened is None or end != self._end or self._opened.release.name != current(self._workspace):
            self._opened = self._open()
        return self._opened

    def _open(self) -> Opened:
        if aside_of(self._workspace).exists():
            settle(self._workspace, self._catalogue)
        stands = followed(self._workspace)
        if stands is None or stands.begun.release != current(self._workspace):
            raise NoRelease(f"{self._workspace.folder}: there is no release of everybody yet; `jiuzhu run` makes one")
        opened = Opened(self._workspace, self._catalogue, stands)
        for batch in stands.since:
            if batch.singles:
                _again(opened, batch)
        self._end, self._number = self._log.end(), stands.newest.last
        return opened


def _again(opened: Opened, batch: Batch) -> None:
    """Lay over the base what the records of a batch said, who are all of one dataset and source; nobody is asked."""
    lines = "\n".join(one.line for one in batch.singles)
    arrivals, _ = opened.receiver.received(batch.singles[0].dataset, lines.encode())
    assert arrivals is not None, "only good records were written"
    Taking(opened, arrivals, batch.singles[0].source).again([one.waits for one in batch.singles])
    opened.follow(batch.entries)
