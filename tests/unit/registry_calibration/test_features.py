"""Strands month by month against plain dictionaries, on random rows with holes in them."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from fractions import Fraction
from math import floor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry import public
from jiuzhu.registry.calibration.features import MONTHS, Months, months_of, trends_of
from jiuzhu.rules.catalogue import Catalogue
from tests.support.small_base import AS_OF, Delivered, Person, SmallBase

HOUSEHOLDS = 40
# 20 November: October is the last month that is over, and the first of 24 is November two years before.
NAMES = [f"{2024 + (10 + at) // 12}-{(10 + at) % 12 + 1:02}" for at in range(MONTHS)]
WHOLE = Delivered(first_day="2023-01-01", months=tuple(reversed(NAMES)))
HOLED = Delivered(first_day="2025-03-15", gaps=("2025-12",), months=("2026-09", "2026-08"))
STALE = Delivered(fresh=False, first_day="2023-01-01", months=tuple(reversed(NAMES)))


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return public.catalogue()


class Unnumbered:
    """The catalogue as a small base asks it, without the columns it numbers itself."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def columns(self, dataset: str) -> dict[str, Any]:
        return {name: column for name, column in self.catalogue.columns(dataset).items() if name != "record_id"}


def small(catalogue: Catalogue, rows: dict[str, list[dict[str, Any]]]) -> SmallBase:
    """Two people in each household; every third household lives where deliveries have holes."""
    base = SmallBase(Unnumbered(catalogue), places=["370502001", "370503001"])
    base.people = [Person(at // 2, at // 2, int(at // 2 % 3 == 0)) for at in range(2 * HOUSEHOLDS)]
    base.rows = rows
    for code in ("medins_settlement", "tax_individual_income", "hr_pension_contribution", "edu_student_aid"):
        base.delivered |= {(code, 0): WHOLE, (code, 1): HOLED}
    for code in ("edu_tuition", "edu_student_enrollment"):
        base.delivered |= {(code, 0): WHOLE, (code, 1): STALE}
    return base


def invented(seed: int) -> dict[str, list[dict[str, Any]]]:
    dice = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(1500):
        person, month = dice.randrange(2 * HOUSEHOLDS), f"{dice.choice((2024, 2025, 2026))}-{dice.randrange(1, 13):02}"
        day = f"{month}-{dice.randrange(1, 29):02}"
        fen = f"{dice.randrange(10**7) / 100:.2f}"
        if day <= "2026-11-20":
            rows["medins_settlement"].append({"person": person, "settlement_date": day, "self_pay_amount": fen})
            rows["edu_student_aid"].append({"person": person, "pay_date": day, "amount": fen})
        item = dice.randrange(1, 4)
        rows["tax_individual_income"].append({"person": person, "tax_month": month, "income_item": item, "income_amount": fen})
    return rows


def told(months: Months, household: int) -> list[int | None]:
    return [int(one) if known else None for one, known in zip(months.whole[household], months.known[household], strict=True)]


def plainly(rows: list[dict[str, Any]], at: str, value: str, household: int) -> list[int | None]:
    """What the same rows say, added up one by one; months nobody delivered are None."""
    answer: list[int | None] = []
    for month in NAMES:
        if household % 3 == 0 and (month < "2025-04" or month == "2025-12" or month > "2026-09"):
            answer.append(None)
            continue
        mine = [row for row in rows if row["person"] // 2 == household and row[at][:7] == month]
        answer.append(sum(round(float(row[value]) * 100) for row in mine))
    return answer


@pytest.mark.feature("SF116")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_strands_of_every_household_and_month_are_what_adding_row_by_row_gives(national: Catalogue, seed: int):
    rows = invented(seed)
    columns = Columns(small(national, rows).made(), national)
    wages = [row for row in rows["tax_individual_income"] if row["income_item"] in (1, 2)]
    for code, mine, at, value in (
        ("medical", rows["medins_settlement"], "settlement_date", "self_pay_amount"),
        ("wages", wages, "tax_month", "income_amount"),
        ("student_aid", rows["edu_student_aid"], "pay_date", "amount"),
    ):
        months = months_of(columns, national.strands.by_code[code])
        for household in range(HOUSEHOLDS):
            assert told(months, household) == plainly(mine, at, value, household), (code, household)


def test_some_households_at_a_time_are_as_all_at_once(national: Catalogue):
    columns = Columns(small(national, invented(4)).made(), national)
    strand = national.strands.by_code["wages"]
    whole = months_of(columns, strand)
    for begin in range(0, HOUSEHOLDS, 7):
        part = months_of(columns, strand, slice(begin, begin + 7))
        assert np.array_equal(part.whole, whole.whole[begin : begin + 7])
        assert np.array_equal(part.known, whole.known[begin : begin + 7])


def test_a_strand_that_nobody_delivered_is_unknown_and_not_zero(national: Catalogue):
    base = small(national, {})
    base.delivered = {}
    months = months_of(Columns(base.made(), national), national.strands.by_code["medical"])
    assert not months.known.any()
    assert not trends_of(months).change.known.any()


def test_fees_count_in_september_and_pupils_in_the_month_they_begin(national: Catalogue):
    rows = {
        "edu_tuition": [{"person": 2, "academic_year": "2025", "self_pay_amount": "4800.50"}],
        "edu_student_enrollment": [
            {"person": 2, "enroll_date": "2025-09-01", "enroll_status": 1},
            {"person": 3, "enroll_date": "2019-09-01", "enroll_status": 1},
            {"person": 4, "enroll_date": "2025-09-01", "enroll_status": 4},
        ],
    }
    columns = Columns(small(national, rows).made(), national)
    fees = told(months_of(columns, national.strands.by_code["education_cost"]), 1)
    pupils = months_of(columns, national.strands.by_code["new_pupils"])
    assert fees == [480050 if month == "2025-09" else 0 for month in NAMES]
    assert told(pupils, 1) == told(pupils, 2) == [int(month == "2025-09") for month in NAMES]
    assert told(pupils, 3) == [None] * MONTHS, "a stale state says nothing"


@pytest.mark.feature("SF116")
@pytest.mark.parametrize("seed", [5, 6])
def test_trends_are_what_the_definitions_say_with_exact_fractions(national: Catalogue, seed: int):
    columns = Columns(small(national, invented(seed)).made(), national)
    months = months_of(columns, national.strands.by_code["wages"])
    trends = trends_of(months)
    seen = 0
    for household in range(HOUSEHOLDS):
        row = told(months, household)
        for trend, needed, number in (
            (trends.change, row[21:] + row[9:12], lambda row: sum(row[21:]) - sum(row[9:12])),
            (trends.slope, row[12:], lambda row: rise(row[12:])),
            (trends.drop, row[11:], lambda row: Fraction(median(map(Fraction, row[11:23]))) - row[23]),
        ):
            known = None not in needed
            assert bool(trend.known[household]) is known
            if known:
                assert int(trend.whole[household]) == floor(number(row) + Fraction(1, 2))
                seen += 1
    assert seen > HOUSEHOLDS


def rise(year: list[int]) -> Fraction:
    """The slope of least squares by its textbook form."""
    n = len(year)
    x, y = Fraction(sum(range(n)), n), Fraction(sum(year), n)
    over = sum((at - x) * (one - y) for at, one in enumerate(year))
    return over / sum((at - x) ** 2 for at in range(n))


def test_a_row_that_does_not_say_its_amount_its_month_or_whether_it_counts_leaves_unknown_what_it_may_touch(
    national: Catalogue, tmp_path: Path
):
    (tmp_path / "strands.toml").write_text(
        """
        [strands.aid]
        title = { zh = "救助", en = "aid" }
        unit = "yuan"
        worse = "fall"
        lines = [{ dataset = "medins_settlement", sum = "aid_amount", where = "is_remote" }]
        [strands.left]
        title = { zh = "出院", en = "left" }
        unit = "yuan"
        worse = "rise"
        lines = [{ dataset = "medins_settlement", sum = "self_pay_amount", at = "discharge_date" }]
        """,
        encoding="utf-8",
    )
    strands = public.catalogue(tmp_path).strands.by_code
    bill = {"settlement_date": "2026-05-05", "self_pay_amount": "7", "aid_amount": "3", "is_remote": True}
    rows = [
        {**bill, "person": 2, "discharge_date": "2026-05-05"},
        {**bill, "person": 4, "aid_amount": None, "discharge_date": None},
        {**bill, "person": 8, "is_remote": None},
        {**bill, "person": 10, "is_remote": False},
    ]
    columns = Columns(small(national, {"medins_settlement": rows}).made(), national)
    aid, left = (months_of(columns, strands[code]) for code in ("aid", "left"))
    may = NAMES.index("2026-05")
    assert [told(aid, household)[may] for household in (1, 2, 4, 5)] == [300, None, None, 0]
    assert [told(aid, household).count(None) for household in (1, 2, 4, 5)] == [0, 1, 1, 0]
    assert told(left, 1)[may] == 700
    assert told(left, 2) == [None] * MONTHS, "it may belong to any month"


def test_the_month_that_is_not_over_is_left_out(national: Catalogue):
    rows = {"medins_settlement": [{"person": 2, "settlement_date": "2026-11-02", "self_pay_amount": "9.00"}]}
    base = small(national, rows)
    assert base.as_of == AS_OF
    assert not months_of(Columns(base.made(), national), national.strands.by_code["medical"]).whole.any()
    base.as_of, base.delivered = date(2026, 11, 30), {("medins_settlement", 0): Delivered(months=("2026-11",))}
    assert told(months_of(Columns(base.made(), national), national.strands.by_code["medical"]), 1)[-1] == 900
