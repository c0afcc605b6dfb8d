"""Which numbers to move together: the most finds for the visits there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One value of one number. visits, finds: more than now, or fewer; finds in hundredths. moves: 0 only for staying."""

    visits: int
    finds: int
    moves: int


def best(groups: Sequence[Sequence[Option]], budget: int) -> tuple[int, ...]:
    """One option of each group: most finds while visits change by at most `budget`; then fewest visits, then least moved.

    Exact: sums that another sum beats in every way are dropped after each group, no others. Where even the fewest visits are
    too many, these are taken.
    """
    # Visits, finds below zero (so that sorting puts the most first), moved numbers, and what was chosen.
    sums: list[tuple[int, int, int, tuple[int, ...]]] = [(0, 0, 0, ())]
    for options in groups:
        grown = [
            (visits + one.visits, lacking - one.finds, moves + one.moves, (*chosen, at))
            for visits, lacking, moves, chosen in sums
            for at, one in enumerate(options)
        ]
        sums = []
        for found in sorted(grown):
            if not sums or found[1] < sums[-1][1]:
                sums.append(found)
    inside = [one for one in sums if one[0] <= budget]
    return (inside[-1] if inside else sums[0])[3]
