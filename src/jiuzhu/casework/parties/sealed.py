"""Typed words and identity at rest: encrypted for one column of one row, as text, under the key of the case or person they are of."""

from __future__ import annotations

from jiuzhu.casework.trace.own_keys import opened_text, sealed_text


def sealed(text: str, *, column: str, row: str, of: str = "") -> str:
    """`text` for that column (`table.column`) of that row (its key) alone; "" stays "": what is not known needs no secret.

    of: the key of the case or person; when that is erased, so is this. "" for what is kept by a schedule of its own, such as accounts.
    """
    return sealed_text(text, of=of, name=column, about=row)


def opened(content: str, *, column: str, row: str) -> str:
    """What was sealed, "" of what was erased. Raises SealBroken if it was changed or moved from another row."""
    return opened_text(content, name=column, about=row)
