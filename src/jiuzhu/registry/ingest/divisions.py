"""The smallest division that holds several."""

from __future__ import annotations

from collections.abc import Iterable
from os.path import commonprefix

_LENGTHS = (12, 9, 6, 4, 2)


def holding(codes: Iterable[str]) -> str:
    """The code they share, as a county or above: 6 digits, or 4 and 2 where counties differ; "" for the whole country or none."""
    shared = commonprefix([code for code in codes if code])
    length = next((size for size in _LENGTHS if size <= min(len(shared), 6)), 0)
    return shared[:length]
