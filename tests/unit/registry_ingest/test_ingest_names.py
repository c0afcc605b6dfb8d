"""Names of files, titles of columns, divisions of rows, and what goes where."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.registry.ingest.divisions import holding
from jiuzhu.registry.ingest.faults import FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.naming import named
from jiuzhu.registry.ingest.periods import read_stretch, stretch_of_months
from jiuzhu.registry.ingest.shapes import shape_of
from tests.integration.ingest.bills import BILLS

KNOWN = {"clinic_bill", "tax_deed"}


@pytest.mark.parametrize(
    ("name", "period", "part", "full", "form", "packed"),
    [
        ("clinic_bill.csv", "", "", False, "csv", False),
        ("clinic_bill-2026.csv", "2026", "", False, "csv", False),
        ("clinic_bill-2026Q3.xlsx", "2026Q3", "", False, "xlsx", False),
        ("clinic_bill-2026-11.csv.gz", "2026-11", "", False, "csv", True),
        ("clinic_bill-2026-11-20.jsonl", "2026-11-20", "", False, "jsonl", False),
        ("clinic_bill-2026-11-p2.full.parquet", "2026-11", "p2", True, "parquet", False),
        ("clinic_bill-2026-11-001.csv", "2026-11", "001", False, "csv", False),
        ("clinic_bill-east.full.csv.gz", "", "east", True, "csv", True),
        ("CLINIC_BILL-2026-11.CSV", "2026-11", "", False, "csv", False),
    ],
)
def test_a_file_name_says_dataset_period_part_and_form(
    name: str, period: str, part: str, full: bool, form: str, packed: bool
) -> None:
    found = named(name, "", KNOWN)
    assert found.dataset == "clinic_bill"
    assert (found.period.text if found.period else "") == period
    assert (found.part, found.full, found.form, found.packed) == (part, full, form, packed)


def test_a_folder_says_the_dataset_and_the_name_may_be_a_period() -> None:
    assert named("十一月.csv", "tax_deed", KNOWN).dataset == "tax_deed"
    assert named("2026-11-a.full.csv", "tax_deed", KNOWN).full
    found = named("2026Q1.csv", "tax_deed", KNOWN).period
    assert found is not None
    assert (found.first, found.last) == (date(2026, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("clinic-2026.csv", "unknown_dataset"),
        ("clinic_bill.doc", "unknown_form"),
        ("clinic_bill-2026-13.csv", "bad_period"),
        ("csv", "unknown_form"),
    ],
)
def test_other_names_are_refused(name: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        named(name, "", KNOWN)
    assert refused.value.fault.code == code


def test_periods_have_a_first_and_a_last_day() -> None:
    leap = read_stretch("2024-02")
    assert leap is not None
    assert leap.last == date(2024, 2, 29)
    assert read_stretch("2026-02-30") is None
    assert read_stretch("26") is None
    both = stretch_of_months([2026 * 12 + 10, 2026 * 12 + 8])
    assert both is not None
    assert (both.text, both.first, both.last) == ("2026-09/2026-11", date(2026, 9, 1), date(2026, 11, 30))
    assert stretch_of_months([]) is None


def test_the_division_of_rows_is_the_smallest_that_holds_them_from_the_county_up() -> None:
    assert holding(["370502001001", "370502001002", ""]) == "370502"
    assert holding(["370502001", "370503"]) == "3705"
    assert holding(["370502", "371502"]) == "37"
    assert holding(["370502", "500101"]) == ""
    assert holding([]) == ""


def test_titles_are_known_however_people_decorate_them() -> None:
    titles = Titles(BILLS)
    decorated = ["自付金额(元)", " 自付金额 *", "AMOUNT", "Amount", "Visit Type", "visit-type", "【姓名】", "_change"]
    assert [titles.known([title]) for title in decorated] == [1, 1, 1, 1, 1, 1, 0, 1]


def test_identity_goes_to_the_vault_and_the_rest_to_the_archive() -> None:
    plan = shape_of(BILLS, {})
    assert plan.own == "id_no"
    assert plan.persons == ("id_no", "father_id_no")
    assert set(plan.things) == {"phone", "living_address", "bank_account"}
    assert not {"name", "father_name", "complaint", "phone", "id_no"} & set(plan.plain)
    assert plan.details["id_no"] == {"name": "name", "phone": "phone", "living_address": "address"}
    assert plan.details["father_id_no"] == {"father_name": "name"}
