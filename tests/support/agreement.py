"""Holds an engine against the judge, row by row, and says where they part."""

from __future__ import annotations

import pprint
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines import engine
from jiuzhu.engines.base import Base, Result
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Indicator
from tests.support.random_base import RandomBase
from tests.support.random_rules import RuleMaker
from tests.support.small_catalogue import small_catalogue

Answer = tuple[str, int | None, int | None, int | None]


@dataclass(frozen=True)
class Difference:
    """What two engines say of one subject. None: nothing."""

    indicator: Indicator
    subject: int
    judge: Answer | None
    other: Answer | None


def random_case(seed: int, *, rules: int, rows: int, **more: Any) -> tuple[Catalogue, list[Indicator], Base]:
    """A catalogue with random facts, random rules beside it, and a random base, all from one seed."""
    maker = RuleMaker(small_catalogue(), seed)
    indicators = maker.indicators(rules)
    catalogue = maker.catalogue
    return catalogue, indicators, RandomBase(catalogue, seed, rows, **more).made()


def differences(
    name: str, catalogue: Catalogue, base: Base, indicators: Sequence[Indicator], households: Sequence[int] | None = None
) -> list[Difference]:
    """Where engine `name` and the judge part, both asked of the same households."""
    judge = ReferenceEngine(catalogue).run(base, indicators, households=households)
    other = engine(name, catalogue).run(base, indicators, households=households)
    assert other.signals.schema == judge.signals.schema
    assert other.unknown.schema == judge.unknown.schema
    return compared(judge, other, indicators)


def compared(judge: Result, other: Result, indicators: Sequence[Indicator]) -> list[Difference]:
    one, two = answers(judge), answers(other)
    by_code = {indicator.code: indicator for indicator in indicators}
    return [
        Difference(by_code[code], subject, one.get((code, subject)), two.get((code, subject)))
        for code, subject in sorted(one.keys() | two.keys())
        if one.get((code, subject)) != two.get((code, subject))
    ]


def answers(result: Result) -> dict[tuple[str, int], Answer]:
    """What a result says, by indicator and subject; its rows must be sorted, and no subject there twice."""
    found: dict[tuple[str, int], Answer] = {}
    for table in (result.signals, result.unknown):
        keys = list(zip(table["indicator"].to_pylist(), table["subject"].to_pylist(), strict=True))
        assert keys == sorted(set(keys)), "rows are not sorted by indicator and subject, or are there twice"
    for code, subject in zip(result.unknown["indicator"].to_pylist(), result.unknown["subject"].to_pylist(), strict=True):
        found[code, subject] = ("unknown", None, None, None)
    for row in result.signals.to_pylist():
        key = (row["indicator"], row["subject"])
        assert key not in found, f"{key} is a hit and unknown at once"
        found[key] = ("hit", row["level"], row["value"], row["threshold"])
    return found


def told(found: Sequence[Difference], catalogue: Catalogue, base: Base, most: int = 2) -> str:
    """The first differences with the rule and what it rests on, for whoever must decide who is right."""
    lines = [f"{len(found)} differences in {len({one.indicator.code for one in found})} rules"]
    shown: set[str] = set()
    for one in found:
        if one.indicator.code in shown or len(shown) >= most:
            continue
        shown.add(one.indicator.code)
        verdict = ReferenceEngine(catalogue).evaluate(base, one.indicator, one.subject)
        lines.append(f"\n{one.indicator.code} ({one.indicator.of}, {one.indicator.group}), subject {one.subject}")
        lines.append(f"  judge: {one.judge}\n  other: {one.other}")
        lines.extend(f"  {trace.name}: {trace.value} from rows {[row.row for row in trace.rows]}" for trace in verdict.inputs)
        lines.append(pprint.pformat({**one.indicator.inputs, **one.indicator.person_inputs}, width=150))
        lines.append(pprint.pformat(one.indicator.rule, width=150))
    return "\n".join(lines)


def only(result: Result, subjects: dict[str, Sequence[int]]) -> Result:
    """The part of a result that speaks of these subjects, by indicator."""
    return Result(*(_only(table, subjects) for table in (result.signals, result.unknown)))


def _only(table: pa.Table, subjects: dict[str, Sequence[int]]) -> pa.Table:
    parts = [table.slice(0, 0)]
    for code in sorted(subjects):
        mine = table.filter(pc.equal(table["indicator"], code))
        parts.append(mine.filter(pc.is_in(mine["subject"], pa.array(subjects[code], pa.int32()))))
    return pa.concat_tables(parts)
