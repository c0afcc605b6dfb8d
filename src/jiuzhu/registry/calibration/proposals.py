"""Once a month, for every number marked adaptive: would another value find more for the visits there are? A record, no change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from jiuzhu.registry.calibration import wording
from jiuzhu.registry.calibration.book import Book, County, Proposal, ProposalRefused
from jiuzhu.registry.calibration.candidates import Allowed, allowed, candidates
from jiuzhu.registry.calibration.choice import Option, best
from jiuzhu.registry.calibration.distribution import COUNTY, Standing, Values, standings, values_of
from jiuzhu.registry.calibration.evidence import Expected, Outcome, Reaches, Share, Visited, expected, reaching
from jiuzhu.registry.calibration.ground import Ground, Tendencies, warnings_here
from jiuzhu.registry.release.what_if import OtherNumber, try_on
from jiuzhu.rules.parameters import ParameterValue, trimmed
from jiuzhu.rules.strands import Measure
from jiuzhu.rules.tree import Indicator, ParameterInput

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Stays:
    """A number that is not moved, and why."""

    owner: str
    name: str
    division: str
    present: str
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class MadeProposals:
    """What a month's calibration gave. visits_now: warnings of the numbers that could have moved. used: outcomes that told something."""

    proposals: tuple[Proposal, ...]
    stays: tuple[Stays, ...]
    division: str
    visits_now: int
    budget: int
    used: int
    outcomes: int


@dataclass(frozen=True)
class Setting:
    """Where, when and by whom proposals are made. visits: how many there are (None: as many as now). place: the division's name."""

    division: str
    place: str
    on: date
    by: str
    visits: int | None = None


@dataclass(frozen=True)
class _Candidate:
    value: Decimal
    change: int  # warnings more or fewer
    expected: Expected


@dataclass(frozen=True)
class _Case:
    """A number that could move."""

    number: ParameterValue
    present: Decimal
    indicator: Indicator
    reaches: Reaches
    within: Allowed
    candidates: tuple[_Candidate, ...]


def adaptive(catalogue: Catalogue) -> list[tuple[str, str]]:
    """(owner, name) of every number that any row marks adaptive."""
    return sorted(key for key, rows in catalogue.parameters.rows.items() if any(row.adaptive for row in rows))


def limit_of(catalogue: Catalogue, owner: str, name: str) -> tuple[Indicator, Reaches] | None:
    """The indicator whose limit this number is, and how values reach it; None where it does not decide alone."""
    indicator = catalogue.indicators.get(owner)
    limit = indicator.inputs.get(indicator.rule.limit) if indicator is not None else None
    if indicator is None or not isinstance(limit, ParameterInput) or (limit.owner, limit.parameter) != (owner, name):
        return None
    reaches = reaching(indicator.rule)
    return None if reaches is None else (indicator, reaches)


def calibrated(
    ground: Ground,
    before: Ground | None,
    book: Book,
    visited: Sequence[Visited],
    outcomes: Mapping[str, Outcome],
    setting: Setting,
) -> MadeProposals:
    """All proposals for one division, and why the other numbers stay. Nothing is written. Raises ProposalRefused."""
    cases: list[_Case] = []
    stays: list[Stays] = []
    measure = ground.catalogue.strands.measure
    if measure is None:
        raise ProposalRefused("the catalogue does not say how far a proposal may go; write [proposals] into strands.toml")
    waiting = _waiting(book, ground.columns.base.as_of)
    for key in adaptive(ground.catalogue):
        mine = [one for one in visited if one.indicator == key[0]]
        found = _case(ground, key, mine, setting.division, measure) if (*key, setting.division) not in waiting else "waiting"
        if isinstance(found, _Case):
            cases.append(found)
        else:
            stays.append(_stays(ground, key, setting.division, wording.STAYS[found] if isinstance(found, str) else found))
    now = warnings_here(ground, setting.division)
    visits_now = sum(now.get(case.indicator.code, 0) for case in cases)
    budget = visits_now if setting.visits is None else setting.visits
    chosen = best([[Option(0, 0, 0), *map(_option, case.candidates)] for case in cases], budget - visits_now)
    moved = [(case, case.candidates[at - 1]) for case, at in zip(cases, chosen, strict=True) if at]
    stays += [
        _stays(ground, (case.number.owner, case.number.name), setting.division, wording.STAYS["best"])
        for case, at in zip(cases, chosen, strict=True)
        if not at
    ]
    told = _Teller(ground, before, [case.number for case, _ in moved], setting, now, budget, len(moved), _last(outcomes))
    proposals = tuple(told.proposal(case, candidate) for case, candidate in moved)
    ordered = tuple(sorted(stays, key=lambda one: (one.owner, one.name)))
    return MadeProposals(proposals, ordered, setting.division, visits_now, budget, len(visited), len(outcomes))


def _waiting(book: Book, on: date) -> set[tuple[str, str, str]]:
    proposals = book.proposals()
    decided = book.decisions().values()
    return {proposals[one.proposal].key for one in decided if one.word == "release" and one.holds_from > on.isoformat()}


def _case(
    ground: Ground, key: tuple[str, str], visited: Sequence[Visited], division: str, measure: Measure
) -> _Case | str | wording.Words:
    """The number with the values it may take, or why it stays."""
    on, catalogue = ground.columns.base.as_of, ground.catalogue
    number = catalogue.parameters.value(*key, division, on)
    if number is None or number.value is None:
        return "unset"
    limit = limit_of(catalogue, *key)
    if limit is None or number.owner != key[0]:
        return "not a limit"
    within = allowed(catalogue.parameters, number, number.value, division, on, measure)
    if not within.by_law:
        return "no bounds"
    values = candidates(number, number.value, within, measure)
    if not values:
        return "no room"
    tried: list[_Candidate] = []
    lacking: list[Share] = []
    for value in values:
        found = _tried(ground, number, number.value, value, visited, limit[1], division, measure)
        if isinstance(found, _Candidate):
            tried.append(found)
        elif found is not None:
            lacking.append(found)
    if not tried:
        return wording.too_few(max(lacking, key=lambda one: one.visits), measure) if lacking else "same warnings"
    return _Case(number, number.value, limit[0], limit[1], within, tuple(tried))


def _tried(
    ground: Ground,
    number: ParameterValue,
    present: Decimal,
    value: Decimal,
    visited: Sequence[Visited],
    reaches: Reaches,
    division: str,
    measure: Measure,
) -> _Candidate | Share | None:
    """None where no warning changes; the share of finds it would have rested on where too few visits ended."""
    live = (ground.release.signals, ground.release.unknown)
    tried = try_on(
        ground.columns.base, ground.columns, ground.catalogue, live, OtherNumber(number.owner, number.name, value, division)
    )
    added, lost = len(tried.added), len(tried.lost)
    if not added and not lost:
        return None
    other_way = -1 if value > present else 1
    strictest = present * (100 + other_way * measure.step) / 100
    found = expected(
        visited, reaches, present, value, strictest=strictest, added=added, lost=lost, least=measure.outcomes
    )  # fmt: skip
    return _Candidate(value, added - lost, found) if isinstance(found, Expected) else found


def _option(candidate: _Candidate) -> Option:
    return Option(candidate.change, candidate.expected.finds, 1)


def _stays(ground: Ground, key: tuple[str, str], division: str, why: wording.Words) -> Stays:
    number = ground.catalogue.parameters.value(*key, division, ground.columns.base.as_of)
    return Stays(*key, division, "" if number is None else str(number.value), *why)


def _last(outcomes: Mapping[str, Outcome]) -> str:
    return max((one.month for one in outcomes.values()), default="")


class _Teller:
    """Writes a chosen value down as a proposal."""

    def __init__(
        self,
        ground: Ground,
        before: Ground | None,
        numbers: Sequence[ParameterValue],
        setting: Setting,
        now: Mapping[str, int],
        budget: int,
        together: int,
        last: str,
    ) -> None:
        self.ground, self.before, self.setting = ground, before, setting
        self.now, self.budget, self.together, self.last = now, budget, together, last
        self.values = values_of(ground.columns, ground.catalogue, numbers) if numbers else {}
        self.values_before = values_of(before.columns, before.catalogue, numbers) if numbers and before is not None else {}
        self.tendencies = Tendencies(ground, setting.division)

    def proposal(self, case: _Case, candidate: _Candidate) -> Proposal:
        catalogue, owner = self.ground.catalogue, case.number.owner
        now = self.now.get(owner, 0)
        counties, tendencies = self._counties(case), self.tendencies.of(case.indicator)
        told = wording.Case(
            case.indicator, case.number.unit, self.setting.place, case.present, candidate.value, case.within,
            now, now + candidate.change, candidate.expected, counties, tendencies, self.together, self.budget,
        )  # fmt: skip
        why_zh, why_en = wording.why(told, catalogue.strands)
        found = candidate.expected
        return Proposal(
            owner=owner,
            name=case.number.name,
            unit=case.number.unit,
            division=self.setting.division,
            present=f"{case.present:f}",
            proposed=f"{candidate.value:f}",
            least=_text(case.within.least),
            most=_text(case.within.most),
            visits_now=now,
            visits_then=now + candidate.change,
            finds=wording.hundredths(found.finds),
            finds_low=wording.hundredths(found.low),
            finds_high=wording.hundredths(found.high),
            visited=found.share.visits,
            found=found.share.finds,
            counties=counties,
            tendencies=tendencies,
            why_zh=why_zh,
            why_en=why_en,
            release=self.ground.release.name,
            previous=self.before.release.name if self.before is not None else "",
            outcomes_up_to=self.last,
            budget=self.budget,
            together=self.together,
            made_on=self.setting.on.isoformat(),
            by=self.setting.by,
        )

    def _counties(self, case: _Case) -> tuple[County, ...]:
        now, before = (self._standings(values, case) for values in (self.values, self.values_before))
        return tuple(
            County(one.county, one.measured, str(one.percent), str(before[one.county].percent) if one.county in before else "")
            for one in now.values()
        )

    def _standings(self, values: Mapping[str, Values], case: _Case) -> Mapping[str, Standing]:
        mine = values.get(case.number.owner)
        found = standings(mine, case.reaches, case.present) if mine is not None else ()
        place = trimmed(self.setting.division)[:COUNTY]
        return {one.county: one for one in found if one.county.startswith(place)}


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
