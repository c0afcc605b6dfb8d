"""The pages of letters, publications and messages: served with a proof, read by anyone what hangs, and nobody's name whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.notices import publications
from jiuzhu.casework.notices.models import Notice, Objection, Publication
from jiuzhu.casework.notices.publications import Line
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.tree import Title
from tests.integration.desk.conftest import AT, signed_in
from tests.support.families import TOWNSHIP, VILLAGE
from tests.support.officers import officer
from tests.support.telling import BY, decision, family, head, person, refusal

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def hung(**more: Any) -> Publication:
    case = family()
    told = {
        "case": case, "about": decision(case), "lines": [Line(head(case), 4, Title("最低生活保障", "dibao"), 134200)],
        "place": "村务公示栏", "by": BY, "at": AT, "days": 7,
    } | more  # fmt: skip
    return publications.publish("N07", **told)


def test_a_letter_is_found_read_printed_and_served_and_then_says_until_when(zhou: Officer):
    made, client = refusal(family(), at=AT), signed_in(zhou)
    listed = text(client.get("/letters/"))
    assert made.number in listed
    assert "郭志强" in listed
    page = text(client.get(f"/letters/{made.key}/"))
    assert "人均月收入 1212.50 元" in page
    assert "登记送达" in page
    paper = text(client.get(f"/letters/{made.key}/print/"))
    assert "收件人签名" in paper
    assert "jz-nav" not in paper
    wrong = client.post(f"/letters/{made.key}/serve/", {"how": "sms", "proof": "x"})
    assert wrong.status_code == 409
    assert "这不能证明送达" in text(wrong)
    served = client.post(f"/letters/{made.key}/serve/", {"how": "hand", "proof": "郭志强 签收", "on": "2026-11-21"})
    assert served.status_code == 302
    page = text(client.get(f"/letters/{made.key}/"))
    assert "2027-01-20" in page  # sixty days later
    assert "郭志强 签收" in page
    assert made.number not in text(client.get("/letters/"))
    assert made.number in text(client.get("/letters/?show=served&lang=en"))
    assert Event.objects.filter(operation="notices.read", subject_key=made.key, who="zhou").count() >= 3


def test_elsewhere_a_letter_is_not_there_and_an_auditor_reads_that_it_is_but_not_what_it_says(zhou: Officer):
    made = refusal(family(), at=AT)
    other, auditor = signed_in(officer("li", "township_officer", "370503001")), signed_in(officer("aud", "auditor", "370502"))
    for address in (f"/letters/{made.key}/", f"/letters/{made.key}/print/"):
        assert other.get(address).status_code == 404
    assert other.post(f"/letters/{made.key}/serve/", {"how": "hand", "proof": "x"}).status_code == 404
    page = text(auditor.get(f"/letters/{made.key}/"))
    assert "1212.50" not in page
    assert "不对您的角色显示" in page
    assert auditor.get(f"/letters/{made.key}/print/").status_code == 404
    assert auditor.post(f"/letters/{made.key}/serve/", {"how": "hand", "proof": "x"}).status_code == 404
    assert Notice.objects.get().state == "to_serve"


def test_the_log_says_what_a_message_said_and_never_the_whole_number(zhou: Officer):
    refusal(family(), at=AT)
    refusal(family(person("李敏", phone="")), at=AT)
    page = text(signed_in(zhou).get("/letters/messages/"))
    assert "您有一份文书" in page
    assert "139****1234" in page
    assert "13905461234" not in page
    assert "没有手机号" in page


@pytest.mark.requirement("H4")
def test_anyone_reads_what_hangs_in_a_village_without_signing_in_and_after_its_days_the_address_is_gone(now: Any, zhou: Officer):
    made, client = hung(), Client()
    places = text(client.get("/published/"))
    assert f"/published/{VILLAGE}/" in places
    page = text(client.get(f"/published/{VILLAGE}/"))
    assert "郭*强" in page
    assert "1,342.00" in page
    assert made.number in page
    for hidden in ("郭志强", "13905461234", "zhou"):
        assert hidden not in page
    now(AT + timedelta(days=8))
    never = client.get("/published/370502001999/")
    gone = client.get(f"/published/{VILLAGE}/")
    assert (gone.status_code, gone.content) == (404, never.content)
    assert client.get(f"/published/of/{made.key}/object/").status_code == 404
    assert VILLAGE not in text(client.get("/published/"))


def test_whoever_disagrees_says_so_without_a_name_once_and_an_officer_reads_it(zhou: Officer):
    made, client = hung(), Client()
    address = f"/published/of/{made.key}/object/"
    assert "可以不留姓名" in text(client.get(address))
    empty = client.post(address, {"because": " ", "key": "k" * 24})
    assert empty.status_code == 422
    assert client.post(address, {"because": "他家有两套房", "name": "王五"}).status_code == 302
    assert Objection.objects.count() == 1
    assert "收到了" in text(client.get(f"/published/{VILLAGE}/"))
    assert "他家有两套房" not in text(client.get(f"/published/{VILLAGE}/"))
    page = text(signed_in(zhou).get(f"/letters/publications/{made.key}/"))
    assert "他家有两套房" in page
    assert "王五" in page
    assert "还不能上报" in page


def test_a_publication_put_up_by_mistake_is_taken_down(zhou: Officer):
    made, client = hung(), signed_in(zhou)
    assert made.number in text(client.get("/letters/publications/"))
    assert client.post(f"/letters/publications/{made.key}/end/").status_code == 302
    assert Client().get(f"/published/{VILLAGE}/").status_code == 404
    page = text(client.get("/letters/publications/?show=ended"))
    assert made.number in page
    assert "张贴有误" in page
    other = signed_in(officer("li", "township_officer", "370503001"))
    assert other.get(f"/letters/publications/{made.key}/").status_code == 404
    assert other.post(f"/letters/publications/{made.key}/end/").status_code == 404
