"""The gate: a delivery that looks nothing like those before it waits for a person, so that no family loses by a bad file.

It is judged when a run reads, never at arrival: each period against the accepted periods before it. So the order in
which files came does not matter, and a late file of an early period changes how later ones are judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.verdicts import Verdict

# Fewer rows say little: their shares swing by chance.
LEAST_ROWS = 40
# How far a share may leave the range of the periods before it. A poisoned file moves a share by thirty points and more;
# over 24 invented months no share of an honest one moved by more than twelve.
SHARE_STEP = 0.2
# So many periods before it must be there to judge how many rows there are: the first ones build up a stock.
LEAST_PERIODS = 3
REMEMBERED = 12
MEAN_FACTOR = 8


@dataclass(frozen=True)
class Held:
    """Why a delivery waits: one line a finding, `code: column: what was found, what was before`. No person in it."""

    delivery: str
    dataset: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """passed: deliveries that a run reads, in their order. held: those that wait for a person, or were sent back."""

    passed: tuple[Manifest, ...]
    held: tuple[Held, ...]


def judge(deliveries: Sequence[Manifest], as_of: date, verdicts: Mapping[str, Verdict]) -> Judged:
    """Judge every delivery whose period has begun by `as_of`; later ones pass, for nothing of them is seen."""
    held: dict[str, Held] = {}
    for stream in _streams(deliveries):
        before: list[dict[str, Any]] = []
        for period in _periods(stream, as_of):
            good = []
            for one in period:
                reasons = _findings(one.statistics, before) + _volume(period, one, before, open_end=one.last > as_of.isoformat())
                verdict = verdicts.get(one.delivery)
                if verdict is not None and verdict.verdict == "send_back":
                    held[one.delivery] = Held(one.delivery, one.dataset, ("sent_back: a person sent it back",))
                elif reasons and verdict is None:
                    held[one.delivery] = Held(one.delivery, one.dataset, tuple(reasons))
                else:
                    good.append(one)
            if good:
                before.append(_added(one.statistics for one in good))
    passed = tuple(one for one in deliveries if one.delivery not in held)
    return Judged(passed, tuple(held[one.delivery] for one in deliveries if one.delivery in held))


def _streams(deliveries: Sequence[Manifest]) -> list[list[Manifest]]:
    """What may be compared: one dataset, one division, full files apart from changes."""
    found: dict[tuple[str, str, bool], list[Manifest]] = {}
    for one in deliveries:
        found.setdefault((one.dataset, one.division, one.full), []).append(one)
    return [found[key] for key in sorted(found)]


def _periods(stream: Sequence[Manifest], as_of: date) -> Iterator[list[Manifest]]:
    found: dict[tuple[str, str], list[Manifest]] = {}
    for one in stream:
        if one.first and one.first <= as_of.isoformat():
            found.setdefault((one.last, one.first), []).append(one)
    for key in sorted(found):
        yield found[key]


def _added(statistics: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The deliveries of one period as if they were one."""
    total: dict[str, Any] = {"rows": 0, "rejected": 0, "repeats": 0, "same_record": 0, "missing": {}, "codes": {}, "amounts": {}}
    for one in statistics:
        for name in ("rows", "repeats", "same_record", "rejected"):
            total[name] += one.get(name, 0)
        for name, count in one["missing"].items():
            total["missing"][name] = total["missing"].get(name, 0) + count
        for name, counts in one["codes"].items():
            codes = total["codes"].setdefault(name, {})
            for code, count in counts.items():
                codes[code] = codes.get(code, 0) + count
        for name, numbers in one["amounts"].items():
            total["amounts"][name] = [a + b for a, b in zip(total["amounts"].get(name, [0, 0, 0]), numbers, strict=True)]
    return total


def _findings(one: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> list[str]:
    """What of a delivery is unlike every period remembered."""
    past = [period for period in before[-REMEMBERED:] if period["rows"] >= LEAST_ROWS]
    rows = one["rows"]
    if rows < LEAST_ROWS or not past:
        return []
    found = []
    for name in ("repeats", "same_record"):
        found += _share(name, "", one[name], rows, [(p[name], p["rows"]) for p in past], only_more=True)
    received = rows + one.get("rejected", 0)
    found += _share(
        "rejected", "", one.get("rejected", 0), received, [(p["rejected"], p["rows"] + p["rejected"]) for p in past], True
    )
    for name, count in one["missing"].items():
        found += _share("missing", name, count, rows, [(p["missing"].get(name, 0), p["rows"]) for p in past])
    for name, counts in one["codes"].items():
        seen = set(counts) | {code for p in past for code in p["codes"].get(name, {})}
        for code in sorted(seen):
            shares = [(p["codes"].get(name, {}).get(code, 0), p["rows"]) for p in past]
            found += _share("share", f"{name}={code}", counts.get(code, 0), rows, shares)
    for name, (count, zeros, total) in one["amounts"].items():
        others = [p["amounts"][name] for p in past if p["amounts"].get(name, [0])[0] >= LEAST_ROWS]
        if count >= LEAST_ROWS and others:
            found += _share("zeros", name, zeros, count, [(other[1], other[0]) for other in others], only_more=True)
            found += _mean(name, total / count, [other[2] / other[0] for other in others])
    return found


def _share(code: str, column: str, part: int, whole: int, past: Sequence[tuple[int, int]], only_more: bool = False) -> list[str]:
    share, shares = part / max(whole, 1), [a / max(b, 1) for a, b in past]
    low, high = min(shares), max(shares)
    middle = min(max(sum(shares) / len(shares), 0.02), 0.98)
    step = SHARE_STEP + 3 * math.sqrt(middle * (1 - middle) / max(whole, 1))
    if low - step <= share <= high + step or (only_more and share < low):
        return []
    place = f"{code}: {column}: " if column else f"{code}: "
    return [f"{place}{share:.1%} of the rows, {low:.1%} to {high:.1%} in the periods before"]


def _mean(column: str, mean: float, past: Sequence[float]) -> list[str]:
    """A mean that leaves the range eightfold: yuan sent as fen, a column in the wrong place, a few absurd amounts."""
    low, high = min(past), max(past)
    if low <= 0 or mean < 0 or low / MEAN_FACTOR <= mean <= high * MEAN_FACTOR:
        return []
    return [f"mean: {column}: {mean:,.0f}, {low:,.0f} to {high:,.0f} in the periods before (in the unit of the archive)"]


def _volume(period: Sequence[Manifest], one: Manifest, before: Sequence[Mapping[str, Any]], *, open_end: bool) -> list[str]:
    """Far more or fewer rows than ever. Where periods differed much among themselves, more is allowed.

    Too few is a fault of the whole period and holds each of its files; too many holds the ones that make it so.
    open_end: the period is not over, so few rows mean nothing yet.
    """
    past = [p["rows"] for p in before[-REMEMBERED:]]
    if len(past) < LEAST_PERIODS or min(past) < LEAST_ROWS:
        return []
    rows = sum(other.accepted for other in period)
    allowed = 1.7 + 2 * (max(past) / min(past) - 1)
    if (open_end or min(past) / allowed <= rows) and rows <= max(past) * allowed:
        return []
    if rows > max(past) and len(period) > 1 and one.accepted * len(period) < rows / 2:
        return []
    return [f"volume: {rows:,} rows in the period, {min(past):,} to {max(past):,} in the periods before"]
