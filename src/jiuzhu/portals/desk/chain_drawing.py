"""The chain of assistance as lanes on a line of time: where each mark, run and gap is drawn, in units of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from jiuzhu.casework.files.chain import Chain
from jiuzhu.casework.files.lanes import ChainAct
from jiuzhu.rules.tree import Title

WIDTH, LEFT, RIGHT, TOP, LANE = 1120.0, 112.0, 34.0, 30.0, 44.0
NEAR = 15.0  # marks nearer than this stand as one, with their number
CHARACTER = 13.0  # a Chinese character of a label; others are narrower
SHOWN = 10  # characters of a label at most
TITLES = {
    "signals": Title("信号", "Signals"),
    "visits": Title("走访", "Visits"),
    "applications": Title("申请", "Applications"),
    "grants": Title("资金", "Grants"),
    "services": Title("服务", "Services"),
    "results": Title("结果", "Results"),
}


@dataclass(frozen=True)
class Mark:
    """Acts of one lane on nearly one day. end: where a run ends, None for a day. level: the highest of its signals."""

    x: float
    end: float | None
    level: int
    count: int
    title: Title
    label: Title


@dataclass(frozen=True)
class Hatched:
    """A gap. middle: where its words stand, if it is wide enough for them."""

    x: float
    width: float
    middle: float
    wide: bool
    days: int
    title: Title


@dataclass(frozen=True)
class LaneDrawn:
    title: Title
    y: float
    marks: tuple[Mark, ...]
    gaps: tuple[Hatched, ...]


@dataclass(frozen=True)
class Drawing:
    """months: where each begins, with its name; today: where the day of the release stands."""

    height: float
    months: tuple[tuple[float, str], ...]
    today: float
    lanes: tuple[LaneDrawn, ...]


def drawing(chain: Chain, *, since: date) -> Drawing:
    """The chain from a day on; what began before it is cut there."""
    span = max((chain.as_of - since).days, 1)
    scale = (WIDTH - LEFT - RIGHT) / span

    def at(day: date) -> float:
        return LEFT + max((day - since).days, 0) * scale

    lanes = []
    for row, lane in enumerate(chain.lanes):
        acts = [act for act in chain.acts if act.lane == lane and (act.until or act.day) >= since]
        gaps = tuple(
            Hatched(at(gap.since), at(gap.until) - at(gap.since), (at(gap.since) + at(gap.until)) / 2,
                    at(gap.until) - at(gap.since) > 120, gap.days, gap.title)
            for gap in chain.gaps
            if gap.lane == lane and gap.until > since
        )  # fmt: skip
        lanes.append(LaneDrawn(TITLES[lane], TOP + row * LANE, _marks(acts, at), gaps))
    return Drawing(TOP + len(chain.lanes) * LANE + 4, tuple(_months(since, chain.as_of, at)), at(chain.as_of), tuple(lanes))


def _marks(acts: list[ChainAct], at: Callable[[date], float]) -> tuple[Mark, ...]:
    near: list[list[ChainAct]] = []
    for act in acts:
        if near and act.until is None and near[-1][0].until is None and at(act.day) - at(near[-1][0].day) < NEAR:
            near[-1].append(act)
        else:
            near.append([act])
    starts = [at(one[0].day) for one in near]
    marks = []
    for number, together in enumerate(near):
        first = together[0]
        room = (starts[number + 1] if number + 1 < len(starts) else WIDTH) - starts[number] - 22
        title = _said(together)
        end = at(first.until) if first.until is not None else None
        label = Title(_fitting(title.zh, room, 1.0), _fitting(title.en, room, 0.62))
        marks.append(Mark(starts[number], end, max(act.level for act in together), len(together), title, label))
    return tuple(marks)


def _said(together: list[ChainAct]) -> Title:
    top = max(together, key=lambda act: (act.level, act.amount != ""))
    if len(together) == 1:
        money = f" {top.amount}" if top.amount else ""
        return Title(top.title.zh + money, (top.title.en or top.title.zh) + money)
    return Title(f"{top.title.zh} 等 {len(together)} 项", f"{top.title.en or top.title.zh} and {len(together) - 1} more")


def _fitting(text: str, room: float, wide: float) -> str:
    """As much of a label as there is room for; nothing where not even a few characters fit."""
    most = int(room / (CHARACTER * wide))
    allowed = min(most, int(SHOWN / wide))
    if len(text) <= allowed:
        return text
    return text[: allowed - 1] + "…" if allowed >= 4 else ""


def _months(since: date, until: date, at: Callable[[date], float]) -> list[tuple[float, str]]:
    first = since.year * 12 + since.month
    numbers = range(first, until.year * 12 + until.month)
    every = max(1, -(-len(numbers) // 14))
    told = []
    for number in numbers[::every]:
        day = date(number // 12, number % 12 + 1, 1)
        told.append((at(day), f"{day:%Y-%m}" if day.month == 1 or not told else f"{day:%m}"))
    return told
