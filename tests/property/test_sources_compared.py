"""Counts of compared sources equal those of a plain walk over dictionaries, on random rows with empty cells."""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.registry.comparison.compared import compared
from jiuzhu.registry.profile.types import arrow_type
from jiuzhu.rules.catalogue import Catalogue, load_catalogue
from tests.unit.rules.conftest import SMALL
from tests.unit.rules.test_comparison_files import FILE, TEXT

AS_OF = date(2026, 11, 20)
PEOPLE, ROWS = 300, 500
DATASETS = ("police_death_cancellation", "civil_lowincome_member", "police_population", "tax_vehicle_purchase", "traffic_vehicle")
Rows = dict[str, list[dict[str, Any]]]
# One source's word of a person: its value, and the day it speaks of.
Word = tuple[Any, date | None]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("compared") / "catalogue"))
    (folder / FILE).write_text(TEXT, encoding="utf-8")
    return load_catalogue(folder)


def born(person: int) -> date:
    """The birthday in the number of a person; few and near each other, so that some differ by less than a month."""
    return date(1980, 1, 1) + timedelta(days=person % 90)


def rows_of(chance: random.Random) -> Rows:
    def day(span: int = 800) -> date:
        return AS_OF - timedelta(days=chance.randrange(span))

    def some(value: Any) -> Any:
        return None if chance.random() < 0.15 else value

    made: Rows = {}
    for dataset in DATASETS:
        made[dataset] = [
            {
                "person": chance.randrange(-1, PEOPLE),
                "record_id": f"r{number:04}",
                "_delivery": chance.randrange(3),
                "data_date": day(60),
                "death_date": day(),
                "member_status": some(chance.choice([1, 1, 2, 3])),
                "birth_date": some(date(1980, 1, 1) + timedelta(days=chance.randrange(120))),
                "invoice_price": some(chance.randrange(1, 400) * 100),
                "pay_date": day(),
                "purchase_price": some(chance.randrange(1, 400) * 100),
                "first_register_date": day(3),  # many on one day: then the day of sending decides
            }
            for number in range(ROWS)
        ]
    return made


def base_of(rows: Rows, catalogue: Catalogue) -> Base:
    tables = {}
    for dataset in DATASETS:
        columns = catalogue.datasets[dataset].columns
        kinds = {"person": pa.int32(), "record_id": pa.string(), "_delivery": pa.int32()}
        kinds |= {name: arrow_type(columns[name]) for name in rows[dataset][0] if name in columns and name not in kinds}
        tables[dataset] = pa.table({name: pa.array([row[name] for row in rows[dataset]], kind) for name, kind in kinds.items()})
    people = pa.table({"place": pa.array([position % 2 for position in range(PEOPLE)], pa.int32())})
    places = pa.table({"code": ["370502001001", "370502002001"]})
    # Cars bought are delivered for the first place only: there a missing row means none were.
    coverage = Coverage({("tax_vehicle_purchase", 0): True, ("tax_vehicle_purchase", 1): False})
    now = datetime(2026, 11, 20, 16, tzinfo=UTC)
    return Base(AS_OF, now, people, people, people, places, tables, {}, coverage)


# --- the plain walk --------------------------------------------------------------------------------------------------


def newest(rows: list[dict[str, Any]], at: str) -> dict[int, dict[str, Any]]:
    """The newest row of each person: by its day, then the day it was sent, then its number."""
    found: dict[int, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row[at], row["data_date"], row["record_id"])):
        if row["person"] >= 0:
            found[row["person"]] = row
    return found


def said(rows: Rows) -> dict[str, list[dict[int, Word]]]:
    """Comparison to what each of its statements says of whom."""
    deaths = {who: ("dead", row["death_date"]) for who, row in newest(rows["police_death_cancellation"], "death_date").items()}
    meaning = {1: "alive", 3: "dead"}
    members = {
        who: (meaning[row["member_status"]], row["data_date"])
        for who, row in newest(rows["civil_lowincome_member"], "data_date").items()
        if row["member_status"] in meaning
    }
    numbers: dict[int, Word] = {who: (born(who), None) for who in range(PEOPLE)}
    register = {
        who: (row["birth_date"], row["data_date"])
        for who, row in newest(rows["police_population"], "data_date").items()
        if row["birth_date"] is not None
    }
    cars = {
        who: (row["purchase_price"], row["data_date"])
        for who, row in newest(rows["traffic_vehicle"], "first_register_date").items()
        if row["purchase_price"] is not None
    }
    prices: dict[int, list[Any]] = defaultdict(list)
    for row in rows["tax_vehicle_purchase"]:
        if row["person"] >= 0 and (AS_OF - row["pay_date"]).days <= 365:
            prices[row["person"]].append(row["invoice_price"])
    bought: dict[int, Word] = {who: (sum(found), None) for who, found in prices.items() if None not in found}
    for who in cars.keys() - prices.keys():
        if who % 2 == 0:
            bought[who] = (0, None)
    return {"alive": [deaths, members], "born": [numbers, register], "price": [bought, cars]}


def agree(code: str, one: Any, other: Any) -> bool:
    if code == "born":
        return abs((one - other).days) <= 31
    if code == "price":
        return 5 * abs(one - other) <= max(one, other)
    return bool(one == other)


def counted(code: str, statements: list[dict[int, Word]]) -> Counter[str]:
    answer: Counter[str] = Counter()
    for who in set().union(*statements):
        words = [statement[who] for statement in statements if who in statement]
        (value, since), others = words[0], words[1:]
        differing = 0
        for other, day in others:
            if agree(code, other, value):
                answer["agreeing"] += 1
            elif code == "alive" and day is not None and since is not None and day < since:
                answer["older"] += 1
            else:
                differing += 1
        answer["people"] += 1
        answer["alone"] += not others
        answer["conflicting"] += differing
        answer["people_conflicting"] += bool(differing)
    return answer


@pytest.mark.feature("SF044")
@pytest.mark.parametrize("seed", range(6))
def test_counts_and_people_in_conflict_equal_a_walk_over_dictionaries(catalogue: Catalogue, seed: int):
    rows = rows_of(random.Random(seed))
    packed = np.array([packed_number(born(who)) for who in range(PEOPLE)], dtype=np.int64)
    release: Any = SimpleNamespace(base=base_of(rows, catalogue))
    found = compared(release, catalogue, packed)
    for code, statements in said(rows).items():
        expected, told = counted(code, statements), found.counts[code]
        for name in ("people", "alone", "agreeing", "conflicting", "older", "people_conflicting"):
            assert getattr(told, name) == expected[name], (code, name)
        assert told.pairs == told.agreeing + told.conflicting
        assert expected["conflicting"], code  # else nothing was tried
        assert (
            found.conflicts[code].filter(pa.compute.equal(found.conflicts[code]["verdict"], "differs")).num_rows
            == told.conflicting
        )
    assert found.counts["alive"].older


def packed_number(day: date) -> int:
    """A number of somebody born that day, as the vault packs it."""
    return int(f"370502{day:%Y%m%d}011") * 11
