"""What comes after a decision, in a browser by role: a cut with its hearing, once upheld and once dropped; a death with its recovery."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from jiuzhu.vocabulary.local_day import local_day
from tests.journeys.conftest import Desk
from tests.journeys.test_a_family_is_helped import pictured

ROOT = Path(__file__).parents[2]
WIDE = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}


@pytest.fixture(scope="module")
def helped(desk: Desk) -> list[dict[str, Any]]:
    """One who lives alone and two families, whose dibao runs."""
    asked = [sys.executable, "-m", "tests.support.helped_families", str(desk.county.workspace)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    found: list[dict[str, Any]] = json.loads(told.splitlines()[-1])
    return sorted(found, key=lambda one: not one["alone"])


@pytest.fixture
def officers(desk: Desk, chromium: Browser) -> Iterator[tuple[Page, Page]]:
    """The township's clerk and the county's reviewer."""
    pages = desk.signed_in(chromium, "township", **WIDE), desk.signed_in(chromium, "county", **WIDE)
    yield pages
    for page in pages:
        page.context.close()


def review(desk: Desk, clerk: Page, family: dict[str, Any], *, because: str) -> None:
    """Looked at before its day; a change is proposed and the family invited."""
    clerk.goto(f"{desk.address}/decisions/of/{family['item']}/")
    clerk.locator("summary", has_text="提前复核").click()
    clerk.fill("#r-because", because)
    clerk.locator("button", has_text="开始复核").click()
    expect(clerk.locator("h1")).to_contain_text(family["name"])
    clerk.locator("summary", has_text="提出变更").click()
    clerk.fill("#c-because", because)
    clerk.fill("#c-when", "明天上午九点")
    clerk.fill("#c-place", "镇便民服务中心")
    pictured(clerk, "after-1-a-review")
    clerk.locator("button", has_text="提出变更").click()
    expect(clerk.locator("body")).to_contain_text("变更已提出")


def hear(desk: Desk, clerk: Page, family: dict[str, Any], *, yuan: str, said: str) -> None:
    clerk.goto(f"{desk.address}/decisions/of/{family['item']}/")
    clerk.locator("summary", has_text="听取意见").click()
    clerk.select_option("#plans", "cut")
    clerk.fill("#h-yuan", yuan)
    clerk.fill("#held_on", f"{local_day(datetime.now(UTC)):%Y-%m-%d}")
    clerk.fill("#h-who", "户主本人")
    clerk.fill("#h-told", "复核发现新增务工收入，拟减发")
    clerk.fill("#h-said", said)
    clerk.locator("button", has_text="记录听取意见").click()
    expect(clerk.locator("body")).to_contain_text("听取意见已记录，待遇照发")


def test_a_cut_is_heard_and_upheld_for_one_family_and_dropped_for_another(
    desk: Desk, helped: list[dict[str, Any]], officers: tuple[Page, Page]
) -> None:
    clerk, reviewer = officers
    _, cut, kept = helped
    for family, said in ((cut, "收入确有增加，同意按规定减发"), (kept, "上月已被辞退，没有收入了")):
        review(desk, clerk, family, because="复核发现新增务工收入")
        hear(desk, clerk, family, yuan="100", said=said)

    reviewer.goto(f"{desk.address}/decisions/of/{cut['item']}/")
    reviewer.check("input[name=act][value=cut]")
    reviewer.fill("#yuan", "100")
    reviewer.fill("#because", "新增务工收入，家庭无异议")
    pictured(reviewer, "after-2-a-cut")
    reviewer.locator("button", has_text="签字决定").click()
    expect(reviewer.locator("body")).to_contain_text("已减发，下月起执行")
    expect(reviewer.locator("aside")).to_contain_text("100.00")

    clerk.goto(f"{desk.address}/decisions/of/{kept['item']}/")
    clerk.check("input[name=act][value=keep]")
    clerk.fill("#because", "已被辞退，收入没有增加")
    clerk.locator("button", has_text="签字决定").click()
    expect(clerk.locator("body")).to_contain_text("维持不变")
    expect(clerk.locator("aside")).to_contain_text(f"{kept['fen'] / 100:,.2f}")
    pictured(clerk, "after-3-kept")

    clerk.goto(f"{desk.address}/reviews/?show=done")
    expect(clerk.locator("main")).to_contain_text(cut["name"])
    clerk.goto(f"{desk.address}/letters/")
    expect(clerk.locator("main")).to_contain_text("救助金额调整通知书")
    expect(clerk.locator("main")).to_contain_text("听取意见通知书")


@pytest.mark.feature("SF201")
def test_after_a_death_the_benefit_ends_and_what_was_paid_since_comes_back(
    desk: Desk, helped: list[dict[str, Any]], officers: tuple[Page, Page]
) -> None:
    clerk, reviewer = officers
    alone, today = helped[0], local_day(datetime.now(UTC))
    clerk.goto(f"{desk.address}/cases/{alone['case']}/life/")
    clerk.select_option("#kind", "death")
    clerk.fill("#on", f"{today:%Y-%m-%d}")
    clerk.select_option("#party", index=1)
    clerk.fill("#proof", "死亡医学证明 20261122")
    pictured(clerk, "after-4-a-death-is-entered")
    clerk.locator("button", has_text="登记").click()
    expect(clerk.locator("body")).to_contain_text("家庭变动已登记")

    reviewer.goto(f"{desk.address}/decisions/of/{alone['item']}/")
    expect(reviewer.locator("aside")).to_contain_text(f"{alone['fen'] / 100:,.2f}")  # nothing ended by itself
    reviewer.check("input[name=act][value=lapse]")
    reviewer.fill("#because", "死亡医学证明在案")
    reviewer.locator("button", has_text="签字决定").click()
    expect(reviewer.locator("body")).to_contain_text("已因死亡终止")

    clerk.goto(f"{desk.address}/recoveries/")
    clerk.locator("main tbody a").first.click()
    expect(clerk.locator("main")).to_contain_text(f"{alone['fen'] / 100:,.2f}")
    clerk.fill("#h-name", "王小兰")
    clerk.fill("#h-phone", "13905461234")
    clerk.fill("#h-on", f"{today:%Y-%m-%d}")
    clerk.fill("#h-who", "女儿王小兰")
    clerk.fill("#h-told", "去世次月起不再发放，已发的一个月应退还")
    clerk.fill("#h-said", "同意分两次退还")
    clerk.locator("button", has_text="记录听取意见").click()
    expect(clerk.locator("body")).to_contain_text("听取意见已记录")

    reviewer.goto(clerk.url)
    half, rest = alone["fen"] // 2, alone["fen"] - alone["fen"] // 2
    reviewer.fill("#d-yuan", f"{alone['fen'] / 100:.2f}")
    for number, fen in enumerate((half, rest)):
        reviewer.fill(f"#dd{number}", f"{today + timedelta(days=30 * (number + 1)):%Y-%m-%d}")
        reviewer.fill(f"#dp{number}", f"{fen / 100:.2f}")
    reviewer.fill("#d-why", "去世次月起不应发放")
    reviewer.evaluate("scrollTo(0, 0)")  # nothing of the form lies under the head of the page
    pictured(reviewer, "after-5-a-recovery")
    reviewer.locator("button", has_text="决定追回").click()
    expect(reviewer.locator("body")).to_contain_text("决定书已出具")
    for fen, receipt in ((half, "PJ-001"), (rest, "PJ-002")):
        reviewer.fill("#r-yuan", f"{fen / 100:.2f}")
        reviewer.fill("#r-day", f"{today:%Y-%m-%d}")
        reviewer.fill("#r-no", receipt)
        reviewer.locator("button", has_text="登记退款").click()
        expect(reviewer.locator("body")).to_contain_text("退款已登记入账")
    expect(reviewer.locator("main")).to_contain_text("已退清")
    pictured(reviewer, "after-6-all-came-back")
    reviewer.goto(f"{desk.address}/letters/")
    expect(reviewer.locator("main")).to_contain_text("追回决定书")
