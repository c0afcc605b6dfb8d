"""Segments of many deliveries put into few sealed files; a delivery's own segment stays with it and can always replace them."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from jiuzhu.crypto.files import appearing
from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.crypto.seal import SealBroken, open_sealed, seal
from jiuzhu.registry.vault import segments

NAME = "vault.pack"
MOST_PACKS = 6
LEAST_SEGMENTS = 8  # fewer open as quickly by themselves
Piece = tuple[frozenset[str], Mapping[str, pa.Table]]  # the deliveries whose segments are in it, and their tables
_HEAD = struct.Struct(">Q")


class Packs:
    """Files `pack-<hash>.sealed`, each naming the deliveries whose segments are in it."""

    def __init__(self, folder: Path, keys: KeyProvider) -> None:
        self._folder, self._keys = folder, keys

    def pieces(self, deliveries: Mapping[str, Path]) -> Iterator[Piece]:
        """The tables of all these deliveries: from packs where they are, else from their own segments."""
        missing = dict(deliveries)
        for path in self._files():
            names, tables = self._opened(path)
            if names and names <= missing.keys():
                yield names, tables
                for name in names:
                    del missing[name]
        for name in sorted(missing):
            yield frozenset([name]), segments.read_segment(missing[name], keys=self._keys, about=name)

    def pack(self, pieces: Sequence[Piece]) -> None:
        """Write segments that are in no pack yet into a new one; with many packs, everything into one.

        pieces: all there are, as `pieces` gave them, and what came since.
        """
        files = self._files()
        kept = {self._path(names) for names, _ in pieces} & set(files)
        loose = [piece for piece in pieces if self._path(piece[0]) not in kept]
        if len(loose) < LEAST_SEGMENTS:
            return
        whole = len(files) >= MOST_PACKS or len(kept) < len(files)
        chosen = pieces if whole else loose
        names = frozenset[str]().union(*(names for names, _ in chosen))
        self._write(names, segments.joined([tables for _, tables in chosen]))
        if whole:
            for path in files:
                if path != self._path(names):
                    path.unlink()

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("pack-*.sealed")) if self._folder.exists() else []

    def _path(self, names: Collection[str]) -> Path:
        number = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:24]
        return self._folder / f"pack-{number}.sealed"

    def _write(self, names: Collection[str], tables: Mapping[str, pa.Table]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(names)
        number = path.stem.removeprefix("pack-")
        head = seal(json.dumps(sorted(names)).encode(), keys=self._keys, name=NAME, about=number)
        with appearing(path) as file:
            file.write(_HEAD.pack(len(head)) + head)
            file.write(segments.sealed_tables(tables, keys=self._keys, about=number))

    def _opened(self, path: Path) -> Piece:
        """A pack that cannot be opened is passed over: the segments of its deliveries say the same."""
        content, number = path.read_bytes(), path.stem.removeprefix("pack-")
        try:
            size = _HEAD.unpack(content[: _HEAD.size])[0]
            head = open_sealed(content[_HEAD.size : _HEAD.size + size], keys=self._keys, name=NAME, about=number)
            tables = segments.opened_tables(content[_HEAD.size + size :], keys=self._keys, about=number)
        except (SealBroken, struct.error):
            return frozenset(), {}
        return frozenset(json.loads(head)), tables
