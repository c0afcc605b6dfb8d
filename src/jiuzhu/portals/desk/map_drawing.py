"""The parts of a division as a picture: real boundaries where the map has them, equal tiles where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, log10, radians

from jiuzhu.casework.supervision.overview import Part
from jiuzhu.registry import public
from jiuzhu.vocabulary.boundaries import Area, Ring
from jiuzhu.vocabulary.division import NATION

WIDTH, TALLEST, MARGIN = 600.0, 620.0, 8.0
CLASSES = 5
TILE, GAP = (112.0, 66.0), 8.0
LABEL = 26.0  # how wide a shape must be, in units of the picture, to bear its name


@dataclass(frozen=True)
class Shape:
    """One part. path: its outline; of a tile "". x, y: where its words stand. step: 0 nobody lives there, else 1 (lowest) to 5."""

    part: Part
    path: str
    x: float
    y: float
    step: int
    named: bool


@dataclass(frozen=True)
class Picture:
    """limits: from which value on each step begins, lowest first. lines: paths that belong on a map of the whole country.
    bare: areas on the map that are no part of today's list. tiles: the parts have no boundaries. missing: parts that the map
    does not know; they stand in the table."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    lines: tuple[str, ...]
    bare: tuple[str, ...]
    limits: tuple[float, ...]
    tiles: bool
    missing: tuple[Part, ...]


def picture(division: str, parts: Sequence[Part]) -> Picture:
    """The parts shaded by red and orange warnings for 10,000 people."""
    boundaries = public.boundaries()
    limits = _limits([part.per_ten_thousand or 0.0 for part in parts])
    areas = [(part, boundaries.area(part.code)) for part in parts if len(part.code) == 6]
    drawn = [(part, area) for part, area in areas if area is not None]
    if not drawn:
        return _tiles(parts, limits)
    listed = {part.code for part in parts}
    bare = [area for area in boundaries.within(division, like=drawn[0][1].code) if area.code not in listed]
    missing = [part for part, area in areas if area is None]
    return _map(drawn, bare, boundaries.lines if division == NATION else (), limits, missing)


def step_of(value: float | None, limits: Sequence[float]) -> int:
    """0 where nobody is known to live, else how many of the limits are reached, at most 5."""
    return 0 if value is None else max(1, sum(value >= limit for limit in limits))


def _limits(values: Sequence[float]) -> tuple[float, ...]:
    """Five round limits from 0 on, so that the highest value lies in the fifth."""
    top = max(values, default=0.0)
    if top <= 0:
        return tuple(float(step) for step in range(CLASSES))
    raw = top / CLASSES
    scale = 10.0 ** floor(log10(raw))
    width = next(scale * factor for factor in (1, 2, 2.5, 5, 10) if scale * factor * CLASSES >= top)
    return tuple(round(width * step, 6) for step in range(CLASSES))


def _map(
    drawn: Sequence[tuple[Part, Area]], bare: Sequence[Area], lines: Sequence[Ring], limits: Sequence[float], missing: list[Part]
) -> Picture:
    shown = [*(area for _, area in drawn), *bare]
    points = [point for area in shown for ring in area.rings for point in ring] + [point for line in lines for point in line]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * MARGIN) / max((east - west) * narrow, 1e-6), (TALLEST - 2 * MARGIN) / max(north - south, 1e-6))
    left = (WIDTH - (east - west) * narrow * scale) / 2

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + (point[0] - west) * narrow * scale, MARGIN + (north - point[1]) * scale

    shapes = []
    for part, area in drawn:
        rings = [[at(point) for point in ring] for ring in area.rings]
        widest = max(rings, key=_extent)
        (x, y), wide = _middle(widest), _extent(widest)
        step = step_of(part.per_ten_thousand, limits)
        shapes.append(Shape(part, " ".join(_path(ring) + "z" for ring in rings), x, y, step, wide > LABEL))
    height = (north - south) * scale + 2 * MARGIN
    return Picture(
        WIDTH,
        height,
        tuple(shapes),
        tuple(_path([at(point) for point in line]) for line in lines),
        tuple(" ".join(_path([at(point) for point in ring]) + "z" for ring in area.rings) for area in bare),
        tuple(limits),
        False,
        tuple(missing),
    )


def _tiles(parts: Sequence[Part], limits: Sequence[float]) -> Picture:
    columns = 5
    shapes = []
    for number, part in enumerate(parts):
        row, column = divmod(number, columns)
        x, y = column * (TILE[0] + GAP), row * (TILE[1] + GAP)
        shapes.append(Shape(part, "", x, y, step_of(part.per_ten_thousand, limits), True))
    rows = ceil(len(parts) / columns)
    return Picture(
        columns * (TILE[0] + GAP) - GAP, max(rows * (TILE[1] + GAP) - GAP, 1), tuple(shapes), (), (), tuple(limits), True, ()
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """To a tenth of a unit; what does not move is left out."""
    told, last = [], ""
    for x, y in points:
        text = f"{x:.1f} {y:.1f}"
        if text != last:
            told.append(text)
        last = text
    return "M" + "L".join(told)


def _extent(points: Sequence[tuple[float, float]]) -> float:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(max(xs) - min(xs), 2 * (max(ys) - min(ys)))


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centre of the area of a ring; of a ring without one the mean of its points."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        cross = ax * by - bx * ay
        area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    if abs(area) < 1e-6:
        return sum(one for one, _ in points) / len(points), sum(one for _, one in points) / len(points)
    return x / (3 * area), y / (3 * area)
