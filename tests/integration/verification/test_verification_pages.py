"""At the desk a family signs, every source is asked at one click, and the report stands beside the numbers of its day; a relative signs
from far away, and whoever holds the paper can check it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jiuzhu.casework.cases.models import Member
from jiuzhu.casework.trace.models import Answer
from jiuzhu.casework.verification import authorising, reporting, rounds
from jiuzhu.casework.verification.models import Authorisation, Link, Objection, Report, Request
from tests.support.verifying import AT, TODAY, UNTIL, Home, later, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(home: Home, monkeypatch: pytest.MonkeyPatch, client: Client) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    for party in (home.head, home.spouse, home.child):
        Member.objects.create(case=home.case, party=party, since=TODAY)
    client.force_login(home.officer)
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def test_from_signatures_to_a_report_beside_its_limits_and_the_survey(home: Home, desk: Client) -> None:
    family = reverse("verification-family", args=[home.case.key])
    assert "没有签" in text(desk.get(family))
    assert "一键核对" not in text(desk.get(family))
    told = {"consents": ["register", "finance"], "how": "paper", "until": UNTIL.isoformat()}
    for party, signer in ((home.head, ""), (home.spouse, ""), (home.child, home.head.key)):
        answer = desk.post(
            reverse("verification-authorise", args=[home.case.key]), {"party": party.key, "signer": signer, **told}
        )
        assert answer.status_code == 302
    assert "一键核对" in text(desk.get(family))
    home.has(home.head, "traffic_vehicle", {"vehicle_class": "1", "vehicle_status": "1", "purchase_price": "80000.00"})
    assert desk.post(reverse("verification-begin", args=[home.case.key]), {"template": "dibao"}).status_code == 302
    assert "进行中" in text(desk.get(family))
    told_of = rounds.work(at=AT, departments=home.departments(court=home.twin(is_down=True)))
    assert told_of["reports"] == 0
    issued = desk.post(reverse("verification-issue", args=[Request.objects.get().key]))
    report = Report.objects.get()
    assert issued["Location"] == reverse("verification-report", args=[report.key])
    page = text(desk.get(issued["Location"]))
    for word in (
        report.number,
        "（部分）",
        "未申报",
        "未返回",
        "机动车船",
        "入户调查",
        "不单独作为认定或拒绝的依据",
        "各级返回",
    ):
        assert word in page, word
    late = text(desk.get(issued["Location"] + "?state=late"))
    assert "宣告死亡或失踪" in late
    assert "机动车<" not in late
    objected = desk.post(reverse("verification-object", args=[report.key]), {"party": home.head.key, "said": "车已经卖了"})
    assert objected.status_code == 302
    assert Objection.objects.get().due_on is not None
    assert "车已经卖了" in text(desk.get(issued["Location"]))


def test_what_is_out_of_reach_is_not_there(home: Home, desk: Client) -> None:
    home.everybody_signs()
    made = home.ask()
    report = reporting.issue(request=made, by=home.officer, at=AT)
    from tests.support.officers import officer

    desk.force_login(officer("far", "township_officer", "370503001"))
    for name, key in (("verification-report", report.key), ("verification-family", home.case.key)):
        assert desk.get(reverse(name, args=[key])).status_code == 404
    assert report.number not in text(desk.get(reverse("verification")))


@pytest.mark.feature("SF014")
def test_each_source_is_shown_with_its_items_its_way_and_how_it_answered(home: Home, desk: Client) -> None:
    home.everybody_signs()
    home.ask()
    rounds.work(at=AT, departments=home.departments(tax=home.twin(refused=100)))
    page = text(desk.get(reverse("verification-sources")))
    assert "个人所得税申报收入" in page
    assert page.count('<tr><th scope="row">') == 33
    assert "100 %" in page


@pytest.mark.feature("SF094")
def test_a_relative_far_away_reads_what_is_asked_for_and_signs_with_their_own_number(home: Home, desk: Client) -> None:
    sent = desk.post(reverse("verification-link", args=[home.case.key]), {"party": home.spouse.key, "until": UNTIL.isoformat()})
    shown = text(desk.get(sent["Location"]))
    path = "/help/sign/" + shown.split("/help/sign/")[1].split("/")[0] + "/"
    for kept in (Answer.objects.values_list("told"), Link.objects.values_list(), Session.objects.values_list("session_data")):
        assert path.split("/")[3] not in str(list(kept))
    phone = Client()
    page = text(phone.get(path))
    for word in ("分开同意", "银行、证券、保险", "可以随时收回", "2027-11-19"):
        assert word in page, word
    assert "乙" not in page
    wrong = phone.post(path, {"number": number("19700101", 1), "consents": ["register"], "act": "sign"})
    assert (wrong.status_code, "不符" in text(wrong)) == (422, True)
    none = phone.post(path, {"number": number("19720202", 2), "act": "sign"})
    assert none.status_code == 422
    right = phone.post(path, {"number": number("19720202", 2), "consents": ["register"], "act": "sign"})
    assert "签好了" in text(right)
    signed = Authorisation.objects.get(party=home.spouse)
    assert (signed.how, signed.consents) == ("remote", "register")
    assert phone.get(path).status_code == 404
    _, token = authorising.link(case=home.case, party=home.spouse, until=UNTIL, by=home.officer, at=AT)
    taken = phone.post(f"/help/sign/{token}/", {"number": number("19720202", 2), "act": "withdraw"})
    assert "已经收回" in text(taken)
    signed.refresh_from_db()
    assert signed.ended_why == "withdrawn"


def test_a_paper_is_checked_by_its_number_and_digest_and_tells_nothing_else(home: Home, desk: Client) -> None:
    home.everybody_signs()
    report = reporting.issue(request=home.ask(), by=home.officer, at=later(1))
    anyone = Client()
    right = anyone.get(f"/help/check/{report.number}/{report.digest[:16]}/")
    assert (right.status_code, "这份报告是真的" in text(right)) == (200, True)
    assert "甲" not in text(right).split("<main")[1].split("</main>")[0]
    for path in (f"{report.number}/{'0' * 16}", f"HD-0/{report.digest[:16]}"):
        assert anyone.get(f"/help/check/{path}/").status_code == 404
