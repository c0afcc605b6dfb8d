"""The Spark dialect of the same expression objects: its text, and, where Spark is there, its answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.engines.sql import SqlEngine
from jiuzhu.engines.sql.session import Script
from jiuzhu.engines.sql.spark import SparkEngine, spark_text
from tests.support.agreement import random_case
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import small_catalogue

GOLDEN = Path(__file__).parent / "golden"
RULES = {
    "sum_over_a_year": """
        inputs.paid = { dataset = "bill", sum = "amount", over = "12 months", unit = "yuan" }
        rule = { when = "low", measure = "paid", limit = "floor", grades = { red = "3 x", blue = "1 x" } }""",
    "newest_against_the_income": """
        of = "household"
        inputs.last = { dataset = "meter", latest = "amount", unit = "yuan" }
        rule = { measure = "last", base = "income", limit = "share", grades = { orange = "1.5 x", blue = "1 x" } }""",
    "members_and_months": """
        of = "household"
        group = "hukou"
        person.wages = { dataset = "wage", run = "months", over = "6 closed months", unit = "months" }
        inputs.idle = { members = "count", where = "wages < 3 and years(born, as_of) >= 18", unit = "persons" }
        inputs.kinds = { dataset = "bill", distinct = ["kind", "word"], unit = "kinds" }
        rule = { when = "kinds > 1", measure = "idle", limit = "heads", grades = { yellow = "hit" } }""",
}
PARAMETERS = {
    "sum_over_a_year": {"floor": "5000 yuan"},
    "newest_against_the_income": {"share": "0.25 ratio"},
    "members_and_months": {"heads": "2 persons"},
}


def script(rule: str) -> str:
    """All queries of one rule in Spark's dialect, over a base that was delivered in full."""
    shelf = small_catalogue()
    indicator = shelf.indicator("G001", RULES[rule], PARAMETERS[rule])
    base = SmallBase(shelf.catalogue)
    base.people.extend([Person(), Person(place=1)])
    base.places.extend(["370502001001", "370502001002"])
    for dataset in ("bill", "card", "meter", "home", "wage", "birth"):
        base.delivered[dataset, 0] = Delivered(months=("2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05"))
    base.delivered["meter", 1] = Delivered()
    written = Script()
    SqlEngine(shelf.catalogue, lambda: written).run(base.made(), [indicator])
    parts = [
        f"-- {name or 'the rule'}\n{spark_text(query)};\n" for name, query in written.queries if not name.startswith("given")
    ]
    return "\n".join(parts)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_reads_in_spark_as_it_did(rule: str) -> None:
    """When the text is meant to change: read the new one, then write it with `python -m tests.unit.engines_sql.test_spark`."""
    assert script(rule) == (GOLDEN / f"{rule}.sql").read_text(encoding="utf-8")


def test_spark_has_no_whole_numbers_of_128_bits() -> None:
    assert "INT128" not in "".join(script(rule) for rule in RULES)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    options = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.ansi.enabled": "true",
        "spark.driver.host": "127.0.0.1",
    }
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in options.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


def test_spark_answers_as_duckdb_does(spark: Any) -> None:
    catalogue, indicators, base = random_case(1, rules=12, rows=600)
    here = SqlEngine(catalogue).run(base, indicators)
    there = SparkEngine(catalogue, spark).run(base, indicators)
    assert there.signals.equals(here.signals)
    assert there.unknown.equals(here.unknown)


if __name__ == "__main__":
    for rule in RULES:
        (GOLDEN / f"{rule}.sql").write_text(script(rule), encoding="utf-8")
