"""What later stages read: the rows of all accepted deliveries, in an order that no arrival can change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiuzhu.registry.ingest.archive import Manifest, deliveries, row_files
from jiuzhu.registry.ingest.workspace import Workspace


def records(
    workspace: Workspace,
    dataset: str,
    *,
    among: Sequence[Manifest] | None = None,
    columns: Collection[str] | None = None,
    first: date = date.min,
    last: date = date.max,
) -> pa.Table | None:
    """All rows ever delivered for a dataset; None if no delivery holds one.

    among: the deliveries that count (the gate leaves some out), in their order; all accepted ones if not given.
    first, last: only rows of the months of `data_date` from that of one to that of the other; no file of another is opened.
    columns: only these, where they are there. Keys and `_delivery` always come: the place of the delivery in `among`.
    Columns: `record_id`, `_change` (I, U, D), `data_date`, `region_code`, `_hash` (of what the row says, identity apart;
    at one data_date a retraction has a greater one than a correction, and that than a first word), `_row`, then the
    dataset's: person columns as person_id (null: empty, or wrong and still to be linked), `_unlinked` (the candidate
    number of the row's own person, `_unlinked_<column>` of another) and other identity texts as numbers of things.
    """
    listed = deliveries(workspace) if among is None else among
    tables = []
    for number, one in enumerate(listed):
        if one.dataset != dataset:
            continue
        for path in row_files(workspace, one, first=first, last=last):
            source = pq.ParquetFile(path)
            wanted = None
            if columns is not None:
                keys = {"record_id", "_change", "data_date", "region_code", "_hash", "_row"}
                wanted = [name for name in source.schema_arrow.names if name in columns or name in keys]
            table = source.read(columns=wanted, use_threads=False)
            mark = pa.array(np.full(table.num_rows, number, dtype=np.int32))
            tables.append(table.append_column("_delivery", mark))
    return pa.concat_tables(tables, promote_options="default") if tables else None
