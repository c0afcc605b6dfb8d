"""The columnar engine cuts people into blocks; where it cuts must not show."""

from __future__ import annotations

import pytest

from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.sql import SqlEngine
from tests.support.agreement import random_case


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_where_a_block_ends_changes_nothing(block: int) -> None:
    catalogue, indicators, base = random_case(11, rules=40, rows=3000)
    whole = ColumnarEngine(catalogue).run(base, indicators)
    cut = ColumnarEngine(catalogue, block=block).run(base, indicators)
    assert whole.signals.num_rows > 100
    assert cut.signals.equals(whole.signals)
    assert cut.unknown.equals(whole.unknown)


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
