"""Division codes (行政区划代码): how they nest, without asking which divisions there are; that is `divisions.py`.

A code is written as short as its tier allows: 370000, 370500, 370502, 370502001, 370502001001; the nation is 000000.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Literal

from jiuzhu.vocabulary.text import compact

Tier = Literal["nation", "province", "prefecture", "county", "township", "village"]
TIERS: tuple[Tier, ...] = ("nation", "province", "prefecture", "county", "township", "village")
NATION = "000000"
_TIER_OF_STEM: dict[int, Tier] = {0: "nation", 2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}


class DivisionFault(ValueError):
    """The text is no division code."""


def canonical(text: str) -> str:
    """The code in its one short spelling, from 6, 9 or 12 digits. Raises DivisionFault."""
    code = compact(text)
    if len(code) not in (6, 9, 12) or not (code.isascii() and code.isdigit()):
        shown = f" {text!r}" if len(code) <= 12 else ""  # a longer one may be somebody's id number
        raise DivisionFault(f"division code{shown}: a code has 6, 9 or 12 digits; look it up in catalogue/divisions")
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    if len(code) > 6 and code[:2] == "00":
        raise DivisionFault(f"division code {text!r}: it begins with no province")
    return code


def twelve(code: str) -> str:
    """The code with all its 12 digits."""
    return canonical(code).ljust(12, "0")


@lru_cache(maxsize=1 << 16)  # a page asks it of every place of a county
def stem(code: str) -> str:
    """The digits that a division and all within it share: 37, 3705, 370502, 370502001; none for the nation."""
    code = canonical(code)
    while len(code) <= 6 and code.endswith("00"):
        code = code[:-2]
    return code


def tier(code: str) -> Tier:
    return _TIER_OF_STEM[len(stem(code))]


def parent(code: str) -> str | None:
    """The division one step above by its digits, None above the nation.

    A prefecture of digits need not exist: 419001 (济源市) and the counties of Beijing stand directly under their province.
    A township may stand under a prefecture: 441900003 is in 441900 (东莞市).
    """
    return next(ancestors(code), None)


def ancestors(code: str) -> Iterator[str]:
    """All divisions above it, nearest first, the nation last."""
    whole = stem(code)
    seen = whole
    for length in (9, 6, 4, 2, 0):
        if length < len(whole):
            above = canonical(whole[:length].ljust(max(6, length), "0"))
            if stem(above) != seen:
                seen = stem(above)
                yield above


def within(code: str, of: str) -> bool:
    """Whether the one lies in the other, or is the other."""
    return stem(code).startswith(stem(of))


def nearest(codes: Container[str], code: str) -> str | None:
    """Of these codes, as they are spelt there, that of the division itself or of its nearest ancestor; None if there is none."""
    for candidate in (canonical(code), *ancestors(code)):
        for spelling in (candidate, candidate.ljust(9, "0"), candidate.ljust(12, "0")):
            if spelling in codes:
                return spelling
    return None
