"""What somebody had before their eyes when they changed it (G2)."""

from __future__ import annotations


class Moved(Exception):
    """Somebody else changed it since it was looked at; nothing was done. The page shows both."""
