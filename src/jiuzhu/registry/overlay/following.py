"""The current release with what the stream laid over it since, kept up to date with what others add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.opened import Opened
from jiuzhu.registry.overlay.taking import Taking
from jiuzhu.registry.release.folder import NoRelease, current
from jiuzhu.registry.stream.entries import ALONE, Batch
from jiuzhu.registry.stream.follow import following
from jiuzhu.registry.stream.log import Log

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


class Following:
    """catalogue: the declarations of the current release.

    end: where the stream ends, in bytes, up to which it was followed; number: of its last entry; position: how many deliveries
    had been accepted then.
    """

    def __init__(self, workspace: Workspace, catalogue: Catalogue) -> None:
        self._workspace, self._catalogue = workspace, catalogue
        self._log = Log(workspace)
        self._opened: Opened | None = None
        self.end, self.number, self.position = 0, 0, 0

    def now(self) -> Opened:
        """With everything that is in the stream at this moment. Raises NoRelease."""
        size = self._log.path.stat().st_size if self._log.path.exists() else 0
        if self._opened is None or self._opened.release.name != current(self._workspace) or size < self.end:
            self._opened = self._whole()
        elif size > self.end:
            added, end = self._log.read(self.end)
            if any(batch.base != ALONE for batch in added):
                self._opened = self._whole()  # a look or a run: from here on other rows are the ones to lie over
            else:
                self._follow(self._opened, added, end)
        return self._opened

    def forget(self) -> None:
        """What lies over the base in memory is not what the stream says: read it again."""
        self._opened = None

    def added(self, batch: Batch, end: int) -> None:
        """This batch was just written, and what it says lies over the base already."""
        self.end, self.number, self.position = end, batch.last, batch.position

    def _whole(self) -> Opened:
        batches, end = self._log.read()
        stands = following(self._workspace, batches)
        if stands is None or stands.begun.release != current(self._workspace):
            raise NoRelease(f"{self._workspace.folder}: there is no release of everybody yet; `jiuzhu run` makes one")
        told = stands.release.manifest
        if told.catalogue != self._catalogue.version:
            raise NoRelease(f"release {told.name} was made with other declarations; `jiuzhu run` makes one with those of now")
        opened = Opened(self._workspace, self._catalogue, stands)
        self.added(stands.begun, end)
        self._follow(opened, stands.since, end)
        return opened

    def _follow(self, opened: Opened, batches: Sequence[Batch], end: int) -> None:
        for batch in batches:
            if batch.singles:
                _again(opened, batch)
            self.added(batch, end)


def _again(opened: Opened, batch: Batch) -> None:
    """Lay over the base what the records of a batch said, which are all of one dataset and source; nobody is asked."""
    singles = batch.singles
    arrivals, _ = opened.receiver.received(singles.dataset, singles.lines)
    assert arrivals is not None, "only good records were written"
    Taking(opened, arrivals, singles.source).again(singles.waits)
    opened.follow(batch.entries)
