"""The smallest division that holds several."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

_LENGTHS = (6, 4, 2)


def holding(codes: Iterable[str]) -> str:
    """The code they share, as a county or above: 6 digits, or 4 and 2 where counties differ; "" for the whole country or none."""
    told = [code for code in codes if code]
    if not told:
        return ""
    # Every code between the least and the greatest begins with what these two share.
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(min(told), max(told), strict=False)))
    length = next((size for size in _LENGTHS if size <= shared), 0)
    return min(told)[:length]
