"""What a resident sees and does about their own: progress, what was received, who looked, requests; and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.notices import letters
from jiuzhu.casework.notices.declared import noticing
from jiuzhu.casework.notices.models import Service
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import grants
from jiuzhu.casework.payments.models import BudgetLine, Instruction, Payee, PayList
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.trace.actions import Actor, Subject
from jiuzhu.casework.trace.models import Event
from tests.integration.citizen.conftest import AT
from tests.support import families
from tests.support.applying import VILLAGE as IN_FORCE
from tests.support.families import NOW, TOWNSHIP, VILLAGE
from tests.support.officers import officer
from tests.support.residents import GRANDMOTHER, NEIGHBOUR, at_home, resident, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]
Clock = Callable[[datetime], None]
DAY = timedelta(days=1)


def applied(party: Party, case: Case) -> Walk:
    with transaction.atomic():
        walk = roads.begin(
            "application", case=case, on=Subject("application", new_key("A"), VILLAGE), at=AT - 3 * DAY, party=party
        )  # fmt: skip
    clerk = officer("clerk", "township_officer", TOWNSHIP)
    roads.take(walk, "submit", by=clerk, at=AT - 2 * DAY)
    walk.refresh_from_db()
    return walk


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.feature("SF106")
def test_progress_says_what_happened_who_acts_by_when_and_what_one_can_do():
    party, case = at_home()
    walk = applied(party, case)
    clerk = officer("clerk2", "township_officer", TOWNSHIP)
    roads.take(walk, "accept", by=clerk, at=AT - DAY)
    client = signed_in(party)
    told = text(client.get("/help/"))
    assert "王桂英，您好" in told
    assert "我的申请到哪了" in told
    told = text(client.get(f"/help/mine/{walk.key}/"))
    assert "第 3 步，共 3 步" in told
    assert "提交 11 月 19 日，乡镇经办" in told
    assert "受理 11 月 20 日，乡镇经办" in told
    # Work begins within three working days of acceptance, on Friday the 20th: by Wednesday the 25th.
    assert "乡镇经办正在办：调查核对结束 最晚 11 月 25 日。 您现在不用做什么" in told
    assert "撤回申请" in told


@pytest.mark.requirement("A3", "A12")
def test_another_familys_application_answers_as_one_that_is_not_there():
    party, _ = at_home()
    other = resident(NEIGHBOUR, case=families.family(household="H-other"))
    walk = applied(other, Case.objects.get(household_key="H-other"))
    client = signed_in(party)
    for address in ("/help/mine/{}/", "/help/mine/{}/withdraw/"):
        foreign, nothing = (client.get(address.format(key)) for key in (walk.key, new_key("W")))
        assert foreign.status_code == nothing.status_code == 404
        assert foreign.content == nothing.content
        assert foreign.headers == nothing.headers
    assert client.post(f"/help/mine/{walk.key}/withdraw/", {"seen": str(walk.version)}).status_code == 404
    assert walk.key not in client.get("/help/mine/").content.decode()
    assert Event.objects.filter(outcome="refused", who=party.key).count() == 5


def test_withdrawing_asks_once_more_and_is_done_once():
    party, _ = at_home(division=IN_FORCE)
    walk = applications.draft(channel="phone", by=Resident(party.key), at=AT, division_code=IN_FORCE).walk
    client = signed_in(party)
    page = client.get(f"/help/mine/{walk.key}/withdraw/").content.decode()
    sent = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("key", "seen")}  # type: ignore[index]
    for _ in range(2):
        answer = client.post(f"/help/mine/{walk.key}/withdraw/", sent)
        assert answer["Location"] == f"/help/mine/{walk.key}/"
    walk.refresh_from_db()
    assert (walk.state, walk.taken.count()) == ("withdrawn", 1)
    assert "已撤回申请" in text(client.get(f"/help/mine/{walk.key}/"))
    assert walk.taken.order_by("-number")[0].by == party.key


@pytest.mark.requirement("A12")
def test_a_mandate_lets_somebody_follow_its_programmes_until_its_end_and_nothing_else(now: Clock):
    grandmother, case = at_home()
    walk = applied(grandmother, case)
    with transaction.atomic():
        on = Subject("application", new_key("D"), VILLAGE)
        dibao = roads.begin("dibao", case=case, on=on, at=AT, party=grandmother, parent=walk)
    son = resident(NEIGHBOUR)
    client = signed_in(son)
    assert client.get(f"/help/mine/{walk.key}/").status_code == 404
    given = Mandate.objects.create(
        key=new_key("M"), household="H-own", division_code=VILLAGE, giver=grandmother.key, taker=son.key, programmes=["application"],
        paper="D1", since=AT - DAY, until=AT + DAY, told_by="clerk",
    )  # fmt: skip
    assert client.get(f"/help/mine/{walk.key}/").status_code == 200
    assert client.get(f"/help/mine/{dibao.key}/").status_code == 404
    assert "王桂英" not in text(client.get("/help/looks/"))
    Mandate.objects.filter(pk=given.pk).update(household="H-another")
    assert client.get(f"/help/mine/{walk.key}/").status_code == 404
    Mandate.objects.filter(pk=given.pk).update(household="H-own", until=AT)
    assert client.get(f"/help/mine/{walk.key}/").status_code == 404


@pytest.mark.feature("SF133")
def test_the_happiness_list_tells_what_came_what_is_coming_and_what_there_still_may_be():
    party, case = at_home()
    county = officer("county", "county_officer", "370502")
    made = grants.begin(
        case=case, party=party, programme="dibao", from_month="2026-10", fen=770_50, decision=new_key("D"), by=county, at=AT
    )  # fmt: skip
    line = BudgetLine.objects.create(code="dibao-x", division_code="370502", programme="dibao", year=2026)
    account = Payee.objects.create(
        key=new_key("B"), party=party, holder="self", account="x", name="x", bank="x", account_index="i", state="confirmed",
        from_month="2026-10", proposed_by="a", proposed_at=AT, looked_by="b", looked_at=AT,
    )  # fmt: skip
    for month, state, day in (("2026-10", "confirmed", AT.date()), ("2026-11", "sent", None)):
        of = PayList.objects.create(
            key=new_key("L"), division_code="370502", programme="dibao", line=line, month=month, run=1, drawn_by="a", drawn_at=AT
        )  # fmt: skip
        Instruction.objects.create(
            number=new_key("N"), list=of, grant=made, payee=account, month=month, kind="monthly", fen=770_50, state=state, sent_at=AT,
            paid_on=day,
        )  # fmt: skip
    families.department("医疗保障")
    referrals.make(case=case, need="medical", asked="x", who="y", by=county, at=AT)
    one = families.warning(families.task(case), "S15-E01")
    Warning.objects.filter(pk=one.pk).update(handling="waiting", released_at=None, released_by="", case=None, task=None)
    told = text(signed_in(party).get("/help/received/"))
    assert "最低生活保障 770.50 元每月" in told
    assert "2026-10 770.50 元 已到账 2026-11-21" in told
    assert "2026-11 770.50 元 正在路上" in told
    assert "正在办" in told
    assert "您家可能还可以得到 困难残疾人生活补贴" in told
    neighbours = text(signed_in(resident(NEIGHBOUR)).get("/help/received/"))
    assert "770.50" not in neighbours
    assert "困难残疾人" not in neighbours


@pytest.mark.requirement("C9")
def test_a_resident_reads_who_looked_at_their_file_when_and_what_for():
    party, case = at_home()
    resident(("110101197001010018", "王小红", "13700001111"), case=case)
    zhou = officer("zhou", "township_officer", TOWNSHIP)
    seeded = [AT - timedelta(hours=hours) for hours in (50, 20, 3)]
    for at in seeded:
        looks.open_family(family=looks.Family("H-own", VILLAGE), by=zhou, at=at, reason="a neighbour complained")
        looks.open_family(family=looks.Family("H-other", VILLAGE), by=zhou, at=at + timedelta(minutes=7), reason="another family")
    answer = signed_in(party).get("/help/looks/")
    told = text(answer)
    for at in seeded:
        assert (at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M") in told
        assert (at + timedelta(hours=8, minutes=7)).strftime("%Y-%m-%d %H:%M") not in told
    assert told.count("打开家庭档案") == 3
    assert "办理救助" in told
    assert "您自家的人" in told, "that they look themselves is told too"
    assert not any(words in told for words in ("zhou", "neighbour complained"))
    kept = Event.objects.filter(operation="own.looks").get()
    assert (kept.who, kept.role, kept.household_key) == (party.key, "resident", "H-own")


@pytest.mark.requirement("K2")
def test_a_request_has_a_receipt_a_day_and_an_office_and_is_seen_by_who_asked_alone():
    party, case = at_home()
    client = signed_in(party)
    wrong = client.post("/help/requests/", {"kind": "", "words": "x"})
    assert wrong.status_code == 422
    assert 'href="#kind-copy"' in wrong.content.decode()
    client.post("/help/requests/", {"kind": "correction", "words": "我家只有三口人，写成了四口"})
    made = Grievance.objects.get()
    assert (made.kind, made.channel, made.case, made.party, made.state) == ("correction", "portal", case, party, "open")
    assert made.due_on is not None
    assert made.office
    told = text(client.get("/help/requests/"))
    assert made.receipt in told
    assert f"最晚 {made.due_on.month} 月 {made.due_on.day} 日答复" in told
    assert made.receipt not in text(signed_in(resident(NEIGHBOUR)).get("/help/requests/"))


def test_a_letter_is_served_by_opening_it_and_an_appeal_against_it_is_taken_in():
    party, case = at_home()
    told = dict.fromkeys(noticing().kinds["N01"].words, "x")
    with transaction.atomic():
        given = letters.give(
            "N01", case=case, party=party, about=Subject("case", case.key, VILLAGE), words=told, by=Actor("clerk"), at=AT
        )
    client, address = signed_in(party), f"/help/letters/{given.key}/"
    assert "有 1 封信等您看" in text(client.get("/help/"))
    assert "按“打开”就算收到" in text(client.get(address))
    assert Service.objects.count() == 0
    client.post(address, {})
    given.refresh_from_db()
    assert (given.state, Service.objects.get().how) == ("served", "portal")
    assert given.number in text(client.get(address))
    assert signed_in(resident(NEIGHBOUR)).get(address).status_code == 404


def test_what_a_page_of_a_resident_showed_stands_in_the_record():
    party, case = at_home()
    client = signed_in(party)
    for address in ("/help/", "/help/mine/", "/help/received/", "/help/looks/", "/help/requests/"):
        before = Event.objects.count()
        assert client.get(address).status_code == 200
        new = Event.objects.order_by("pk")[before:]
        assert [one.who for one in new] == [party.key], address
        assert address == "/help/requests/" or new[0].case_key == case.key
    assert Client().get("/help/").status_code == 200
    assert not Event.objects.filter(who="anyone").exists()


def test_who_left_a_family_sees_its_applications_no_more():
    party, case = at_home(GRANDMOTHER)
    walk = applied(party, case)
    son = resident(NEIGHBOUR, case=case)
    client = signed_in(son)
    assert client.get(f"/help/mine/{walk.key}/").status_code == 200
    Member.objects.filter(party=son).update(until=NOW.date())
    assert client.get(f"/help/mine/{walk.key}/").status_code == 404
