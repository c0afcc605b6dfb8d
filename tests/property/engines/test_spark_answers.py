"""The spark engine in one local Spark: a part of what `make prove-spark` asks of it, as a statement there takes a fifth of a second."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql.spark import Ranges, SparkSession
from jiuzhu.engines.sql.spark_settings import opened
from tests.property.engines import cases_people, cases_rows, cases_rules, cases_windows
from tests.support.agreement import compared, random_case, told
from tests.support.engine_cases import Cases, expected
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import looking_for, small_catalogue
from tests.support.spark import QUICK, spark_engine

pytestmark = pytest.mark.xdist_group("spark")

EVERY = 10
CASES = [case for case in [*cases_windows.CASES, *cases_rows.CASES, *cases_people.CASES, *cases_rules.CASES] if not case.alone][
    ::EVERY
]
RUNS = Cases(CASES, spark_engine)
HOSTILE = (
    "x'; DROP TABLE person; --",
    "x` OR 1 = 1 --",
    "x\\' OR 1 = 1 --",
    "\\",
    "%",
    "${spark.app.name}",
    "\\u0041",
    "甲'乙\u2028丙\n",
)


@pytest.mark.parametrize("index", range(len(CASES)), ids=[case.says for case in CASES])
def test_a_case(index: int) -> None:
    assert RUNS.answer("spark", index) == expected(CASES[index])


def test_spark_agrees_with_the_judge_on_random_rules() -> None:
    catalogue, indicators, base = random_case(1, rules=8, rows=600)
    judge = ReferenceEngine(catalogue).run(base, indicators)
    found = compared(judge, spark_engine("spark", catalogue).run(base, indicators), indicators)
    assert judge.signals.num_rows > 100
    assert not found, told(found, catalogue, base)


def test_spark_agrees_with_the_judge_on_some_households() -> None:
    catalogue, indicators, base = random_case(5, rules=3, rows=400)
    households = [3, 0, 17]
    judge = ReferenceEngine(catalogue).run(base, indicators, households=households)
    other = spark_engine("spark", catalogue).run(base, indicators, households=households)
    assert not compared(judge, other, indicators)


@pytest.mark.feature("SF280")
def test_two_executors_say_what_one_plain_server_says() -> None:
    """Each executor is a process of its own, and what goes between them is encrypted; in a process apart, as Spark is one a process."""
    words = [sys.executable, "-m", "tests.property.engines.prove_spark", "--few-on-executors"]
    told = subprocess.run(words, check=False, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "agrees" in told.stdout


@pytest.mark.requirement("F1")
def test_a_text_of_a_rule_is_only_ever_compared_on_spark() -> None:
    """For every text two people have a bill, one with exactly this text in it: that one is found by the rule that asks for it."""
    shelf = small_catalogue()
    base = SmallBase(shelf.catalogue)
    base.people.extend(Person(household=number) for number in range(len(HOSTILE) + 1))
    base.places.append("370502001001")
    base.rows["bill"] = [{"person": person, "region_code": text} for person, text in enumerate((*HOSTILE, "x"))]
    base.delivered["bill", 0] = Delivered()
    rules = [replace(looking_for(text, shelf), code=f"H{number:03}") for number, text in enumerate(HOSTILE)]
    result = spark_engine("spark", shelf.catalogue).run(base.made(), rules)
    assert result.signals["subject"].to_pylist() == list(range(len(HOSTILE)))


def test_a_task_holds_whole_ranges_of_households(tmp_path) -> None:
    """Which file a row lies in is asked of Spark itself: one a household, and of one row group, which no two tasks share."""
    _, _, base = random_case(3, rules=1, rows=4000)
    dataset, rows = max(base.rows.items(), key=lambda item: item[1].num_rows)
    spark = opened(QUICK)
    session = SparkSession(spark, Ranges.of(base, 7), tmp_path)
    session.show(f"dataset {dataset}", rows)
    frame = session._spark.sql(f"SELECT `person`, input_file_name() AS task FROM `dataset {dataset}`").toArrow()
    home = base.people["household"].to_pylist()
    tasks: dict[int, set[str]] = {}
    for person, task in zip(frame["person"].to_pylist(), frame["task"].to_pylist(), strict=True):
        if person >= 0 and home[person] >= 0:
            tasks.setdefault(home[person], set()).add(task)
    files = sorted(path.name for path in tmp_path.rglob("*.parquet"))
    groups = {pq.read_metadata(path).num_row_groups for path in tmp_path.rglob("*.parquet")}
    session.close()
    assert frame.num_rows == rows.num_rows
    assert len(files) == 7
    assert groups == {1}
    assert all(re.fullmatch(r"range-0000\d\.parquet", name) for name in files)
    assert len(tasks) > 20
    assert all(len(found) == 1 for found in tasks.values())
    assert not list(tmp_path.iterdir())
