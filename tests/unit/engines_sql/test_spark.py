"""The Spark dialect of the same expression objects, and where its rows lie; no Spark runs here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.engines.sql import SqlEngine
from jiuzhu.engines.sql.session import Script
from jiuzhu.engines.sql.spark import Ranges, spark_text
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


def test_ranges_end_where_households_do_and_hold_about_as_many_people_each() -> None:
    _, _, base = random_case(3, rules=1, rows=2000)
    people = base.people.num_rows
    ranges = Ranges.of(base, 5)
    starts = ranges.starts.tolist()
    assert len(starts) == 5
    assert starts[0] == 0
    assert set(starts) <= set(base.households["first"].to_pylist())
    sizes = [high - low for low, high in zip(starts, [*starts[1:], people], strict=True)]
    assert max(sizes) < 2 * people / 5


def test_no_more_ranges_than_households() -> None:
    base = SmallBase(small_catalogue().catalogue, people=[Person(0), Person(0), Person(1)], places=["370502001001"]).made()
    assert Ranges.of(base, 9).starts.tolist() == [0, 2]


def test_a_base_without_people_is_one_range() -> None:
    base = SmallBase(small_catalogue().catalogue).made()
    assert Ranges.of(base, 4).starts.tolist() == [0]


def test_rows_are_cut_by_the_range_of_their_person_and_none_is_lost() -> None:
    ranges = Ranges(np.array([0, 3, 6]))
    table = pa.table({"person": pa.array([-1, 0, 2, 2, 3, 5, 9, 9], pa.int32())})
    assert [part["person"].to_pylist() for part in ranges.cut(table, "person")] == [[-1, 0, 2, 2], [3, 5], [9, 9]]


if __name__ == "__main__":
    for rule in RULES:
        (GOLDEN / f"{rule}.sql").write_text(script(rule), encoding="utf-8")
