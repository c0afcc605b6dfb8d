"""An officer signs in, narrows the list, opens a warning, and reads why it stands."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Desk


def findings(page: Page) -> list[str]:
    told = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [f"{one['id']}: {node['html'][:120]}" for one in told.response["violations"] for node in one["nodes"]]


def open_warning(page: Page, desk: Desk, indicator: str) -> None:
    page.goto(f"{desk.address}/warnings/?indicator={indicator}")
    page.locator(".main-link").first.click()
    page.wait_for_selector(".drw")


@pytest.mark.feature("SF062", "SF069")
def test_a_click_shows_the_rule_the_figure_the_limit_and_the_rows(page: Page, desk: Desk):
    open_warning(page, desk, "S01-E01")
    drawer = page.locator(".drw")
    expect(drawer.locator(".rule")).to_contain_text("12 个月")
    expect(drawer).to_contain_text("此地此日阈值 5,000")
    expect(drawer.locator(".behind").first).to_contain_text("医疗")
    expect(page).to_have_url(re.compile(r"/warnings/[A-Z0-9]+/\?indicator=S01-E01"))


def test_filters_read_as_words_and_the_numbers_equal_the_lists(page: Page, desk: Desk):
    red = page.locator("p.sums .g.red").inner_text().split()[-1]
    page.locator("summary", has_text="等级").click()
    page.locator("input[name=level][value='4']").check()
    page.locator("details[open] button[type=submit]").click()
    page.wait_for_selector("details:not([open]) summary.on")
    assert {text.strip() for text in page.locator("tbody td .g").all_inner_texts()} == {"红色"}
    assert f"{red} 条预警" in page.locator("p.sums").inner_text()


def test_the_keyboard_alone_walks_the_list_and_closes_the_drawer(page: Page, desk: Desk):
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_selector(".drw")
    assert page.evaluate("document.activeElement.id") == "opened"
    page.keyboard.press("Escape")
    page.wait_for_selector(".drw", state="detached")


def test_it_works_without_any_script(desk: Desk, chromium: Browser):
    page = desk.signed_in(chromium, "township", java_script_enabled=False)
    page.goto(f"{desk.address}/warnings/")
    page.locator(".main-link").first.click()
    expect(page.locator(".drw .rule")).to_be_visible()
    page.context.close()


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(desk: Desk, chromium: Browser):
    page = chromium.new_context().new_page()
    page.goto(desk.address)
    page.fill("#id_username", "county")
    page.fill("#id_password", "not it")
    page.click("button[type=submit]")
    expect(page.locator("[role=alert]")).to_contain_text("账号或密码不对")
    assert findings(page) == []
    page.context.close()


@pytest.mark.requirement("A3")
def test_a_warning_out_of_reach_and_one_that_never_was_look_alike(page: Page, desk: Desk):
    answers = [page.request.get(f"{desk.address}/warnings/{number}/") for number in ("AAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBB")]
    assert {answer.status for answer in answers} == {404}
    assert answers[0].body() == answers[1].body()


@pytest.mark.requirement("B8")
def test_nothing_is_stored_by_the_browser_and_nothing_runs_from_elsewhere(page: Page, desk: Desk):
    for path in ("/warnings/", "/login/", "/warnings/export.csv"):
        headers = page.request.get(desk.address + path).headers
        assert headers["cache-control"] == "no-store", path
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path


@pytest.mark.parametrize(
    ("width", "height", "name"), [(1440, 900, "desk"), (1920, 1080, "wall"), (390, 844, "phone")], ids=["desk", "wall", "phone"]
)
def test_every_size_is_readable_by_everyone_and_nothing_is_cut_off(page: Page, desk: Desk, width: int, height: int, name: str):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{desk.address}/warnings/")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    open_warning(page, desk, "S01-E01")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_english_is_complete(page: Page, desk: Desk):
    page.goto(f"{desk.address}/warnings/?lang=en&indicator=S01-E01")
    page.locator(".main-link").first.click()
    page.wait_for_selector(".drw")
    shell = page.locator("h1, .tabs, .flt, thead, .drw h3").all_inner_texts()
    assert not [text for text in shell if any("\u4e00" <= sign <= "\u9fff" for sign in text)]
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(f"{desk.address}/warnings/?lang=zh")
