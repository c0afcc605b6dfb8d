"""An officer goes from the overview down to a village, opens a family for a reason, and reads its file and chain."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings


def opened_family(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/overview/families/?division=370502")
    page.locator(".main-link").first.click()
    page.wait_for_selector("#chain, .gate")
    if page.locator(".gate").count():  # a reason typed before holds for half an hour
        page.fill("#because", "窗口咨询临时救助")
        page.locator(".gate button[type=submit]").click()
    page.wait_for_selector("#chain")


@pytest.mark.feature("SF031")
def test_from_the_county_down_to_a_village_every_number_opens_its_list(page: Page, desk: Desk):
    page.goto(f"{desk.address}/overview/")
    assert findings(page) == []
    page.locator("tbody th[scope=row] a").first.click()
    expect(page).to_have_url(re.compile(r"division=370502\d{3}$"))
    open_ones = page.locator("tfoot td a").first
    count = open_ones.inner_text().replace(",", "")
    open_ones.click()
    expect(page.locator("p.sums")).to_contain_text(f"{count} 条预警")


@pytest.mark.feature("SF072")
@pytest.mark.requirement("A5")
def test_a_file_opens_for_a_typed_reason_and_shows_chain_members_and_items(page: Page, desk: Desk):
    opened_family(page, desk)
    assert findings(page) == []
    expect(page.locator("#chain-h")).to_contain_text("一户一条救助链")
    page.locator(".gnav", has_text="疾病与医疗").click()
    expect(page.locator(".of-group h3")).to_contain_text("疾病与医疗")
    masked = page.locator("#members .id").first.inner_text()
    assert re.fullmatch(r"\d{4}\*{10}\d{3}[\dX]", masked)
    page.locator("#members summary").first.click()
    page.locator("#members details[open] input[name=because]").fill("核对银行账号")
    page.locator("#members details[open] button").click()
    whole = page.locator(".big-figure").inner_text()
    assert re.fullmatch(r"\d{17}[\dX]", whole)
    assert (whole[:4], whole[14:]) == (masked[:4], masked[14:])


def test_overview_file_and_board_fit_a_phone_and_a_wall(desk: Desk, page: Page, chromium: Browser):
    opened_family(page, desk)
    address = page.url
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, storage_state=page.context.storage_state(), locale="zh-CN"
    )
    small = phone.new_page()
    for one in (f"{desk.address}/overview/", address):
        small.goto(one)
        assert small.evaluate("document.documentElement.scrollWidth") <= 390
        assert findings(small) == []
    phone.close()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{desk.address}/board/")
    assert findings(page) == []
    sizes = page.evaluate("""() => [...document.querySelectorAll('.board *')].filter(one => [...one.childNodes].some(
        node => node.nodeType === 3 && node.textContent.trim()) && one.getClientRects().length && !one.closest('title')).map(one => {
        const drawn = one.closest('svg');
        const scale = drawn && drawn.viewBox.baseVal.width ? Math.min(drawn.clientWidth / drawn.viewBox.baseVal.width,
            drawn.clientHeight / drawn.viewBox.baseVal.height) : 1;
        return parseFloat(getComputedStyle(one).fontSize) * scale; })""")
    assert min(sizes) >= 14
