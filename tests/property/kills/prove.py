"""Kills the platform with signal 9 at random moments, again and again, and holds what is left against what it acknowledged.

python -m tests.property.kills.prove --kills 2000

A child delivers files, hands in records one by one, looks and runs, one after another, and says what it has done after each.
At a drawn moment it is killed; the next one first checks everything that was ever acknowledged, then sends again what was
not, and goes on. After so many kills everything is delivered once into an empty workspace: the same must come of it, byte for
byte in the villages that get files only, and the same warnings in every second one, where records come alone too.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from jiuzhu.registry import public
from jiuzhu.registry.ingest.parsing import PARSERS
from jiuzhu.registry.ingest.records import records
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.live import Live
from jiuzhu.registry.profile.placing import People
from jiuzhu.registry.release.make import divisions_of
from jiuzhu.registry.stream import look as looking
from jiuzhu.registry.stream.follow import followed
from jiuzhu.registry.stream.log import Log
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, content, few, files, instant, member, run, write
from tests.support.histories import narrowed

RULES = ("S01-E01", "S01-E02", "S01-E04")
VILLAGE = 25  # kills that one workspace survives, before it is held against a new one
# What acts import when they first need it. A forked child finds it imported; importing starts no work that a fork would lose.
LATE = (
    "dateutil.parser",
    "numba.typed",
    "pandas",
    "pyarrow.dataset",
    "sqlglot.dialects.duckdb",
    "jiuzhu.engines.columnar.kernels",
    "jiuzhu.engines.columnar.sweeping",
    "jiuzhu.registry.profile.appended",
    "jiuzhu.registry.profile.files",
    "jiuzhu.registry.profile.straight",
)
ACTS = 4  # a child may finish so many acts less one, before it is struck
LONGEST = 0.8  # seconds into the next act, at most


@dataclass
class Ledger:
    """What was acknowledged. alone: whether records come alone too.

    delivered: file number to the digests of what it sent. records: numbers of those that came alone. entries: of the stream,
    in order. releases: in the order in which they came.
    """

    alone: bool = False
    delivered: dict[int, list[str]] = field(default_factory=dict)
    records: set[int] = field(default_factory=set)
    entries: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    doing: str = ""

    def hear(self, line: str) -> None:
        told = json.loads(line)
        self.doing = told["next"]
        match told["did"]:
            case "check":
                self.entries = told["entries"]  # what came in the last breath, before it was acknowledged, stays too
            case "deliver":
                self.delivered[told["file"]] = told["sha256"]
            case "take":
                self.records.add(told["record"])
                self.entries += told["entries"]
            case "look":
                self.entries += told["entries"]
                if told["release"] not in self.releases[-1:]:
                    self.releases.append(told["release"])


class Broken(AssertionError):
    """Something acknowledged is lost, or something is there twice."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if nothing acknowledged was ever lost, and nothing stood there twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=Random().randrange(1_000_000))
    parser.add_argument("--longest", type=float, default=LONGEST, help="seconds into an act until the kill, at most")
    options = parser.parse_args(arguments)
    looking.WHOLE_SHARE = 10  # six people: half of them are soon touched
    catalogue = few(narrowed(public.catalogue()), *RULES)
    PARSERS.start()  # the process that parses starts once, and outlives every child
    _warmed(catalogue)
    chance, began, done = Random(options.seed), time.monotonic(), 0
    struck: Counter[str] = Counter()
    print(f"seed {options.seed}", flush=True)
    while done < options.kills:
        count = min(VILLAGE, options.kills - done)
        with tempfile.TemporaryDirectory() as folder:
            ledger = _village(Path(folder), catalogue, chance, count, options.longest, alone=done // VILLAGE % 2 == 1)
        struck.update(ledger.struck)
        done += count
        print(f"{done:,} kills {dict(struck)}, {time.monotonic() - began:.0f} s", flush=True)
    print(f"seed {options.seed}: {done:,} kills, nothing acknowledged lost, nothing twice")
    return 0


def _warmed(catalogue: Catalogue) -> None:
    """What each child would read and import again is there already when it is forked.

    Of threads there are only those that numpy, scipy and Arrow keep idle, and begin anew after a fork.
    """
    for name in LATE:
        importlib.import_module(name)
    divisions_of(catalogue)
    People(np.ones(1, np.int64)).find(np.ones(1, np.int64))  # what loads a compiled step is loaded with the first
    assert threading.active_count() == 1, "a fork would lose a thread that works"


def _village(folder: Path, catalogue: Catalogue, chance: Random, kills: int, longest: float, *, alone: bool) -> Ledger:
    ledger = Ledger(alone)
    for _ in range(kills):
        _struck(folder, catalogue, ledger, chance.randrange(ACTS), chance.random() * longest)
    _ended(_forked(lambda say: _finish(folder, catalogue, ledger)))
    return ledger


# --- the one that kills ----------------------------------------------------------------------------------------------


def _struck(folder: Path, catalogue: Catalogue, ledger: Ledger, acts: int, after: float) -> None:
    """Start a child, wait until it has checked what it found and done so many acts, and strike so many seconds into the next."""
    child, pipe = _forked(lambda say: _live(folder, catalogue, ledger, say))
    with os.fdopen(pipe) as said:
        for _ in range(1 + acts):
            line = said.readline()
            if not line:
                raise Broken(f"a child ended by itself, with {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
            ledger.hear(line)
        time.sleep(after)  # the moment is what is drawn: nothing is waited for
        os.kill(child, signal.SIGKILL)
        for line in said:
            if line.endswith("\n"):
                ledger.hear(line)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        raise Broken(f"a child ended by itself, with {os.waitstatus_to_exitcode(status)}")
    ledger.struck[ledger.doing] += 1


def _forked(work: Any) -> tuple[int, int]:
    """A child that does the work and says lines through a pipe. The parent never evaluates anything: a fork copies no threads."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        work(lambda line: os.write(writing, (json.dumps(line) + "\n").encode()))
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _ended(forked: tuple[int, int]) -> None:
    child, pipe = forked
    os.close(pipe)
    if os.waitpid(child, 0)[1]:
        raise Broken("a workspace that was killed often is not the one of a new start")


# --- the one that is killed ------------------------------------------------------------------------------------------


def _live(folder: Path, catalogue: Catalogue, ledger: Ledger, say: Any) -> None:
    workspace = folder / "workspace"
    entries = _check(workspace, ledger)
    number, known = len(ledger.delivered), len(entries)
    takes = ledger.alone and public.current(workspace) is not None
    say({"did": "check", "entries": entries, "next": "take" if takes else "deliver"})
    door = Live(Workspace(workspace), catalogue)
    while True:
        if ledger.alone and public.current(workspace) is not None:
            door.take("medins_settlement", json.dumps(_record(number - 1)).encode())
            fresh = _entries(workspace)[known:]
            known += len(fresh)
            say({"did": "take", "record": number - 1, "entries": fresh, "next": "deliver"})
        _deliver(folder, catalogue, number, say, last=number % 3 == 2 or number == 0)
        number += 1
        if number % 3 == 0 or number == 1:
            if number % 9 == 0:
                release = run(workspace, catalogue).release
            else:
                release = public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=catalogue, clock=lambda: 0.0).release
            fresh = _entries(workspace)[known:]
            known += len(fresh)
            say({"did": "look", "release": release, "entries": fresh, "next": "deliver"})


def _deliver(folder: Path, catalogue: Catalogue, number: int, say: Any, *, last: bool) -> None:
    workspace = folder / "workspace"
    paths = _file(folder, number)
    for report in public.deliver(paths, workspace=workspace, catalogue=catalogue, as_of=DAY):
        if report.state not in ("accepted", "duplicate"):
            raise Broken(f"file {number} is {report.state}: {report.error}")
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    following = ("run" if (number + 1) % 9 == 0 else "look") if last else "deliver"
    say({"did": "deliver", "file": number, "sha256": digests, "next": following})


def _record(number: int) -> dict[str, Any]:
    """The record of a number, always the same."""
    return bill(f"v{number}", 1 + number % 6, str(Random(number).randrange(1, 60_000)), f"2026-11-{2 + number % 18:02}")


def _file(folder: Path, number: int) -> list[Path]:
    """The files of a number, always the same: first the village, then bills, corrections, retractions and moves."""
    if number == 0:
        return files(folder / "in")
    chance = Random(number)
    day = 2 + number % 18
    data_date = f"2026-11-{day:02}"
    old, one = chance.randrange(max(number, 1)), 1 + number % 6
    match number % 5:
        case 0:
            rows = [member(one, f"H{chance.randrange(3)}", data_date)]
            return [write(folder / "in", f"civil_lowincome_member-2026-11-k{number}.csv", rows)]
        case 1:
            rows = [bill(f"k{old}", one, str(chance.randrange(1, 60_000)), data_date, _change="U")]
        case 2:
            rows = [bill(f"k{old}", one, "1", data_date, _change="D")]
        case _:
            rows = [bill(f"k{number}", one, str(chance.randrange(1, 60_000)), data_date)]
    return [write(folder / "in", f"medins_settlement-2026-11-k{number}.csv", rows)]


# --- what must hold --------------------------------------------------------------------------------------------------


def _check(workspace: Path, ledger: Ledger) -> list[str]:
    """Everything that was acknowledged is there once; what was not is there whole, or not at all. Gives the entries there are."""
    if not ledger.delivered:
        return []
    there = Counter(one.sha256 for one in public.deliveries(workspace, as_of=DAY))
    for number, digests in ledger.delivered.items():
        for digest in digests:
            if there[digest] != 1:
                raise Broken(f"file {number} was acknowledged and stands there {there[digest]} times")
    twice = [digest for digest, times in there.items() if times > 1]
    if twice:
        raise Broken(f"{len(twice)} files stand there twice")
    _check_releases(workspace, ledger)
    lost = ledger.records - set(_arrived(workspace))
    if lost:
        raise Broken(f"records {sorted(lost)} were acknowledged and are gone")
    digests = _entries(workspace)
    if digests[: len(ledger.entries)] != ledger.entries:
        raise Broken(f"of {len(ledger.entries)} acknowledged entries not all are what they were")
    return digests


def _arrived(workspace: Path) -> list[int]:
    """The numbers of the records that came alone, from the archive and from the stream; sorted."""
    stands = followed(Workspace(workspace))
    waiting = [single for batch in stands.unsettled for single in batch.singles] if stands is not None else []
    names = [str(json.loads(one.line)["record_id"]) for one in waiting]
    table = records(Workspace(workspace), "medins_settlement", columns=["record_id"])
    names += table["record_id"].to_pylist() if table is not None else []
    return sorted(int(name[1:]) for name in names if name.startswith("v"))


def _check_releases(workspace: Path, ledger: Ledger) -> None:
    """Each release is whole: its files are those of its manifest. The current one is the last acknowledged, or one after it."""
    for name in public.releases(workspace):
        folder = workspace / "releases" / name
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
        for path, digest in told.items():
            if hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest:
                raise Broken(f"release {name}: {path} is not what its manifest says")
    missing = set(ledger.releases) - set(public.releases(workspace))
    if missing:
        raise Broken(f"releases {sorted(missing)} were acknowledged and are gone")
    now = public.current(workspace)
    if now in ledger.releases[:-1]:
        raise Broken(f"release {now} is current, {ledger.releases[-1]} came after it")


def _finish(folder: Path, catalogue: Catalogue, ledger: Ledger) -> None:
    """The village delivered once into an empty workspace: the same release, byte for byte, and the same stands in the stream."""
    _check(folder / "workspace", ledger)
    number = len(ledger.delivered)
    _deliver(folder, catalogue, number, lambda line: None, last=False)  # what the last kill may have cut off
    made = run(folder / "workspace", catalogue)
    alone = sorted(set(_arrived(folder / "workspace")))
    paths = [path for one in range(number + 1) for path in _file(folder, one)]
    paths += [write(folder / "in", "medins_settlement-2026-11-alone.csv", map(_record, alone))] if alone else []
    public.deliver(paths, workspace=folder / "new", catalogue=catalogue, as_of=DAY)
    again = run(folder / "new", catalogue)
    if made.repaired:
        raise Broken(f"the stream said otherwise than the run: {made.repaired} entries repaired")
    if _warnings(folder / "workspace") != _warnings(folder / "new"):
        raise Broken("the warnings are not those of a new start")
    if not alone:
        one, other = content(folder / "workspace", made.release), content(folder / "new", again.release)
        parted = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
        if made.release != again.release or parted:
            raise Broken(f"the release is not that of a new start: {parted}")
    if list(Workspace(folder / "workspace").staging.glob("*/*")):
        raise Broken("something half written was left behind")


def _warnings(workspace: Path) -> list[tuple[str, ...]]:
    """Every warning of the current release by what it says, not by what this workspace calls it."""
    told = public.warnings(workspace, by="test", named=False, at=instant(DAY))
    return sorted(
        tuple(one[name] for name in ("indicator_id", "household_id", "division_code", "value", "grade")) for one in told
    )


def _entries(workspace: Path) -> list[str]:
    """A digest of each entry of the stream, as it lies there: numbered one after another."""
    entries = list(Log(Workspace(workspace)).entries())
    if [one.number for one in entries] != list(range(1, len(entries) + 1)):
        raise Broken("the entries of the stream are not numbered one after another")
    return [hashlib.sha256(repr(one).encode()).hexdigest()[:16] for one in entries]


if __name__ == "__main__":
    sys.exit(main())
