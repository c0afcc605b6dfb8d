"""A resident proves who they are by number, name and a code on their telephone; nobody learns from it whom we know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from jiuzhu.casework.residents.models import Code, ResidentSession
from jiuzhu.casework.trace.models import Event
from tests.integration.citizen.conftest import AT
from tests.support.officers import officer
from tests.support.residents import GRANDMOTHER, NEIGHBOUR, Telephones, resident, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]
Clock = Callable[[datetime], None]
MINUTE = timedelta(minutes=1)
NOBODY = ("110101198001010010", "李没有", "13700000000")


def asked(client: Client, who: tuple[str, str, str] = GRANDMOTHER, *, address: str = "/help/sign-in/") -> object:
    number, name, phone = who
    return client.post(address, {"number": number, "name": name, "phone": phone, "next": "/help/mine/"})


def inside(client: Client) -> bool:
    return client.get("/help/mine/").status_code == 200


def plain(answer: object) -> str:
    """The page without what is new in every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())  # type: ignore[attr-defined]


@pytest.mark.requirement("A10")
def test_number_name_telephone_and_the_code_that_was_sent_let_in_and_lead_back(telephones: Telephones):
    resident()
    client = Client()
    assert client.get("/help/mine/")["Location"] == "/help/sign-in/?next=%2Fhelp%2Fmine%2F"
    assert asked(client)["Location"] == "/help/sign-in/code/"
    assert not inside(client)
    assert [phone for phone, _ in telephones.arrived] == ["13905461234"]
    last = client.post("/help/sign-in/code/", {"code": f"{telephones.last[:3]} {telephones.last[3:]}"})
    assert last["Location"] == "/help/mine/"
    assert inside(client)
    assert client.post("/help/sign-out/")["Location"] == "/help/"
    assert not inside(client)


@pytest.mark.requirement("A10", "A3")
@pytest.mark.parametrize("wrong", [0, 1, 2, "nobody"])
def test_whoever_is_not_known_gets_the_same_pages_as_who_is(telephones: Telephones, wrong: int | str):
    resident()
    told = NOBODY if wrong == "nobody" else tuple(NOBODY[place] if place == wrong else GRANDMOTHER[place] for place in range(3))
    right, other = Client(), Client()
    first, second = asked(right), asked(other, told)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [
        plain(one.get("/help/sign-in/code/")).replace("139****1234", "").replace("137****0000", "") for one in (right, other)
    ]
    assert pages[0] == pages[1]
    assert len(telephones.arrived) == 1
    refused = [plain(one.post("/help/sign-in/code/", {"code": "x"})) for one in (right, other)]
    assert refused[0].replace("139****1234", "") == refused[1].replace("139****1234", "").replace("137****0000", "")


@pytest.mark.requirement("A10")
def test_a_code_is_taken_once_holds_ten_minutes_and_not_after_five_wrong_ones(telephones: Telephones, now: Clock):
    resident()
    client, other = Client(), Client()
    asked(client)
    client.post("/help/sign-in/code/", {"code": telephones.last})
    other.cookies = client.cookies.copy()
    again = Client()
    asked(again)
    kept = Code.objects.latest("pk")
    now(AT + 10 * MINUTE)
    assert again.post("/help/sign-in/code/", {"code": telephones.last}).status_code == 422
    now(AT + 30 * MINUTE)
    guessing = Client()
    asked(guessing)
    for step in range(5):
        now(AT + (31 + step) * MINUTE)
        assert guessing.post("/help/sign-in/code/", {"code": "000000"}).status_code == 422
    now(AT + 39 * MINUTE)
    assert guessing.post("/help/sign-in/code/", {"code": telephones.last}).status_code == 422
    assert Code.objects.latest("pk").tried == 5
    assert kept.used_at is None


@pytest.mark.requirement("A10")
def test_many_tries_wait_longer_and_longer_and_few_messages_are_sent(telephones: Telephones, now: Clock):
    resident()
    client, waited = Client(), 0
    for step in range(40):
        now(AT + step * timedelta(seconds=20))
        waited += asked(client).status_code == 422
    assert waited > 10
    assert len(telephones.arrived) <= 5


@pytest.mark.requirement("A10")
def test_a_session_rests_half_an_hour_and_belongs_to_one_telephone(now: Clock):
    party = resident()
    client = signed_in(party)
    stolen = Client(headers={"User-Agent": "another browser"})
    stolen.cookies = client.cookies
    now(AT + 29 * MINUTE)
    assert inside(client)
    now(AT + 60 * MINUTE)
    assert not inside(client)
    fresh = signed_in(party)
    stolen.cookies = fresh.cookies
    assert not inside(stolen)
    assert not inside(fresh)
    assert set(ResidentSession.objects.values_list("ended_because", flat=True)) == {"idle", "other_device"}


def test_what_is_no_number_is_said_at_once_and_what_was_typed_stays():
    page = Client().post("/help/sign-in/", {"number": "110101195004053018", "name": "王桂英", "phone": "1390546"})
    assert page.status_code == 422
    told = page.content.decode()
    assert 'href="#phone"' in told
    assert 'value="王桂英"' in told
    page = Client().post("/help/sign-in/", {"number": "110101195004053018", "name": "王桂英", "phone": "13905461234"})
    assert 'href="#number"' in page.content.decode()


@pytest.mark.requirement("K3")
def test_a_child_does_not_sign_in(telephones: Telephones):
    child = ("110101201504053017", "郭晓雨", "13905461234")
    resident(child)
    assert asked(Client(), child).status_code == 302
    assert telephones.arrived == []


@pytest.mark.requirement("B6")
def test_no_number_name_or_telephone_stands_in_the_record_or_in_an_address(telephones: Telephones):
    resident()
    client = Client()
    asked(client)
    client.post("/help/sign-in/code/", {"code": "000000"})
    client.post("/help/sign-in/code/", {"code": telephones.last})
    kept = repr(list(Event.objects.values_list())) + repr(list(Code.objects.values_list()))
    assert not any(text in kept for text in (*GRANDMOTHER, telephones.last))
    told = list(Event.objects.order_by("pk").values_list("operation", "outcome"))
    assert told[:2] == [("session.begin", "refused"), ("session.begin", "done")]


@pytest.mark.requirement("A3")
def test_an_officer_is_nobody_on_residents_pages_and_a_resident_is_nobody_at_the_desk():
    client = Client()
    client.force_login(officer("zhou", "county_officer", "370502"))
    assert not inside(client)
    mine = signed_in(resident(NEIGHBOUR))
    assert mine.get("/today/").status_code == 302
    assert mine.get("/help/nothing-here/").status_code == 404
