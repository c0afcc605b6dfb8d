"""Dated local numbers: the nearest division above wins, within it the newest row; an unset row hides those above."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.parameters import Parameters, ancestors, read_parameters, trimmed
from tests.unit.rules.conftest import Broken

HEAD = "indicator,name,division,from,to,value,unit,source,confidence,least,most,adaptive\n"
SHARED = "item,division,place,from,to,value,unit,source,confidence,set_by\n"


def floor(small: Catalogue, division: str, on: date) -> Decimal | None:
    found = small.parameters.value("S01-E08", "aid_floor", division, on)
    return found.value if found else None


def test_the_nearest_division_above_wins(small: Catalogue) -> None:
    on = date(2025, 6, 1)
    assert floor(small, "110101", on) == 2000  # nation
    assert floor(small, "370102001001", on) == 2500  # province
    assert floor(small, "370502002003", on) == 3000  # city
    assert floor(small, "370500", on) == 3000


def test_a_row_holds_from_its_first_day_to_the_day_before_its_end(small: Catalogue) -> None:
    assert floor(small, "370502", date(2023, 12, 31)) == 2000
    assert floor(small, "370502", date(2024, 1, 1)) == 3000
    assert floor(small, "370502", date(2025, 12, 31)) == 3000


def test_an_unset_number_is_not_taken_from_above(small: Catalogue) -> None:
    on = date(2026, 1, 1)
    assert floor(small, "370502", on) is None
    row = small.parameters.lookup("S01-E08", "aid_floor", "370502", on)
    assert row is not None
    assert (row.division, row.value, row.source) == ("370500", None, "not found")


def test_before_the_first_row_there_is_nothing(small: Catalogue) -> None:
    assert small.parameters.lookup("S01-E08", "aid_floor", "370502", date(2019, 12, 31)) is None
    assert small.parameters.value("S01-E08", "nosuch", "370502", date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("division", "chain"),
    [
        ("370502001001", ("370502001001", "370502001", "370502", "3705", "37", "")),
        ("370500", ("3705", "37", "")),
        ("370500000000", ("3705", "37", "")),
        ("000000", ("",)),
        ("441900003000", ("441900003", "4419", "44", "")),  # a town right below its prefecture
    ],
)
def test_a_division_knows_those_above(division: str, chain: tuple[str, ...]) -> None:
    assert ancestors(division) == chain
    assert trimmed(division) == chain[0]


def test_the_newest_of_two_rows_in_force_wins(tmp_path: Path) -> None:
    parameters = written(tmp_path, "S01-E01,x,000000,2020-01-01,,1,days,a,low,,,\nS01-E01,x,000000,2024-01-01,,2,days,a,low,,,\n")
    found = parameters.value("S01-E01", "x", "110000", date(2025, 1, 1))
    assert found is not None
    assert found.value == 2


def test_a_parameter_may_follow_a_shared_number(tmp_path: Path) -> None:
    head = HEAD.replace("adaptive", "adaptive,like")
    shared = "dibao.months,000000,China,2020-01,,24,months,MCA,high,nation\n"
    parameters = written(tmp_path, "S01-E01,x,000000,2020-01-01,,,,,,,,,dibao.months\n", head=head, shared=shared)
    found = parameters.value("S01-E01", "x", "110000", date(2025, 1, 1))
    assert found is not None
    assert (found.value, found.name, parameters.unit("S01-E01", "x")) == (24, "dibao.months", "months")


def test_a_shared_word_is_kept_as_text(tmp_path: Path) -> None:
    parameters = written(tmp_path, "", shared="dibao.rounding,000000,China,2020-01,,up to yuan,rule,MCA,high,nation\n")
    row = parameters.lookup("", "dibao.rounding", "110000", date(2025, 1, 1))
    assert row is not None
    assert (row.value, row.text) == (None, "up to yuan")


def written(folder: Path, owned: str, *, head: str = HEAD, shared: str = "") -> Parameters:
    (folder / "parameters").mkdir()
    (folder / "parameters" / "indicators.csv").write_text(head + owned, encoding="utf-8")
    (folder / "parameters" / "dibao.csv").write_text(SHARED + shared, encoding="utf-8")
    faults: list = []  # type: ignore[type-arg]
    parameters = read_parameters([folder], faults)
    assert faults == []
    return parameters


@pytest.mark.parametrize(
    ("row", "rule", "problem"),
    [
        ("S01-E07,window_days,370000,2021-01-01,,many,days,x,low,,,", "number", "'many'"),
        ("S01-E07,window_days,370000,2021-01-01,,5,,x,low,,,", "unit", "has no unit"),
        ("S01-E07,window_days,370000,2021-01-01,,5,tage,x,low,,,", "unit", "'tage'"),
        ("S01-E07,window_days,370000,2021-01-01,,5,months,x,low,,,", "unit", "in months here and in days before"),
        ("S01-E08,aid_floor,110000,2021-01-01,,5.555,yuan,x,low,,,", "number", "'5.555' in yuan"),
        ("S01-E07,window_days,37,2021-01-01,,5,days,x,low,,,", "division", "'37'"),
        ("S01-E07,window_days,370000,21-01-01,,5,days,x,low,,,", "date", "'21-01-01'"),
        ("S01-E07,window_days,370000,2021-02-30,,5,days,x,low,,,", "date", "'2021-02-30'"),
        ("S01-E07,window_days,370000,2021-01-01,2020-01-01,5,days,x,low,,,", "date", "ends before it begins"),
        ("S01-E07,window_days,000000,2020-01-01,,5,days,x,low,,,", "twice", "is there twice"),
        ("S01-E07,window_days,370000,2021-01-01,,5,days,x,low,10,20,", "number", "outside its least and most"),
        ("S01-E07,no_such,370000,2021-01-01,,5,days,x,low,,,", "unused_input", "'no_such' of S01-E07 is not used"),
        ("S09-E99,window_days,370000,2021-01-01,,5,days,x,low,,,", "parameter", "belongs to 'S09-E99'"),
        ("S01-E07,window_days,370000,2021-01-01,,5,days", "columns", "another number of cells"),
    ],
)
def test_a_wrong_row_is_a_fault_with_its_line(row: str, rule: str, problem: str, broken: Broken) -> None:
    faults = broken("parameters/indicators.csv", also=row + "\n")
    assert [(fault.rule, fault.line) for fault in faults] == [(rule, 11)]
    assert problem in faults[0].problem
