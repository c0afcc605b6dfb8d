"""A steward's room and the studio in the real browser: accessible, as wide as the screen, and quick while a slider moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from jiuzhu.registry import public
from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings
from tests.support import aid

CODE = "S01-E01"


@pytest.fixture(scope="module")
def held(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An odd delivery in the workspace that is served."""
    files: Path = tmp_path_factory.mktemp("aid")
    return aid.delivered(files, desk.county.workspace, desk.county.catalogue).delivery


@pytest.fixture
def steward(desk: Desk, chromium: Browser, held: str) -> Iterator[Page]:
    yield from _signed_in(desk, chromium, "steward")


def _signed_in(desk: Desk, chromium: Browser, account: str) -> Iterator[Page]:
    page = desk.signed_in(chromium, account, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page.goto(desk.address)
    page.wait_for_selector("h1")
    yield page
    page.context.close()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "path",
    [
        "/data/deliveries/?state=all",
        "/data/deliveries/?lang=en",
        "/data/quarantine/",
        "/data/datasets/",
        "/data/datasets/medins_settlement/",
        "/data/screenings/",
        "/indicators/",
        f"/indicators/{CODE}/",
    ],
)
def test_a_stewards_pages_are_accessible_and_as_wide_as_the_screen(steward: Page, desk: Desk, path: str, width: int):
    steward.set_viewport_size({"width": width, "height": 844})
    steward.goto(desk.address + path)
    assert findings(steward) == []
    assert steward.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", [f"/indicators/{CODE}/try/?value=100", f"/indicators/{CODE}/?lang=en", "/indicators/proposals/"])
def test_the_studio_is_accessible_and_as_wide_as_the_screen(page: Page, desk: Desk, path: str, width: int):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(desk.address + path)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_held_delivery_is_sent_back_with_a_reason(steward: Page, desk: Desk, held: str):
    steward.goto(f"{desk.address}/data/deliveries/")
    frame = steward.locator(".hold")
    expect(frame).to_contain_text("金额为零太多")
    frame.locator("input[name=because]").fill("columns slipped")
    frame.get_by_role("button", name="裁定，写入记录").click()
    expect(steward.locator(".hold")).to_have_count(0)
    (one,) = public.held(desk.county.workspace, as_of=desk.county.run.as_of, catalogue=desk.county.catalogue)
    assert (one.delivery, one.sent_back) == (held, True)


def test_the_result_follows_the_number_without_a_press(page: Page, desk: Desk):
    page.goto(f"{desk.address}/indicators/{CODE}/")
    expect(page.locator("#slide")).to_be_visible()
    page.fill("#value", "100")
    expect(page.locator("#tried .says")).to_contain_text("试算")
    assert page.locator("#slide").input_value() != ""
    assert page.locator("#proposed").input_value() == "100"
    live = sum(row["indicator_id"] == CODE for row in desk.county.warnings)
    expect(page.locator("#tried .says")).to_contain_text(f"线上 {live}")
