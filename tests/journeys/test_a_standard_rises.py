"""A new standard that holds from two months ago: the county looks, signs once, the family is written to, and the next list pays it back."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from playwright.sync_api import Browser, expect

from jiuzhu.casework.payments import months
from tests.journeys.conftest import Desk
from tests.journeys.test_a_family_is_helped import pictured


def test_a_standard_rises_for_months_that_were_paid_and_the_difference_comes_with_the_next_list(
    desk: Desk, chromium: Browser
) -> None:
    told = [sys.executable, "-m", "tests.support.standing_benefit", str(desk.county.workspace)]
    item = subprocess.run(told, capture_output=True, text=True, check=True).stdout.strip()
    this = months.of(datetime.now(UTC))
    then = months.after(this)
    page = desk.signed_in(chromium, "county", viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page.goto(f"{desk.address}/decisions/raise/?programme=dibao&month={months.after(this, -2)}")
    # (900 x 12 x 3 - 18,000) x 3 / 36 = 1,200 instead of 810, and two months of 390 were paid too little
    row = page.locator("tbody tr", has=page.locator(f"a[href$='{item}/']"))
    for amount in ("810.00", "1,200.00", "780.00"):
        expect(row).to_contain_text(amount)
    expect(page.locator("main")).to_contain_text("随下一份名册发放")
    pictured(page, "raise-1-looked-at")
    page.locator("button", has_text="签字，全部增发").click()
    expect(page.locator("body")).to_contain_text("已增发")
    desk.command("worker", "--once")

    page.goto(f"{desk.address}/decisions/of/{item}/")
    expect(page.locator("main")).to_contain_text("1,200.00")
    page.goto(f"{desk.address}/letters/")
    page.locator("tbody a", has_text="救助金额调整通知书").first.click()
    expect(page.locator("main")).to_contain_text("由每月810元调整为1200元")
    expect(page.locator("main")).to_contain_text("由770元调整为900元")
    pictured(page, "raise-2-the-letter")

    page.goto(f"{desk.address}/payments/")
    page.locator("summary", has_text="生成名册").click()
    page.select_option("#line", f"dibao-370502-{then[:4]}")
    page.select_option("#month", then)
    page.locator("button", has_text="生成").last.click()
    # The next month whole, and the difference of the three that were paid by the old standard: 1,200 and 1,170 yuan.
    expect(page.locator("main")).to_contain_text("2,370.00")
    pictured(page, "raise-3-paid-back")
    page.context.close()
