"""What may be done with letters, publications and messages, by name: `letters.py`, `publications.py` and `messages.py` do it."""

from __future__ import annotations

from jiuzhu.casework.notices.letters import give, raise_unserved, read_on_portal, serve
from jiuzhu.casework.notices.messages import write
from jiuzhu.casework.notices.publications import (
    Line,
    end_of,
    object_to,
    publish,
    settled,
    take_down,
    take_down_due,
    taken_down,
)

__all__ = [
    "Line", "end_of", "give", "object_to", "publish", "raise_unserved", "read_on_portal", "serve", "settled", "take_down", "take_down_due",
    "taken_down", "write",
]  # fmt: skip
