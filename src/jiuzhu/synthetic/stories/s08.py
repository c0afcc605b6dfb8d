"""Families in want of housing and water: scenario S08."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=47), "wife": Person(age=46, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _unsafe_houses(day)
    yield from _no_home(day)
    yield from _rent(day)
    yield from _loans(day)
    yield from _small_homes(day)
    yield from _water(day)


def _owned(day: Days, area: str, person: str = "self", **columns: Any) -> Row:
    given = {"area": area, "use_type": 1, "share_ratio": "1", "right_status": 1, "register_date": day.ago(years=8)}
    return row("land_real_estate", person, **(given | columns))


def _rented(day: Days, months: int = 0, status: int = 1, person: str = "self") -> Row:
    columns = {"support_type": 1, "start_date": day.ago(years=2), "arrears_months": months, "support_status": status}
    return row("housing_public_rental", person, **columns)


def _unsafe_houses(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, danger: str = "D", only: bool = True, renovated: int = 0) -> Story:
        columns = {"danger_grade": danger, "is_only_house": only, "renovate_status": renovated}
        house = row("housing_dilapidated", "wife", assess_date=day.ago(days=days), **columns)
        return Story(title, {"S08-E01": grade}, people=COUPLE, rows=[house])

    for grade, days in (("red", 60), ("orange", 30), ("yellow", 15), (None, 14)):
        yield told(f"in danger for {days} days", grade, days)
    yield told("a part of the house is in danger", "red", 80, "C")
    yield told("basically safe", None, 80, "B")
    yield told("there is another house", None, 80, only=False)
    yield told("the work is planned", None, 80, renovated=1)


def _no_home(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *rows: Row, low: bool = True) -> Story:
        return Story(title, {"S08-E02": grade}, low=low, people=COUPLE, rows=rows)

    field = row("agri_land_contract", "wife", contract_area="4", transfer_area="0")
    yield told("neither home nor help", "blue")
    yield told("a shop is no home", "blue", _owned(day, "40", use_type=2))
    yield told("the home was sold, the rent support has ended", "blue", _owned(day, "80", right_status=2), _rented(day, status=2))
    yield told("a small home", None, _owned(day, "20", "wife"))
    yield told("lives in public housing", None, _rented(day))
    yield told("has contract land", None, field)
    yield told("no home, not in need", None, low=False)


def _rent(day: Days) -> Iterator[Story]:
    for grade, months in (("red", 9), ("orange", 6), ("yellow", 5), ("blue", 3), (None, 2)):
        rows = [_rented(day, months, person="wife")]
        yield Story(f"{months} months behind with the rent", {"S08-E03": grade}, people=COUPLE, rows=rows)
    yield Story("behind with the rent and moved out", {"S08-E03": None}, low=True, rows=[_rented(day, 9, status=2)])


def _loans(day: Days) -> Iterator[Story]:
    def loan(months: int, status: int = 2) -> list[Row]:
        columns = {"loan_amount": "200000", "loan_balance": "150000", "overdue_months": months, "loan_status": status}
        return [row("hpf_loan", "self", **columns)]

    for grade, months in (("red", 9), ("orange", 6), ("yellow", 5), ("blue", 3), (None, 2)):
        yield Story(f"{months} months behind with the loan", {"S08-E04": grade}, low=True, rows=loan(months))
    yield Story("the loan is paid off", {"S08-E04": None}, low=True, rows=loan(9, 3))
    yield Story("behind with the loan, not in need", {"S08-E04": None}, rows=loan(9))


def _small_homes(day: Days) -> Iterator[Story]:
    """Two persons: 26 square metres are thirteen each."""

    def told(title: str, grade: str | None, *homes: Row) -> Story:
        return Story(title, {"S08-E05": grade}, low=True, people=COUPLE, rows=homes)

    for grade, area in (("red", "6.5"), ("orange", "13"), ("yellow", "19.5"), ("blue", "26"), (None, "26.01")):
        yield told(f"{area} square metres for two", grade, _owned(day, area))
    yield told(
        "a half and a quarter of a house",
        "yellow",
        _owned(day, "26", share_ratio="0.5"),
        _owned(day, "26", "wife", share_ratio="0.25"),
    )
    yield told(
        "a small home and a shop", "orange", _owned(day, "10", unit_no="S08-1"), _owned(day, "60", unit_no="S08-2", use_type=2)
    )
    yield told("two small homes", None, _owned(day, "14", unit_no="S08-3"), _owned(day, "14", "wife", unit_no="S08-4"))
    yield told("no home at all", None)
    yield told("the home was sold", None, _owned(day, "10", right_status=2))


def _water(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, fixed: Any = None, low: bool = True) -> Story:
        found = row("water_safety_rural", "self", issue_type=2, found_date=day.ago(days=days), fixed_date=fixed)
        return Story(title, {"S08-E06": grade}, low=low, people=COUPLE, rows=[found])

    for grade, days in (("red", 45), ("orange", 30), ("yellow", 23), ("blue", 15), (None, 14)):
        yield told(f"bad water for {days} days", grade, days)
    yield told("the water is good again", None, 60, day.ago(days=1))
    yield told("bad water, not in need", None, 60, low=False)
