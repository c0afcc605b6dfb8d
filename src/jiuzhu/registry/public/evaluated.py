"""What is evaluated: all by a run, those touched by a look, and the stream of changes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.public.declared import engine_of
from jiuzhu.registry.public.opened import catalogue_of, declarations
from jiuzhu.registry.release import make
from jiuzhu.registry.release.make import Wanted
from jiuzhu.registry.release.reports import RunReport
from jiuzhu.registry.stream import door as streaming
from jiuzhu.registry.stream.door import LookReport, StreamEntry
from jiuzhu.registry.stream.follow import RUN, join
from jiuzhu.registry.stream.issued import Issued
from jiuzhu.registry.stream.issued import issued as _issued
from jiuzhu.registry.stream.latency import Latency
from jiuzhu.registry.stream.latency import latency as _latency
from jiuzhu.registry.stream.log import Log
from jiuzhu.registry.stream.settle import settle
from jiuzhu.rules.catalogue import Catalogue


def _silent(what: str, done: int, of: int) -> None:
    pass


def run(
    workspace: Path,
    *,
    as_of: date,
    now: datetime,
    catalogue: Catalogue,
    engine: str = "columnar",
    sample: int | None = None,
    households: Sequence[str] | None = None,
    progress: make.Progress | None = None,
    merge: bool = True,
) -> RunReport:
    """Evaluate all indicators on what was delivered, as of a day, and release what they find.

    The same state, catalogue and day give the same release and change nothing. sample, households: ask only about so many
    households, or those of these numbers. merge: what did not change since the last release is taken from it, which gives the same bytes;
    False makes all of it again from the archive. Raises WorkspaceBusy, HouseholdNotKnown, and of the engine spark SparkMissing,
    WrongSettings.
    """
    home = Workspace(workspace)
    began, spent = time.monotonic(), time.process_time()
    chosen = Wanted(sample, tuple(households) if households is not None else None)
    with home.writing("run"):
        settle(home, catalogue)
        asked = engine_of(engine, catalogue, workspace)
        made = make.make_release(home, catalogue, Moment(as_of, now), asked, chosen, progress or _silent, merge=merge)
        joined = None if chosen.text else join(home, catalogue, RUN)
    return RunReport(
        release=made.release.name,
        as_of=as_of,
        position=len(made.release.deliveries),
        engine=made.engine,
        catalogue=catalogue.version,
        people=made.people,
        households=made.households,
        seconds=round(time.monotonic() - began, 3),
        cpu_seconds=round(time.process_time() - spent, 3),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        hash=made.hash,
        tallies=made.tallies,
        fell_back=made.release.fell_back,
        new=made.new,
        tables=made.tables,
        entries=len(joined.entries) if joined is not None else 0,
        repaired=sum(entry.marked for entry in joined.entries) if joined is not None else 0,
    )


def look(
    workspace: Path,
    *,
    as_of: date,
    now: datetime,
    catalogue: Catalogue,
    clock: Callable[[], float],
    engine: str = "columnar",
) -> LookReport:
    """Take in what was delivered since the last look or run, and add what it changes to the stream.

    Only those are asked again whose answers can have changed; where that is everybody, a run is made, and the report says
    why. clock: seconds since 1970, for the figures only. Raises WorkspaceBusy.
    """
    return streaming.looked(Workspace(workspace), catalogue, Moment(as_of, now), engine_of(engine, catalogue, workspace), clock)


def stream(workspace: Path, *, after: int = 0) -> list[StreamEntry]:
    """The entries of the stream whose number is greater than `after`, in order. Raises NoRelease, StreamBroken.

    Whoever acts on them keeps the last number together with what was done, so that each counts once.
    """
    return streaming.entries(Workspace(workspace), catalogue_of(workspace), after)


def stream_size(workspace: Path) -> int:
    """How long the stream is, in bytes, without reading it: for whoever looks often whether anything was added."""
    return Log(Workspace(workspace)).size()


def joined_at(workspace: Path, release: str) -> int:
    """The number of the last entry of the stream that a release already says; 0 if it came before the stream."""
    return streaming.joined_at(Workspace(workspace), release) or 0


def issued(workspace: Path) -> Issued:
    """How many warnings and hints were ever issued, worked out from the first release of the stream and its entries.

    Raises NoRelease, StreamBroken.
    """
    return _issued(Workspace(workspace), lambda version: declarations(str(workspace.absolute()), version))


def latency(workspace: Path) -> Latency | None:
    """How long the last looks took from delivery to entry; None before the first."""
    return _latency(Workspace(workspace))
