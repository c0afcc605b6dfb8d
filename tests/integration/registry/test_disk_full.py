"""A disk that fills up at any byte of deliver, look and run: the last release stays, the message says what to do, and it goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import WorkspaceFull
from jiuzhu.registry.stream import look as looking
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, content, deliver, few, files, instant, run, write
from tests.support.histories import narrowed

ROOT = Path(__file__).parents[3]
MODULE = "tests.integration.registry.test_disk_full"
RULES = ("S01-E01", "S01-E02", "S01-E04")
SEED = int(os.environ.get("JIUZHU_SEED", "20261122"))
TRIES = int(os.environ.get("JIUZHU_TRIES", "3"))  # of each command; more by hand
SIZE = 48 * 2**20  # bytes of the small disk
ACTS = ("deliver", "look", "run")
# A file system of its own, which needs no rights on Linux: a new user is root of a new set of mounts.
ALONE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("disk")
    asked = subprocess.run([*ALONE, f"mount -t tmpfs none {folder}"], capture_output=True, check=False)
    if asked.returncode:
        pytest.fail(f"this machine lets nobody mount a small disk: {asked.stderr.decode()}")
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, national: Catalogue) -> Path:
    """A village with a release and a look, and one more delivery that no look has seen."""
    rules, folder = few(narrowed(national), *RULES), tmp_path_factory.mktemp("prepared")
    deliver(folder / "workspace", rules, files(folder / "in"))
    run(folder / "workspace", rules)
    for name in ("b", "c"):
        more = write(folder / "in", f"medins_settlement-2026-11-{name}.csv", [bill(name, 1, "90000", "2026-11-12")])
        deliver(folder / "workspace", rules, [more])
        if name == "b":
            look(folder / "workspace", rules)
    return folder


def look(workspace: Path, rules: Catalogue) -> Any:
    return public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)


@pytest.mark.requirement("E3")
@pytest.mark.parametrize("act", ACTS)
def test_a_full_disk_leaves_what_was_there_and_says_what_to_do(act: str, prepared: Path, small_disk: Path):
    words = f"mount -t tmpfs -o size={SIZE} none {small_disk} && exec {sys.executable} -m {MODULE} {act} {prepared} {small_disk}"
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    ended = subprocess.run([*ALONE, words], cwd=ROOT, env={**os.environ, **paths}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(told) == TRIES
    refused = [one for one in told if one["refused"]]
    assert refused, f"seed {SEED}: the disk was never full: {told}"
    for one in refused:
        assert "make room" in one["refused"], f"seed {SEED}"


# --- inside the small disk -------------------------------------------------------------------------------------------


def main(act: str, prepared: Path, disk: Path) -> None:
    """One line a try: how many bytes were free, and what was refused."""
    looking.WHOLE_SHARE = 10
    rules = few(narrowed(public.catalogue()), *RULES)
    right = _after(act, prepared, disk / "right", rules)
    needed = _size(disk / "right") - _size(prepared / "workspace")
    shutil.rmtree(disk / "right")
    chance = Random(f"{SEED} {act}")
    # At nought, at random, and just before the end, where only the last rename is missing.
    for share in [0.0, 0.9, *(chance.random() for _ in range(TRIES - 2))]:
        free = int(share * needed)
        print(json.dumps({"free": free, "refused": _tried(act, prepared, disk, rules, free, right)}), flush=True)


def _tried(act: str, prepared: Path, disk: Path, rules: Catalogue, free: int, right: dict[str, bytes]) -> str:
    """What was refused with so many bytes free. Nothing seen before has changed; with room again the command ends well."""
    workspace = disk / "workspace"
    shutil.copytree(prepared / "workspace", workspace)
    before, refused = _seen(workspace), ""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        told = os.statvfs(disk)
        os.posix_fallocate(file.fileno(), 0, max(1, told.f_bavail * told.f_bsize - free))
    try:
        _act(act, prepared, workspace, rules)
    except WorkspaceFull as full:
        refused = str(full)
        assert _seen(workspace) == before, "a command that was refused changed what was there"
    ballast.unlink()
    assert _after(act, prepared, workspace, rules) == right, "with room again the release is another"
    shutil.rmtree(workspace)
    return refused


def _act(act: str, prepared: Path, workspace: Path, rules: Catalogue) -> None:
    match act:
        case "deliver":
            paths = [write(prepared / "in", "medins_settlement-2026-11-d.csv", [bill("d", 2, "70000", "2026-11-13")])]
            public.deliver(paths, workspace=workspace, catalogue=rules, as_of=DAY)
        case "look":
            look(workspace, rules)
        case "run":
            run(workspace, rules)


def _after(act: str, prepared: Path, workspace: Path, rules: Catalogue) -> dict[str, bytes]:
    """The act, then a run: every file of its release."""
    if not workspace.exists():
        shutil.copytree(prepared / "workspace", workspace)
    _act(act, prepared, workspace, rules)
    made = run(workspace, rules)
    assert made.repaired == 0
    return content(workspace, made.release)


def _seen(workspace: Path) -> object:
    """What others see: deliveries, releases and all their files, the current one, the stream."""
    releases = {name: content(workspace, name) for name in public.releases(workspace)}
    deliveries = [one.delivery for one in public.deliveries(workspace, as_of=DAY)]
    return deliveries, releases, public.current(workspace), public.stream(workspace)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
