"""A new officer enrols a second factor and signs in; administrators and auditors find their pages; everybody can read them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from jiuzhu.crypto import one_time
from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings
from tests.support.county import DIVISION

WIDTHS = (1440, 390)
PASSWORD = "a long enough password"


def readable(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    assert findings(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.requirement("A10")
def test_a_new_officer_enrols_with_the_word_and_a_code_and_is_in(desk: Desk, chromium: Browser):
    desk.command(
        "officers", "open", "newcomer", "--staff-number", "9001", "--name", "新人", "--division", DIVISION, told=PASSWORD + "\n"
    )
    desk.command("officers", "assign", "newcomer", "county_officer", "--division", DIVISION, "--until", "2099-01-01")
    ticket = desk.command("officers", "enrol", "newcomer")
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(desk.address)
    for width in WIDTHS:
        readable(page, width)
    page.fill("#id_username", "newcomer")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator(".qr")).to_be_visible()
    assert page.locator(".qr").get_attribute("viewBox"), "the whole code is scaled, none of it is cut off"
    for width in WIDTHS:
        readable(page, width)
    secret = base64.b32decode("".join(page.locator(".secret span").all_inner_texts()))
    page.fill("#id_ticket", ticket)
    page.fill("#id_code", "000000")
    page.click("button[type=submit]")
    expect(page.locator("[role=alert]")).to_contain_text("动态口令不对")
    page.fill("#id_ticket", ticket)
    page.fill("#id_code", one_time.code_of(secret, one_time.step_of(datetime.now(UTC))))
    page.click("button[type=submit]")
    page.wait_for_selector(".jz-nav")
    page.click("text=退出")
    page.fill("#id_username", "newcomer")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_have_text("输入动态口令")
    for width in WIDTHS:
        readable(page, width)
    page.context.close()


@pytest.mark.requirement("B8")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("account", "paths"),
    [
        ("county", ["/account/", "/delegations/", "/audit/", "/account/?lang=en"]),
        ("security", ["/officers/", "/officers/of/county/", "/officers/?lang=en"]),
        ("auditor", ["/audit/", "/audit/events/", "/audit/family/", "/audit/?lang=en", "/nowhere/"]),
    ],
)
def test_every_page_is_readable_by_everyone_and_nothing_is_kept_in_the_browser(
    desk: Desk, chromium: Browser, account: str, paths: list[str], width: int
):
    page = desk.signed_in(chromium, account, viewport={"width": width, "height": 844})
    for path in paths:
        page.goto(desk.address + path)
        readable(page, width)
        if "lang=en" in path:
            told = page.locator("h2, label, th, button, .st").all_inner_texts()
            assert not [text for text in told if any("\u4e00" <= sign <= "\u9fff" for sign in text)], path
    page.goto(desk.address + "/account/?lang=zh")
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(kept) <= {"htmx-current-path-for-history"}  # the address of the page alone, until the tab is closed
    assert page.evaluate("document.cookie") == ""
    page.context.close()
