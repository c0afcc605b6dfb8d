"""A few records, read one by one, say what whole columns of them say."""

from __future__ import annotations

import json
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.headers import CHANGE
from jiuzhu.registry.overlay.arrivals import Arrivals, Receiver
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Column, Dataset
from jiuzhu.vocabulary.id_number import check_character

# By what a column holds: spellings that are usual, then ones that are odd, mean nothing, or are wrong.
SPELLINGS = {
    "date": (("2026-11-03", "1999-02-28"), ("2026/11/3", "20261103", "2026-02-30", "长期", "无", "1700-01-01", "46329")),
    "month": (("2026-10", "202610"), ("2026年10月", "2026-13", "/")),
    "quarter": (("2026-Q3", "2026Q1"), ("2026年第一季度", "2026-Q5")),
    "school_year": (("2025-2026",), ("2025-2027", "2025学年")),
    "instant": (("2026-11-03 08:00:00", "2026-11-03T08:00"), ("20261103080000", "2026-11-03 25:00")),
    "money": (("12.50", "0", "100000"), ("1,200.5", "￥3", "-4", "1e3", "1.239", "999999999999999999", "一百", "--")),
    "decimal": (("0.25", "3"), ("1.23456", "-1", "x")),
    "integer": (("7", "120"), ("7.0", "-7", "7.5", "1e2")),
    "flag": (("1", "0", "true"), ("是", "无", "maybe")),
    "text": (
        ("某人", "abc", "A-1", "138 0000 0000", "+8613800000000"),
        (" 前后 ", "１２", "='12", "1.5E+17", "a\ufffd", "ß", ""),
    ),
}
REGIONS = (("370502004007", "370502"), ("3705", "370502.0", "999999", "三七"))
ODD = 0.03  # of cells
RECORDS = 8  # of each dataset


class Everybody:
    """A vault that knows every number by itself."""

    def find_many(self, packed: np.ndarray) -> np.ndarray:
        return packed


@pytest.fixture(scope="module")
def rules() -> Catalogue:
    return public.catalogue()


def id_number(random: Random) -> str:
    digits = (
        f"370502{random.randrange(1930, 2020)}{random.randrange(1, 13):02}{random.randrange(1, 29):02}{random.randrange(1000):03}"
    )
    return digits + check_character(digits)


def spelling(column: Column, rules: Catalogue, random: Random, codes: dict[str, list[str]]) -> Any:
    odd = random.random() < ODD
    if column.identity == "id":
        return random.choice(("37050219990101123X", "1.1E+17", "370502990101123", "无")) if odd else id_number(random)
    if column.name.endswith("region_code") or column.name in ("township_code", "village_code"):
        return random.choice(REGIONS[odd])
    if column.holds == "code":
        return random.choice(("999", "无", " 1")) if odd else random.choice(codes[column.name] or ["1"])
    if column.holds == "flag" and random.random() < 0.3:
        return random.random() < 0.5
    return random.choice(SPELLINGS[column.holds][odd])


def titles(dataset: Dataset, random: Random) -> dict[str, str]:
    """How the columns are called in the lines of one call."""
    share = random.choice((0, 0, 0, 0.5))
    return {name: column.title.zh if random.random() < share else name for name, column in dataset.columns.items()}


def record(dataset: Dataset, rules: Catalogue, random: Random, codes: dict[str, list[str]], called: dict[str, str]) -> bytes:
    row: dict[str, Any] = {}
    for name, column in dataset.columns.items():
        if column.required or name in ("record_id", "data_date") or random.random() < 0.7:
            row[called[name]] = spelling(column, rules, random, codes)
        elif random.random() < 0.3:
            row[called[name]] = random.choice((None, ""))
    if random.random() < 0.2:
        row[CHANGE] = random.choice(("I", "U", "D", "d", "X"))
    if random.random() < 0.02:
        row.pop(random.choice(list(row)))
    return json.dumps(row, ensure_ascii=random.random() < 0.5).encode()


def told(arrivals: Arrivals, dataset: Dataset) -> list[Any]:
    """Everything that is asked of records."""
    answer: list[Any] = [arrivals.lines.tolist(), arrivals.record_ids, arrivals.record_numbers.tolist(), arrivals.hashes.tolist()]
    answer += [arrivals.sent.tolist(), arrivals.retracts.tolist(), arrivals.unlinked.tolist()]
    answer += [(name, ids.tolist(), arrivals.is_given(name).tolist()) for name, ids in arrivals.ids.items()]
    for name in (*arrivals.shape.plain, "region_code"):
        if dataset.columns[name].type.kind == "text":
            answer.append((name, arrivals.texts(name)))
        else:
            answer.append((name, *(part.tolist() for part in arrivals.cells(name))))
    return answer


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(("370502",), date(2026, 11, 3))], ids=["anybody", "a county until a day"])
def test_records_read_one_by_one_say_what_their_columns_say(rules: Catalogue, bounds: Bounds):
    random, receiver = Random(20261122), Receiver(rules, Everybody())  # type: ignore[arg-type]
    regular = asked = 0
    for code, dataset in rules.datasets.items():
        made = receiver._for(code, bounds)
        codes = {name: list(of) for name, of in made.shape.codes.items()}
        for _ in range(RECORDS):
            called = titles(dataset, random)
            lines = b"\n".join(record(dataset, rules, random, codes, called) for _ in range(random.choice((1, 1, 1, 3))))
            few, asked = receiver._few(made, lines), asked + 1
            if few is None:
                continue
            regular += 1
            many, refused = receiver._many(code, made, lines)
            assert many is not None
            assert not refused
            assert told(few, dataset) == told(many, dataset), (code, lines)
            again, _ = receiver._many(code, made, few.spelled)
            assert again is not None
            assert told(again, dataset) == told(many, dataset), (code, lines)
    assert regular > asked / 4, (regular, asked)


@pytest.mark.parametrize("spelt", [False, True], ids=["by code", "by title"])
def test_many_records_are_kept_as_they_came_or_by_the_codes_of_their_columns(rules: Catalogue, spelt: bool):
    receiver = Receiver(rules, Everybody())  # type: ignore[arg-type]
    dataset, random = rules.datasets["water_usage"], Random(5)
    codes = {name: list(of) for name, of in receiver._for("water_usage", Bounds()).shape.codes.items()}
    called = {name: column.title.zh if spelt else name for name, column in dataset.columns.items()}
    lines = [record(dataset, rules, random, codes, called) for _ in range(200)]
    arrivals, refused = receiver.received("water_usage", b"\r\n\n".join(lines))
    assert arrivals is not None
    assert len(arrivals) + len(refused) == len(lines)
    again, none = receiver.received("water_usage", arrivals.spelled)
    assert again is not None
    assert not none
    assert told(again, dataset)[1:] == told(arrivals, dataset)[1:]
    assert all(json.loads(line).keys() <= dataset.columns.keys() | {CHANGE} for line in arrivals.spelled.split(b"\n"))
