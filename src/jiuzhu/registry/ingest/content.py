"""From the bytes of a delivered file to readable text: unpacked with limits, its encoding found, made UTF-8."""

from __future__ import annotations

import codecs
import mmap
import os
import zlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits

_PIECE = 8 * MEGABYTE
BROKEN = "\ufffd"


def mapped(handle: int) -> pa.Buffer:
    """The bytes of an open file, not copied."""
    if os.fstat(handle).st_size == 0:
        return pa.py_buffer(b"")
    return pa.py_buffer(mmap.mmap(handle, 0, access=mmap.ACCESS_READ))


def unzipped(packed: pa.Buffer, *, file: str, limits: Limits) -> pa.Buffer:
    """The content of a gzip file; refused as soon as it grows past the limits."""
    target = os.memfd_create("content")
    size = 0
    view = memoryview(packed)
    inflate = zlib.decompressobj(wbits=31)
    place = 0
    try:
        while place < len(view) or inflate.unconsumed_tail:
            piece = inflate.unconsumed_tail or view[place : place + MEGABYTE]
            place += 0 if inflate.unconsumed_tail else len(piece)
            plain = inflate.decompress(piece, _PIECE)
            size += len(plain)
            check_ratio(size, len(view), file=file, limits=limits)
            os.write(target, plain)
            if inflate.eof:
                rest = bytes(inflate.unused_data) + bytes(view[place:])
                if not rest.strip(b"\0"):
                    break
                view, place, inflate = memoryview(rest), 0, zlib.decompressobj(wbits=31)  # gzip files may be joined
    except zlib.error:
        raise unreadable(file, "the gzip file is broken") from None
    if not inflate.eof:
        raise unreadable(file, "the gzip file is cut short")
    return mapped(target)


def check_ratio(unpacked: int, packed: int, *, file: str, limits: Limits) -> None:
    """Counted while unpacking; what a packed file says of its own size is not believed."""
    if unpacked > limits.unpacked_bytes:
        raise limits.over(file, "bytes when unpacked", unpacked, limits.unpacked_bytes)
    if unpacked > limits.ratio_free and unpacked > limits.ratio * max(packed, 1):
        raise limits.over(file, "bytes unpacked for each packed byte", unpacked // max(packed, 1), limits.ratio)


def unreadable(file: str, why: str) -> FileRefused:
    return FileRefused(Fault("unreadable", file, why, "look at the file where it comes from and deliver it again"))


def utf8(content: pa.Buffer, *, file: str) -> pa.Buffer:
    """The same text in UTF-8 without byte order mark; GB18030 holds GBK. Places that cannot be read become U+FFFD."""
    view = memoryview(content)
    if bytes(view[:3]) == codecs.BOM_UTF8:
        view = view[3:]
    if bytes(view[:2]) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _recoded(view, "utf-16", "replace")
    if _is_utf8(pa.py_buffer(view)):
        return pa.py_buffer(view)
    if _mostly_utf8(view):
        return _recoded(view, "utf-8", "replace")
    if 0 in view[:4096]:
        raise unreadable(file, "the content is no text")
    return _recoded(view, "gb18030", "replace")


def _pieces(view: memoryview) -> Iterator[tuple[memoryview, bool]]:
    for start in range(0, len(view), _PIECE):
        yield view[start : start + _PIECE], start + _PIECE >= len(view)


def _is_utf8(content: pa.Buffer) -> bool:
    """Arrow checks a text where it lies; decoding would make one more of it."""
    ends = pa.py_buffer(np.array([0, content.size], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, content]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _mostly_utf8(view: memoryview) -> bool:
    """One broken byte must not turn a UTF-8 file into another language: GBK read as UTF-8 is nearly all broken."""
    broken = other = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece, last in _pieces(view):
        text = decoder.decode(piece, last)
        broken += text.count(BROKEN)
        other += sum(1 for letter in text if letter > "\x7f") if len(view) <= _PIECE else len(text.encode()) - len(text)
        if other > 10_000:
            break
    return broken * 5 < other


def _recoded(view: memoryview, encoding: str, errors: str) -> pa.Buffer:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    target = os.memfd_create("text")
    for piece, last in _pieces(view):
        os.write(target, decoder.decode(piece, last).encode("utf-8", "replace"))
    return mapped(target)
