"""Segments of many deliveries put into few sealed files; a delivery's own segment stays with it and can always replace them."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from jiuzhu.crypto.files import appearing
from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.crypto.seal import SealBroken, open_sealed, seal
from jiuzhu.registry.vault import segments

NAME = "vault.pack"
MOST_PACKS = 6
_HEAD = struct.Struct(">Q")


class Packs:
    """Files `pack-<hash>.sealed`, each naming the deliveries whose segments are in it."""

    def __init__(self, folder: Path, keys: KeyProvider) -> None:
        self._folder, self._keys = folder, keys

    def pieces(self, deliveries: Mapping[str, Path]) -> Iterator[Mapping[str, pa.Table]]:
        """The tables of all these deliveries: from packs where they are, else from their own segments."""
        missing = dict(deliveries)
        for path in self._files():
            names, tables = self._opened(path)
            if names and names <= missing.keys():
                yield tables
                for name in names:
                    del missing[name]
        for name in sorted(missing):
            yield segments.read_segment(missing[name], keys=self._keys, about=name)

    def pack(self, deliveries: Mapping[str, Path]) -> None:
        """Write what is in no pack yet into a new one; with many packs, everything into one."""
        files = self._files()
        packed: set[str] = set()
        for path in files:
            packed |= self._opened(path)[0]
        missing = sorted(deliveries.keys() - packed)
        if not missing:
            return
        whole = len(files) >= MOST_PACKS or not packed <= deliveries.keys()
        names = sorted(deliveries) if whole else missing
        pieces = list(self.pieces({name: deliveries[name] for name in names}))
        self._write(names, segments.joined(pieces))
        if whole:
            for path in files:
                path.unlink()

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("pack-*.sealed")) if self._folder.exists() else []

    def _write(self, names: list[str], tables: Mapping[str, pa.Table]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = hashlib.sha256("\n".join(names).encode()).hexdigest()[:24]
        head = seal(json.dumps(names).encode(), keys=self._keys, name=NAME, about=number)
        with appearing(self._folder / f"pack-{number}.sealed") as file:
            file.write(_HEAD.pack(len(head)) + head)
            file.write(segments.sealed_tables(tables, keys=self._keys, about=number))

    def _opened(self, path: Path) -> tuple[set[str], Mapping[str, pa.Table]]:
        """A pack that cannot be opened is passed over: the segments of its deliveries say the same."""
        content, number = path.read_bytes(), path.stem.removeprefix("pack-")
        try:
            size = _HEAD.unpack(content[: _HEAD.size])[0]
            head = open_sealed(content[_HEAD.size : _HEAD.size + size], keys=self._keys, name=NAME, about=number)
            tables = segments.opened_tables(content[_HEAD.size + size :], keys=self._keys, about=number)
        except (SealBroken, struct.error):
            return set(), {}
        return set(json.loads(head)), tables
