"""Records that came alone become deliveries of the archive, before anything reads it anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jiuzhu.crypto.files import appearing
from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.landing import take_in
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.release import make
from jiuzhu.registry.release.manifest import release_name
from jiuzhu.registry.stream.entries import ALONE, Batch, Single
from jiuzhu.registry.stream.follow import SETTLED, Followed, followed, known_as
from jiuzhu.registry.stream.log import Log, folder_of

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

_Group = tuple[str, str, str, bool]  # dataset, source, group, whether it waits


def settle(workspace: Workspace, catalogue: Catalogue) -> int:
    """Put the records that came alone since the last time into the archive; returns how many. Whoever calls holds the lock.

    What was answered counts as seen by the stream; what waits is left to the next look like any delivery. Records that may
    widen what is known of a place together never stand in one delivery. A kill in between does no harm: the same files
    are made again, and a delivery that is there already is known by its content.
    """
    stands = followed(workspace)
    waiting = [single for batch in stands.unsettled for single in batch.singles] if stands is not None else []
    if stands is not None and waiting:
        with appearing(begun_at(workspace)):
            pass
        Log(workspace).append(_settled(workspace, stands, _delivered(workspace, catalogue, waiting)))
    begun_at(workspace).unlink(missing_ok=True)
    return len(waiting)


def begun_at(workspace: Workspace) -> Path:
    """The file that is there while records are being put into the archive: until that has ended, none may be added."""
    return folder_of(workspace) / "settling"


def _delivered(workspace: Workspace, catalogue: Catalogue, singles: Iterable[Single]) -> set[str]:
    """The names in the archive of the deliveries whose records were all answered."""
    groups: dict[_Group, list[str]] = {}
    for one in singles:
        groups.setdefault((one.dataset, one.source, one.group, bool(one.waits)), []).append(one.line)
    answered = set()
    for source in sorted({group[1] for group in groups}):
        mine = [group for group in sorted(groups) if group[1] == source]
        files = {f"{group[0]}-{at}.jsonl": ("\n".join(groups[group]) + "\n").encode() for at, group in enumerate(mine)}
        # A record that the declarations of today no longer take goes to the quarantine, like one of a file.
        reports = take_in(files, workspace, catalogue, source)
        answered |= {report.delivery for group, report in zip(mine, reports, strict=True) if report.delivery and not group[3]}
    return answered


def _settled(workspace: Workspace, stands: Followed, answered: set[str]) -> Batch:
    told = stands.release.manifest
    moment = Moment(told.as_of, datetime.fromisoformat(told.now))
    passed, _ = make.judged(workspace, moment)
    seen = [known_as(make.delivery_used(one)) for one in passed if one.delivery in answered]
    known = stands.seen | set(seen)
    used = [make.delivery_used(one) for one in passed]
    whole = all(known_as(one) in known for one in used)
    name = release_name(used, told.catalogue, moment.as_of, moment.now, "") if whole else ""
    return Batch(
        number=stands.newest.last + 1,
        release=stands.newest.release,
        state=name,
        position=len(deliveries(workspace)),
        cause=SETTLED,
        deliveries=tuple(seen),
        base=ALONE,
    )
