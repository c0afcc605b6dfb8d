"""Runs the examples of the catalogue on every engine, through the same code that builds the base of a county."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from jiuzhu.engines.base import LEVELS, Base, Coverage, Engine, Result, value_scale
from jiuzhu.registry.archived import TablesArchive
from jiuzhu.registry.profile.build import BaseBuilder, Built
from jiuzhu.registry.profile.example_cells import BadExample, archived
from jiuzhu.registry.profile.example_rows import (
    NATION,
    SELF,
    Batch,
    add_case,
    case_of,
    code_of,
    settle,
    tables_of,
)
from jiuzhu.registry.profile.households import LOW
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.types import arrow_type
from jiuzhu.rules.tree import Example, Indicator, Relation
from jiuzhu.rules.types import type_of
from jiuzhu.vocabulary.period import month_number

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

BEIJING = timedelta(hours=8)
MONTHS_DELIVERED = 240


@dataclass(frozen=True)
class ExampleFault:
    """An example on which an engine does not say what the file expects."""

    indicator: str
    path: str
    line: int
    engine: str
    expected: str
    found: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: example of {self.indicator} on {self.engine}: expected {self.expected}, found {self.found}"
        )


def run_examples(
    catalogue: Catalogue, engines: Sequence[Engine], indicators: Sequence[Indicator] | None = None
) -> list[ExampleFault]:
    """Every example of the indicators (all, if not given) on every engine; the faults in the order of the files."""
    chosen = list(catalogue.indicators.values() if indicators is None else indicators)
    faults: list[ExampleFault] = []
    for batch in _batches(catalogue, chosen, faults):
        built = base_of(batch, catalogue)
        for engine in engines:
            faults += _judge(batch, built, engine)
    return sorted(faults, key=lambda fault: (fault.path, fault.line, fault.engine))


def _batches(catalogue: Catalogue, indicators: Sequence[Indicator], faults: list[ExampleFault]) -> Iterator[Batch]:
    """Examples of one instant share a base, unless rows of divisions would speak of the places of others."""
    batches: dict[Any, Batch] = {}
    for indicator in indicators:
        for number, example in enumerate(indicator.examples):
            place, alone = _place(example, catalogue, len(batches))
            now = _now(example)
            key = (example.as_of, now, (indicator.code, number) if alone else None)
            batch = batches.setdefault(key, Batch(example.as_of, now))
            if not place:
                place = f"99{len(batch.cases):04d}"
            try:
                add_case(batch, indicator, example, place, catalogue)
            except BadExample as error:
                faults.append(ExampleFault(indicator.code, indicator.path, example.line, "reader", example.expect, str(error)))
                batch.cases.pop()
                for rows in batch.rows.values():
                    rows[:] = [row for row in rows if row["_case"] < len(batch.cases)]
    yield from (batch for batch in batches.values() if batch.cases)


def _place(example: Example, catalogue: Catalogue, number: int) -> tuple[str, bool]:
    """The division of an example, "" for one made up, and whether it needs a base of its own."""
    by_division = [code for code in example.rows if catalogue.datasets[code].keyed == "division"]
    named = [str(row["region_code"]) for code in by_division for row in example.rows[code] if row.get("region_code")]
    if example.division:
        return example.division, bool(by_division)
    if named:
        return max(named, key=len), True
    return ("" if by_division else NATION), False


def _now(example: Example) -> datetime:
    if example.now:
        told = datetime.fromisoformat(example.now)
        return told.astimezone(UTC) if told.tzinfo else (told - BEIJING).replace(tzinfo=UTC)
    return end_of(example.as_of)


def end_of(day: date) -> datetime:
    """24:00 Beijing time of a day."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) - BEIJING


def base_of(batch: Batch, catalogue: Catalogue) -> Built:
    """One base for all cases of a batch."""
    settle(batch, catalogue)
    order = pa.table(
        {
            "person": pa.array([one.number for one in batch.people], pa.int64()),
            "id_number": pa.array([f"{one.number:018d}" for one in batch.people]),
            "otherwise": pa.array([""] * len(batch.people)),
        }
    )

    def homes(connection: duckdb.DuckDBPyConnection) -> str:
        table = pa.table(
            {
                "person": pa.array([one.number for one in batch.people], pa.int64()),
                "number": pa.array([one.household for one in batch.people]),
                "region": pa.array([one.region for one in batch.people]),
                "hukou": pa.array([one.hukou for one in batch.people]),
            }
        )
        connection.register("case_people", table)
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE home AS
            SELECT person, {LOW} AS kind, number, min(region) OVER (PARTITION BY number) AS region, hukou,
                min(region) OVER (PARTITION BY hukou) AS hukou_region FROM case_people"""
        )
        return "home"

    builder = BaseBuilder(
        archive=TablesArchive((), tables_of(batch, catalogue)),
        catalogue=catalogue,
        moment=Moment(batch.as_of, batch.now),
        order=order,
        indicators=[case.indicator for case in batch.cases],
        apart=True,
        homes=homes,
        coverage=lambda codes: _coverage(batch, codes),
        signed=pa.table({"person": pa.array([one.number for one in batch.people if one.authorised], pa.int64())}),
    )
    return _with_given(builder.build(), batch, catalogue)


def _coverage(batch: Batch, places: Sequence[str]) -> Coverage:
    """A dataset that an example names was delivered for its place, for as long as anyone asks; no other was."""
    last = month_number(batch.as_of + timedelta(days=1)) - 1
    months = tuple(range(last, last - MONTHS_DELIVERED, -1))
    first_open = month_number(batch.as_of + timedelta(days=1)) // 3
    quarters = tuple(range(first_open - 1, first_open - 1 - MONTHS_DELIVERED // 3, -1))
    pairs = [
        (dataset, number)
        for number, place in enumerate(places)
        if "#" in place
        for dataset in batch.cases[case_of(place)].example.rows
    ]
    return Coverage(
        fresh=dict.fromkeys(pairs, True), months=dict.fromkeys(pairs, months), quarters=dict.fromkeys(pairs, quarters)
    )


def _with_given(built: Built, batch: Batch, catalogue: Catalogue) -> Built:
    """The base with real codes for its places, and the relations and facts that the examples bring along."""
    base = built.base
    position = {person: number for number, person in enumerate(built.people["person"].to_pylist())}
    household = base.people["household"].to_pylist()
    facts: dict[str, dict[int, Any]] = {}
    for code, person, value in batch.facts:
        where = position[person]
        facts.setdefault(code, {})[household[where] if catalogue.facts[code].of == "household" else where] = value
    relations = dict(base.relations)
    for code in {tie[0] for tie in batch.relations}:
        told = [(position[one], position[other], columns) for name, one, other, columns in batch.relations if name == code]
        relations[code] = _joined(relations[code], catalogue.relations[code], told, catalogue)
    places = pa.table({"code": pa.array([code_of(code) for code in base.places["code"].to_pylist()])})
    return replace(built, base=replace(base, given=facts, relations=relations, places=places))


def _joined(table: pa.Table, relation: Relation, told: Sequence[tuple[int, int, Any]], catalogue: Catalogue) -> pa.Table:
    """The relation with the pairs told in words, which stand for a person whose rows say nothing of it."""
    columns = catalogue.columns(relation.dataset)
    rows = table.to_pylist()
    for person, other, cells in told:
        row = {"person": person, "other": other} | {name: archived(cells.get(name), columns[name]) for name in relation.columns}
        if relation.many or all(one["person"] != person for one in rows):
            rows.append(row)
    rows.sort(key=lambda row: (row["person"], row["other"]))
    kinds = {"person": pa.int32(), "other": pa.int32(), **{name: arrow_type(columns[name]) for name in relation.columns}}
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})


def _judge(batch: Batch, built: Built, engine: Engine) -> list[ExampleFault]:
    faults = []
    position = {person: number for number, person in enumerate(built.people["person"].to_pylist())}
    indicators = {case.indicator.code: case.indicator for case in batch.cases}
    # The reference engine is slow: it is asked of each example's family alone.
    whole = None if engine.name == "reference" else _Findings(engine.run(built.base, list(indicators.values())))
    for case in batch.cases:
        person = position[case.people[SELF].number]
        home = built.base.people["household"][person].as_py()
        findings = whole or _Findings(engine.run(built.base, [case.indicator], households=[home]))
        kind = "person" if case.indicator.of == "person" else case.indicator.group
        subject = {"person": person, "living": home, "hukou": built.base.people["hukou"][person].as_py()}[kind]
        found, value = findings.of(case.indicator, subject)
        told = case.example.value
        differs = told and value is not None and (value == "" or Decimal(value) != Decimal(told))
        if found != case.example.expect or differs:
            expected = f"{case.example.expect} {told}".strip()
            shown = f"{found} {value or ''}".strip()
            where = (case.indicator.code, case.indicator.path, case.example.line, engine.name)
            faults.append(ExampleFault(*where, expected, shown))
    return faults


class _Findings:
    """A result by indicator and subject."""

    def __init__(self, result: Result) -> None:
        rows = result.signals.select(["indicator", "subject", "level", "value"]).to_pylist()
        self._signals = {(row["indicator"], row["subject"]): (row["level"], row["value"]) for row in rows}
        self._unknown = {(row["indicator"], row["subject"]) for row in result.unknown.to_pylist()}
        self._grades = {level: grade for grade, level in LEVELS.items()}

    def of(self, indicator: Indicator, subject: int) -> tuple[str, str | None]:
        """The grade, "none" or "unknown", and of a hit the value in its unit ("" for none)."""
        key = (indicator.code, subject)
        if key in self._unknown:
            return "unknown", None
        if key not in self._signals:
            return "none", None
        level, value = self._signals[key]
        return self._grades[level], "" if value is None else str(Decimal(value).scaleb(-result_scale(indicator)))


def result_scale(indicator: Indicator) -> int:
    """How many decimals the value of a signal carries."""
    if indicator.rule.measure is None:
        return 0
    return 4 if indicator.rule.base is not None else value_scale(type_of(indicator.rule.measure))


__all__ = ["Base", "ExampleFault", "base_of", "end_of", "result_scale", "run_examples"]
