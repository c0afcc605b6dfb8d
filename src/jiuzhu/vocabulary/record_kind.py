"""What the rows of a dataset are, and how a delivered row changes what was known."""

from __future__ import annotations

from enum import StrEnum


class RowKind(StrEnum):
    """event: it happened at its date. state: the newest row of each thing is in force. month: one row a thing and month."""

    EVENT = "event"
    STATE = "state"
    MONTH = "month"


class ChangeKind(StrEnum):
    """The letters of the column `_change`; a row without one is an insert."""

    INSERT = "I"
    UPDATE = "U"
    DELETE = "D"
