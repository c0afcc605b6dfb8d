"""Pages of one's own account, of accounts and roles, of what is handed down, and of the record: each by who may, and what each leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiuzhu.casework.accounts import emergencies, kin, looks
from jiuzhu.casework.accounts.bonds import KinLink
from jiuzhu.casework.accounts.entrances import LIVE, Session
from jiuzhu.casework.accounts.models import Assignment, Delegation, Officer
from jiuzhu.casework.accounts.permissions import Console
from jiuzhu.casework.supervision import actions as supervision
from jiuzhu.casework.supervision.models import Oddity
from jiuzhu.casework.trace.models import Event
from tests.integration.desk.conftest import AT, HERE, THERE, signed_in, warning
from tests.support.officers import account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
NUMBER = "11010519491231002X"  # the published example of GB 11643
FAMILY = looks.Family("H1", HERE)


def events(operation: str, **more: str) -> list[str]:
    return list(Event.objects.filter(operation=operation, **more).order_by("pk").values_list("who", flat=True))


def security() -> Officer:
    return officer("keeper", "security_administrator", "370502")


def test_an_account_shows_its_roles_until_when_and_ends_every_session_at_once():
    zhou = officer("zhou", "county_officer", "370502")
    client = signed_in(zhou)
    page = client.get("/account/").content.decode()
    assert "县级审核" in page
    assert "2028-01-01" in page
    assert client.post("/account/everywhere/")["Location"] == "/login/"
    assert not Session.objects.filter(LIVE).exists()
    assert client.get("/account/").status_code == 302


@pytest.mark.requirement("A9")
def test_relatives_are_declared_once_shown_to_oneself_alone_and_kept_encrypted():
    client = signed_in(officer("zhou", "county_officer", "370502"))
    told = {"name": "周小明", "number": NUMBER, "relation": "sibling", "household": "H1"}
    assert client.post("/account/kin/", told).status_code == 302
    assert client.post("/account/kin/", told).status_code == 422
    assert client.post("/account/kin/", told | {"number": NUMBER[:-1] + "1"}).status_code == 422
    assert "周小明" in client.get("/account/").content.decode()
    other = signed_in(officer("li", "county_officer", "370502"))
    assert "周小明" not in other.get("/account/").content.decode()
    kept = str(list(KinLink.objects.values()))
    assert "周小明" not in kept
    assert NUMBER not in kept
    key = KinLink.objects.get().key
    assert other.post(f"/account/kin/{key}/end/").status_code == 404
    assert client.post(f"/account/kin/{key}/end/").status_code == 302
    assert "周小明" not in client.get("/account/").content.decode()


def test_a_security_administrator_gives_and_ends_roles_and_opens_factors_on_the_page():
    zhou = account("zhou")
    give(zhou, "grid_worker", HERE, until=AT - timedelta(days=1))
    client = signed_in(security())
    page = client.get("/officers/").content.decode()
    assert "zhou" in page
    office = Assignment.objects.get(officer=zhou).office
    asked = {"role": "township_officer", "office": office.pk, "division": HERE[:9], "until": "2027-05-01"}
    wrong = client.post("/officers/of/zhou/roles/", asked)
    assert wrong.status_code == 422  # the office of a village does not answer for a township
    give(account("other"), "county_officer", "370502")
    asked["office"] = Assignment.objects.get(officer__account="other").office.pk
    assert client.post("/officers/of/zhou/roles/", asked).status_code == 302
    given = Assignment.objects.get(role="township_officer")
    page = client.post("/officers/of/zhou/factor/", {"because": "new phone"}).content.decode()
    assert 'class="ticket num"' in page
    assert 'class="ticket num"' not in client.get("/officers/of/zhou/").content.decode()
    assert client.post(f"/officers/roles/{given.pk}/end/", {"because": ""}).status_code == 422
    assert client.post(f"/officers/roles/{given.pk}/end/", {"because": "moved"}).status_code == 302
    assert Assignment.objects.get(pk=given.pk).until == AT
    assert [events(one, outcome="done") for one in ("roles.assign", "roles.end", "factors.open")] == [["keeper"]] * 3


def test_a_system_administrator_opens_and_closes_accounts_on_the_page_and_gives_no_role():
    client = signed_in(officer("system", "system_administrator", "370502"))
    office = Assignment.objects.get(officer__account="system").office
    told = {"account": "li", "name": "李", "staff_number": "77", "office": office.pk, "duty": "casework", "password": "short"}
    assert client.post("/officers/open/", told).status_code == 422
    assert client.post("/officers/open/", told | {"password": "a long enough one"}).status_code == 302
    assert client.post("/officers/open/", told | {"password": "a long enough one"}).status_code == 422
    assert client.post("/officers/of/li/roles/", {"role": "county_officer"}).status_code == 404
    give(Officer.objects.get(account="li"), "county_officer", "370502")
    assert client.post("/officers/of/li/close/", {"because": "left"}).status_code == 302
    assert not Officer.objects.get(account="li").is_active


@pytest.mark.requirement("A3")
def test_accounts_of_another_county_look_like_none():
    officer("far", "county_officer", "370503")
    client = signed_in(security())
    assert "far" not in client.get("/officers/").content.decode()
    answers = [client.get(f"/officers/of/{name}/") for name in ("far", "nobody")]
    assert {one.status_code for one in answers} == {404}
    assert answers[0].content == answers[1].content


def test_a_role_is_handed_down_and_taken_back_on_the_page():
    boss, taker = officer("boss", "county_officer", "370502"), account("taker")
    client = signed_in(boss)
    held = Assignment.objects.get(officer=boss)
    asked = {"role": held.pk, "taker": "taker", "operation": "", "division": HERE[:9], "until": "2026-12-24", "because": "leave"}
    assert client.post("/delegations/", asked | {"taker": "nobody"}).status_code == 422
    assert client.post("/delegations/", asked | {"division": THERE[:9]}).status_code == 422
    assert client.post("/delegations/", asked).status_code == 302
    theirs = signed_in(taker)
    assert theirs.get("/warnings/").status_code == 200
    assert "boss" in theirs.get("/account/").content.decode()
    number = Delegation.objects.get().pk
    assert theirs.post(f"/delegations/{number}/end/").status_code == 404
    assert client.post(f"/delegations/{number}/end/").status_code == 302
    assert theirs.get("/warnings/").status_code == 404


@pytest.mark.feature("SF240")
def test_the_auditors_own_look_is_an_entry_of_the_record():
    client = signed_in(officer("xu", "auditor", "370502"))
    for address, operation in (("/audit/", "events.read"), ("/audit/events/?who=zhou", "events.trace"),
                               ("/audit/events/?outcome=done", "events.read"),
                               ("/audit/events/export.csv", "events.export")):  # fmt: skip
        before = len(events(operation))
        assert client.get(address).status_code == 200
        assert events(operation)[before:] == ["xu"]


@pytest.mark.feature("SF240")
def test_signing_in_and_out_stands_in_a_persons_trace_for_who_supervises_where_they_work():
    signed_in(officer("zhou", "township_officer", HERE[:9])).post("/logout/")
    Client().post("/login/", {"username": "zhou", "password": "guessed"})
    pages = [signed_in(officer(f"xu{place}", "auditor", place)).get("/audit/events/?who=zhou") for place in ("370502", "370503")]
    told = [[word in page.content.decode() for word in ("登录：", "退出：", "被拒绝登录")] for page in pages]
    assert told == [[True] * 3, [False] * 3]


@pytest.mark.feature("SF240")
def test_every_look_at_a_family_appears_with_office_person_time_and_reason():
    warning("here", household_id="H1")
    lookers = [officer(f"looker{number}", "county_officer", "370502") for number in range(5)]
    for number, who in enumerate(lookers):
        looks.open_family(family=FAMILY, by=who, at=AT, reason=f"telephone call number {number}")
    looks.open_family(family=looks.Family("H2", HERE), by=lookers[0], at=AT, reason="another family altogether")
    client = signed_in(officer("xu", "auditor", "370502"))
    page = client.post("/audit/family/", {"household": "H1", "because": "a complaint of the family"}).content.decode()
    for number in range(5):
        assert f"telephone call number {number}" in page
        assert f"looker{number}（县级审核，东营区）" in page
    assert "another family altogether" not in page
    assert "a complaint of the family" in page  # the auditor's own look
    refused = client.post("/audit/family/", {"household": "H1", "because": "why"})
    assert refused.status_code == 422
    far = signed_in(officer("far", "auditor", "370503"))
    asked = [far.post("/audit/family/", {"household": one, "because": "a complaint of the family"}) for one in ("H1", "H-none")]
    assert {one.status_code for one in asked} == {404}
    assert asked[0].content == asked[1].content


@pytest.mark.requirement("A4")
def test_families_are_not_named_to_who_reads_the_record_at_the_internal_level():
    zhou = officer("zhou", "county_officer", "370502")
    looks.open_family(family=looks.Family("household-canary", HERE), by=zhou, at=AT, reason="telephone call")
    for role in ("county_officer", "auditor", "audit_administrator"):
        client = signed_in(officer(f"a-{role}", role, "370502"))
        for address in ("/audit/", "/audit/events/", "/audit/events/export.csv"):
            assert b"household-canary" not in client.get(address).content, (role, address)
            assert b"telephone call" not in client.get(address).content, (role, address)
        traced = client.get("/audit/events/?who=zhou").content
        assert (b"household-canary" in traced, b"telephone call" in traced) == ((role == "auditor",) * 2)


@pytest.mark.requirement("A7")
@pytest.mark.feature("SF107")
def test_an_odd_look_is_found_by_the_daily_run_shown_and_settled_by_somebody_else(now: Callable[[datetime], None]):
    zhou = officer("zhou", "county_officer", "370502")
    give(zhou, "auditor", "370502")
    looks.open_family(family=FAMILY, by=zhou, at=AT, task="T1")
    kin.mark(found=[("staff zhou", "H2", "register")], at=AT)
    looks.open_family(family=looks.Family("H3", HERE), by=zhou, at=AT, reason="telephone call")
    kin.mark(found=[("staff zhou", "H3", "register")], at=AT)
    (found,) = supervision.find_odd_looks(day=AT.date(), by=Console(), at=AT)
    assert (found.who, found.household, found.reasons) == ("zhou", "H3", ["own", "no_task"])
    assert supervision.find_odd_looks(day=AT.date(), by=Console(), at=AT) == []
    address = reverse("odd-settle", args=[found.key])
    asked = {"outcome": "explained", "note": "the door of the house was wrong in the list"}
    assert signed_in(zhou).post(address, asked).status_code == 404
    assert signed_in(officer("far", "auditor", "370503")).post(address, asked).status_code == 404
    xu = signed_in(officer("xu", "auditor", "370502"))
    assert "自己家" in xu.get("/audit/").content.decode()
    assert "H3" in xu.get(reverse("odd", args=[found.key])).content.decode()
    assert xu.post(address, {"outcome": "explained", "note": "ok"}).status_code == 422
    assert xu.post(address, asked).status_code == 302
    kept = Oddity.objects.get()
    assert (kept.state, kept.settled_by) == ("closed", "xu")
    assert "door" not in kept.note
    assert "door of the house" in xu.get(reverse("odd", args=[found.key])).content.decode()


@pytest.mark.requirement("A7")
def test_the_looks_of_a_day_are_gone_through_once_after_it_is_over():
    zhou = officer("zhou", "county_officer", "370502")
    looks.open_family(family=looks.Family("H3", HERE), by=zhou, at=AT, reason="telephone call")
    kin.mark(found=[("staff zhou", "H3", "register")], at=AT)
    assert supervision.find_yesterdays(at=AT) == 0
    assert supervision.find_odd_looks(day=AT.date() - timedelta(days=9), by=Console(), at=AT) == []
    next_day = AT + timedelta(days=1)
    assert [supervision.find_yesterdays(at=next_day + timedelta(minutes=minute)) for minute in (0, 1)] == [1, 0]
    assert Oddity.objects.get().day == AT.date()


@pytest.mark.requirement("A6")
def test_an_emergency_waits_in_the_supervisors_list_until_somebody_else_saw_it():
    zhou = officer("zhou", "township_officer", HERE[:9])
    made = emergencies.begin(household="H9", division_code=THERE, reason="a child alone in the snow", by=zhou, at=AT)
    boss = signed_in(officer("boss", "county_officer", "370502"))
    page = boss.get("/audit/").content.decode()
    assert "a child alone in the snow" in page
    elsewhere = signed_in(officer("far", "county_officer", "320102"))
    assert "a child alone" not in elsewhere.get("/audit/").content.decode()
    assert elsewhere.post(f"/audit/emergencies/{made.key}/seen/").status_code == 404
    assert boss.post(f"/audit/emergencies/{made.key}/seen/", {"because": "rightly so"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.seen_by.account) == ("seen", "boss")


@pytest.mark.requirement("A6", "A3")
def test_an_emergency_is_opened_on_the_page_once_and_a_family_nobody_knows_looks_like_one_of_ones_own():
    warning("far", THERE, household_id="H9")
    warning("near", household_id="H1")
    client = signed_in(officer("zhou", "township_officer", HERE[:9]))
    asked = {"household": "H9", "reason": "a child alone in the snow"}
    assert client.post("/emergency/", asked | {"reason": "urgent"}).status_code == 422
    assert "11-22 09:00" in client.post("/emergency/", asked).content.decode()
    assert emergencies.of_household("H9").count() == 1
    assert client.post("/emergency/", asked).status_code == 422
    answers = [client.post("/emergency/", asked | {"household": one}) for one in ("H1", "H-nobody")]
    assert {one.status_code for one in answers} == {404}
    assert answers[0].content == answers[1].content


@pytest.mark.feature("SF107")
def test_a_sample_of_the_weeks_looks_is_drawn_by_lot_the_same_for_everybody_and_only_of_ones_own_division():
    zhou, far = officer("zhou", "county_officer", "370502"), officer("far", "county_officer", "320102")
    for number in range(50):
        looks.open_family(family=looks.Family(f"H{number}", HERE), by=zhou, at=AT, reason=f"telephone call {number}.")
    looks.open_family(family=looks.Family("F1", "320102001001"), by=far, at=AT, reason="telephone call elsewhere")
    pages = [signed_in(officer(name, "auditor", "370502")).get("/audit/sample/").content.decode() for name in ("xu", "he")]
    drawn = [{number for number in range(50) if f"telephone call {number}." in page} for page in pages]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 20
    assert "elsewhere" not in pages[0]
    assert events("events.trace") == ["xu", "he"]


@pytest.mark.requirement("A9")
def test_warnings_of_ones_kin_are_in_other_hands():
    warning("here", household_id="H1")
    warning("other", household_id="H2")
    zhou = officer("zhou", "county_officer", "370502")
    kin.mark(found=[("staff zhou", "H1", "address")], at=AT)
    client = signed_in(zhou)
    sheet = client.get("/warnings/export.csv").content
    assert (b"H1" in sheet, b"H2" in sheet) == (False, True)
    assert client.get("/warnings/here/").status_code == 404
    assert b"H1" in signed_in(officer("li", "county_officer", "370502")).get("/warnings/export.csv").content


@pytest.mark.requirement("B8")
@pytest.mark.parametrize("english", [False, True])
def test_every_address_answers_with_headers_that_keep_nothing_and_run_nothing(english: bool):
    client = signed_in(officer("xu", "auditor", "370502"))
    both = Client()
    for address in ("/login/", "/login/code/", "/account/", "/officers/", "/delegations/", "/audit/", "/audit/events/", "/audit/family/",
                    "/nowhere/"):  # fmt: skip
        for one in (client, both):
            answer = one.get(address + ("?lang=en" if english else ""))
            assert answer["Cache-Control"] == "no-store", address
            assert "script-src 'self'" in answer["Content-Security-Policy"], address
            assert answer["X-Frame-Options"] == "DENY", address
            assert b"<script>" not in answer.content
            assert b"style=" not in answer.content, address


def test_a_form_too_old_a_fault_and_a_strange_request_are_told_in_words_and_a_fault_has_a_number(monkeypatch: pytest.MonkeyPatch):
    from jiuzhu.portals.desk import account as page

    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    late = client.post("/login/", {"username": "zhou"})
    assert (late.status_code, "这一页放得太久了" in late.content.decode()) == (403, True)
    kept = signed_in(officer("zhou", "county_officer", "370502"))
    kept.raise_request_exception = False
    monkeypatch.setattr(page.kin, "own", lambda *_, **__: 1 / 0)
    broken = kept.get("/account/?lang=en")
    assert broken.status_code == 500
    assert "tell the administrator this number" in broken.content.decode()
    assert "ZeroDivision" not in broken.content.decode()
    strange = kept.get("/warnings/", headers={"host": "elsewhere.example"})
    assert strange.status_code == 400
    assert "无法处理" in strange.content.decode() or "not understood" in strange.content.decode()
