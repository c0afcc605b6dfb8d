"""Divisions as prefixes: which holds which, and the smallest that holds several."""

from __future__ import annotations

from collections.abc import Iterable

# Province, prefecture, county, township, village.
TIERS = (2, 4, 6, 9, 12)
COUNTY = 6


def prefix_of(code: str) -> str:
    """The digits that say something: 370500 and 370500000000 are both 3705, 000000 is the whole country."""
    full = code.ljust(12, "0")
    for tier in (0, *TIERS):
        if not full[tier:].strip("0"):
            return full[:tier]
    return full


def holding(codes: Iterable[str]) -> str:
    """The smallest division that holds them all, as a prefix; "" is the whole country, also where there is no code."""
    prefixes = [prefix_of(code) for code in codes]
    if not prefixes:
        return ""
    low, high = min(prefixes), max(prefixes)
    for tier in reversed((0, *TIERS)):
        if len(low) >= tier and low[:tier] == high[:tier] and all(len(one) >= tier for one in (low, high)):
            return low[:tier]
    return ""
