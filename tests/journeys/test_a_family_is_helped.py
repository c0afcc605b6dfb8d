"""From a bill to a family helped, by four roles: it arrives, is released and given out, visited and told; chain, yield and record show it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from jiuzhu.registry import public
from tests.integration.registry.village import bill, write
from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings
from tests.support.county import DIVISION, NOW

PICTURES = Path(__file__).parents[2] / "var" / "journeys"
REASON = "核对一季度大病支出情况"


def a_member_without_a_warning(desk: Desk, township: str) -> dict[str, str]:
    """Somebody of the low-income base in that township whose household nothing is said of, as the county delivered them."""
    told = {row["household_id"] for row in public.warnings(desk.county.workspace, by="test", at=NOW)}
    with (desk.county.folder / "deliveries" / "civil_lowincome_member.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["行政区划代码"].startswith(township) and row["在册状态"] == "1"]
    return next(row for row in rows if row["家庭编号"] not in told)


def pictured(page: Page, name: str) -> None:
    """Kept for whoever wants to see the way; and readable to everybody."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert findings(page) == [], page.url


@pytest.fixture
def arrived(desk: Desk, tmp_path: Path) -> dict[str, str]:
    """A bill of 96,000 yuan is delivered and looked at; the first warning it raised, and whose it is."""
    township = public.largest_township(desk.county.workspace)
    assert township is not None
    member = a_member_without_a_warning(desk, township)
    late = bill("late", 1, "96000", "2026-11-18")
    late |= {"id_no": member["公民身份号码"], "name": member["姓名"], "region_code": member["行政区划代码"]}
    file = write(tmp_path, "medins_settlement-2026-11-b.csv", [late])
    desk.command("deliver", str(file), "--as-of", "2026-11-20")
    desk.command("look")
    issued = public.stream(desk.county.workspace, after=0)
    first = next(entry for entry in issued if entry.indicator_id == "S01-E01" and entry.household_id == member["家庭编号"])
    assert (first.change, first.grade, first.rows[-1][0] != "") == ("new", "red", True)
    return {"warning": first.warning_id, "household": first.household_id, "name": member["姓名"]}


@pytest.mark.feature("SF045", "SF273")
def test_a_bill_becomes_a_visit_and_everybody_sees_what_came_of_it(desk: Desk, chromium: Browser, arrived: dict[str, str]):
    wide = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}
    officer = desk.signed_in(chromium, "township", **wide)
    officer.goto(f"{desk.address}/warnings/{arrived['warning']}/")
    expect(officer.locator("#opened")).to_contain_text(arrived["name"])
    pictured(officer, "1-a-red-warning-arrives")
    officer.select_option(".drw #to", "worker")
    officer.locator(".drw .acts button", has_text="发布并派单").click()
    expect(officer.locator("body")).to_contain_text("已发布 1 条预警")
    pictured(officer, "2-released-and-given-out")
    officer.goto(f"{desk.address}/today/")
    expect(officer.locator("main")).to_contain_text(arrived["name"])
    pictured(officer, "2-the-day-of-the-township")

    worker = desk.signed_in(chromium, "worker", viewport={"width": 390, "height": 844}, locale="zh-CN")
    worker.goto(f"{desk.address}/today/")
    expect(worker.locator("main")).to_contain_text(arrived["name"])
    pictured(worker, "3-the-day-of-a-grid-worker")
    worker.locator("main a", has_text="记录走访").first.click()
    worker.check("input[name=met][value=self]")
    worker.check("input[name=safe_tonight][value=yes]")
    worker.check("input[name=enough_food][value=sometimes]")
    worker.fill("#began_at", "2026-11-20T09:00")
    worker.fill("#ended_at", "2026-11-20T09:40")
    worker.check("input[name=outcome][value=policy_told]")
    pictured(worker, "4-the-visit")
    worker.locator(".acts button", has_text="记录走访并办结").click()
    expect(worker.locator("main")).to_contain_text("政策")
    pictured(worker, "5-the-visit-is-kept")

    officer.goto(f"{desk.address}/warnings/{arrived['warning']}/")
    officer.locator(".drw a", has_text="家庭档案").click()
    officer.fill("#because", REASON)
    officer.locator(".gate button[type=submit]").click()
    chain = officer.locator("#chain")
    expect(chain).to_contain_text("走访")
    pictured(officer, "6-the-chain-of-the-family")

    reviewer = desk.signed_in(chromium, "county", **wide)
    reviewer.goto(f"{desk.address}/yields/")
    expect(reviewer.locator("tr", has_text="S01-E01")).to_contain_text("1")
    pictured(reviewer, "7-what-the-warning-came-to")

    auditor = desk.signed_in(chromium, "auditor", **wide)
    auditor.goto(f"{desk.address}/audit/")
    auditor.fill("#household", arrived["household"])
    auditor.fill("form[action$='/audit/family/'] [name=because]", "抽查本月新开档案")
    auditor.locator("form[action$='/audit/family/'] button").click()
    told = auditor.locator("main")
    expect(told).to_contain_text("乡镇经办员")
    expect(told).to_contain_text(REASON)
    expect(told).to_contain_text("网格员（网格员，史口镇）记录走访")
    pictured(auditor, "8-who-looked-and-why")
    assert DIVISION in arrived["household"]
    for page in (officer, worker, reviewer, auditor):
        page.context.close()
