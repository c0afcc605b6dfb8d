"""Typed words and identity at rest: encrypted for one column of one row, as text."""

from __future__ import annotations

import base64

from jiuzhu.casework.trace.keys import keys
from jiuzhu.crypto.seal import open_sealed, seal


def sealed(text: str, *, column: str, row: str) -> str:
    """`text` for that column (`table.column`) of that row (its key) alone; "" stays "": what is not known needs no secret."""
    return base64.b64encode(seal(text.encode(), keys=keys(), name=column, about=row)).decode("ascii") if text else ""


def opened(content: str, *, column: str, row: str) -> str:
    """What was sealed. Raises SealBroken if it was changed or moved from another row."""
    return open_sealed(base64.b64decode(content), keys=keys(), name=column, about=row).decode() if content else ""
