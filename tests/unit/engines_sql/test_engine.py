"""The engine as a whole: facts on demand, some households, progress, and memory given back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiuzhu.engines.base import Base
from jiuzhu.engines.reference.engine import ReferenceEngine
from jiuzhu.engines.reference.values import NONE, Unknown
from jiuzhu.engines.sql import SqlEngine, run
from jiuzhu.engines.sql.session import DuckSession
from jiuzhu.rules.catalogue import Catalogue
from tests.support.agreement import random_case
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import small_catalogue


def small() -> tuple[Catalogue, Base]:
    shelf = small_catalogue()
    base = SmallBase(shelf.catalogue)
    base.places.extend(["370502001001", "370502001002"])
    base.people.extend([Person(household=0), Person(household=0), Person(household=1, place=1)])
    base.rows["bill"] = [{"person": 0, "paid_on": "2026-11-01", "extra": "12.34"}, {"person": 1, "paid_on": "2026-11-02"}]
    base.rows["birth"] = [{"person": 0, "born": "1950-11-21"}, {"person": 1, "born": "1950-11-20"}, {"person": 2, "born": None}]
    base.delivered = {(dataset, 0): Delivered() for dataset in ("bill", "birth", "card")}
    return shelf.catalogue, base.made()


def test_facts_are_told_with_none_and_unknown_apart() -> None:
    catalogue, base = small()
    facts = SqlEngine(catalogue).facts(base, ["age", "died", "paid", "class"])
    assert facts["age"].column_names == ["position", "value", "unknown"]
    assert facts["age"].to_pydict() == {"position": [0, 1, 2], "value": [75, 76, None], "unknown": [False, False, True]}
    assert facts["died"].to_pydict() == {"position": [0, 1, 2], "value": [None] * 3, "unknown": [False, False, True]}
    assert facts["paid"]["value"].to_pylist() == [Decimal(1234), None, None]
    assert facts["paid"]["unknown"].to_pylist() == [False, True, True]
    assert facts["class"]["value"].to_pylist() == ["rest", "rest", None]


@pytest.mark.parametrize("seed", [11, 12])
def test_facts_are_those_of_the_judge(seed: int) -> None:
    catalogue, _, base = random_case(seed, rules=1, rows=2000)
    found = SqlEngine(catalogue).facts(base, list(catalogue.facts))
    judge = ReferenceEngine(catalogue)
    for code, table in found.items():
        wanted = judge.facts(base, [code], table["position"].to_pylist())[code]
        for row in table.to_pylist():
            value = wanted[row["position"]]
            assert row["unknown"] == isinstance(value, Unknown), (code, row, value)
            assert (row["value"] is None) == (value is NONE or row["unknown"]), (code, row, value)


def test_some_households_are_answered_as_all_are() -> None:
    catalogue, indicators, base = random_case(13, rules=15, rows=1500)
    engine = SqlEngine(catalogue)
    chosen = [5, 0, 5, 9]
    some, every = engine.run(base, indicators, households=chosen), engine.run(base, indicators)
    people = {person for person, home in enumerate(base.people["household"].to_pylist()) if home in chosen}
    hukou = {base.people["hukou"][person].as_py() for person in people}
    of = {"person": people, "living": set(chosen), "hukou": hukou}
    inside = {item.code: of["person" if item.of == "person" else item.group] for item in indicators}
    for mine, all_ in ((some.signals, every.signals), (some.unknown, every.unknown)):
        assert mine.to_pylist() == [row for row in all_.to_pylist() if row["subject"] in inside[row["indicator"]]]


def test_progress_tells_each_indicator_in_order() -> None:
    catalogue, indicators, base = random_case(14, rules=5, rows=200)
    told: list[tuple[str, int, int]] = []
    SqlEngine(catalogue).run(base, indicators, progress=lambda *step: told.append(step))
    assert told == [(item.code, number, 5) for number, item in enumerate(sorted(indicators, key=lambda one: one.code), 1)]


def test_answers_are_the_same_when_little_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, indicators, base = random_case(15, rules=15, rows=1500)
    wanted = SqlEngine(catalogue).run(base, indicators)
    monkeypatch.setattr(run, "CELLS_KEPT", 0)
    statements: list[str] = []
    found = SqlEngine(catalogue, lambda: DuckSession(statements.append)).run(base, indicators)
    assert found.signals.equals(wanted.signals)
    assert found.unknown.equals(wanted.unknown)
    assert sum(statement.startswith("DROP") for statement in statements) > 15


def test_a_base_without_anybody_has_no_warnings() -> None:
    catalogue, indicators, _ = random_case(16, rules=10, rows=100)
    nobody = SmallBase(catalogue).made()
    result = SqlEngine(catalogue).run(nobody, indicators)
    assert (result.signals.num_rows, result.unknown.num_rows) == (0, 0)
