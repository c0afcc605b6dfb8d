"""The columnar engine cuts people into blocks and reads columns where they lie; neither must show."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.engines.columnar import ColumnarEngine, steps, sweeps
from jiuzhu.engines.columnar.groups import Group
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql import SqlEngine
from tests.support.agreement import random_case
from tests.support.laid_out import laid_out


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_where_a_block_ends_changes_nothing(block: int) -> None:
    catalogue, indicators, base = random_case(11, rules=40, rows=3000)
    whole = ColumnarEngine(catalogue).run(base, indicators)
    cut = ColumnarEngine(catalogue, block=block).run(base, indicators)
    assert whole.signals.num_rows > 100
    assert cut.signals.equals(whole.signals)
    assert cut.unknown.equals(whole.unknown)


@pytest.mark.parametrize("seed", [11, 17])
def test_compiled_steps_say_what_plain_ones_say(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, indicators, base = random_case(seed, rules=40, rows=3000)
    told = []
    for many in (0, base.people.num_rows * 1000):
        monkeypatch.setattr(steps, "MANY", many)
        told.append(ColumnarEngine(catalogue).run(base, indicators))
    compiled, plain = told
    assert compiled.signals.num_rows > 100
    assert compiled.signals.equals(plain.signals)
    assert compiled.unknown.equals(plain.unknown)


def test_an_engine_asked_twice_says_the_same_of_each_base() -> None:
    catalogue, indicators, base = random_case(12, rules=20, rows=1000)
    _, _, other = random_case(12, rules=20, rows=700)
    engine = ColumnarEngine(catalogue)
    first = engine.run(base, indicators)
    assert not engine.run(other, indicators).signals.equals(first.signals)
    assert engine.run(base, indicators).signals.equals(first.signals)


def test_facts_are_those_of_the_sql_engine() -> None:
    catalogue, _, base = random_case(13, rules=20, rows=1500)
    codes = sorted(catalogue.facts)
    mine, other = (engine(catalogue).facts(base, codes) for engine in (ColumnarEngine, SqlEngine))
    for code in codes:
        for column in ("position", "value", "unknown"):
            assert mine[code][column].to_pylist() == other[code][column].to_pylist(), (code, column)


@pytest.mark.parametrize("seed", [14, 15])
def test_a_base_that_lies_on_the_disk_gives_the_same_answers(seed: int, tmp_path: Path) -> None:
    catalogue, indicators, base = random_case(seed, rules=40, rows=4000)
    lying = laid_out(base, tmp_path)
    some = range(0, base.households.num_rows, 3)
    for engine in (
        ColumnarEngine(catalogue),
        ColumnarEngine(catalogue, block=50),
        SqlEngine(catalogue),
        ReferenceEngine(catalogue),
    ):
        few = engine.name == "reference"
        asked = some if few else None
        told, back = (engine.run(one, indicators, households=asked) for one in (base, lying))
        assert told.signals.num_rows > 50
        assert back.signals.equals(told.signals), engine.name
        assert back.unknown.equals(told.unknown), engine.name


def test_one_subject_of_a_base_on_the_disk_is_judged_by_the_same_rows(tmp_path: Path) -> None:
    catalogue, indicators, base = random_case(16, rules=30, rows=1500)
    lying, judge = laid_out(base, tmp_path), ReferenceEngine(catalogue)
    for indicator in indicators:
        for subject in (0, 3, 8):
            assert judge.evaluate(lying, indicator, subject) == judge.evaluate(base, indicator, subject)


@pytest.mark.parametrize("seed", [18, 19])
def test_one_pass_over_rows_says_what_plain_steps_say(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, indicators, base = random_case(seed, rules=60, rows=4000)
    lying = laid_out(base, tmp_path)
    monkeypatch.setattr(steps, "MANY", base.people.num_rows * 1000)
    plain = ColumnarEngine(catalogue).run(lying, indicators)
    assert plain.signals.num_rows > 100
    monkeypatch.setattr(steps, "MANY", 0)
    passes: list[int] = []
    over = sweeps.Sweep.over

    def counted(sweep: sweeps.Sweep, group: Group) -> sweeps.Swept | None:
        found = over(sweep, group)
        passes.append(0 if found is None else len(found.subjects))
        return found

    monkeypatch.setattr(sweeps.Sweep, "over", counted)
    for engine in (ColumnarEngine(catalogue), ColumnarEngine(catalogue, block=50)):
        for one in (lying, base):
            passes.clear()
            told = engine.run(one, indicators)
            assert sum(passes) > 1000
            assert told.signals.equals(plain.signals)
            assert told.unknown.equals(plain.unknown)
