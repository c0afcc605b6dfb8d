"""What every gateway raises when the other side does not answer."""

from __future__ import annotations


class Unreachable(Exception):
    """No answer came. Whether the other side has heard is not known."""
