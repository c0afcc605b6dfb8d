"""One family, one chain of assistance: signals, visits, applications, grants, services and results in order, and its gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from jiuzhu.casework.files.lanes import ChainAct
from jiuzhu.registry.public import Family, KnownRow
from jiuzhu.rules.family import LANES, Act
from jiuzhu.rules.tree import Title

APART = 45  # days between two rows that still belong to one run of payments


@dataclass(frozen=True)
class Gap:
    """Nothing on `lane` from `since` to `until`, where something was expected. days: how long. open: nothing came to this day."""

    lane: str
    since: date
    until: date
    title: Title
    open: bool

    @property
    def days(self) -> int:
        return (self.until - self.since).days


@dataclass(frozen=True)
class Chain:
    """acts: in time order, those of one day in the order of lanes. lanes: those on which something stands or is missing."""

    acts: tuple[ChainAct, ...]
    gaps: tuple[Gap, ...]
    lanes: tuple[str, ...]
    as_of: date


def chain_of(family: Family, others: Iterable[ChainAct]) -> Chain:
    """The chain up to the day of the release. others: what stands on the desk, signals and acts of other steps."""
    day = family.household.as_of
    told = [act for line in family.catalogue.family_file.acts for act in _acts(family, line)]
    acts = sorted(
        (act for act in (*told, *others) if act.day <= day), key=lambda act: (act.day, LANES.index(act.lane), act.title.zh)
    )
    gaps = _gaps(acts, family)
    used = {act.lane for act in acts} | {gap.lane for gap in gaps}
    return Chain(tuple(acts), gaps, tuple(lane for lane in LANES if lane in used), day)


def _acts(family: Family, line: Act) -> list[ChainAct]:
    rows = family.household.rows.get(line.dataset, ())
    found = [act for row in rows if (act := _act(family, line, row)) is not None]
    return _merged(found) if line.merged else found


def _act(family: Family, line: Act, row: KnownRow) -> ChainAct | None:
    """None for a row without its day: an application not yet decided is no result."""
    day = day_of(row.columns.get(line.at, ""))
    if day is None:
        return None
    dataset = family.catalogue.datasets[line.dataset]
    title = dataset.title
    if line.tells and (cell := row.columns.get(line.tells, "")):
        word = family.catalogue.words(family.catalogue.columns(line.dataset)[line.tells]).get(cell, cell)
        title = Title(word, family.catalogue.english(word))
    until = day_of(row.columns.get(line.until, "")) if line.until else None
    return ChainAct(line.lane, day, title, until, amount=row.columns.get(line.amount, ""), source=dataset.title)


def _merged(acts: Sequence[ChainAct]) -> list[ChainAct]:
    runs: list[ChainAct] = []
    for act in sorted(acts, key=lambda act: (act.title.zh, act.day)):
        last = runs[-1] if runs else None
        if last is not None and last.title == act.title and (act.day - (last.until or last.day)).days <= APART:
            total = f"{Decimal(last.amount or 0) + Decimal(act.amount or 0):.2f}" if last.amount or act.amount else ""
            runs[-1] = replace(last, until=act.day, amount=total, times=last.times + 1)
        else:
            runs.append(act)
    return runs


def _gaps(acts: Sequence[ChainAct], family: Family) -> tuple[Gap, ...]:
    """After each act that expects another one: from its day to the day that came, where that is later than it should be."""
    day = family.household.as_of
    found: list[Gap] = []
    for rule in family.catalogue.family_file.expected:
        answers = sorted(act.day for act in acts if act.lane == rule.then)
        until: date | None = None
        for act in acts:
            if act.lane != rule.after or (until is not None and act.day <= until):
                continue  # what lies inside a gap already found does not open another one
            came = next((answer for answer in answers if answer >= act.day), None)
            end = came or day
            if end - act.day > timedelta(days=rule.days):
                found.append(Gap(rule.then, act.day, end, rule.title, came is None))
                until = end
    return tuple(sorted(found, key=lambda gap: (gap.since, LANES.index(gap.lane))))


def day_of(text: str) -> date | None:
    """The day a cell says; of a month, quarter or school year its first. None for an empty cell."""
    if not text:
        return None
    if "Q" in text:
        return date(int(text[:4]), int(text[5]) * 3 - 2, 1)
    if len(text) == 9:
        return date(int(text[:4]), 9, 1)
    return date.fromisoformat(text[:10] if len(text) >= 10 else f"{text}-01")
