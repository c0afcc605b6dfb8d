"""Records that came alone become deliveries of the archive, before anything reads it anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

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
    shutil.rmtree(aside_of(workspace), ignore_errors=True)
    stands = followed(workspace)
    waiting = [single for batch in stands.unsettled for single in batch.singles] if stands is not None else []
    if stands is None or not waiting:
        return 0
    answered = _delivered(workspace, catalogue, waiting)
    Log(workspace).append(_settled(workspace, stands, answered))
    shutil.rmtree(aside_of(workspace))
    return len(waiting)


def aside_of(workspace: Workspace) -> Path:
    """The folder that is there while records are being put into the archive: until that has ended, none may be added."""
    return folder_of(workspace) / "settling"


def _delivered(workspace: Workspace, catalogue: Catalogue, singles: Iterable[Single]) -> set[str]:
    """The names in the archive of the deliveries whose records were all answered."""
    groups: dict[_Group, list[str]] = {}
    for one in singles:
        groups.setdefault((one.dataset, one.source, one.group, bool(one.waits)), []).append(one.line)
    aside = aside_of(workspace)
    sources: dict[str, dict[str, _Group]] = {}
    for number, (group, lines) in enumerate(sorted(groups.items())):
        folder = aside / str(number)
        folder.mkdir(parents=True, mode=0o700)
        path = folder / f"{group[0]}-{number}.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sources.setdefault(group[1], {})[str(path)] = group
    answered = set()
    for source, files in sources.items():
        answered |= _taken(workspace, catalogue, source, files)
    return answered


def _taken(workspace: Workspace, catalogue: Catalogue, source: str, files: Mapping[str, _Group]) -> set[str]:
    # A record that the declarations of today no longer take goes to the quarantine, like one of a file.
    reports = take_in([Path(one) for one in files], workspace, catalogue, source, one_by_one=True)
    answered = set()
    for group, report in zip(files.values(), reports, strict=True):
        if report.delivery and not group[3]:
            answered.add(report.delivery)
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
