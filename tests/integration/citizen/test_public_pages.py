"""What anyone may read: which help there is and how it goes, where to go, whom to call; small, in both languages, without script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.catalogue import Catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]
PAGES = (
    "/help/",
    "/help/kinds/",
    "/help/kinds/dibao/",
    "/help/kinds/shelter_relief/",
    "/help/ways/",
    "/help/windows/",
    "/help/sign-in/",
)
SMALL = 40_000  # bytes of a page with its style


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def offices() -> None:
    for code, tier, name in (("370502", "county", "东营区民政局"), ("370502001", "township", "文汇街道社会救助窗口")):
        Office.objects.create(department="民政", division_code=code, tier=tier, name=name)


@pytest.mark.feature("SF008")
@pytest.mark.usefixtures("offices")
@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_is_small_needs_no_script_and_reads_in_both_languages(address: str):
    client = Client()
    chinese, english = (client.get(f"{address}?lang={language}").content.decode() for language in ("zh", "en"))
    style = client.get("/static/citizen/citizen.css")
    assert len(chinese.encode()) + len(b"".join(style.streaming_content)) < SMALL
    assert 'lang="zh-CN"' in chinese
    assert "tel:12345" in chinese
    told = words(re.sub(r'<(a|li|dd|b|span)\b[^>]*lang="zh-CN".*?</\1>', "", english))
    left = re.findall(r"[\u4e00-\u9fff]+", told.replace("中文", ""))
    assert address == "/help/windows/" or left == [], left
    for page in (chinese, english):
        assert not re.search(r'\son\w+="|javascript:|style="', page)
        assert page.count("<h1") == 1
    assert not Event.objects.exists(), "who reads in public is nobody's business"


def test_every_kind_of_help_in_force_has_its_page_and_each_says_by_which_law(national: Catalogue):
    listed = Client().get("/help/kinds/").content.decode()
    codes = re.findall(r'/help/kinds/(\w+)/"', listed)
    told = {
        name for code in codes for name in (national.duties.cards[code].programmes if code in national.duties.cards else (code,))
    }
    assert told == set(national.programmes.texts)
    for code in codes:
        page = words(Client().get(f"/help/kinds/{code}/").content.decode())
        assert "依据" in page, code


def test_the_guide_of_dibao_says_what_is_looked_at_what_to_bring_and_how_long_it_takes():
    page = words(Client().get("/help/kinds/dibao/").content.decode())
    for text in (
        "家庭人均月收入低于当地低保标准",
        "每月发钱",
        "收入",
        "核对授权书",
        "最多 30 个工作日",
        "中华人民共和国社会救助法",
    ):
        assert text in page, text
    assert Client().get("/help/kinds/no_such_help/").status_code == 404


def test_large_type_and_the_language_stay_chosen():
    client = Client()
    assert 'class="large"' not in client.get("/help/").content.decode()
    client.get("/help/?type=large&lang=en")
    page = client.get("/help/kinds/").content.decode()
    assert '<html lang="en" class="large">' in page
    client.get("/help/?type=plain")
    assert 'class="large"' not in client.get("/help/kinds/").content.decode()


@pytest.mark.usefixtures("offices")
def test_windows_are_those_of_the_offices_of_civil_affairs():
    page = words(Client().get("/help/windows/").content.decode())
    assert "文汇街道社会救助窗口" in page
    Office.objects.create(department="民政", division_code="370503", tier="county", name="河口区民政局")
    assert "文汇街道社会救助窗口" not in words(Client().get("/help/windows/").content.decode()), (
        "of several counties one is chosen first"
    )
    assert "河口区民政局" in words(Client().get("/help/windows/?at=370503").content.decode())
