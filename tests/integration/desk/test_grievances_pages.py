"""The pages of grievances: taken in by telephone, given to somebody, answered by another than who decided, seen late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.grievances import ears
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.notices import letters
from tests.integration.desk.conftest import AT, signed_in
from tests.support import families
from tests.support.families import COUNTY, TOWNSHIP
from tests.support.officers import officer
from tests.support.telling import family, refusal

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.feature("SF089")
def test_a_call_to_the_hotline_is_open_at_once_with_its_day_and_is_seen_late(zhou: Officer, now: Any):
    client = signed_in(zhou)
    assert "没有等待答复的来件" in text(client.get("/grievances/"))
    wrong = client.post("/grievances/new/", {"kind": "appeal", "channel": "hotline", "words": "x"})
    assert wrong.status_code == 422
    told = {"kind": "complaint", "channel": "hotline", "words": "窗口不收材料", "name": "王五"}
    taken = client.post("/grievances/new/", told)
    made = Grievance.objects.get()
    assert taken.url == f"/grievances/{made.key}/"
    page = text(client.get(taken.url))
    assert "窗口不收材料" in page
    assert made.receipt in page
    assert "2026-12-04" in page
    now(AT + timedelta(days=20))
    late = text(signed_in(officer("wu", "county_officer", COUNTY)).get("/grievances/?show=late&lang=en"))
    assert made.receipt in late
    assert "overdue" in late


def test_an_appeal_is_entered_from_its_letter_answered_by_somebody_else_and_the_decision_is_made_anew(
    zhou: Officer, monkeypatch: pytest.MonkeyPatch
):
    told: list[str] = []
    monkeypatch.setattr(ears, "_decides", {"grant": lambda key, because, by, at: told.append(because)})
    wu, sun = (officer(name, "county_officer", COUNTY) for name in ("wu", "sun"))
    letter = refusal(family(), at=AT, by=wu)
    letters.serve(notice=letter, how="hand", proof="x", by=wu, at=AT)
    client = signed_in(zhou)
    assert "登记申诉" in text(client.get(f"/letters/{letter.key}/"))
    form = text(client.get(f"/grievances/new/?letter={letter.key}"))
    assert letter.number in form
    sent = {"letter": letter.key, "kind": "appeal", "channel": "counter", "words": "收入算错了"}
    address = client.post("/grievances/new/", sent).url
    page = text(client.get(address))
    assert "按期" in page
    given = signed_in(sun).post(f"{address}assign/", {"to": "sun", "seen": "1"})
    assert given.status_code == 302
    answer = {"outcome": "upheld", "answer": "加班费已停发", "seen": "2"}
    held = signed_in(wu).post(f"{address}answer/", answer)
    assert held.status_code == 409
    assert "由另一位同事答复" in text(held)
    old = signed_in(sun).post(f"{address}answer/", answer | {"seen": "1"})
    assert old.status_code == 409
    assert signed_in(sun).post(f"{address}answer/", answer).status_code == 302
    assert told == ["加班费已停发"]
    page = text(client.get(address))
    assert "原决定已交重新办理" in page
    assert "加班费已停发" in page


@pytest.mark.requirement("K2")
def test_a_correction_is_sent_to_the_department_from_its_page(zhou: Officer):
    families.department("住房城乡建设")
    case, client = family(), signed_in(zhou)
    address = client.post(
        "/grievances/new/", {"kind": "correction", "channel": "phone", "words": "房子不是我的", "case": case.key}
    ).url
    assert "送来源部门更正" in text(client.get(address))
    sent = {"department": "住房城乡建设", "asked": "核对不动产登记", "seen": "1"}
    nowhere = client.post(f"{address}ask/", sent | {"department": "无此部门"})
    assert nowhere.status_code == 409
    assert client.post(f"{address}ask/", sent).status_code == 302
    assert "住房城乡建设" in text(client.get(address))
    waits = client.post(f"{address}answer/", {"outcome": "done", "answer": "x", "seen": "2"})
    assert waits.status_code == 409
    assert "还没有答复" in text(waits)


def test_elsewhere_none_of_it_is_there(zhou: Officer):
    client, other = signed_in(zhou), signed_in(officer("li", "township_officer", "370503001"))
    address = client.post("/grievances/new/", {"kind": "complaint", "channel": "phone", "words": "x"}).url
    assert other.get(address).status_code == 404
    for part in ("assign", "ask", "answer"):
        assert other.post(f"{address}{part}/", {"to": "li", "seen": "1"}).status_code == 404
    assert Grievance.objects.get().receipt not in text(other.get("/grievances/"))
