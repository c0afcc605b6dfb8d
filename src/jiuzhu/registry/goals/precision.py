"""Warnings that find somebody: of those whose visit ended, the share in which it found what they warned of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jiuzhu.registry.calibration.evidence import Outcome, Share


@dataclass(frozen=True)
class PrecisionGoal:
    """whole: over all issued warnings with an outcome; None where nobody recorded one: that is not known, and not zero.

    found means what `Outcome` says. not_issued: outcomes of numbers that no warning ever issued had. since, until: months of
    the first and last outcome, "" without one.
    """

    whole: Share | None
    by_indicator: Mapping[str, Share]
    not_issued: int
    since: str
    until: str


def precision_goal(indicators: Mapping[str, str], outcomes: Mapping[str, Outcome]) -> PrecisionGoal:
    """indicators: of every warning ever issued, by its number."""
    ends: dict[str, list[bool]] = {}
    known = {warning: outcome for warning, outcome in outcomes.items() if warning in indicators}
    for warning, outcome in known.items():
        ends.setdefault(indicators[warning], []).append(outcome.found)
    months = sorted(outcome.month for outcome in known.values())
    return PrecisionGoal(
        whole=_share(one.found for one in known.values()) if known else None,
        by_indicator={code: _share(ends[code]) for code in sorted(ends)},
        not_issued=len(outcomes) - len(known),
        since=months[0] if months else "",
        until=months[-1] if months else "",
    )


def _share(ends: Iterable[bool]) -> Share:
    told = list(ends)
    return Share(sum(told), len(told))
