"""The archive: one folder a delivery, complete in itself, which appears by one rename after everything in it is on the disk."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.registry.ingest.workspace import Workspace

RAW_NAME = "delivery.raw"
MANIFEST, ROWS, RAW, QUARANTINE, SEGMENT = "manifest.json", "rows.parquet", "raw.sealed", "quarantine.sealed", "vault.sealed"


@dataclass(frozen=True)
class Manifest:
    """What is known of an accepted or refused delivery without opening it.

    delivery: its name here. asked_source, asked_period: what the command and the file name said, "" if nothing.
    first, last: the period as days; "" where there are neither a period nor rows. titles: the header as delivered.
    statistics: see `statistics.py`. raw_until: the day after which the sealed file may be thrown away, "" to keep it.
    """

    delivery: str
    dataset: str
    source: str
    period: str
    sha256: str
    full: bool
    part: str
    state: str
    received: int
    accepted: int
    rejected: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    asked_source: str = ""
    asked_period: str = ""
    first: str = ""
    last: str = ""
    division: str = ""
    titles: tuple[str, ...] = ()
    statistics: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    raw_until: str = ""

    @property
    def first_day(self) -> date | None:
        return date.fromisoformat(self.first) if self.first else None

    @property
    def last_day(self) -> date | None:
        return date.fromisoformat(self.last) if self.last else None

    @property
    def divisions(self) -> tuple[str, ...]:
        """The division codes of its rows."""
        return tuple(self.statistics.get("divisions", {}))

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1)


_FIELDS = frozenset(item.name for item in fields(Manifest))


def read_manifest(path: Path) -> Manifest:
    content = json.loads(path.read_text(encoding="utf-8"))
    content["titles"] = tuple(content.get("titles", ()))
    return Manifest(**{name: value for name, value in content.items() if name in _FIELDS})


def deliveries(workspace: Workspace, dataset: str | None = None) -> list[Manifest]:
    """All accepted deliveries, in order of their content hash, then name: the same however they arrived."""
    return sorted(_manifests(workspace.archive, dataset), key=lambda one: (one.sha256, one.dataset, one.delivery))


def refusals(workspace: Workspace) -> list[Manifest]:
    """All files that were refused, each content once."""
    return sorted(_manifests(workspace.refused, None), key=lambda one: (one.dataset, one.period, one.sha256))


def _manifests(folder: Path, dataset: str | None) -> Iterator[Manifest]:
    for path in folder.glob(f"{dataset or '*'}/*/{MANIFEST}"):
        yield read_manifest(path)


def delivery_folder(workspace: Workspace, manifest: Manifest) -> Path:
    root = workspace.archive if manifest.state == "accepted" else workspace.refused
    return root / manifest.dataset / manifest.delivery


def segments_of(workspace: Workspace) -> dict[str, Path]:
    """Every accepted delivery and its sealed segment of the vault."""
    return {path.parent.name: path for path in workspace.archive.glob(f"*/*/{SEGMENT}")}


def sealed_raw(raw: pa.Buffer, *, compress: bool, keys: KeyProvider, about: str) -> bytes:
    """The delivered file as it came, sealed."""
    content = pa.compress(raw, codec="zstd") if compress else raw
    mark = b"\1" + raw.size.to_bytes(8, "big") if compress else b"\0"
    return seal(mark + memoryview(content), keys=keys, name=RAW_NAME, about=about)


def raw_file(workspace: Workspace, manifest: Manifest) -> bytes:
    """The delivered file as it came; personal: record who looks. Raises FileNotFoundError once it has expired."""
    sealed = (delivery_folder(workspace, manifest) / RAW).read_bytes()
    content = open_sealed(sealed, keys=workspace.keys, name=RAW_NAME, about=manifest.delivery)
    if content[:1] == b"\0":
        return content[1:]
    size = int.from_bytes(content[1:9], "big")
    plain: bytes = pa.decompress(content[9:], decompressed_size=size, codec="zstd", asbytes=True)
    return plain


def expire(workspace: Workspace, *, on: date) -> int:
    """Throw away the sealed files and quarantines whose time is over; gives how many deliveries lost theirs."""
    count = 0
    for one in deliveries(workspace):
        if one.raw_until and one.raw_until < on.isoformat():
            paths = [delivery_folder(workspace, one) / name for name in (RAW, QUARANTINE)]
            count += any(path.exists() for path in paths)
            for path in paths:
                path.unlink(missing_ok=True)
    return count


class Landing:
    """Publishes finished folders one after another, in the order they were handed over.

    Waiting for the disk happens beside the work on the next delivery. A later delivery may use numbers that the segment
    of an earlier one gives out, so the order of the renames matters and is kept.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="landing")
        self._waiting: list[Future[None]] = []
        # What lies here was cut off by a kill: nobody else may write while we hold the lock.
        shutil.rmtree(workspace.staging, ignore_errors=True)
        workspace.staging.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A new folder to fill; it is thrown away if anything is raised."""
        folder = self._workspace.staging / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """Put the manifest into the folder and let it appear, once all of it is on the disk."""
        (folder / MANIFEST).write_text(manifest.as_json(), encoding="utf-8")
        self._waiting.append(self._pool.submit(_appear, folder, delivery_folder(self._workspace, manifest)))
        while self._waiting and self._waiting[0].done():
            self._waiting.pop(0).result()

    def finish(self) -> None:
        """Wait until everything that was published is really there; raises what went wrong."""
        try:
            for waiting in self._waiting:
                waiting.result()
        finally:
            self._waiting.clear()
            self._pool.shutdown()


def _appear(folder: Path, target: Path) -> None:
    for path in sorted(folder.iterdir()):
        sync(path)
    sync(folder)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists():  # only a refusal can come twice under one name
        shutil.rmtree(target)
    folder.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
