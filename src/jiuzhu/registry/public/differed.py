"""What changed from one release to another, and how often each indicator was found in every release so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from jiuzhu.registry.public.opened import known, release_of, releases
from jiuzhu.registry.release.listed import found, listed
from jiuzhu.rules.parameters import trimmed

_LEVELS = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}


@dataclass(frozen=True)
class Changed:
    """Warnings of one indicator in one township (nine digits, or a shorter code above), from one release to a later one."""

    indicator: str
    township: str
    before: int
    after: int
    new: int
    gone: int
    raised: int
    lowered: int


@dataclass(frozen=True)
class Found:
    """How many of one indicator a release found, and how many subjects it could not decide about."""

    release: str
    as_of: date
    count: int
    unknown: int


def screenings(workspace: Path) -> tuple[tuple[str, date], ...]:
    """Name and day of every release of everybody, the newest first."""
    made = [release_of(workspace, name).manifest for name in releases(workspace)]
    return tuple(
        (one.name, one.as_of) for one in sorted(made, key=lambda one: (one.as_of, one.name), reverse=True) if not one.only
    )


def difference(workspace: Path, earlier: str, later: str, *, division: str = "") -> tuple[Changed, ...]:
    """By indicator and township what a later release has more, less or otherwise than an earlier one. Raises NoRelease."""
    wanted = trimmed(division)[:9] if division else ""
    told = _difference(str(workspace.absolute()), earlier, later)
    return tuple(one for one in told if one.township.startswith(wanted))


@lru_cache(maxsize=4)
def _difference(workspace: str, earlier: str, later: str) -> tuple[Changed, ...]:
    before, after = (_levels(workspace, name) for name in (earlier, later))
    sums: dict[tuple[str, str], list[int]] = {}
    for warning in before.keys() | after.keys():
        was, now = before.get(warning), after.get(warning)
        key = (now or was or ("", "", 0))[:2]
        line = sums.setdefault(key, [0] * 6)
        old, new = was[2] if was else 0, now[2] if now else 0
        for at, holds in enumerate((was, now, now and not was, was and not now, 0 < old < new, old > new > 0)):
            line[at] += bool(holds)
    return tuple(Changed(*key, *line) for key, line in sorted(sums.items()))


def _levels(workspace: str, name: str) -> Mapping[str, tuple[str, str, int]]:
    """Warning to its indicator, township and level."""
    chosen, told = known(Path(workspace), name)
    rows = listed(chosen, told, found(chosen, unknown=False), vault=None, by_number=False)
    return {row["warning_id"]: (row["indicator_id"], row["division_code"][:9], _LEVELS[row["grade"]]) for row in rows}


def history(workspace: Path, indicator: str, *, division: str = "") -> tuple[Found, ...]:
    """Of every release of everybody, the oldest first."""
    wanted = trimmed(division) if division else ""
    answer = []
    for name, as_of in reversed(screenings(workspace)):
        rows = [row for row in _counts(str(workspace.absolute()), name).get(indicator, ()) if row[0].startswith(wanted)]
        answer.append(
            Found(name, as_of, sum(number for _, level, number in rows if level), sum(number for _, level, number in rows if not level))
        )  # fmt: skip
    return tuple(answer)


def tallies(workspace: Path, *, division: str = "", release: str | None = None) -> Mapping[str, Mapping[int, int]]:
    """Indicator to level (4 red to 1 blue, 0 where it could not be decided) to how many, in a division. Raises NoRelease."""
    wanted = trimmed(division) if division else ""
    answer: dict[str, dict[int, int]] = {}
    for code, rows in _counts(str(workspace.absolute()), release_of(workspace, release).name).items():
        found_here = answer.setdefault(code, {})
        for place, level, number in rows:
            if place.startswith(wanted):
                found_here[level] = found_here.get(level, 0) + number
    return answer


def loads(workspace: Path, indicator: str, *, division: str = "", release: str | None = None) -> Mapping[str, int]:
    """Township (nine digits) to how many warnings of one indicator. Raises NoRelease."""
    wanted = trimmed(division) if division else ""
    answer: dict[str, int] = {}
    for place, level, number in _counts(str(workspace.absolute()), release_of(workspace, release).name).get(indicator, ()):
        if level and place.startswith(wanted):
            answer[place[:9]] = answer.get(place[:9], 0) + number
    return answer


@lru_cache(maxsize=16)
def _counts(workspace: str, name: str) -> Mapping[str, list[tuple[str, int, int]]]:
    """Indicator to division, level (0: unknown) and count."""
    told: dict[str, list[tuple[str, int, int]]] = {}
    for row in pq.read_table(release_of(Path(workspace), name).folder / "counts.parquet").to_pylist():
        told.setdefault(row["indicator"], []).append((row["division"], row["level"], row["count"]))
    return told
