"""The archive: one folder a delivery, complete in itself, which appears by one rename after everything in it is on the disk.

The rows of one month of one dataset are `archive/<dataset>/*/<yyyy-mm>.parquet`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.crypto.seal import SealedWriter, open_sealed
from jiuzhu.registry.ingest.months import month_file, month_of
from jiuzhu.registry.ingest.workspace import Workspace

RAW_NAME = "delivery.raw"
_PIECE = 4 << 20
MANIFEST, RAW, QUARANTINE, SEGMENT = "manifest.json", "raw.sealed", "quarantine.sealed", "vault.sealed"


@dataclass(frozen=True)
class Manifest:
    """What is known of an accepted or refused delivery without opening it.

    delivery: its name here. asked_source, asked_period: what the command and the file name said, "" if nothing.
    first, last: the period as days; "" where there are neither a period nor rows. titles: the header as delivered.
    statistics: see `statistics.py`. raw_until: the day after which the sealed file may be thrown away, "" to keep it.
    one_by_one: its records came alone and were put together here: nobody made a file of them that could be short.
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
    one_by_one: bool = False

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

    @property
    def months(self) -> tuple[int, ...]:
        """The months of `data_date` its rows are of, counted since year 0: one file each."""
        return tuple(sorted(int(month) for month in self.statistics.get("months", {})))

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


def row_files(workspace: Workspace, manifest: Manifest, *, first: date = date.min, last: date = date.max) -> list[Path]:
    """The files with the rows of a delivery, of the months from that of `first` to that of `last`."""
    folder, asked = delivery_folder(workspace, manifest), range(month_of(first), month_of(last) + 1)
    return [folder / month_file(month) for month in manifest.months if month in asked]


def segments_of(workspace: Workspace) -> dict[str, Path]:
    """Every accepted delivery and its sealed segment of the vault."""
    return {path.parent.name: path for path in workspace.archive.glob(f"*/*/{SEGMENT}")}


def arrivals(workspace: Workspace) -> tuple[tuple[str, int, int], ...]:
    """Something that differs once a delivery has come: each appears by a rename in the folder of its dataset, which that changes.

    Read for every page, so without looking into the folders: a hundred and fifty entries in place of every delivery ever taken.
    """
    if not workspace.archive.is_dir():
        return ()
    with os.scandir(workspace.archive) as datasets:
        told = [(one.name, one.stat()) for one in datasets]
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_nlink) for name, stat in told))


def seal_raw(path: Path, raw: pa.Buffer, *, compress: bool, keys: KeyProvider, about: str) -> None:
    """Write the delivered file as it came, sealed. It goes through in pieces, each packed alone, so that no copy of it is held."""
    with path.open("wb") as file, SealedWriter(file, keys=keys, name=RAW_NAME, about=about) as writer:
        writer.write(b"\1" + raw.size.to_bytes(8, "big") if compress else b"\0")
        for start in range(0, raw.size, _PIECE):
            piece = raw.slice(start, min(_PIECE, raw.size - start))
            writer.write(pa.compress(piece, codec="zstd") if compress else piece)


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
