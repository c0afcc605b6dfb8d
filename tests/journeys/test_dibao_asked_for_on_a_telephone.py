"""Dibao asked for on a telephone: signed by a spouse far away, verified, surveyed by two, refused with reasons, and appealed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import MONDAY, DatedDesk
from tests.journeys.families import PHONE, WIDE, Person, families, pictured, sign_in, telephone

SEEN = {
    "met": "self", "place_kind": "rural", "kin_of_cadre": "no", "causes": "illness", "house_kind": "self_built", "fits": "yes",
    "signed_by_family": "yes", "outcome": "policy_told",
}  # fmt: skip


class Family:
    """One family on its way. story: the beginning of its pictures. number: of its receipt."""

    def __init__(self, desk: DatedDesk, chromium: Browser, people: list[Person], story: str) -> None:
        self.desk, self.chromium, self.people, self.story = desk, chromium, people, story
        self.me, self.spouse, *_ = people
        self.phone = telephone(chromium)
        self.number, self.pictures = "", 0

    def shot(self, page: Page, words: str) -> None:
        self.pictures += 1
        pictured(page, f"{self.story}-{self.pictures:02}-{words}")

    def officer(self, account: str, **asked: object) -> Page:
        return self.desk.signed_in(self.chromium, account, **{"viewport": WIDE, "locale": "zh-CN", **asked})

    def hands_in(self) -> None:
        """Page by page on the telephone; what is known already is shown and not asked."""
        page = self.phone
        sign_in(page, self.desk, self.me)
        self.shot(page, "home")
        page.click("text=我要求助")
        page.click("text=现在开始")
        page.click("text=我知道要办哪一种")
        page.check("input[value=dibao]")
        self.shot(page, "what-is-wanted")
        page.click("text=下一步")
        expect(page.locator("#phone")).to_have_value(self.me.phone)
        page.fill("#address", "村东头 12 号")
        self.shot(page, "where-they-live")
        page.click("text=下一步")
        relation = page.locator("select[name='members.1.member_relation']")
        if relation.input_value() == "":  # the register does not say how she stands to him
            relation.select_option("spouse")
        for one in self.people[1:]:
            expect(page.locator("main")).to_contain_text(one.name[:1])
        self.shot(page, "who-lives-there")
        page.click("text=下一步")
        page.check("input[name=kin_declared][value=no]")
        page.click("text=下一步")
        for box in page.locator("input[type=checkbox]").all():
            box.check()
        self.shot(page, "looked-over-and-signed")
        page.click("text=签字并提交")
        expect(page.locator("main")).to_contain_text("还没签的")
        self.shot(page, "handed-in")
        found = re.search(r"受理号\s*(\d{9}-\d{4}-\d{5})", page.locator("main").inner_text())
        assert found
        self.number = found[1]

    def application(self, account: str) -> Page:
        page = self.officer(account)
        page.goto(f"{self.desk.address}/applications/")
        page.locator("tr", has_text=self.number).locator("a").first.click()
        return page

    def is_taken_up(self) -> None:
        """Accepted by the township; the spouse signs by a link, and with the last signature every source is asked."""
        clerk = self.application("township")
        clerk.locator("form[action$='/accept/'] button").click()
        expect(clerk.locator("main")).to_contain_text("已受理")
        clerk.click("text=请家人签授权")
        row = clerk.locator("tr", has=clerk.locator("th", has_text=self.spouse.name))
        row.locator("form[action$='/link/'] button").click()
        self.shot(clerk, "the-desk-makes-a-link")
        link = re.search(r"http\S+/help/sign/\S+", row.inner_text())
        assert link
        afar = telephone(self.chromium)
        afar.goto(link[0])
        assert self.spouse.name not in afar.content()
        afar.check("input[value=finance]")
        afar.check("input[value=medical]")
        afar.fill("#number", self.spouse.number)
        self.shot(afar, "a-spouse-far-away-signs")
        afar.click("text=同意并签字")
        expect(afar.locator("h1")).to_contain_text("签好了")
        afar.context.close()
        clerk.context.close()

    def is_examined(self) -> None:
        """The report is issued by itself; two surveyors go to the home; the township ends the examination."""
        clerk = self.officer("township")
        clerk.goto(f"{self.desk.address}/tasks/?kind=visit")
        row = clerk.locator("tr", has_text=self.me.name).first
        row.locator("summary").click()
        row.locator("select[name=to]").select_option("surveyor")
        row.locator("form[action$='/assign/'] button").click()
        page = self.officer("surveyor", viewport=PHONE)
        page.goto(f"{self.desk.address}/today/")
        page.locator("main a", has_text="记录走访").first.click()
        for name, value in SEEN.items():
            page.locator(f"input[name='{name}'][value={value}], input[name$='.{name}'][value={value}]").first.check()
        page.fill("[name=income_year]", "4800")
        page.fill("[name=fits_because]", "家中陈设简单，无高值物品，与申报一致")
        page.select_option("#second_surveyor", "surveyor2")
        at = self.desk.clock.now(MONDAY.tzinfo)
        page.fill("#began_at", f"{at - timedelta(minutes=50):%Y-%m-%dT%H:%M}")
        page.fill("#ended_at", f"{at - timedelta(minutes=5):%Y-%m-%dT%H:%M}")
        self.shot(page, "the-survey-of-two")
        page.locator(".acts button", has_text="记录走访并办结").click()
        expect(page.locator("main")).to_contain_text("入户调查员（第二人）")
        page.context.close()
        # One source answers later and one not at all: two days on, the report says so and is issued by itself.
        self.desk.on(MONDAY + timedelta(days=3))
        self.desk.command("worker", "--once")
        clerk = self.officer("township")
        clerk.goto(f"{self.desk.address}/verification/")
        clerk.locator("tr", has_text=self.me.name).locator("a").first.click()
        self.shot(clerk, "the-report")
        clerk.context.close()
        clerk = self.application("township")
        clerk.locator("form[action$='/finish/'] button").click()
        expect(clerk.locator("main")).to_contain_text("各项结果")
        clerk.context.close()

    def decision(self, account: str) -> Page:
        page = self.officer(account)
        page.goto(f"{self.desk.address}/decisions/")
        page.locator("main a", has_text=self.me.name).first.click()
        return page

    def pressed(self, page: Page, button: str, told: str) -> None:
        page.locator("button", has_text=re.compile(f"^{button}$")).click()
        expect(page.locator("main")).to_contain_text(told)

    def letter(self, title: str) -> None:
        sign_in(self.phone, self.desk, self.me)  # days went by
        self.phone.goto(f"{self.desk.address}/help/letters/")
        self.phone.locator("main a", has_text=title).first.click()
        self.phone.locator("main button", has_text="打开").click()

    def appeals(self, words: str) -> None:
        self.phone.click("text=我不同意，要申诉")
        self.phone.fill("#words", words)
        self.shot(self.phone, "the-appeal")
        self.phone.locator("button", has_text="提交申诉").click()
        expect(self.phone.locator("main")).to_contain_text("已收到")
        self.shot(self.phone, "the-appeal-is-in-hand")


@pytest.mark.feature("SF008", "SF087")
def test_a_family_applies_on_the_phone_and_is_refused_with_reasons_and_the_right_road_of_appeal(
    dated_desk: DatedDesk, chromium: Browser
):
    dated_desk.on(MONDAY)
    people = next(one for one in families(dated_desk) if len(one) == 3 and one[1].relation == "10" and one[2].age() < 18)
    family = Family(dated_desk, chromium, people, "refused")
    family.hands_in()
    family.is_taken_up()
    family.is_examined()
    clerk = family.decision("township")
    family.pressed(clerk, "提出意见", "审核意见已提出")
    family.shot(clerk, "what-the-rules-say")
    family.pressed(clerk, "报县级", "已报县级确认")
    county = family.decision("county")
    county.check("input[name=act][value=refuse]")
    county.fill("#because", "两名成年人十二个月工资收入 66,000 元，高于当地标准")
    family.pressed(county, "签字决定", "三个工作日内送达")
    family.letter("不予确认决定书")
    told = family.phone.locator("main")
    expect(told).to_contain_text("66,000")
    expect(told).to_contain_text("60 日内，向东营区人民政府申请行政复议")
    expect(told).to_contain_text("6 个月内，直接向")
    expect(told).to_contain_text("请问：东营区民政")  # who decided answers for it
    family.shot(family.phone, "the-letter")
    family.appeals("我爱人已经失业，那 33,000 元是以前的工资，请重新核实。")
