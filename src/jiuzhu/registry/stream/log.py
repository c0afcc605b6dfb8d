"""The file of the stream: batches one after another, each sealed, appended whole and on the disk before anybody hears of it.

A batch is its length, checksum and the number of its first entry (4 + 4 + 8 bytes) and the sealed content, bound to that
number; what is long is packed before it is sealed. What a kill leaves at the end is no batch yet: it was never acknowledged,
and is cut off at the next writing.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from jiuzhu.crypto.files import synced
from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.entries import Batch, Entry

_HEAD = struct.Struct(">IIQ")
SEALED_NAME = "stream.batch"
_LONG, _PACKED = 64 * 1024, b"\1"


class StreamBroken(Exception):
    """A batch in the middle of the stream is not what was written: the file was changed by something else."""


@dataclass(frozen=True)
class Log:
    """The stream of one workspace. Reading needs no lock; who appends holds the lock of the workspace."""

    workspace: Workspace

    @cached_property
    def path(self) -> Path:
        return folder_of(self.workspace) / "entries.log"

    def batches(self) -> list[Batch]:
        """Every whole batch, in order; what was cut off at the end is left out. Raises StreamBroken."""
        return self.read()[0]

    def read(self, start: int = 0) -> tuple[list[Batch], int]:
        """The whole batches from a place in bytes where one begins, in order, and where the last of them ends. Raises StreamBroken.

        Both of one reading: somebody may be adding others.
        """
        found = list(self._frames(start))
        return [self._opened(number, sealed) for number, sealed, _ in found], found[-1][2] if found else start

    def append(self, batch: Batch, end: int | None = None) -> int:
        """Add a batch; when this returns it is on the disk. Whatever a kill left at the end is cut off first.

        end: where the last whole batch ends, if known, as the call before gave it. Returns where this one ends.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        sealed = seal(_packed(batch.as_bytes()), keys=self.workspace.keys, name=SEALED_NAME, about=str(batch.number))
        fresh = not self.path.exists()
        at = self.end() if end is None else end
        framed = _HEAD.pack(len(sealed), zlib.crc32(sealed), batch.number) + sealed
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size != at:
                os.ftruncate(handle, at)
            _write_all(handle, framed, at)
            os.fdatasync(handle)
        finally:
            os.close(handle)
        if fresh:
            synced(self.path.parent)
        return at + len(framed)

    def size(self) -> int:
        """How long the file is, in bytes: as long as before means that nothing was added. Nothing is read."""
        return self.path.stat().st_size if self.path.exists() else 0

    def end(self) -> int:
        """Where the last whole batch ends, in bytes."""
        return max((end for _, _, end in self._frames()), default=0)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries whose number is greater, in order; batches before them stay shut."""
        frames = list(self._frames())
        following = [number for number, _, _ in frames[1:]]
        for place, (number, sealed, _) in enumerate(frames):
            if place < len(following) and following[place] <= after + 1:
                continue
            yield from (entry for entry in self._opened(number, sealed).entries if entry.number > after)

    def _opened(self, number: int, sealed: bytes) -> Batch:
        return Batch.from_bytes(_unpacked(open_sealed(sealed, keys=self.workspace.keys, name=SEALED_NAME, about=str(number))))

    def _frames(self, start: int = 0) -> Iterator[tuple[int, bytes, int]]:
        """The number of the first entry of each whole batch, its sealed content, and where it ends."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(start)
            content = file.read()
        at = 0
        while at + _HEAD.size <= len(content):
            length, checksum, number = _HEAD.unpack_from(content, at)
            end = at + _HEAD.size + length
            sealed = content[at + _HEAD.size : end]
            if length == 0 or len(sealed) < length or zlib.crc32(sealed) != checksum:
                if length and end < len(content):
                    raise StreamBroken(
                        f"{self.path}: the batch at byte {start + at} is not what was written, and others follow it; put the file back "
                        "from the backup, or move it away and let `jiuzhu run` begin a new one"
                    )
                return
            yield number, sealed, start + end
            at = end


def folder_of(workspace: Workspace) -> Path:
    return workspace.folder / "stream"


def _packed(content: bytes) -> bytes:
    """What is long takes less time packed: sealing it does four times as much work a byte as packing."""
    if len(content) < _LONG:
        return content
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return _PACKED + len(content).to_bytes(8, "big") + packed


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_PACKED):  # JSON begins with a bracket
        return content
    size = int.from_bytes(content[1:9], "big")
    plain: bytes = pa.decompress(content[9:], decompressed_size=size, codec="zstd", asbytes=True)
    return plain


def _write_all(handle: int, content: bytes, at: int) -> None:
    while content:
        written = os.pwrite(handle, content, at)
        content, at = content[written:], at + written
