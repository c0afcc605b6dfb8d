"""One release on the disk: built aside, swapped in at once, read by whoever still holds it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiuzhu.crypto.files import synced
from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.engines.base import Base
from jiuzhu.engines.mapped import WORDS, mapped_tables
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.kept import RELATION, ROWS, Tables
from jiuzhu.registry.profile.narrow import Narrow
from jiuzhu.registry.profile.rekeyed import Rekeyed
from jiuzhu.registry.release.layout import Layout
from jiuzhu.registry.release.manifest import Manifest
from jiuzhu.registry.release.tables import coverage_from, coverage_table, read_arrow, read_folder, write_arrow, write_parquet

MANIFEST, BASE, SUBJECTS, REVIEW = "manifest.json", "base", "subjects.sealed", "review.sealed"
LINKS, RECIPES, CANDIDATES = "links.sealed", "recipes.sealed", "candidates.sealed"
SEALED_NAME = "release.subjects"
CURRENT = "current"


class NoRelease(LookupError):
    """There is no release, or none of that name."""


class Writer:
    """A release being built aside. `store` keeps a table of the base: the people first, then the rest, see `Layout`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._layout = Layout(folder / BASE)

    def store(self, name: str, table: pa.Table) -> None:
        if name.startswith((ROWS, RELATION)):
            self._layout.store(name, table)
            return
        written = write_arrow(self.folder / BASE / f"{name}.arrow", table)
        if name == "people":
            self._layout.people(written)

    def lay(self, name: str, columns: Sequence[Narrow]) -> None:
        """The same of rows whose columns are narrow already."""
        self._layout.lay(name, columns)

    def keep(self, name: str, table: Rekeyed) -> None:
        self._layout.keep(name, table)

    def tables(self) -> Tables:
        """The tables of the base, mapped from the disk."""
        self._layout.settle()
        return tables_in(self.folder / BASE)

    def write(self, name: str, table: pa.Table) -> None:
        write_parquet(self.folder / f"{name}.parquet", table)

    def coverage(self, base: Base) -> None:
        self.store("coverage", coverage_table(base.coverage))

    def files(self) -> dict[str, str]:
        """The SHA-256 of every table, by its path in the release; none is written after."""
        self._layout.settle()
        answer = {}
        known = {f"{BASE}/{name}": digest for name, digest in self._layout.taken_on.items()}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if name in known:
                answer[name] = known[name]
            elif path.suffix in (".arrow", ".parquet"):
                with path.open("rb") as file:
                    answer[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return answer

    @property
    def taken_on(self) -> frozenset[str]:
        """The files of the last base that are files of this one."""
        return frozenset(self._layout.taken_on)

    def finish(self, manifest: Manifest) -> None:
        (self.folder / MANIFEST).write_text(manifest.as_json(), encoding="utf-8")


@contextmanager
def building(workspace: Workspace) -> Iterator[Writer]:
    """A folder to build a release in; whatever a kill left there before is thrown away."""
    aside = workspace.staging / "release"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / BASE).mkdir(parents=True, mode=0o700)
    try:
        yield Writer(aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def appear(
    workspace: Workspace,
    writer: Writer,
    manifest: Manifest,
    subjects: pa.Table,
    review: pa.Table,
    links: pa.Table,
    recipes: pa.Table,
    candidates: pa.Table,
) -> None:
    """Let the release appear whole. subjects: who stands at each position, sealed beside the release and never in it.

    links: (candidate, person, record) of rows without a right id number: what later deliveries may change. recipes: what the
    rows of each dataset follow from, by which the next run tells those that did not change. candidates: every one and the
    delivery it came in, see `candidates_of`, which the next run need not look for.
    """
    beside = _beside(workspace, manifest.name)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True, mode=0o700)
    for name, table in ((SUBJECTS, subjects), (REVIEW, review), (LINKS, links), (RECIPES, recipes), (CANDIDATES, candidates)):
        content = seal(packed(table), keys=workspace.keys, name=SEALED_NAME, about=f"{manifest.name}/{name}")
        (beside / name).write_bytes(content)
    writer.finish(manifest)
    for path in [*sorted(writer.folder.rglob("*")), writer.folder, *beside.iterdir(), beside]:
        synced(path)
    target = workspace.releases / manifest.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(target, ignore_errors=True)
    writer.folder.rename(target)
    synced(target.parent)


def point_at(workspace: Workspace, name: str) -> None:
    """Make a release the current one, in one step."""
    pointer = workspace.releases / CURRENT
    aside = workspace.releases / f".{CURRENT}"
    aside.write_text(name + "\n", encoding="ascii")
    synced(aside)
    aside.replace(pointer)
    synced(workspace.releases)


def current(workspace: Workspace) -> str | None:
    try:
        return (workspace.releases / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def releases(workspace: Workspace) -> list[str]:
    """The names of all releases."""
    return sorted(path.parent.name for path in workspace.releases.glob(f"*/{MANIFEST}"))


@dataclass(frozen=True)
class Release:
    """A finished release. Its files never change, so what is read once may be kept."""

    workspace: Workspace
    name: str

    @property
    def folder(self) -> Path:
        return self.workspace.releases / self.name

    @cached_property
    def manifest(self) -> Manifest:
        path = self.folder / MANIFEST
        if not path.exists():
            raise NoRelease(f"there is no release {self.name!r}; `jiuzhu run` makes one")
        return Manifest.from_json(path.read_text(encoding="utf-8"))

    @cached_property
    def signals(self) -> pa.Table:
        return pq.read_table(self.folder / "signals.parquet")

    @cached_property
    def unknown(self) -> pa.Table:
        return pq.read_table(self.folder / "unknowns.parquet")

    @cached_property
    def base(self) -> Base:
        told, folder = self.manifest, self.folder / BASE
        coverage = coverage_from(read_arrow(folder / "coverage.arrow"))
        return tables_in(folder).base(as_of=told.as_of, now=datetime.fromisoformat(told.now), coverage=coverage)

    @cached_property
    def numbers(self) -> pa.Table:
        """Kind and number of each living household."""
        return read_arrow(self.folder / BASE / "numbers.arrow")

    @cached_property
    def hukou_numbers(self) -> pa.Table:
        return read_arrow(self.folder / BASE / "hukou-numbers.arrow")

    def subjects(self) -> pa.Table:
        """person (id; below zero: alone) and, of those alone, record; by position. Opened with the key of the workspace."""
        return self._opened(SUBJECTS)

    def review(self) -> pa.Table:
        """Records that resemble somebody, for a person to decide."""
        return self._opened(REVIEW)

    def links(self) -> pa.Table:
        """candidate, person and, of people alone, record: whose rows without a right id number were taken to be."""
        return self._opened(LINKS)

    def recipes(self) -> pa.Table:
        """dataset, recipe (JSON): what the rows of each dataset follow from."""
        return self._opened(RECIPES)

    def candidates(self) -> pa.Table:
        """What `candidates_of` gave for the deliveries of the release."""
        return self._opened(CANDIDATES)

    def _opened(self, name: str) -> pa.Table:
        sealed = (_beside(self.workspace, self.name) / name).read_bytes()
        content = open_sealed(sealed, keys=self.workspace.keys, name=SEALED_NAME, about=f"{self.name}/{name}")
        return pa.ipc.open_stream(content).read_all()


def tables_in(folder: Path) -> Tables:
    """The tables of a base, mapped; also of one made before columns were laid out narrow."""
    people, households, hukou, places = (
        read_arrow(folder / f"{name}.arrow") for name in ("people", "households", "hukou", "places")
    )
    if (folder / f"{WORDS}.arrow").exists():
        return Tables(people, households, hukou, places, *mapped_tables(folder, people))
    return Tables(people, households, hukou, places, read_folder(folder, ROWS), read_folder(folder, RELATION))


def _beside(workspace: Workspace, name: str) -> Path:
    return workspace.folder / "subjects" / name


def packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content
