"""Another number or another rule, tried on the people of a release; nothing of the release changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.base import LEVELS, Base
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.mapped import names_of
from jiuzhu.registry.release.counted import kind_of, places_of
from jiuzhu.rules.dependencies import expressions_of, facts_of
from jiuzhu.rules.parameters import Parameters
from jiuzhu.rules.reading import names_in
from jiuzhu.rules.tree import Fact, Indicator, ParameterInput, RowInput

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

TOWNSHIP = 9  # digits of its code


class NotToBeTried(ValueError):
    """A change that cannot be tried on this release; says what to mend."""


@dataclass(frozen=True)
class OtherNumber:
    """A parameter with another value: of an indicator or fact (`owner`), or shared (""); in force in a division and below."""

    owner: str
    name: str
    value: Decimal
    division: str = "000000"


@dataclass(frozen=True)
class OtherRule:
    """An indicator in the place of the one of the same code, or a new one."""

    indicator: Indicator


@dataclass(frozen=True)
class Line:
    """How many of one indicator, township (nine digits, or the shorter code of a place above) and grade: live, and tried."""

    indicator: str
    township: str
    grade: str
    live: int
    tried: int


@dataclass(frozen=True)
class Moved:
    """One subject whose answer is another: its grade before and after; "" where there is none, "unknown" where undecided."""

    indicator: str
    subject: int
    live: str
    tried: str


@dataclass(frozen=True)
class Tried:
    """indicators: those that were asked, and of what kind of subject each. lines, moved: sorted. live, tried: warnings in all."""

    kinds: Mapping[str, str]
    lines: tuple[Line, ...]
    moved: tuple[Moved, ...]
    live: int
    tried: int

    @property
    def indicators(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    @property
    def added(self) -> tuple[Moved, ...]:
        return tuple(one for one in self.moved if one.tried in LEVELS and one.live not in LEVELS)

    @property
    def lost(self) -> tuple[Moved, ...]:
        return tuple(one for one in self.moved if one.live in LEVELS and one.tried not in LEVELS)


def try_on(
    base: Base,
    columns: Columns,
    catalogue: Catalogue,
    live: tuple[pa.Table, pa.Table],
    change: OtherNumber | OtherRule,
) -> Tried:
    """live: signals and unknowns of the release. columns: of `base`; kept between tries. Raises NotToBeTried."""
    other, codes = _changed(catalogue, change, base.as_of)
    for code in codes:
        _readable(base, other, other.indicators[code])
    result = ColumnarEngine(other, columns=columns).run(base, [other.indicators[code] for code in codes])
    before = tuple(table.filter(pc.is_in(table["indicator"], pa.array(codes, pa.string()))) for table in live)
    after = (result.signals, result.unknown)
    counted = [_counted(base, known, signals) for known, signals in ((catalogue, before[0]), (other, after[0]))]
    lines = tuple(
        Line(*key, counted[0].get(key, 0), counted[1].get(key, 0)) for key in sorted(counted[0].keys() | counted[1].keys())
    )
    return Tried(
        {code: kind_of(other, code) for code in codes}, lines, _moved(codes, before, after), before[0].num_rows, after[0].num_rows
    )


def _changed(catalogue: Catalogue, change: OtherNumber | OtherRule, on: date) -> tuple[Catalogue, list[str]]:
    """The catalogue with the change, and the indicators whose answers it may touch."""
    if isinstance(change, OtherRule):
        code = change.indicator.code
        return replace(catalogue, indicators={**catalogue.indicators, code: change.indicator}), [code]
    told = catalogue.parameters.of(change.owner, change.name)
    if not told:
        whose = change.owner or "the shared numbers"
        raise NotToBeTried(f"{whose} has no number {change.name!r}; docs/reference/parameters.md lists them")
    bounds = [row for row in told if row.value is not None or row.like][-1:]
    for row in bounds:
        if (row.least is not None and change.value < row.least) or (row.most is not None and change.value > row.most):
            raise NotToBeTried(f"{change.name} = {change.value} lies outside the law: {row.least or '…'} to {row.most or '…'}")
    rows = dict(catalogue.parameters.rows)
    number = replace(told[0], division=change.division, since=on, until=None, value=change.value, text=str(change.value), like="")
    kept = [row for row in told if (row.division, row.since) != (change.division, on)]
    rows[change.owner, change.name] = [*kept, number]
    return replace(catalogue, parameters=Parameters(rows)), sorted(_touched(catalogue, {(change.owner, change.name)}))


def _touched(catalogue: Catalogue, changed: set[tuple[str, str]]) -> Iterable[str]:
    """The indicators that ask one of these numbers, themselves or by a fact they stand on."""
    followed = {
        key for key, rows in catalogue.parameters.rows.items() if any(("", row.like) in changed for row in rows if row.like)
    }
    names = changed | followed
    facts: dict[str, bool] = {}

    def asks(declaration: Indicator | Fact) -> bool:
        inputs = [*declaration.inputs.values(), *declaration.person_inputs.values()]
        if any(isinstance(item, ParameterInput) and (item.owner, item.parameter) in names for item in inputs):
            return True
        expressions = expressions_of(declaration.rule) if isinstance(declaration, Indicator) else (declaration.value,)
        return any(fact(code) for code in facts_of(inputs, expressions))

    def fact(code: str) -> bool:
        if code not in facts:
            facts[code] = asks(catalogue.facts[code])
        return facts[code]

    return [code for code, indicator in catalogue.indicators.items() if asks(indicator)]


def _readable(base: Base, catalogue: Catalogue, indicator: Indicator) -> None:
    """A rule may read what the base of the release keeps; what it asks anew comes with the next run."""
    for dataset, columns in catalogue.columns_read(indicator).items():
        kept, derived = names_of(base.rows, dataset), catalogue.derived.get(dataset, {})
        lacking = sorted(name for name in columns if kept and name not in kept and name not in derived)
        asked = {name for name in lacking if name in _asked(indicator, dataset)}
        if asked:
            raise NotToBeTried(
                f"{indicator.code} reads {dataset}.{', '.join(sorted(asked))}, which no rule of this release reads; "
                "the next run will bring it"
            )


def _asked(indicator: Indicator, dataset: str) -> frozenset[str]:
    """Every word of the inputs over one dataset: a column of another's derivation is not needed any more."""
    found: set[str] = set()
    for item in (*indicator.inputs.values(), *indicator.person_inputs.values()):
        if isinstance(item, RowInput) and item.dataset == dataset:
            found.update(item.columns, item.each, (item.until, item.by, item.at))
            found.update(name.name for one in (item.where, item.value) for name in names_in(one) if name.source == "column")
    return frozenset(found)


_GRADES = {level: grade for grade, level in LEVELS.items()}


def _counted(base: Base, catalogue: Catalogue, signals: pa.Table) -> Mapping[tuple[str, str, str], int]:
    codes = base.places["code"].combine_chunks().take(places_of(base, catalogue, signals))
    towns = pc.utf8_slice_codeunits(codes, 0, TOWNSHIP)
    table = pa.table({"indicator": signals["indicator"], "township": towns, "level": signals["level"]})
    rows = table.group_by(["indicator", "township", "level"]).aggregate([([], "count_all")]).to_pylist()
    return {(row["indicator"], row["township"], _GRADES[row["level"]]): row["count_all"] for row in rows}


def _moved(codes: Sequence[str], before: Sequence[pa.Table], after: Sequence[pa.Table]) -> tuple[Moved, ...]:
    answers: list[Moved] = []
    for code in codes:
        live, tried = (_levels(code, *tables) for tables in (before, after))
        subjects = distinct(np.concatenate([live[0], tried[0]]))
        was, now = (_at(subjects, *one) for one in (live, tried))
        for at in np.flatnonzero(was != now):
            answers.append(Moved(code, int(subjects[at]), _word(was[at]), _word(now[at])))
    return tuple(answers)


def _levels(code: str, signals: pa.Table, unknown: pa.Table) -> tuple[Any, Any]:
    """Subjects ascending and their levels; minus one where it is unknown."""
    hits, open_ones = (table.filter(pc.equal(table["indicator"], code)) for table in (signals, unknown))
    subject = np.concatenate([hits["subject"].to_numpy(), open_ones["subject"].to_numpy()])
    level = np.concatenate([hits["level"].to_numpy(), np.full(open_ones.num_rows, -1, np.int8)])
    order = np.argsort(subject)
    return subject[order], level[order]


def _at(subjects: Any, mine: Any, level: Any) -> Any:
    found = np.zeros(len(subjects), np.int8)
    found[np.searchsorted(subjects, mine)] = level
    return found


def _word(level: int) -> str:
    return "unknown" if level < 0 else _GRADES.get(int(level), "")


@dataclass(frozen=True)
class WhatIf:
    """A try as those see it who know no positions.

    added, lost, regraded: sorted. found_lost, for_nothing_lost: of the warnings lost, how
    many led to a family in need, and how many visits did not; of the others nobody knows.
    """

    indicators: tuple[str, ...]
    lines: tuple[Line, ...]
    live: int
    tried: int
    added: tuple[Known, ...]
    lost: tuple[Known, ...]
    regraded: tuple[Known, ...]
    found_lost: int
    for_nothing_lost: int


@dataclass(frozen=True)
class Known:
    warning_id: str
    indicator: str
    division: str
    live: str
    tried: str


class Named(Protocol):
    """What positions stand for outside of a release."""

    def warning_id(self, indicator: str, kind: str, position: int) -> str: ...
    def division(self, kind: str, position: int) -> str: ...


def named_by(tried: Tried, who: Named, outcomes: Mapping[str, bool]) -> WhatIf:
    """outcomes: warning id to whether the visit found a family in need."""

    def told(moved: Iterable[Moved]) -> tuple[Known, ...]:
        known = (
            Known(
                who.warning_id(one.indicator, tried.kinds[one.indicator], one.subject),
                one.indicator,
                who.division(tried.kinds[one.indicator], one.subject),
                one.live,
                one.tried,
            )
            for one in moved
        )
        return tuple(sorted(known, key=lambda one: (one.indicator, one.division, one.warning_id)))

    lost = told(tried.lost)
    ends = [outcomes[one.warning_id] for one in lost if one.warning_id in outcomes]
    regraded = told(one for one in tried.moved if one.live in LEVELS and one.tried in LEVELS)
    return WhatIf(
        tried.indicators,
        tried.lines,
        tried.live,
        tried.tried,
        told(tried.added),
        lost,
        regraded,
        sum(ends),
        len(ends) - sum(ends),
    )
