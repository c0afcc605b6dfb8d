"""A resident of seventy on a cheap telephone: without script, in large type, page by page; everybody can read every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings

PHONE = {"width": 360, "height": 640}
PUBLIC = (
    "/help/", "/help/kinds/", "/help/kinds/dibao/", "/help/ways/", "/help/windows/", "/help/notices/", "/help/sign-in/", "/help/nowhere/",
)  # fmt: skip
OWN = (
    "/help/", "/help/mine/", "/help/letters/", "/help/received/", "/help/looks/", "/help/requests/", "/help/agreed/", "/help/apply/",
)  # fmt: skip
LEAST = {"plain": 44, "large": 56}  # pixels a finger needs


def small_targets(page: Page, least: int) -> list[str]:
    """Buttons, fields and links that stand by themselves and are lower than a finger needs; links inside a sentence are not meant."""
    told: list[str] = page.evaluate(
        """least => [...document.querySelectorAll('main button, main .big, main .in, main .ch, .list a, .sw, .ask, a.card')]
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < least).map(one => one.outerHTML.slice(0, 90))""",
        least,
    )
    return told


def readable(page: Page, kind: str) -> None:
    assert findings(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    assert small_targets(page, LEAST[kind]) == [], page.url


def sign_in(page: Page, desk: Desk) -> None:
    number, name, phone = desk.command("residents", "someone").split("\n")
    page.goto(f"{desk.address}/help/sign-in/")
    page.fill("#name", name)
    page.fill("#number", f"{number[:6]} {number[6:14]} {number[14:]}")
    page.fill("#phone", phone)
    page.click("text=发短信给我")
    page.fill("#code", desk.command("residents", "code"))
    page.click("text=确认")
    expect(page.locator("h1")).to_contain_text(f"{name}，您好")


@pytest.fixture
def telephone(chromium: Browser) -> Iterator[Page]:
    """No script runs on it."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.mark.feature("SF008", "SF142")
def test_without_any_script_a_resident_signs_in_reads_and_asks(desk: Desk, telephone: Page):
    sign_in(telephone, desk)
    for words in ("我家得到的帮助", "谁看过我家的档案", "查阅、更正、要说法"):
        telephone.goto(f"{desk.address}/help/")
        telephone.click(f"text={words}")
        expect(telephone.locator("h1")).to_have_text(words)
    telephone.goto(f"{desk.address}/help/kinds/")
    telephone.click("text=临时救助")
    expect(telephone.locator("h1")).to_have_text("临时救助")
    telephone.goto(f"{desk.address}/help/")
    telephone.click("text=退出")
    telephone.goto(f"{desk.address}/help/received/")
    expect(telephone.locator("h1")).to_have_text("先确认是您本人")


@pytest.mark.feature("SF008")
def test_everybody_can_read_every_page_in_both_types_and_languages(desk: Desk, chromium: Browser):
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    page, said = context.new_page(), []
    page.set_default_timeout(60_000)
    page.on("console", lambda told: said.append(told.text) if told.type == "error" and "404" not in told.text else None)
    for paths, before in ((PUBLIC, None), (OWN, sign_in)):
        if before is not None:
            page.goto(f"{desk.address}/help/?type=plain&lang=zh")
            before(page, desk)
        for kind, language in (("large", "zh"), ("plain", "en"), ("plain", "zh")):
            page.goto(f"{desk.address}/help/?type={kind}&lang={language}")
            for path in paths:
                page.goto(desk.address + path)
                readable(page, kind)
    assert said == []
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    context.close()
