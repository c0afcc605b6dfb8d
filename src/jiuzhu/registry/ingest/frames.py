"""How the child process hands back what it parsed: framed Arrow streams in one memory file, and a last frame of JSON."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

_FRAME = struct.Struct(">cQ")
ROWS, REJECTED, DETAILS, UNLINKED, END = b"R", b"Q", b"D", b"U", b"J"


class FrameWriter:
    def __init__(self, handle: int) -> None:
        self._file = os.fdopen(handle, "wb", closefd=False)

    def batch(self, kind: bytes, batch: pa.RecordBatch) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        content = sink.getvalue()
        self._file.write(_FRAME.pack(kind, content.size))
        self._file.write(content)

    def end(self, answer: Mapping[str, Any]) -> None:
        content = json.dumps(answer, ensure_ascii=False).encode()
        self._file.write(_FRAME.pack(END, len(content)))
        self._file.write(content)
        self._file.flush()


def read_frames(content: pa.Buffer) -> tuple[dict[bytes, list[pa.RecordBatch]], dict[str, Any] | None]:
    """The batches by kind, and the answer; None if the child did not come to its end."""
    batches: dict[bytes, list[pa.RecordBatch]] = {ROWS: [], REJECTED: [], DETAILS: [], UNLINKED: []}
    answer: dict[str, Any] | None = None
    for kind, frame in _frames(content):
        if kind == END:
            answer = json.loads(memoryview(frame).tobytes())
        else:
            with pa.ipc.open_stream(frame) as stream:
                batches[kind].extend(stream)
    return batches, answer


def _frames(content: pa.Buffer) -> Iterator[tuple[bytes, pa.Buffer]]:
    view = memoryview(content)
    place = 0
    while place + _FRAME.size <= len(view):
        kind, size = _FRAME.unpack(view[place : place + _FRAME.size])
        place += _FRAME.size
        if place + size > len(view):
            return
        yield kind, content.slice(place, size)
        place += size
