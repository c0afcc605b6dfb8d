"""How two divisions stand to one another, grids included; as a word for one pair, and as a condition for a whole table.

A grid's code has 15 digits: the village's and three more. Everything else is a division of the catalogue.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from django.db.models import Q

from jiuzhu.registry import public
from jiuzhu.vocabulary import division
from jiuzhu.vocabulary.division import NATION

Place = Literal["own", "child", "sibling", "parent", "elsewhere"]
GRID_DIGITS = 15
COUNTY_DIGITS = 6


def canonical(code: str) -> str:
    """Its one short spelling. Raises DivisionFault."""
    return division.canonical(code[:12]) + code[12:] if len(code) == GRID_DIGITS else division.canonical(code)


@lru_cache(maxsize=1 << 16)  # an overview asks it of every place of a release
def stem(code: str) -> str:
    """The digits that a division and all within it share; none for the nation."""
    return code if len(code) == GRID_DIGITS else division.stem(code)


def tier(code: str) -> str:
    return "grid" if len(code) == GRID_DIGITS else division.tier(code)


def above(code: str) -> list[str]:
    """All divisions above it by their digits, nearest first, the nation last."""
    if len(code) == GRID_DIGITS:
        return [code[:12], *division.ancestors(code[:12])]
    return list(division.ancestors(code))


def parent(code: str) -> str | None:
    """The division above that exists: the counties of Chongqing stand directly under the city, though their digits differ."""
    code = canonical(code)
    if len(code) == COUNTY_DIGITS:
        return public.divisions().parent(code)
    return next(iter(above(code)), None)


def within(code: str, of: str) -> bool:
    return stem(code).startswith(stem(of))


@lru_cache(maxsize=1 << 16)  # asked for each row of a list; codes stand to one another as they do
def relation(viewer: str, thing: str) -> Place | None:
    """How the division a thing stands in is related to the viewer's; None for a thing that stands nowhere.

    What lies below a division beside the viewer's is `sibling` too, so every division has one word.
    """
    if not thing:
        return None
    mine, other = stem(canonical(viewer)), stem(canonical(thing))
    if mine == other:
        return "own"
    if other.startswith(mine):
        return "child"
    if mine.startswith(other):
        return "parent"
    up = parent(viewer)
    return "sibling" if up is not None and other.startswith(stem(up)) else "elsewhere"


def standing(viewer: str, place: Place, column: str) -> Q:
    """The rows whose column names a division so related to the viewer's. By ranges of codes: `LIKE` would read the whole table."""
    viewer = canonical(viewer)
    if place == "own":
        return Q(**{column: viewer})
    if place == "child":
        return inside(viewer, column) & ~Q(**{column: viewer})
    if place == "parent":
        return Q(**{f"{column}__in": above(viewer)})
    up = parent(viewer)
    if up is None:
        return Q(pk__in=[])
    beside = inside(up, column) & ~inside(viewer, column) & ~Q(**{f"{column}__in": above(viewer)})
    if place == "sibling":
        return beside
    return Q(**{f"{column}__gt": ""}) & ~inside(up, column) & ~Q(**{f"{column}__in": above(viewer)})


def inside(code: str, column: str) -> Q:
    """The division itself and all within it."""
    shared = stem(code)
    if not shared:
        return Q(**{f"{column}__gt": ""})
    return Q(**{f"{column}__gte": shared, f"{column}__lt": shared + ":"})


__all__ = ["NATION", "Place", "above", "canonical", "inside", "parent", "relation", "standing", "stem", "tier", "within"]
