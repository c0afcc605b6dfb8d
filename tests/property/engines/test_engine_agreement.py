"""Engines agree with the judge on random rules over random rows, missing values included."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from jiuzhu.engines import engine_names
from tests.property.engines import prove
from tests.support.agreement import differences, random_case, told
from tests.support.small_base import BEIJING

OTHERS = [name for name in engine_names() if name != "reference"]
DAYS = {
    1: {"as_of": date(2026, 11, 20)},
    2: {"as_of": date(2024, 2, 29)},
    3: {"as_of": date(2026, 3, 31), "now": datetime(2026, 3, 31, 9, 30, 15, tzinfo=BEIJING)},
    4: {"as_of": date(2026, 1, 1)},
}


@pytest.mark.parametrize("seed", DAYS)
@pytest.mark.parametrize("name", OTHERS)
def test_an_engine_agrees_with_the_judge_on_random_rules(name: str, seed: int) -> None:
    catalogue, indicators, base = random_case(seed, rules=40, rows=3000, **DAYS[seed])
    found = differences(name, catalogue, base, indicators)
    assert not found, told(found, catalogue, base)


@pytest.mark.parametrize("name", OTHERS)
def test_an_engine_agrees_with_the_judge_on_some_households(name: str) -> None:
    catalogue, indicators, base = random_case(5, rules=20, rows=1000)
    found = differences(name, catalogue, base, indicators, households=[3, 0, 17])
    assert not found, told(found, catalogue, base)


@pytest.mark.parametrize("name", OTHERS)
def test_what_an_engine_says_of_all_it_says_of_some(name: str) -> None:
    assert prove.main(["--rows", "4000", "--judged", "800", "--rules", "25", "--seed", "6", "--engines", name]) == 0
