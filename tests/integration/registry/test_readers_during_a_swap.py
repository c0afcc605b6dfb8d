"""Readers in processes of their own, while releases take each other's place: each reads one release, never two in one answer."""

from __future__ import annotations

import hashlib
import multiprocessing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release, point_at
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import bill, deliver, few, files, instant, run, write

RULES = ("S01-E01", "S01-E02", "S01-E04")
READERS, SWAPS, RUNS = 2, 1_500, 3
POINTED = 500  # times that a reader looks which release is current, before it reads all of one
Heard = dict[str, set[str]]  # release to the digests of all that was read as it


@pytest.mark.requirement("E3")
def test_readers_never_see_a_mixture_while_releases_are_swapped(tmp_path: Path, national: Catalogue):
    rules, workspace = few(national, *RULES), tmp_path / "workspace"
    deliver(workspace, rules, files(tmp_path / "in"))
    made = [run(workspace, rules).release]
    context = multiprocessing.get_context("spawn")
    over, heard = context.Event(), context.Queue()
    readers = [context.Process(target=_reader, args=(workspace, over, heard), daemon=True) for _ in range(READERS)]
    for one in readers:
        one.start()
    for number in range(RUNS):
        name = f"medins_settlement-2026-11-{number}.csv"
        deliver(workspace, rules, [write(tmp_path / "in", name, [bill(f"x{number}", 1, "90000", "2026-11-12")])])
        made.append(run(workspace, rules).release)
        for swap in range(SWAPS // RUNS):
            point_at(Workspace(workspace), made[swap % len(made)])
    over.set()
    found = [heard.get(timeout=60) for _ in readers]
    for one in readers:
        one.join()
    right = {name: {_read(workspace, name)} for name in made}
    assert len(set().union(*right.values())) == len(made), "the releases differ, so a mixture would show"
    for told in found:
        assert {name: told[name] for name in told} == {name: right[name] for name in told}
    assert len(set().union(*found)) > 1, "the readers saw several releases"


def _reader(workspace: Path, over: Event, heard: Queue[Heard]) -> None:
    """Asks which release is current and reads all of it, until it is told to stop, and once more."""
    found: Heard = {}
    last = False
    while not last:
        last = over.is_set()
        for _ in range(POINTED):
            name = public.current(workspace)
            assert name is not None
            assert (workspace / "releases" / name / "manifest.json").exists()
        found.setdefault(name, set()).add(_read(workspace, name))
    heard.put(found)


def _read(workspace: Path, name: str) -> str:
    """All tables of a release opened anew, its manifest, and its list of warnings as the door of the registry gives it."""
    release = Release(Workspace(workspace), name)
    told = hashlib.sha256(release.manifest.as_json().encode())
    assert release.manifest.name == name
    for table in (release.base.people, release.signals, release.unknown, release.subjects(), *release.base.rows.values()):
        told.update(repr(table.to_pydict()).encode())
    told.update(
        repr(public.warnings(workspace, release=name, by="reader", named=False, at=instant(release.manifest.as_of))).encode()
    )
    return told.hexdigest()
