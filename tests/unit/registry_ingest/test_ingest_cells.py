"""What one cell says, and that whole columns say the same."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.registry.ingest import cells
from jiuzhu.registry.ingest.columns import CODES, ColumnReader, cleaned
from jiuzhu.registry.ingest.faults import Unfit, shape
from jiuzhu.rules.tree import Column, Title, Type

TYPES = {
    "money": Type("number", "yuan", 2),
    "decimal": Type("number", "ratio", 4),
    "integer": Type("number"),
    "date": Type("date"),
    "flag": Type("flag"),
    "code": Type("number"),
}


def column(holds: str, *, negative: bool = False) -> Column:
    return Column("c", Title("", ""), holds, TYPES[holds], False, "", "open", "none", negative, "", "")


def read(holds: str, *texts: str, negative: bool = False) -> list[object]:
    """The values, or the reason where a cell does not fit."""
    reader = ColumnReader(column(holds, negative=negative), {"1": "有", "02": "无障碍", "X1": "其他"})
    found = reader.read(cleaned(pa.array(texts, pa.string())))
    return [
        CODES[mark - 1] if mark else value for value, mark in zip(found.values.to_pylist(), found.marks.tolist(), strict=True)
    ]


def test_amounts_are_whole_fen_in_every_spelling() -> None:
    texts = ["12.3", "1,234.50", "¥8", "￥ 8.01元", "０．５", ".5", "7.", "1e3", "0.30000000000000004", "", "-", "无"]
    assert read("money", *texts) == [1230, 123450, 800, 801, 50, 50, 700, 100000, 30, None, None, None]


def test_amounts_that_are_none_are_refused_with_their_reason() -> None:
    texts = ["12.345", "-1", "1,23", "12元3角", "1000000000000000", "--5", "0x10", "１，２"]
    expected = ["below_a_fen", "negative", "bad_number", "bad_number", "too_large", "bad_number", "bad_number", "bad_number"]
    assert read("money", *texts) == expected
    assert read("money", "-1", negative=True) == [-100]


def test_other_decimals_round_half_up_to_ten_thousandths_and_counts_are_whole() -> None:
    assert read("decimal", "0.33335", "0.33334", "2") == [3334, 3333, 20000]
    assert read("integer", "3", "3.0", "1,000", "2.5", "1e2") == [3, 3, 1000, "not_whole", 100]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"-?(\d{1,3}(,\d{3}){0,4}|\d{1,17})(\.\d{0,5})?", fullmatch=True), min_size=1, max_size=30))
def test_a_column_of_amounts_says_what_its_cells_say_one_by_one(texts: list[str]) -> None:
    def plain(text: str) -> object:
        value = Decimal(text.replace(",", ""))
        if abs(value) >= 10**15:
            return "too_large"
        return int(value * 100) if value * 100 == int(value * 100) else "below_a_fen"

    texts = [text for text in texts if len(text.replace(",", "")) <= 15 or not text.partition(".")[2].rstrip("0")[2:]]
    assert read("money", *texts, negative=True) == [plain(text) for text in texts]


DATES = {
    "2026-01-05": date(2026, 1, 5),
    "2026/1/5": date(2026, 1, 5),
    "2026.1.5": date(2026, 1, 5),
    "20260105": date(2026, 1, 5),
    "2026年1月5日": date(2026, 1, 5),
    "２０２６－０１－０５": date(2026, 1, 5),
    "2026-01-05 00:00:00": date(2026, 1, 5),
    "2026/1/5 0:00": date(2026, 1, 5),
    "2026-01-05T08:00:00+08:00": date(2026, 1, 5),
    "46027": date(2026, 1, 5),
    "46027.5": date(2026, 1, 5),
    "2024-02-29": date(2024, 2, 29),
    "长期": date(9999, 12, 31),
    "9999-12-31": date(9999, 12, 31),
    "": None,
    "/": None,
}


def test_dates_are_read_in_every_spelling() -> None:
    assert read("date", *DATES) == list(DATES.values())


def test_a_column_of_plain_dates_is_held_to_the_same_bounds_as_any_other() -> None:
    assert read("date", "1850-01-01", "", "9999-12-31") == [date(1850, 1, 1), None, date(9999, 12, 31)]
    assert read("date", "1849-12-31", "2026-01-05") == ["bad_date", date(2026, 1, 5)]
    assert read("date", "0000-01-01") == ["bad_date"]


def test_a_column_of_plain_amounts_is_held_to_the_same_bounds_as_any_other() -> None:
    assert read("money", "9999999999999.99", "", "0") == [10**15 - 1, None, 0]
    assert read("money", "999999999999999", "1.00") == [(10**15 - 1) * 100, 100]
    assert read("money", "1000000000000000", "1.00") == ["too_large", 100]
    assert read("money", "-0.01", "1.00") == ["negative", 100]
    assert read("money", "-999999999999999", "-1000000000000000", negative=True) == [-(10**15 - 1) * 100, "too_large"]


def test_what_is_remembered_of_one_batch_changes_nothing_in_the_next() -> None:
    reader = ColumnReader(column("date"), {})
    batch = cleaned(pa.array(["2026年1月5日", "昨天", None]))
    first, second = reader.read(batch), reader.read(batch)
    assert first.values.to_pylist() == second.values.to_pylist() == [date(2026, 1, 5), None, None]
    assert first.marks.tolist() == second.marks.tolist() == [0, CODES.index("bad_date") + 1, 0]


def test_impossible_and_doubtful_dates_are_refused() -> None:
    texts = [
        "2026-02-30",
        "2025-02-29",
        "5/1/2026",
        "26-01-05",
        "2026",
        "0001-01-01",
        "1776-07-04",
        "昨天",
        "2026-13-01",
        "00000000",
    ]
    assert read("date", *texts) == ["bad_date"] * len(texts)


def test_yes_and_no_are_read_in_every_spelling() -> None:
    assert read("flag", "true", "FALSE", "1", "0", "是", "否", "Y", "", "2") == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
        None,
        "bad_flag",
    ]


def test_codes_are_known_by_themselves_their_label_and_excels_ways() -> None:
    codes = {"1": "有", "02": "无障碍", "X1": "其他"}
    spellings = {"1": "1", "01": "1", "1.0": "1", "有": "1", "1 有": "1", "1-有": "1", "2": "02", "x1": "X1", "其他": "X1"}
    assert [cells.code(text, codes) for text in spellings] == list(spellings.values())
    for text in ("3", "1-无障碍", "有无", "11"):
        with pytest.raises(Unfit):
            cells.code(text, codes)


def test_months_quarters_and_school_years_are_counted() -> None:
    month = 2026 * 12 + 10
    spellings = ["2026-11", "202611", "2026年11月", "2026/11", "2026.11", "2026-11-01", "2026-11-01 00:00:00"]
    assert [cells.month(text) for text in spellings] == [month] * 7
    assert [cells.quarter(text) for text in ("2026-Q3", "2026Q3", "2026年第3季度", "2026年三季度")] == [2026 * 4 + 2] * 4
    assert [cells.school_year(text) for text in ("2026-2027", "2026—2027学年", "2026/2027")] == [2026] * 3
    for reader, text in ((cells.month, "2026-11-02"), (cells.quarter, "2026"), (cells.school_year, "2026-2026")):
        with pytest.raises(Unfit):
            reader(text)


def test_instants_are_seconds_and_beijing_time_without_a_zone() -> None:
    moment = int(datetime(2026, 11, 20, 1, 30, tzinfo=UTC).timestamp())
    spellings = [
        "2026-11-20T09:30:00+08:00",
        "2026-11-20T01:30:00Z",
        "2026/11/20 9:30",
        "20261120093000",
        "2026-11-20 09:30:00.000",
    ]
    assert [cells.instant(text) for text in spellings] == [moment] * 5
    assert cells.instant("2026-11-20T24:00:00+08:00") == int(datetime(2026, 11, 20, 16, tzinfo=UTC).timestamp())
    for text in ("2026-11-20", "2026-11-20 25:00", "2026-02-30 10:00"):
        with pytest.raises(Unfit):
            cells.instant(text)


def test_a_division_has_six_nine_or_twelve_digits() -> None:
    for text in ("370502", "370502001", "370502001001"):
        assert cells.region(text) == cells.region(text + ".0") == text
    for text in ("3705", "37050", "990502", "37050A", ""):
        with pytest.raises(Unfit):
            cells.region(text)


def test_a_shape_tells_how_a_value_is_built_and_nothing_else() -> None:
    assert shape("37050219900101123x 王伟-A") == "99999999999999999a 字字-A"
    assert len(shape("x" * 1000)) == 40


def test_a_thousand_random_cells_read_alike_alone_and_in_a_column() -> None:
    chance = random.Random(5)
    pool = [*DATES, "2026-11-31", "坏", "20261", "99999", "2026/12/31 23:59"]
    texts = [chance.choice(pool) for _ in range(1000)]
    alone = [read("date", text)[0] for text in pool]
    assert read("date", *texts) == [alone[pool.index(text)] for text in texts]
