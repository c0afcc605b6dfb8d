"""What the registry's door says of the stream: the report of a look, entries as plain values, and why an entry stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jiuzhu.engines.base import LEVELS, Engine
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.listed import MISSING
from jiuzhu.registry.release.scales import shown, threshold_decimals, unit_of, value_decimals
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.stream.entries import Entry
from jiuzhu.registry.stream.follow import followed, made_with
from jiuzhu.registry.stream.latency import Latency, Measured, acknowledged, latency, note
from jiuzhu.registry.stream.log import Log
from jiuzhu.registry.stream.look import look
from jiuzhu.registry.stream.settle import settle
from jiuzhu.registry.stream.small import SmallBase
from jiuzhu.rules.catalogue import Catalogue

_GRADES = {level: grade for grade, level in LEVELS.items()} | {0: MISSING}


@dataclass(frozen=True)
class LookReport:
    """What a look found.

    release: the one the stream is added to. position: how many deliveries had been accepted. deliveries: how many were
    taken in. whole: why everybody was asked, "" if only those touched were. asked, read: people asked about, and read of.
    entries: how many of each change. first, last: their numbers; last before first if there are none.
    seconds: from the first delivery being acknowledged to the entries being on the disk. took: of the look alone.
    latency: over the last looks.
    """

    release: str
    position: int
    deliveries: int
    whole: str
    asked: int
    read: int
    entries: Mapping[str, int]
    first: int
    last: int
    seconds: float
    took: float
    latency: Latency | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class StreamEntry:
    """One change of a warning, or of what could not be decided, in plain values.

    number: its place, from 1 without a gap; whoever acts on entries keeps the last one acted on. change: new, raised,
    lowered, closed, value (the figure moved within its grade), moved (another household or division), undecided, decided.
    grade, grade_before: red, orange, yellow, blue, missing (could not be decided), "" for nothing. value, threshold: text
    in `unit`. rows: dataset and record_id of what is behind it. marked: it mends the stream after a fault was found.
    """

    number: int
    release: str
    position: int
    warning_id: str
    indicator_id: str
    subject_kind: str
    household_id: str
    division_code: str
    change: str
    grade: str
    grade_before: str
    value: str
    threshold: str
    unit: str
    kind: str
    side: str
    rows: tuple[tuple[str, str], ...]
    marked: bool


def looked(workspace: Workspace, catalogue: Catalogue, moment: Moment, engine: Engine, clock: Callable[[], float]) -> LookReport:
    """Look, and measure how long it took. clock: seconds since 1970.

    Raises WorkspaceBusy.
    """
    began = clock()
    with workspace.writing("look"):
        settle(workspace, catalogue)
        found = look(workspace, catalogue, moment, engine)
        ended = clock()
        stands = followed(workspace)
        assert stands is not None, "a look makes a release where there is none"
        since = acknowledged(workspace, found.came)
        seconds = ended - (began if since is None else min(since, began))
        changes = Counter(entry.change for entry in found.batch.entries) if found.batch is not None else Counter()
        if found.batch is not None:
            took = round(ended - began, 3)
            note(workspace, Measured(round(seconds, 3), took, len(found.came), changes.total(), bool(found.whole), ended))
    newest = found.batch or stands.newest
    return LookReport(
        release=stands.begun.release,
        position=newest.position,
        deliveries=len(found.came),
        whole=found.whole,
        asked=found.asked,
        read=found.read,
        entries=dict(sorted(changes.items())),
        first=newest.number if found.batch is not None else newest.last + 1,
        last=newest.last,
        seconds=round(seconds, 3),
        took=round(ended - began, 3),
        latency=latency(workspace),
    )


def entries(workspace: Workspace, catalogue: Catalogue, after: int) -> list[StreamEntry]:
    """The entries whose number is greater, in order. catalogue: by which they are told; what it no longer knows it kept."""
    return plain(workspace, catalogue, Log(workspace).entries(after))


def plain(workspace: Workspace, catalogue: Catalogue, told: Iterable[Entry]) -> list[StreamEntry]:
    """Entries as plain values, in their order."""
    known = _Told(workspace, catalogue)
    return [_plain(entry, known) for entry in told]


def joined_at(workspace: Workspace, release: str) -> int | None:
    """The number of the last entry a release already says; None if it was never joined to the stream."""
    numbers = [batch.last for batch in Log(workspace).batches() if batch.release == release and not batch.base]
    return numbers[-1] if numbers else None


def entered(workspace: Workspace) -> Mapping[str, Entry]:
    """By warning number the last entry since the current release, if any."""
    path = Log(workspace).path
    return _entered(workspace.folder.absolute(), path.stat().st_size if path.exists() else 0)


@lru_cache(maxsize=4)
def _entered(folder: Path, size: int) -> Mapping[str, Entry]:
    """Read again only when the stream has grown."""
    stands = followed(Workspace(folder)) if size else None
    return {entry.warning_id: entry for entry in stands.entries} if stands is not None else {}


def base_of(workspace: Workspace, entry: Entry) -> tuple[Release, int]:
    """The base that explains an entry, and the position of its subject there. Raises LookupError where it is closed."""
    base = SmallBase(workspace, entry.base)
    return base, _position(base, entry)


@lru_cache(maxsize=256)
def _position(base: SmallBase, entry: Entry) -> int:
    who = Subjects(base)
    among = {"person": base.base.people, "living": base.base.households, "hukou": base.base.hukou}[entry.kind]
    return next(at for at in range(among.num_rows) if who.key(entry.kind, at) == entry.key)


class _Told:
    """Catalogues by indicator: the one at hand, or where it no longer has a rule, that of the release of an entry."""

    def __init__(self, workspace: Workspace, at_hand: Catalogue) -> None:
        self.workspace, self.at_hand = workspace, at_hand

    def of(self, entry: Entry) -> Catalogue:
        if entry.indicator in self.at_hand.indicators:
            return self.at_hand
        return made_with(self.workspace, Release(self.workspace, entry.release).manifest.catalogue, self.at_hand)


def _plain(entry: Entry, known: _Told) -> StreamEntry:
    catalogue = known.of(entry)
    indicator = catalogue.indicators[entry.indicator]
    state = entry.after or entry.before
    assert state is not None, "an entry changes something"
    return StreamEntry(
        number=entry.number,
        release=entry.release,
        position=entry.position,
        warning_id=entry.warning_id,
        indicator_id=entry.indicator,
        subject_kind=indicator.of,
        household_id=state.household_id,
        division_code=state.division,
        change=entry.change,
        grade=_GRADES[entry.after.level] if entry.after else "",
        grade_before=_GRADES[entry.before.level] if entry.before else "",
        value=shown(state.value, value_decimals(indicator)),
        threshold=shown(state.threshold, threshold_decimals(indicator)),
        unit=unit_of(indicator),
        kind=indicator.kind,
        side=indicator.side,
        rows=entry.rows,
        marked=entry.marked,
    )
