"""What visits found, and what that lets one expect of warnings that a moved number would add or take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from jiuzhu.rules.tree import Rule

Z = 1.959964  # 95 in a hundred


class OutcomeRefused(ValueError):
    """An outcome that cannot be: its month or word is none, or it lies after the day."""


@dataclass(frozen=True)
class Outcome:
    """How a visit ended. month: 2026-10. found: whether a family in need was found (of oversight: whether the doubt was right)."""

    found: bool
    month: str


@dataclass(frozen=True)
class Visited:
    """An outcome beside the value its warning had. value: None where it was divided by nothing and so beyond every limit."""

    indicator: str
    division: str
    value: Decimal | None
    found: bool
    month: str


@dataclass(frozen=True)
class Share:
    """Finds of so many visits: the plain share, and between what it lies 95 times in a hundred (Wilson)."""

    finds: int
    visits: int

    @property
    def share(self) -> float:
        return self.finds / self.visits

    @property
    def interval(self) -> tuple[float, float]:
        n, p = self.visits, self.share
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Expected:
    """Finds more (or, below zero, fewer) that a change brings, in hundredths, with the least and most to be expected.

    share: of the visits this rests on. seen: whether warnings in this very band were visited; if not, they are the nearest
    ones, and only the lower end of their interval is counted on.
    """

    finds: int
    low: int
    high: int
    share: Share
    seen: bool


Reaches = Callable[[Decimal | None, Decimal], bool]


def reaching(rule: Rule) -> Reaches | None:
    """Whether a value reaches the lowest grade under a limit; None where the limit does not decide by itself."""
    times = [line.number for line in rule.grades if line.how == "times"]
    if rule.measure is None or not times or len(times) != len(rule.grades):
        return None
    lowest = times[-1]

    def reaches(value: Decimal | None, limit: Decimal) -> bool:
        if value is None:
            return rule.way in ("at least", "above")
        match rule.way:
            case "at least":
                return value >= lowest * limit
            case "above":
                return value > lowest * limit
            case "at most":
                return value <= lowest * limit
            case "below":
                return value < lowest * limit

    return reaches


def expected(
    visited: Sequence[Visited],
    reaches: Reaches,
    present: Decimal,
    value: Decimal,
    *,
    strictest: Decimal,
    added: int,
    lost: int,
    least: int,
) -> Expected | Share:
    """What moving the limit from `present` to `value` brings; the share it would have rested on where too few visits ended.

    added, lost: warnings. The share of finds comes from visits in the band between the two limits. Where it was never visited,
    since warnings there would be new, it comes from the band beside it, between `present` and `strictest`.
    """
    between = share_of(one for one in visited if reaches(one.value, present) != reaches(one.value, value))
    if lost or between.visits >= least:
        if between.visits < least:
            return between
        low, high = between.interval
        more = added - lost
        ends = sorted((_hundredths(more * low), _hundredths(more * high)))
        return Expected(_hundredths(more * between.share), ends[0], ends[1], between, True)
    beside = share_of(one for one in visited if reaches(one.value, present) and not reaches(one.value, strictest))
    if beside.visits < least:
        return beside
    low, high = beside.interval
    return Expected(_hundredths(added * low), 0, _hundredths(added * high), beside, False)


def share_of(visited: Iterable[Visited]) -> Share:
    ends = [one.found for one in visited]
    return Share(sum(ends), len(ends))


def _hundredths(number: float) -> int:
    return round(number * 100)


def checked(outcomes: Mapping[str, Outcome], last: str) -> Mapping[str, Outcome]:
    """Raises OutcomeRefused for a month that is none, or after `last` (2026-11)."""
    for outcome in outcomes.values():
        year, dash, month = outcome.month.partition("-")
        if not (len(outcome.month) == 7 and dash and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
            raise OutcomeRefused(f"the month of an outcome is {outcome.month!r}; write it as 2026-10")
        if outcome.month > last:
            raise OutcomeRefused(f"an outcome is of {outcome.month}, after {last}; take it in next month, or give a later day")
    return outcomes
