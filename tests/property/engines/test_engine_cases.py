"""Every line of the meaning of rules in small cases: each engine must give what stands beside the case."""

from __future__ import annotations

import pytest

from jiuzhu.engines import engine_names
from tests.property.engines import cases_people, cases_rows, cases_rules, cases_windows
from tests.support.engine_cases import Cases, expected

CASES = [*cases_windows.CASES, *cases_rows.CASES, *cases_people.CASES, *cases_rules.CASES]
RUNS = Cases(CASES)


def test_no_two_cases_say_the_same() -> None:
    assert len({case.says for case in CASES}) == len(CASES)


@pytest.mark.parametrize("engine", engine_names())
@pytest.mark.parametrize("index", range(len(CASES)), ids=[case.says for case in CASES])
def test_a_case(index: int, engine: str) -> None:
    assert RUNS.answer(engine, index) == expected(CASES[index])
