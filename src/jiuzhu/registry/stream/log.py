"""The file of the stream: batches one after another, each sealed, appended whole and on the disk before anybody hears of it.

A batch is its length and checksum (4 + 4 bytes) and the sealed content, bound to the number of its first entry. What a
kill leaves at the end is no batch yet: it was never acknowledged, and is cut off at the next writing.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.entries import Batch, Entry

_HEAD = struct.Struct(">II")
SEALED_NAME = "stream.batch"


class StreamBroken(Exception):
    """A batch in the middle of the stream is not what was written: the file was changed by something else."""


@dataclass(frozen=True)
class Log:
    """The stream of one workspace. Reading needs no lock; who appends holds the lock of the workspace."""

    workspace: Workspace

    @property
    def path(self) -> Path:
        return folder_of(self.workspace) / "entries.log"

    def batches(self) -> list[Batch]:
        """Every whole batch, in order; what was cut off at the end is left out. Raises StreamBroken."""
        return [batch for batch, _ in self._read()]

    def append(self, batch: Batch) -> None:
        """Add a batch; when this returns it is on the disk. Whatever a kill left at the end is cut off first."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = json.dumps(batch.as_plain(), ensure_ascii=False, separators=(",", ":")).encode()
        sealed = seal(content, keys=self.workspace.keys, name=SEALED_NAME, about=str(batch.number))
        fresh = not self.path.exists()
        end = max((end for _, end in self._read()), default=0)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(handle, end)
            _write_all(handle, _HEAD.pack(len(sealed), zlib.crc32(sealed)) + sealed, end)
            os.fdatasync(handle)
        finally:
            os.close(handle)
        if fresh:
            _sync_folder(self.path.parent)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries whose number is greater, in order."""
        for batch in self.batches():
            if batch.last > after:
                yield from (entry for entry in batch.entries if entry.number > after)

    def _read(self) -> Iterator[tuple[Batch, int]]:
        """Each whole batch and where it ends."""
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        at, number = 0, 1
        while at + _HEAD.size <= len(content):
            length, checksum = _HEAD.unpack_from(content, at)
            end = at + _HEAD.size + length
            sealed = content[at + _HEAD.size : end]
            if length == 0 or len(sealed) < length or zlib.crc32(sealed) != checksum:
                if length and end < len(content):
                    raise StreamBroken(
                        f"{self.path}: the batch at byte {at} is not what was written, and others follow it; put the file back "
                        "from the backup, or move it away and let `jiuzhu run` begin a new one"
                    )
                return
            plain = open_sealed(sealed, keys=self.workspace.keys, name=SEALED_NAME, about=str(number))
            batch = Batch.from_plain(json.loads(plain))
            yield batch, end
            at, number = end, batch.last + 1


def folder_of(workspace: Workspace) -> Path:
    return workspace.folder / "stream"


def _write_all(handle: int, content: bytes, at: int) -> None:
    while content:
        written = os.pwrite(handle, content, at)
        content, at = content[written:], at + written


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
