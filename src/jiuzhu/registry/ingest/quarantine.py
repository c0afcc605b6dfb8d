"""Rejected rows: kept sealed with their reasons, and given back as a table that a spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pyarrow as pa

from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.crypto.seal import open_sealed, seal
from jiuzhu.registry.ingest import archive
from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.checks import REJECTED
from jiuzhu.registry.ingest.report import reason_in_words
from jiuzhu.registry.ingest.workspace import Workspace

NAME = "delivery.quarantine"


def sealed_quarantine(rows: Sequence[pa.RecordBatch], titles: Sequence[str], *, keys: KeyProvider, about: str) -> bytes:
    sink = pa.BufferOutputStream()
    schema = REJECTED.with_metadata({"titles": "\n".join(title.replace("\n", " ") for title in titles)})
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        for batch in rows:
            stream.write_batch(batch.replace_schema_metadata(schema.metadata))
    return seal(sink.getvalue().to_pybytes(), keys=keys, name=NAME, about=about)


def rejected_rows(workspace: Workspace, manifest: Manifest) -> pa.Table:
    """row, column, shape, reason, cells of every rejected row of a delivery; personal: record who looks."""
    path = archive.delivery_folder(workspace, manifest) / archive.QUARANTINE
    if not path.exists():
        return REJECTED.empty_table()
    content = open_sealed(path.read_bytes(), keys=workspace.keys, name=NAME, about=manifest.delivery)
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()


def quarantine_csv(workspace: Workspace, manifest: Manifest) -> str:
    """The rejected rows as they were delivered, with row number, column, reason, rule and next step before them.

    Begins with a byte order mark, so that Excel reads Chinese; a cell that could be a formula is written as text.
    """
    table = rejected_rows(workspace, manifest)
    titles = (table.schema.metadata or {}).get(b"titles", b"").decode().split("\n")
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["行号 row", "列 column", "原因 reason", "规则与处理 rule and next step", *map(_harmless, titles)])
    for row in table.to_pylist():
        words = reason_in_words(row["reason"])
        writer.writerow([row["row"], row["column"], row["reason"], words, *(_harmless(cell) for cell in row["cells"])])
    return "\ufeff" + target.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
