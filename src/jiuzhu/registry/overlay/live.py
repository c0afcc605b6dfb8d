"""Takes records one by one: checked, durable, answered and in the stream when the call returns."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.arrivals import Refused
from jiuzhu.registry.overlay.following import Following
from jiuzhu.registry.overlay.opened import Opened
from jiuzhu.registry.overlay.taking import Taking
from jiuzhu.registry.stream.entries import ALONE, Batch, Entry
from jiuzhu.registry.stream.follow import LIVE
from jiuzhu.registry.stream.log import Log
from jiuzhu.registry.stream.settle import begun_at, settle

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


_COLLECTED = 20_000, 20, 20  # new objects between two collections; how many of the young ones come before one of the older


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

    catalogue: the declarations of the current release. What another process adds meanwhile (a run, a look, other records) is
    noticed.
    """

    def __init__(self, workspace: Workspace, catalogue: Catalogue) -> None:
        self._workspace, self._catalogue = workspace, catalogue
        self._log = Log(workspace)
        self._following = Following(workspace, catalogue)

    def open(self, progress: Callable[[str, int, int], None] = lambda what, done, of: None) -> Opened:
        """Be ready for the first record of every dataset; raises NoRelease, WorkspaceBusy."""
        with self._workspace.writing("live"):
            opened = self._ready()
            opened.prepare(progress)
            _out_of_collection()
            return opened

    def take(self, dataset: str, lines: bytes, source: str = "", bounds: Bounds = Bounds()) -> Taken:
        """Take records of one dataset, one JSON object a line, named by the codes or titles of its columns.

        When this returns, those accepted and all they changed are on the disk. source: who sends them.
        Raises FileRefused where the lines as a whole are no records of the dataset, KeyError where there is no such dataset,
        NoRelease, WorkspaceBusy, WorkspaceFull.
        """
        with self._workspace.writing("live"):
            opened = self._ready()
            arrivals, refused = opened.receiver.received(dataset, lines, bounds)
            if arrivals is None:
                return Taken(0, (), (), refused, 0)
            try:
                found = Taking(opened, arrivals, source).run()
                batch = self._batch(opened, found)
                end = self._log.append(batch, self._following.end)
            except BaseException:
                self._following.forget()
                raise
            opened.answers.follow(found.changes)
            self._following.added(batch, end)
        return Taken(len(arrivals), batch.entries, found.waits, refused, len(found.households))

    def _batch(self, opened: Opened, found: Taking) -> Batch:
        batch = Batch(
            number=self._following.number + 1,
            release=opened.release.name,
            state="",
            position=self._following.position,
            cause=LIVE,
            base=ALONE,
            singles=found.singles,
        )
        return found.with_entries(batch)

    def _ready(self) -> Opened:
        if begun_at(self._workspace).exists():
            settle(self._workspace, self._catalogue)  # a kill cut it off
        return self._following.now()


def _out_of_collection() -> None:
    """What was opened stays as long as the process: looking through all of it for what may be thrown away, again and again, stops a
    record in hand for as much as a quarter of a second. It is given back at the end of the process, or to the next who opens.

    What one record leaves behind is mostly freed with its last reference, so the rest is looked for less often too."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
    atexit.unregister(gc.unfreeze)
    atexit.register(gc.unfreeze)
