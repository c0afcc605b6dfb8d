"""A warning shows its rule in words, the limit in force there and then, and the very rows behind the figure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiuzhu.registry import public
from tests.support.county import AS_OF, County


def of(county: County, indicator: str) -> list[dict[str, str]]:
    return [row for row in county.warnings if row["indicator_id"] == indicator]


@pytest.mark.feature("SF062", "SF069")
@pytest.mark.requirement("F5")
def test_the_settlements_of_twelve_months_add_up_to_the_figure_of_a_red_warning(county: County):
    red = next(row for row in of(county, "S01-E01") if row["grade"] == "red")
    told = public.explain(county.workspace, red["warning_id"])
    bills = [row for row in told.rows if row.dataset == "medins_settlement"]
    assert sum(Decimal(row.columns["self_pay_amount"]) for row in bills) == Decimal(red["value"]) == Decimal(told.value)
    assert all("2025-11-21" <= row.columns["settlement_date"] <= "2026-11-20" for row in bills)
    assert told.limit["value"] == red["threshold"] == "5000.00"
    assert "医疗费用结算" in told.rule_zh
    assert "12 个月" in told.rule_zh
    assert "5,000" in told.rule_zh


@pytest.mark.feature("SF068")
def test_bills_of_two_members_make_one_warning_of_their_household(county: County):
    truth = next(
        row for row in county.truth if row["story"].endswith("half the year's income") and row["indicator_id"] == "S01-E04"
    )
    warning = next(row for row in of(county, "S01-E04") if row["subject"] == truth["subject"])
    assert (warning["subject_kind"], warning["value"], warning["unit"]) == ("household", "0.5000", "ratio")
    told = public.explain(county.workspace, warning["warning_id"])
    assert sorted(row.columns["self_pay_amount"] for row in told.rows if row.dataset == "medins_settlement") == [
        "15000.00",
        "5000.00",
    ]


@pytest.mark.feature("SF067")
def test_records_of_nine_departments_are_compared(county: County):
    departments = set()
    for row in county.warnings:
        for dataset in county.catalogue.datasets_read(county.catalogue.indicators[row["indicator_id"]]):
            departments.add(county.catalogue.datasets[dataset].department)
    nine = {"民政", "乡村振兴", "医疗保障", "残疾人联合会", "教育", "人力资源社会保障", "卫生健康", "应急管理", "公安"}
    assert nine <= departments
    delivered = {one.dataset for one in public.deliveries(county.workspace, as_of=AS_OF) if one.accepted}
    four = {"公安", "医疗保障", "应急管理", "残疾人联合会"}
    assert four <= {county.catalogue.datasets[code].department for code in delivered}


@pytest.mark.feature("SF045")
def test_a_visit_that_comes_back_as_a_dataset_raises_what_it_found(county: County):
    found = [row for row in of(county, "S12-E04") if row["grade"] == "orange"]
    told = public.explain(county.workspace, found[0]["warning_id"])
    assert {row.dataset for row in told.rows} >= {"civil_home_visit"}


@pytest.mark.feature("SF033")
def test_departments_and_datasets_are_counted_from_what_was_delivered(county: County):
    delivered = {one.dataset for one in public.deliveries(county.workspace, as_of=AS_OF)}
    read = {code for item in county.catalogue.indicators.values() for code in county.catalogue.datasets_read(item)}
    assert read <= delivered
    assert len({county.catalogue.datasets[code].department for code in delivered}) >= 28
    assert len(delivered) >= 77
