"""Where divisions lie: rings of points from `catalogue/geo`, in degrees; see its README for the source, and what has no shape."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from jiuzhu.vocabulary.division import stem, tier

Ring = tuple[tuple[float, float], ...]
SCALE = 1000  # points are kept in thousandths of a degree
_FILES = {"province": "provinces", "prefecture": "prefectures", "county": "counties"}


@dataclass(frozen=True)
class Area:
    """One division. rings: outer ones and holes alike, to be filled by the even-odd rule; points are (east, north)."""

    code: str
    name: str
    rings: tuple[Ring, ...]


class Boundaries:
    """Each file is read when first asked for: most desks never need the counties of the whole country."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Mapping[str, Any]] = {}

    def area(self, code: str) -> Area | None:
        """The shape of a province, prefecture or county; None where the map has none, as of every township."""
        found = self._file_of(code).get(code)
        return None if found is None else _area(code, found)

    def within(self, division: str, *, like: str) -> list[Area]:
        """Every shape of the tier of `like` inside a division, also of divisions that are no more."""
        shared = stem(division)
        return [_area(code, found) for code, found in self._file_of(like).items() if code.startswith(shared)]

    @cached_property
    def lines(self) -> tuple[Ring, ...]:
        """The lines that must stand on a map of the whole country."""
        return tuple(_ring(one["line"]) for one in self._read("lines"))

    def _file_of(self, code: str) -> Mapping[str, Any]:
        file = _FILES.get(tier(code), "")
        if file and file not in self._kept:
            self._kept[file] = self._read(file)
        return self._kept.get(file, {})

    def _read(self, name: str) -> Any:
        return json.loads(gzip.decompress((self._folder / f"{name}.json.gz").read_bytes()))


def _area(code: str, found: Mapping[str, Any]) -> Area:
    return Area(code, found["name"], tuple(_ring(ring) for ring in found["rings"]))


def _ring(steps: Sequence[int]) -> Ring:
    """`[x, y, dx, dy, …]` as points."""
    return tuple((x / SCALE, y / SCALE) for x, y in zip(accumulate(steps[::2]), accumulate(steps[1::2]), strict=True))
