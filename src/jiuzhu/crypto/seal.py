"""Sealing: content nobody can read, change, move to another row, cut short or put in another order unnoticed.

Layout: format (1 byte), key version (2), session (8), then blocks of nonce (12), ciphertext of at most 4 MiB, tag (16).
Each block is bound to that head, the name, what it is about, the first nonce, its number, and whether it is the last.
"""

from __future__ import annotations

import io
import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from jiuzhu.crypto.files import appearing
from jiuzhu.crypto.keys import SESSION_BYTES, Key, KeyProvider
from jiuzhu.crypto.suite import NONCE_BYTES, TAG_BYTES

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

BLOCK_BYTES = 4 * 1024 * 1024
_FORMAT = 1
_HEAD = struct.Struct(f">BH{SESSION_BYTES}s")
_PLACE = struct.Struct(">Q?")
_SEALED_BLOCK = NONCE_BYTES + BLOCK_BYTES + TAG_BYTES
_LEAST = _HEAD.size + NONCE_BYTES + TAG_BYTES


class SealBroken(Exception):
    """The content is not what was sealed under this name for this row or file: changed, moved, cut, or under another key."""


def seal(plain: bytes, *, keys: KeyProvider, name: str, about: str) -> bytes:
    """Encrypt `plain`. The same content sealed twice differs.

    name: what kind of content it is, `table.column` or the kind of file; a key is derived for each name, so few names.
    about: the row id or file name it belongs to. Both must be said again to open it.
    """
    if len(plain) <= BLOCK_BYTES:
        key = keys.sealing_key(name)
        head, bound = _opening(key, name, about)
        return head + _sealed_block(key, plain, bound, b"", 0, last=True)
    stream = io.BytesIO()
    with SealedWriter(stream, keys=keys, name=name, about=about) as writer:
        writer.write(plain)
    return stream.getvalue()


def open_sealed(sealed: bytes, *, keys: KeyProvider, name: str, about: str) -> bytes:
    """The content that was sealed under this name for this row or file.

    Raises SealBroken on any change, KeyMissing if the key version it names is not there.
    """
    if len(sealed) <= _HEAD.size + _SEALED_BLOCK:
        key, bound = _reopening(sealed[: _HEAD.size], len(sealed), keys, name, about)
        return _opened_block(key, sealed[_HEAD.size :], bound, b"", 0, last=True, name=name)
    with SealedReader(io.BytesIO(sealed), keys=keys, name=name, about=about) as reader:
        return reader.readall()


class SealedWriter(io.RawIOBase):
    """Writes a sealed stream block by block; memory stays at one block. Without `close` the stream does not open again."""

    def __init__(self, target: BinaryIO, *, keys: KeyProvider, name: str, about: str) -> None:
        super().__init__()
        self._target = target
        self._key = keys.sealing_key(name, alone=True)
        head, self._bound = _opening(self._key, name, about)
        self._first = b""
        self._number = 0
        self._waiting = bytearray()
        target.write(head)

    def writable(self) -> bool:
        return True

    def write(self, content: ReadableBuffer, /) -> int:
        with memoryview(content) as view:
            self._waiting += view
            length = view.nbytes
        while len(self._waiting) > BLOCK_BYTES:  # a full block waits: it may turn out to be the last
            self._write_block(last=False)
        return length

    def close(self) -> None:
        if not self.closed:
            self._write_block(last=True)
        super().close()

    def abandon(self) -> None:
        """Stop without marking an end: what was written so far will not open."""
        super().close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __del__(self) -> None:
        self.abandon()

    def _write_block(self, *, last: bool) -> None:
        plain = bytes(self._waiting[:BLOCK_BYTES])
        del self._waiting[:BLOCK_BYTES]
        block = _sealed_block(self._key, plain, self._bound, self._first, self._number, last=last)
        self._target.write(block)
        self._first = self._first or block[:NONCE_BYTES]
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed stream, also from the middle. The end is checked first: a stream that was cut does not open at all."""

    def __init__(self, source: BinaryIO, *, keys: KeyProvider, name: str, about: str) -> None:
        super().__init__()
        self._source = source
        self._name = name
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        self._key, self._bound = _reopening(source.read(_HEAD.size), size, keys, name, about)
        body = size - _HEAD.size
        self._blocks = -(-body // _SEALED_BLOCK)
        self._size = body - self._blocks * (NONCE_BYTES + TAG_BYTES)
        self._first = source.read(NONCE_BYTES)
        self._place = 0
        self._held = -1
        self._content = b""
        self._hold(self._blocks - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("cannot read before the start of the content")
        self._place = start + offset
        return self._place

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._place >= self._size:
            return 0
        number, offset = divmod(self._place, BLOCK_BYTES)
        self._hold(number)
        with memoryview(buffer).cast("B") as view:
            piece = self._content[offset : offset + view.nbytes]
            view[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def _hold(self, number: int) -> None:
        if number == self._held:
            return
        self._source.seek(_HEAD.size + number * _SEALED_BLOCK)
        block = self._source.read(_SEALED_BLOCK)
        last = number == self._blocks - 1
        first = b"" if number == 0 else self._first
        self._content = _opened_block(self._key, block, self._bound, first, number, last=last, name=self._name)
        self._held = number


@contextmanager
def writing_sealed(path: Path, *, keys: KeyProvider, name: str, about: str) -> Iterator[SealedWriter]:
    """A writer for a sealed file that appears whole at the end, or not at all if anything is raised meanwhile."""
    with appearing(path) as file, SealedWriter(file, keys=keys, name=name, about=about) as writer:
        yield writer


@contextmanager
def reading_sealed(path: Path, *, keys: KeyProvider, name: str, about: str) -> Iterator[BinaryIO]:
    """A reader over the plain content of a sealed file; it can seek. Nothing plain touches the disk."""
    with (
        path.open("rb") as file,
        SealedReader(file, keys=keys, name=name, about=about) as reader,
        io.BufferedReader(reader, 1 << 20) as buffered,
    ):
        yield buffered


def seal_file(plain: Path, sealed: Path, *, keys: KeyProvider, name: str, about: str) -> None:
    """Seal a file into another, which appears whole or not at all."""
    with plain.open("rb") as source, writing_sealed(sealed, keys=keys, name=name, about=about) as writer:
        while content := source.read(BLOCK_BYTES):
            writer.write(content)


def open_file(sealed: Path, plain: Path, *, keys: KeyProvider, name: str, about: str) -> None:
    """Write the plain content of a sealed file, whole or not at all. Raises SealBroken, and then there is no file."""
    with reading_sealed(sealed, keys=keys, name=name, about=about) as reader, appearing(plain) as target:
        while content := reader.read(BLOCK_BYTES):
            target.write(content)


def _opening(key: Key, name: str, about: str) -> tuple[bytes, bytes]:
    head = _HEAD.pack(_FORMAT, key.version, key.session)
    return head, _bound(head, name, about)


def _reopening(head: bytes, size: int, keys: KeyProvider, name: str, about: str) -> tuple[Key, bytes]:
    rest = (size - _HEAD.size) % _SEALED_BLOCK
    if size < _LEAST or head[0] != _FORMAT or 0 < rest < NONCE_BYTES + TAG_BYTES:
        raise SealBroken(_broken(name))
    _, version, session = _HEAD.unpack(head)
    return keys.opening_key(name, version, session), _bound(head, name, about)


def _bound(head: bytes, name: str, about: str) -> bytes:
    """Lengths go first, so that no two pairs of name and row give the same bytes."""
    name_bytes, about_bytes = name.encode(), about.encode()
    return head + struct.pack(">II", len(name_bytes), len(about_bytes)) + name_bytes + about_bytes


def _sealed_block(key: Key, plain: bytes, bound: bytes, first: bytes, number: int, *, last: bool) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + key.suite.encrypt(key.secret, nonce, plain, bound + (first or nonce) + _PLACE.pack(number, last))


def _opened_block(key: Key, block: bytes, bound: bytes, first: bytes, number: int, *, last: bool, name: str) -> bytes:
    nonce = block[:NONCE_BYTES]
    bound = bound + (first or nonce) + _PLACE.pack(number, last)
    plain = key.suite.decrypt(key.secret, nonce, block[NONCE_BYTES:], bound)
    if plain is None:
        raise SealBroken(_broken(name))
    return plain


def _broken(name: str) -> str:
    return (
        f"{name}: sealed content was changed, cut, moved from another row or file, or sealed under another key; "
        "it is not used. Restore it from a backup, or deliver the file again"
    )
