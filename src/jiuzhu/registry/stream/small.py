"""Small bases: what was read to answer for the people a look touched, kept like a release so that it can be explained."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.registry.ingest.publish import sync
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.households import ALONE
from jiuzhu.registry.release.folder import BASE, SEALED_NAME, Release, Writer, packed
from jiuzhu.registry.release.manifest import Manifest
from jiuzhu.registry.release.tables import read_arrow, write_arrow
from jiuzhu.registry.stream.log import folder_of

ASKED = "asked.arrow"
BASES = "bases"


@dataclass(frozen=True)
class SmallBase(Release):
    """The base of one look. `signals` and `unknown` speak of everybody read; only those asked about were entered."""

    @property
    def folder(self) -> Path:
        return folder_of(self.workspace) / BASES / self.name

    def keep_asked(self, households: Sequence[int]) -> None:
        """Write down which of the households read were asked about: of these, and no others, every row is there."""
        write_arrow(self.folder / BASE / ASKED, pa.table({"household": pa.array(households, pa.int32())}))
        sync(self.folder / BASE, [self.folder / BASE])

    @cached_property
    def asked(self) -> frozenset[str]:
        """The numbers of the households asked about; those of people alone are not among them."""
        told = self.numbers.take(read_arrow(self.folder / BASE / ASKED)["household"])
        return frozenset(told.filter(pc.not_equal(told["kind"], ALONE))["number"].to_pylist())

    def _opened(self, name: str) -> pa.Table:
        content = open_sealed(
            (self.folder / name).read_bytes(), keys=self.workspace.keys, name=SEALED_NAME, about=f"{self.name}/{name}"
        )
        return pa.ipc.open_stream(content).read_all()


def keep(workspace: Workspace, writer: Writer, manifest: Manifest, sealed: dict[str, pa.Table]) -> SmallBase:
    """Let a small base appear whole, on the disk, before any entry names it. sealed: tables by file name, never plain."""
    for name, table in sealed.items():
        content = seal(packed(table), keys=workspace.keys, name=SEALED_NAME, about=f"{manifest.name}/{name}")
        (writer.folder / name).write_bytes(content)
    writer.finish(manifest)
    base = SmallBase(workspace, manifest.name)
    base.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sync(writer.folder, [writer.folder, writer.folder / "base"])
    shutil.rmtree(base.folder, ignore_errors=True)
    writer.folder.rename(base.folder)
    sync(base.folder.parent, [base.folder.parent], inside=False)
    return base


def forget(workspace: Workspace, but: Collection[str]) -> None:
    """Remove all small bases but these."""
    for folder in (folder_of(workspace) / BASES).glob("*"):
        if folder.name not in but:
            shutil.rmtree(folder)
