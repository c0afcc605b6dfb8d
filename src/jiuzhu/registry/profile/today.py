"""Codes of divisions that were merged, split or renumbered, as they are on the day of a run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jiuzhu.registry.profile.divisions import COUNTY, prefix_of
from jiuzhu.vocabulary.divisions import Divisions


def codes_on(codes: Iterable[str], divisions: Divisions, day: date) -> dict[str, list[str]]:
    """For each code whose county is no longer (or not yet) in force, what its area is on that day, the greatest part first.

    Codes of counties in force stand as they are, even where no list knows the village: an office may have made it.
    """
    answer = {}
    for code in sorted(set(codes)):
        county = prefix_of(code)[:COUNTY]
        if len(county) == COUNTY and divisions.find(county) is not None and divisions.find(county, on=day) is None:
            found = divisions.resolve(prefix_of(code), day)
            if found:
                answer[code] = found
    return answer
