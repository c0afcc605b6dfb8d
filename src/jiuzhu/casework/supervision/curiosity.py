"""Which looks at families call for an explanation: own household, kin, neighbours, colleagues, no task, bursts, night, again and again.

Nothing here says that somebody did wrong. Each sign has a weight; from `ODD` on somebody is asked. A look that rests on a task weighs
little, because that is the work itself; the same look without one is where curiosity lives (A7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ODD = 3
BACK = timedelta(days=14)  # how far the run looks back for repetition
SITTING = timedelta(minutes=30)  # looks at one family so close together are one
OFTEN = 3  # sittings at one family without a task
MANY = 6  # families without a task
WITHIN = timedelta(hours=1)  # for a burst
_CHINA = ZoneInfo("Asia/Shanghai")
# Weight without a task, and with one.
REASONS: Mapping[str, tuple[int, int]] = {
    "own": (5, 5),
    "kin": (5, 5),
    "colleague": (3, 0),
    "address": (3, 0),
    "burst": (2, 0),
    "often": (2, 0),
    "night": (2, 0),
    "no_task": (1, 0),
}


@dataclass(frozen=True)
class Look:
    """One look of an account at a family. event: its number in the record. has_task: it rested on a task or an emergency."""

    event: int
    who: str
    at: datetime
    household: str
    has_task: bool


@dataclass(frozen=True)
class Known:
    """What is known of the lookers. own, kin, address: account to households. colleagues: account to households of colleagues."""

    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kin: Mapping[str, frozenset[str]] = field(default_factory=dict)
    address: Mapping[str, frozenset[str]] = field(default_factory=dict)
    colleagues: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Odd:
    """Looks of one account at one family that call for an explanation; reasons weightiest first."""

    who: str
    household: str
    weight: int
    reasons: tuple[str, ...]
    looks: tuple[Look, ...]


def odd_looks(looks: Iterable[Look], known: Known, *, day: date) -> list[Odd]:
    """What is odd about the looks of that day, Beijing time, weightiest first; one entry an account and family.

    looks: those of the day and of the two weeks before it, in any order; later ones are passed over. Earlier looks belong to what
    is found when it is their repetition that is odd.
    """
    seen = sorted((one for one in looks if _day(one.at) <= day), key=lambda one: (one.at, one.event))
    today = [one for one in seen if _day(one.at) == day]
    bursting = _in_a_burst(today)
    by_pair: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for one in seen:
        if day - _day(one.at) < BACK:
            by_pair[one.who, one.household].append(one)
    found = []
    for who, household in dict.fromkeys((one.who, one.household) for one in today):
        pair = by_pair[who, household]
        now = [one for one in pair if _day(one.at) == day]
        often = _sittings([one for one in pair if not one.has_task]) >= OFTEN
        weights: dict[str, int] = {}
        for one in now:
            for reason in _signs(one, known, one in bursting, often):
                weight = REASONS[reason][one.has_task]
                weights[reason] = max(weights.get(reason, 0), weight)
        weight = sum(weights.values())
        if weight >= ODD:
            shown = tuple(sorted((reason for reason, each in weights.items() if each), key=lambda reason: -weights[reason]))
            looked = [one for one in pair if not one.has_task or "own" in weights or "kin" in weights] if often else now
            found.append(Odd(who, household, weight, shown, tuple(looked)))
    return sorted(found, key=lambda one: (-one.weight, one.who, one.household))


def _signs(look: Look, known: Known, bursting: bool, often: bool) -> Iterable[str]:
    for reason, households in (
        ("own", known.own), ("kin", known.kin), ("address", known.address), ("colleague", known.colleagues)
    ):  # fmt: skip
        if look.household in households.get(look.who, frozenset()):
            yield reason
    if not look.has_task:
        yield "no_task"
    if not 6 <= look.at.astimezone(_CHINA).hour < 22:
        yield "night"
    if bursting:
        yield "burst"
    if often:
        yield "often"


def _in_a_burst(today: Sequence[Look]) -> set[Look]:
    """Looks without a task, of one account, among at least MANY families within an hour."""
    free: dict[str, list[Look]] = defaultdict(list)
    for one in today:
        if not one.has_task:
            free[one.who].append(one)
    found: set[Look] = set()
    for looks in free.values():
        first = 0
        for last, look in enumerate(looks):
            while look.at - looks[first].at > WITHIN:
                first += 1
            within = looks[first : last + 1]
            if len({one.household for one in within}) >= MANY:
                found.update(within)
    return found


def _sittings(looks: Sequence[Look]) -> int:
    """How often somebody sat down to look, in order of time."""
    count, before = 0, None
    for one in looks:
        count += before is None or one.at - before > SITTING
        before = one.at
    return count


def _day(at: datetime) -> date:
    return at.astimezone(_CHINA).date()
