"""Families of the invented county for journeys, and how somebody sits down at a telephone or a desk."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber
from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings

PICTURES = Path(__file__).parents[2] / "var" / "journeys"
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Person:
    name: str
    number: str
    phone: str
    relation: str

    def age(self, year: int = 2026) -> int:
        return year - IdNumber.parse(self.number).birth_date.year


def families(desk: Desk) -> Iterator[list[Person]]:
    """Families of the low-income base as the county delivered them, the head first, the largest township's first."""
    township = public.largest_township(desk.county.workspace) or ""
    found: dict[str, list[Person]] = defaultdict(list)
    places: dict[str, str] = {}
    with (desk.county.folder / "deliveries" / "civil_lowincome_member.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["在册状态"] == "1":
                one = Person(row["姓名"], row["公民身份号码"], row["联系电话"], row["与户主关系"])
                found[row["家庭编号"]].append(one)
                places[row["家庭编号"]] = row["行政区划代码"]
    for household in sorted(found, key=lambda one: (not places[one].startswith(township), one)):
        if places[household].startswith(township):
            yield sorted(found[household], key=lambda one: one.relation)


def pictured(page: Page, name: str) -> None:
    """Kept for whoever wants to see the way; readable to everybody, and no wider than the screen."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert findings(page) == [], page.url
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def telephone(chromium: Browser, **asked: Any) -> Page:
    """Whatever a family has in its pocket; `test_a_resident_on_a_phone` goes the same pages without script."""
    page = chromium.new_context(viewport=PHONE, locale="zh-CN", **asked).new_page()
    page.set_default_timeout(60_000)
    return page


def sign_in(page: Page, desk: Desk, who: Person) -> None:
    page.goto(f"{desk.address}/help/sign-in/")
    page.fill("#name", who.name)
    page.fill("#number", who.number)
    page.fill("#phone", who.phone)
    page.click("text=发短信给我")
    page.fill("#code", desk.command("residents", "code"))
    page.click("text=确认")
    expect(page.locator("h1")).to_contain_text(f"{who.name}，您好")
