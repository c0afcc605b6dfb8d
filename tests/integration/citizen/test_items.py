"""The library of items for everybody, what is asked for as one thing on a telephone, and its parts on the progress page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.bundles import actions
from jiuzhu.casework.bundles.declared import library
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.models import Referral
from tests.integration.citizen.test_applying import ANSWERS, walked
from tests.integration.decisions.test_frozen import standard
from tests.support import families
from tests.support.applying import VILLAGE
from tests.support.families import TOWNSHIP
from tests.support.officers import officer
from tests.support.residents import at_home, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]
SMALL = 40_000  # bytes of a page with its style


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def read(address: str, language: str = "zh", client: Client | None = None) -> str:
    page = (client or Client()).get(f"{address}{'&' if '?' in address else '?'}lang={language}")
    assert page.status_code == 200, address
    return page.content.decode()


@pytest.mark.feature("SF139", "SF207")
def test_everybody_reads_of_every_item_whose_it_is_for_whom_by_which_rule_with_what_papers_and_where_it_is_asked_for():
    listed = read("/help/items/")
    codes = re.findall(r'/help/items/(\w+)/"', listed)
    assert sorted(codes) == sorted(library().items)
    style = b"".join(Client().get("/static/citizen/citizen.css").streaming_content)
    for code in codes:
        item, page = library().items[code], read(f"/help/items/{code}/")
        told = words(page)
        for text in (item.title.zh, item.owner.zh, item.tells.zh, item.where.zh, "带什么", "依据"):
            assert text in told, (code, text)
        assert ("看什么" in told) == bool(item.programmes or item.rule), code
        assert f"/help/apply/?item={code}" in page
        assert len(page.encode()) + len(style) < SMALL
    assert len(listed.encode()) + len(style) < SMALL


@pytest.mark.parametrize("address", ["/help/items/", "/help/items/medical/", "/help/items/court_fees/", "/help/bundles/family/"])
def test_an_english_page_has_no_chinese_left_and_no_script(address: str):
    page = read(address, "en")
    told = words(re.sub(r'<(a|li|dd|b|span)\b[^>]*lang="zh-CN".*?</\1>', "", page))
    assert re.findall(r"[\u4e00-\u9fff]+", told.replace("中文", "")) == []
    assert not re.search(r'\son\w+="|javascript:|style="', page)
    assert page.count("<h1") == 1


def test_a_word_finds_the_items_that_speak_of_it_and_nothing_else():
    found = set(re.findall(r'/help/items/(\w+)/"', read("/help/items/?q=诉讼费")))
    assert found == {"court_fees"}
    assert set(re.findall(r'/help/items/(\w+)/"', read("/help/items/?q=LAWYER", "en"))) == {"legal_aid"}
    assert "没有找到" in read("/help/items/?q=量子")
    assert Client().get("/help/items/nothing/").status_code == 404
    assert Client().get("/help/bundles/nothing/").status_code == 404


def test_the_standard_of_a_place_stands_there_with_its_source_and_an_unset_one_says_so(tmp_path: Path, settings: Any):
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    standard(settings.PLACE_FOLDER, 612, "2026-01-01", "dibao.rural_monthly")
    for code in ("370502", "110101"):
        Office.objects.create(department="民政", division_code=code, tier="county", name=code)
    here, elsewhere = words(read("/help/items/dibao/?at=370502")), words(read("/help/items/dibao/?at=110101"))
    assert "612 元" in here
    assert "invented" in here
    assert "612 元" not in elsewhere
    assert "本地还没有设定" in elsewhere


@pytest.mark.feature("SF003", "SF130", "SF207")
def test_one_press_on_a_bundle_asks_ten_departments_and_one_page_shows_where_each_part_stands():
    bundle = library().bundles["family"]
    party, _ = at_home(division=VILLAGE)
    client = signed_in(party)
    read("/help/apply/?bundle=family", client=client)
    wish = " ".join(bundle.items)
    address = client.post("/help/apply/", {"wish": wish})["Location"]
    kept = {name: given for name, given in ANSWERS.items() if name != "items"}
    review, _ = walked(client, address, kept)
    pledged = dict.fromkeys(("truth", "consent_check", "consent_notice", "consent_finance", "consent_medical"), "yes")
    key = review.split("/")[3]
    handed = client.post(
        f"/help/apply/{key}/hand-in/", {**pledged, "key": "0" * 32, "seen": str(Application.objects.get().version)}
    )
    assert handed.status_code == 302, words(handed.content.decode())[:400]
    application = Application.objects.select_related("walk", "case").get()
    assert application.number, handed["Location"]
    for department in {library().items[code].department for code in bundle.items} - {"民政"}:
        families.department(department)
    clerk = officer("clerk", "township_officer", TOWNSHIP)
    at = application.submitted_at + timedelta(hours=1)
    applications.accept(application=application, by=clerk, at=at)
    page = read(f"/help/mine/{application.walk.key}/", client=client)
    shown = words(page[page.index('id="parts"') :])
    for code in bundle.items:
        assert library().items[code].title.zh in shown
    lawyer = Referral.objects.get(item="legal_aid")
    assert lawyer.office.department == "司法行政"
    justice = families.Officer.objects.get(account="司法行政")
    referrals.report(referral=lawyer, said="done", sentence="张律师会给您打电话", by=justice, at=at + timedelta(days=1))
    assert "张律师会给您打电话" in read(f"/help/mine/{application.walk.key}/", client=client)
    assert actions.answer_due(at=at + timedelta(days=2)) == 0, "the others are not there yet, and not late"
