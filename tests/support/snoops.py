"""An invented office's year of looks at families, with a thousand curious ones planted among them; the planted list is the judge."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from jiuzhu.casework.supervision.curiosity import Known, Look

BEIJING = timezone(timedelta(hours=8))
BEGINS, DAYS = date(2026, 1, 1), 365
OFFICERS, OFFICES, FAMILIES = 48, 6, 4_000
# How the work goes: looks a working day, how many rest on no task (somebody telephoned), how many of each are after ten at night.
A_DAY, WITHOUT_TASK, NIGHT_WITH_TASK, NIGHT_WITHOUT = 10, 0.03, 0.01, 0.006
CALLS_AGAIN, CALLS_TWICE_AGAIN = 0.04, 0.006
PHONE_DAYS = 3  # days on which somebody answers a telephone line: many families without a task within an hour
PLANTED = {
    "own": 80, "kin": 90, "kin with a task": 80, "neighbour": 200, "colleague": 150, "night": 120, "burst": 120, "often": 120,
    "once, by day": 40,
}  # fmt: skip


@dataclass
class Year:
    """planted: numbers of the curious looks, by kind."""

    seed: int
    known: Known
    looks: list[Look] = field(default_factory=list)
    planted: dict[str, set[int]] = field(default_factory=dict)


def year(seed: int) -> Year:
    draw = random.Random(seed)
    officers = [f"officer{number}" for number in range(OFFICERS)]
    families = [f"family{number}" for number in range(FAMILIES)]
    homes = draw.sample(families, OFFICERS * 5)
    own = {who: frozenset({homes[at]}) for at, who in enumerate(officers)}
    kin = {who: frozenset(homes[OFFICERS + 2 * at : OFFICERS + 2 * at + 2]) for at, who in enumerate(officers)}
    address = {who: frozenset(homes[3 * OFFICERS + 2 * at : 3 * OFFICERS + 2 * at + 2]) for at, who in enumerate(officers)}
    colleagues = {
        who: frozenset(homes[other] for other in range(OFFICERS) if other != at and other % OFFICES == at % OFFICES)
        for at, who in enumerate(officers)
    }
    made = Year(seed, Known(own, kin, address, colleagues))
    for who in officers:
        _honest(made, draw, who, families)
    _curious(made, draw, officers, families)
    return made


def _honest(made: Year, draw: random.Random, who: str, families: list[str]) -> None:
    """Nobody is given the families of their own home and kin (A9); all else comes as it comes."""
    away = made.known.own[who] | made.known.kin[who]
    caseload = [one for one in draw.sample(families, 90) if one not in away]
    for day in _working_days():
        for _ in range(draw.randint(A_DAY - 5, A_DAY + 5)):
            has_task = draw.random() >= WITHOUT_TASK
            family = draw.choice(caseload if has_task else families)
            if family in away:
                continue
            night = draw.random() < (NIGHT_WITH_TASK if has_task else NIGHT_WITHOUT)
            at = _moment(draw, day, night=night)
            _add(made, who, at, family, has_task)
            again = 0 if has_task else 2 if (chance := draw.random()) < CALLS_TWICE_AGAIN else 1 if chance < CALLS_AGAIN else 0
            for later in range(again):
                _add(made, who, at + timedelta(days=1 + later, minutes=draw.randint(0, 40)), family, False)
    if draw.random() < PHONE_DAYS / OFFICERS:
        day = draw.choice(_working_days())
        for minute in range(0, 56, 8):
            _add(made, who, _at(day, 10, minute), draw.choice(families), False)


def _curious(made: Year, draw: random.Random, officers: list[str], families: list[str]) -> None:
    near = {"own": made.known.own, "kin": made.known.kin, "kin with a task": made.known.kin}
    near |= {"neighbour": made.known.address, "colleague": made.known.colleagues}
    for kind, count in PLANTED.items():
        while len(made.planted.setdefault(kind, set())) < count:
            who, day = draw.choice(officers), draw.choice(_working_days())
            if kind == "burst":
                told = [(_at(day, 16, 5 * number), draw.choice(families)) for number in range(8)]
            elif kind == "often":
                family = draw.choice(families)
                days = sorted(draw.sample(range(10), 4))
                told = [(_moment(draw, day + timedelta(days=one), night=False), family) for one in days]
            else:
                family = draw.choice(sorted(near[kind][who]) if kind in near else families)
                told = [(_moment(draw, day, night=kind == "night"), family)]
            made.planted[kind] |= {_add(made, who, at, family, kind == "kin with a task") for at, family in told}


def _add(made: Year, who: str, at: datetime, family: str, has_task: bool) -> int:
    number = len(made.looks)
    made.looks.append(Look(number, who, at, family, has_task))
    return number


def _working_days() -> list[date]:
    return [day for day in _days() if day.weekday() < 5]


def _days() -> Iterator[date]:
    yield from (BEGINS + timedelta(days=number) for number in range(DAYS))


def _moment(draw: random.Random, day: date, *, night: bool) -> datetime:
    return _at(day, 22 if night else draw.randint(8, 17), draw.randint(0, 59))


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)
