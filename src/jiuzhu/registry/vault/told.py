"""What a row says of a person whose id number is wrong or missing: told by whoever reads the row, kept by the vault."""

from __future__ import annotations

import pyarrow as pa

# Apart from the vault's other tables, so that the process that reads strangers' files need not load the ciphers.
TOLD = pa.schema(
    {
        "row": pa.int64(),
        "column": pa.string(),
        "id_text": pa.string(),
        "fault": pa.int8(),
        "name": pa.string(),
        "birth_date": pa.date32(),
        "sex": pa.string(),
        "phone": pa.string(),
        "address": pa.string(),
    }
)
