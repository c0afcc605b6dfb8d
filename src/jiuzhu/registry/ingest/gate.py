"""The gate: a delivery that looks nothing like those before it waits for a person, so that no family loses by a bad file.

It is judged when a run reads, never at arrival: each period against the accepted periods before it. So the order in
which files came does not matter, and a late file of an early period changes how later ones are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.cells import EPOCH
from jiuzhu.registry.ingest.compare import Period, findings, same_records, worse_than
from jiuzhu.registry.ingest.verdicts import Verdict

_SENT_BACK = ("sent_back: a person sent it back",)


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
    """Judge every delivery whose period has begun by `as_of`; later ones pass, for nothing of them is seen.

    Records that came one by one were judged one by one: they pass, and no file is measured by them.
    """
    held: dict[str, Held] = {}
    files = [one for one in deliveries if not one.one_by_one]
    versions = _Versions(files)
    today = min(as_of, _newest_day(deliveries))
    for stream in _streams(files):
        before: list[Period] = []
        for period in _periods(stream, as_of):
            good = []
            now = Period.of(period, over=_part_over(period[0], today))
            for one in period:
                reasons = findings(one, now, before) or versions.worse(one)
                verdict = verdicts.get(one.delivery)
                if verdict is not None and verdict.verdict == "send_back":
                    held[one.delivery] = Held(one.delivery, one.dataset, _SENT_BACK)
                elif reasons and verdict is None:
                    held[one.delivery] = Held(one.delivery, one.dataset, tuple(reasons))
                else:
                    good.append(one)
            if good:
                before.append(Period.of(good, over=1.0))
    for one in deliveries:
        if one.one_by_one and one.delivery in verdicts and verdicts[one.delivery].verdict == "send_back":
            held[one.delivery] = Held(one.delivery, one.dataset, _SENT_BACK)
    passed = tuple(one for one in deliveries if one.delivery not in held)
    return Judged(passed, tuple(held[one.delivery] for one in deliveries if one.delivery in held))


class _Versions:
    """Which deliveries hold the same records: a second version of a file must not be worse than the first."""

    def __init__(self, deliveries: Sequence[Manifest]) -> None:
        self._same: dict[tuple[str, str], list[Manifest]] = {}
        for one in deliveries:
            self._same.setdefault((one.dataset, one.division), []).append(one)

    def worse(self, one: Manifest) -> list[str]:
        """What it has more of, that takes help away, than another version for its period or one before."""
        for other in self._same[one.dataset, one.division]:
            if other.delivery != one.delivery and other.first <= one.last and other.last <= one.last and same_records(one, other):
                reasons = worse_than(one, other)
                if reasons:
                    return reasons
        return []


def _streams(deliveries: Sequence[Manifest]) -> list[list[Manifest]]:
    """What may be compared: one dataset, one division, full files apart from changes, months apart from years."""
    found: dict[tuple[str, str, bool, int], list[Manifest]] = {}
    for one in deliveries:
        if one.first_day is not None and one.last_day is not None:
            length = round(((one.last_day - one.first_day).days + 1) / 30.4)
            found.setdefault((one.dataset, one.division, one.full, length), []).append(one)
    return [found[key] for key in sorted(found)]


def _periods(stream: Sequence[Manifest], as_of: date) -> Iterator[list[Manifest]]:
    found: dict[tuple[str, str], list[Manifest]] = {}
    for one in stream:
        if one.first <= as_of.isoformat():
            found.setdefault((one.last, one.first), []).append(one)
    for key in sorted(found):
        yield found[key]


def _newest_day(deliveries: Sequence[Manifest]) -> date:
    """The last day that any delivery speaks of: nobody can have sent more of it yet, whatever day is asked about."""
    days = [one.statistics["last_day"] for one in deliveries if one.statistics["last_day"] is not None]
    return EPOCH + timedelta(days=max(days)) if days else date.max


def _part_over(one: Manifest, today: date) -> float:
    """How much of the period lies behind us: in one that is not over, few rows mean nothing yet."""
    assert one.first_day is not None, "only deliveries with a period are judged"
    assert one.last_day is not None, "and a period has an end"
    whole = (one.last_day - one.first_day).days + 1
    return min(1.0, max(1, (today - one.first_day).days + 1) / whole)
