"""The sealed pieces the vault is made of: a few tables each, packed, encrypted, written once."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.registry.vault.told import TOLD

NAME = "vault.segment"
IDS = pa.schema([("packed", pa.int64()), ("person_id", pa.int64())])
THINGS = pa.schema([("kind", pa.string()), ("number", pa.int64()), ("text", pa.string())])
DETAILS = pa.schema([("person_id", pa.int64()), ("kind", pa.string()), ("text", pa.string())])
CANDIDATES = pa.schema(
    [pa.field("candidate", pa.int64()), pa.field("delivery", pa.string()), pa.field("dataset", pa.string()), *TOLD]
)
SCHEMAS: Mapping[str, pa.Schema] = {"ids": IDS, "things": THINGS, "details": DETAILS, "candidates": CANDIDATES}
_LENGTH = struct.Struct(">Q")


def sealed_tables(tables: Mapping[str, pa.Table], *, keys: KeyProvider, about: str) -> bytes:
    """The four tables of a segment, packed and sealed."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    parts: list[bytes] = []
    for name, schema in SCHEMAS.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema, options=options) as stream:
            if name in tables:
                stream.write_table(tables[name].cast(schema))
        content = sink.getvalue().to_pybytes()
        parts += [_LENGTH.pack(len(content)), content]
    return seal(b"".join(parts), keys=keys, name=NAME, about=about)


def opened_tables(sealed: bytes, *, keys: KeyProvider, about: str) -> dict[str, pa.Table]:
    """Raises SealBroken where the piece was changed or belongs elsewhere."""
    content = pa.py_buffer(open_sealed(sealed, keys=keys, name=NAME, about=about))
    tables, place = {}, 0
    for name in SCHEMAS:
        size = _LENGTH.unpack(content.slice(place, _LENGTH.size).to_pybytes())[0]
        place += _LENGTH.size
        with pa.ipc.open_stream(content.slice(place, size)) as stream:
            tables[name] = stream.read_all()
        place += size
    return tables


def read_segment(path: Path, *, keys: KeyProvider, about: str) -> dict[str, pa.Table]:
    return opened_tables(path.read_bytes(), keys=keys, about=about)


def joined(pieces: Sequence[Mapping[str, pa.Table]]) -> dict[str, pa.Table]:
    return {
        name: pa.concat_tables([schema.empty_table(), *(piece[name] for piece in pieces)]).combine_chunks()
        for name, schema in SCHEMAS.items()
    }
