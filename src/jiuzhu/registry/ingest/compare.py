"""What of a delivery is unlike the periods before it.

A gate that stops honest files is soon opened for all, so each comparison allows for what honest feeds do: a first load
is followed by small files of changes, the month of the day is not over, and new kinds of rows join the old ones (a
period with half as many rows again may differ in a third of them). Over 24 invented months of 140 datasets, with a
thousand unusual families put into the last ones, nothing honest is held; the poisons of the tests are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jiuzhu.registry.ingest.archive import Manifest

# Fewer rows say little: their shares swing by chance.
LEAST_ROWS = 40
REMEMBERED = 12
# How far a share may leave the range of the periods before it.
STEP = 0.25
DEAD_STEP = 0.12  # a wrong death takes away the most, and honest feeds hardly differ in it
# How far the whole mix of codes of a column may move, and how many periods must be there to know that it stands still.
MIX_STEP, MIX_PERIODS = 0.5, 3
# A median eight times larger or smaller: yuan sent as fen, a column in the wrong place.
SIZE_STEP = 3
# Volumes are judged where the periods before differ by no more than this, and there are so many of them.
STEADY, VOLUME_PERIODS = 3.0, 3
COLLAPSE = 2.5
RETRACTED = 0.3
NEARLY_OVER = 0.9
# Times the greatest before, and at least so many rows more: one row a thing and month hardly grows, events may.
MONTH_JUMP, MONTH_EXCESS = 1.8, 300
EVENT_JUMP, EVENT_EXCESS = 4.0, 5_000

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Period:
    """The deliveries of one period as if they were one. over: how much of it has passed, 1 for all."""

    rows: int
    over: float
    kind: str
    retracted: int = 0
    rejected: int = 0
    repeats: int = 0
    same_record: int = 0
    missing: Counts = field(default_factory=dict)
    dead: Counts = field(default_factory=dict)
    codes: Mapping[str, Counts] = field(default_factory=dict)
    zeros: Counts = field(default_factory=dict)
    amounts: Counts = field(default_factory=dict)
    sizes: Mapping[str, Counts] = field(default_factory=dict)

    @classmethod
    def of(cls, deliveries: Sequence[Manifest], *, over: float) -> Period:
        told = [one.statistics for one in deliveries]
        return cls(
            rows=sum(one["rows"] for one in told),
            over=over,
            kind=told[0]["kind"],
            retracted=sum(one["retracted"] for one in told),
            rejected=sum(one["rejected"] for one in told),
            repeats=sum(one["repeats"] for one in told),
            same_record=sum(one["same_record"] for one in told),
            missing=_added(one["missing"] for one in told),
            dead=_added(one["dead"] for one in told),
            codes=_added_each([one["codes"] for one in told]),
            zeros=_added({name: numbers[1] for name, numbers in one["amounts"].items()} for one in told),
            amounts=_added({name: numbers[0] for name, numbers in one["amounts"].items()} for one in told),
            sizes=_added_each([one["sizes"] for one in told]),
        )


def _added(counts: Iterable[Counts]) -> Counts:
    total: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            total[name] = total.get(name, 0) + count
    return total


def _added_each(counts: Sequence[Mapping[str, Counts]]) -> Mapping[str, Counts]:
    names = {name for one in counts for name in one}
    return {name: _added(one.get(name, {}) for one in counts) for name in names}


def findings(delivery: Manifest, now: Period, before: Sequence[Period]) -> list[str]:
    """One line for each thing that is unlike every comparable period; none if nothing is, or nothing can be said.

    now: all deliveries of its period, this one among them.
    """
    remembered = before[-REMEMBERED:]
    own = Period.of([delivery], over=now.over)
    found = _volume(own, now, remembered)
    stock = sum(one.rows for one in before)
    if own.retracted >= LEAST_ROWS and stock and own.retracted > RETRACTED * stock:
        found.append(f"retracted: {own.retracted:,} records taken back of {stock:,} in the periods before")
    past = [one for one in remembered if one.rows >= LEAST_ROWS]
    if own.rows + own.rejected >= LEAST_ROWS and past:
        found += _careless(own, past)
    alike = [one for one in past if _comparable(one, now)]
    if own.rows >= LEAST_ROWS and alike:
        found += _shares(own, now, alike) + _mixes(own, now, alike) + _medians(own, now, alike)
    return found


def same_records(one: Manifest, other: Manifest) -> bool:
    """Whether most of their records are the same, as far as sixty-four of them tell."""
    if min(one.accepted, other.accepted) < LEAST_ROWS or not 0.5 <= one.accepted / other.accepted <= 2:
        return False
    first, second = set(one.statistics["sketch"]), set(other.statistics["sketch"])
    smallest = sorted(first | second)[: max(len(first), len(second))]
    return sum(number in first and number in second for number in smallest) * 2 >= len(smallest)


def worse_than(one: Manifest, other: Manifest) -> list[str]:
    """What a version has more of than another version of the same records."""
    own, past = Period.of([one], over=1.0), [Period.of([other], over=1.0)]
    return [reason.replace("periods before", "other version") for reason in _careless(own, past) + _shares(own, own, past)]


def _comparable(past: Period, now: Period) -> bool:
    """A small file of changes is not like the stock it changes."""
    expected = past.rows * now.over
    if now.kind == "state":
        return expected / 1.25 <= now.rows <= expected * 1.25
    return expected <= 2 * now.rows


def _joined(past: Period, now: Period) -> float:
    """The share of the rows that may be of a new kind, if as many of the old kind came as before."""
    return max(0.0, 1 - past.rows * now.over / max(now.rows, 1))


def _careless(own: Period, past: Sequence[Period]) -> list[str]:
    """Rows rejected and rows said twice: no honest growth explains them, so every period counts."""
    found = []
    for name, part, whole in (
        ("rejected", own.rejected, own.rows + own.rejected),
        ("repeats", own.repeats, own.rows),
        ("same_record", own.same_record, own.rows),
    ):
        highest = max(getattr(one, name) / max(one.rows + (one.rejected if name == "rejected" else 0), 1) for one in past)
        share = part / max(whole, 1)
        if share > highest + STEP - 0.05 + _noise(highest, whole):
            found.append(f"{name}: {share:.1%} of the rows, at most {highest:.1%} in the periods before")
    return found


def _shares(own: Period, now: Period, past: Sequence[Period]) -> list[str]:
    """Empty cells, deaths and amounts of nothing: only more of them can take help away."""
    found = []
    wholes = {"missing": dict.fromkeys(own.missing, own.rows), "dead": dict.fromkeys(own.dead, own.rows), "zeros": own.amounts}
    for kind, columns in wholes.items():
        counts: Counts = getattr(own, kind)
        for name, whole in columns.items():
            if whole < LEAST_ROWS:
                continue
            share = counts.get(name, 0) / whole
            limits = [_share(one, kind, name) + _joined(one, now) for one in past]
            step = DEAD_STEP if kind == "dead" else STEP
            if share > max(limits) + step + _noise(share, whole):
                highest = max(_share(one, kind, name) for one in past)
                found.append(f"{kind}: {name}: {share:.1%} of the rows, at most {highest:.1%} in the periods before")
    return found


def _share(one: Period, kind: str, name: str) -> float:
    counts: Counts = getattr(one, kind)
    whole = one.amounts.get(name, 0) if kind == "zeros" else one.rows
    return counts.get(name, 0) / max(whole, 1)


def _mixes(own: Period, now: Period, past: Sequence[Period]) -> list[str]:
    """The codes of a column, taken together: half of the rows say something else than in the nearest period before."""
    if len(past) < MIX_PERIODS:
        return []
    found = []
    for name, counts in own.codes.items():
        whole = sum(counts.values())
        if whole < LEAST_ROWS:
            continue
        moved = [_moved(counts, one.codes.get(name, {})) - _joined(one, now) for one in past]
        if min(moved) > MIX_STEP + _noise(0.5, whole):
            found.append(f"codes: {name}: {min(moved):.0%} of the rows hold other codes than in the periods before")
    return found


def _moved(one: Counts, other: Counts) -> float:
    """How many of a hundred rows would have to change their code to make the two mixes the same, as a share."""
    first, second = max(sum(one.values()), 1), max(sum(other.values()), 1)
    return sum(abs(one.get(code, 0) / first - other.get(code, 0) / second) for code in {*one, *other}) / 2


def _medians(own: Period, now: Period, past: Sequence[Period]) -> list[str]:
    """The middle amount, to a factor of two; rows of a new kind cannot move it while they are fewer than a third."""
    found = []
    steady = [one for one in past if _joined(one, now) < 0.33]
    for name, sizes in own.sizes.items():
        middles = [_middle(one.sizes.get(name, {})) for one in steady if sum(one.sizes.get(name, {}).values()) >= LEAST_ROWS]
        if sum(sizes.values()) < LEAST_ROWS or not middles:
            continue
        middle = _middle(sizes)
        if middle > max(middles) + SIZE_STEP or middle < min(middles) - SIZE_STEP:
            times = 2.0 ** (middle - (max(middles) if middle > max(middles) else min(middles)))
            found.append(f"median: {name}: about {times:g} times what it was in the periods before")
    return found


def _middle(sizes: Counts) -> int:
    half, passed = sum(sizes.values()) / 2, 0
    for size, count in sorted((int(size), count) for size, count in sizes.items()):
        passed += count
        if passed >= half:
            return size
    return 0


def _volume(own: Period, now: Period, before: Sequence[Period]) -> list[str]:
    """Far more or far fewer rows than ever, where there always were about as many.

    Too few is a fault of the whole period and holds each of its files; too many, the files that make it so.
    """
    counts = [one.rows for one in before]
    if len(counts) < VOLUME_PERIODS or min(counts) < LEAST_ROWS or max(counts) > STEADY * min(counts):
        return []
    told = f"volume: {now.rows:,} rows in the period, {min(counts):,} to {max(counts):,} in the periods before"
    if now.over > NEARLY_OVER and now.rows < min(counts) / COLLAPSE:
        return [told]
    if now.kind == "state":  # a whole stock may be sent anew in any period
        return []
    jump, excess = (MONTH_JUMP, MONTH_EXCESS) if now.kind == "month" else (EVENT_JUMP, EVENT_EXCESS)
    if now.rows > max(counts) * jump and now.rows - max(counts) > excess and own.rows > max(counts) * 0.5:
        return [told]
    return []


def _noise(share: float, whole: int) -> float:
    """Three times the chance error of a share."""
    share = min(max(share, 0.02), 0.98)
    return 3 * math.sqrt(share * (1 - share) / max(whole, 1))
