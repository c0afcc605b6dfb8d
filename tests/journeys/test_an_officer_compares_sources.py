"""An officer sees how reliable the sources are, and of whom of the division they say different things."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from jiuzhu.registry import public
from tests.journeys.conftest import Desk
from tests.journeys.test_an_officer_reads_warnings import findings


@pytest.mark.feature("SF044")
def test_a_comparison_opens_the_people_of_the_division_with_every_word_side_by_side(page: Page, desk: Desk):
    counts = {one.code: one for one in public.comparisons(desk.county.workspace, division="370502")}
    code = max(counts, key=lambda code: counts[code].here)
    page.goto(f"{desk.address}/data/")
    row = page.locator("tr", has=page.locator(f"a[href='/data/{code}/']"))
    expect(row.locator("td").last).to_have_text(f"{counts[code].here:,}")
    row.locator("a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(counts[code].title_zh)
    people = page.locator(".people > li")
    assert people.count() == min(counts[code].here, 25)
    for one in people.all():
        assert one.locator(".authority").count() == 1
        assert one.locator(".differs").count() >= 1
        expect(one.locator("li").first).to_contain_text("以此为准")


@pytest.mark.feature("SF044")
def test_the_sources_stand_with_their_scores_the_lowest_first(page: Page, desk: Desk):
    page.goto(f"{desk.address}/data/")
    told = public.sources(desk.county.workspace)
    shown = [float(text) for text in page.locator(".score b").all_inner_texts()]
    assert shown == sorted(float(one.score) for one in told if one.score is not None)
    page.locator(".chips a", has_text="与权威来源有出入").click()
    differing = sum(one.agreement.good < one.agreement.whole for one in told)
    assert page.locator(".score b").count() == differing


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/data/", "/data/alive/", "/data/?lang=en"])
def test_the_data_room_is_accessible_and_as_wide_as_the_screen(page: Page, desk: Desk, path: str, width: int):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(desk.address + path)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_an_officer_of_a_township_sees_only_its_people(desk: Desk, chromium: Browser):
    page = desk.signed_in(chromium, "township")
    page.goto(f"{desk.address}/data/")
    township = public.largest_township(desk.county.workspace)
    assert township is not None
    here = {one.title_zh: one.here for one in public.comparisons(desk.county.workspace, division=township)}
    shown = {
        row.locator("td .m").first.inner_text(): int(row.locator("td").last.inner_text().replace(",", ""))
        for row in page.locator(".things tbody tr").all()
    }
    page.context.close()
    assert shown == here
    assert sum(here.values()) < sum(one.people_conflicting for one in public.comparisons(desk.county.workspace))
