"""Where most is known of somebody now: the base of a look, or the release with what came alone laid over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jiuzhu.engines.base import Base
from jiuzhu.registry.overlay.following import Following
from jiuzhu.registry.overlay.opened import Opened
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.stream import door as streaming
from jiuzhu.registry.stream.entries import ALONE, Entry

if TYPE_CHECKING:
    from jiuzhu.registry.ingest.workspace import Workspace
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class LaidRelease(Release):
    """The current release, with the rows of records that came alone among its own."""

    opened: Opened = field(repr=False)

    @property
    def base(self) -> Base:
        return self.opened.laid


class Reading:
    """Held open by whoever reads; follows the stream by itself. catalogue: the declarations of the current release."""

    def __init__(self, workspace: Workspace, catalogue: Catalogue) -> None:
        self._workspace = workspace
        self._following = Following(workspace, catalogue)

    def base_of(self, entry: Entry) -> tuple[Release, int]:
        """The base that explains an entry, and the position of its subject there. Raises LookupError where it is closed."""
        if entry.base != ALONE:
            return streaming.base_of(self._workspace, entry)
        opened = self._following.now()
        return self._laid(opened), opened.whom.of_key(entry.key)

    def newest_of(self, number: str) -> Release:
        """Where most is known of a living household: the newest look that asked about it, or the release and what came since.

        Raises NoRelease.
        """
        opened = self._following.now()
        for base in reversed(opened.looks):
            if number in base.asked:
                return base
        return self._laid(opened)

    def _laid(self, opened: Opened) -> Release:
        return LaidRelease(self._workspace, opened.release.name, opened)
