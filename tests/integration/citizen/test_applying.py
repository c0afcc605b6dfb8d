"""Applying on a telephone: screen by screen, kept at each press, signed and handed in by one; nobody else's draft."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.verification.models import Authorisation
from jiuzhu.portals.citizen import screens
from tests.support.applying import VILLAGE, number_of
from tests.support.residents import GRANDMOTHER, NEIGHBOUR, at_home, resident, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]
SPOUSE = number_of("11010119480203003")


def inputs(page: str) -> dict[str, list[str]]:
    """What the form of a page would send as it stands: hidden fields, texts, and choices already made."""
    sent: dict[str, list[str]] = {}
    main = page[page.index('<form method="post"') :]
    for tag in re.findall(r"<input\b[^>]*>", main):
        at = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if at.get("name") and (at.get("type") not in ("radio", "checkbox") or "checked" in tag):
            sent.setdefault(at["name"], []).append(at.get("value", ""))
    for name, options in re.findall(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', main, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = [chosen[1]] if chosen else [""]
    return sent


def asked(page: str) -> set[str]:
    return set(re.findall(r'name="([^"]+)"', page[page.index('<form method="post"') :])) - {
        "csrfmiddlewaretoken",
        "key",
        "seen",
        "later",
    }


ANSWERS = {
    "items": ["unsure"], "residence": [VILLAGE], "address": ["和平路 3 号"], "phone": ["13905461234"], "kin_declared": ["no"],
    "members.1.member_name": ["王大山"], "members.1.member_relation": ["spouse"], "members.1.member_id_kind": ["id_card"],
    "members.1.member_id_number": [SPOUSE],
}  # fmt: skip


def walked(client: Client, address: str, answers: dict[str, list[str]] = ANSWERS, *, most: int = 60) -> tuple[str, list[str]]:
    """Answer every screen as it comes, up to the review; where that is, and the screens that were seen."""
    seen: list[str] = []
    while not address.endswith("/at/review/"):
        assert len(seen) < most, seen
        page = client.get(address)
        if page.status_code == 302:
            address = page["Location"]
            continue
        assert page.status_code == 200, (address, re.findall(r'class="err"[^>]*>([^<]*)', page.content.decode()))
        told = page.content.decode()
        seen.append(address.rstrip("/").rsplit("/", 1)[-1])
        sent = inputs(told) | {name: answers[name] for name in asked(told) if name in answers}
        address = client.post(address, sent)["Location"]
    return address, seen


@pytest.fixture
def begun() -> tuple[Client, str]:
    party, _ = at_home(division=VILLAGE)
    client = signed_in(party)
    return client, client.post("/help/apply/", {})["Location"]


@pytest.mark.feature("SF087")
def test_one_press_hands_the_application_in_and_signs_the_authorisation(begun: tuple[Client, str]):
    client, address = begun
    review, seen = walked(client, address)
    assert seen == ["wish", "applicant", "members", "members", "kin"], "another person may be added to those that live together"
    page = client.get(review).content.decode()
    assert GRANDMOTHER[1] in page
    assert GRANDMOTHER[0] not in page, "the number is shown by its ends"
    assert "王大山" in page
    held = Application.objects.get()
    unsigned = client.post(f"/help/apply/{held.key}/hand-in/", inputs(page))
    assert unsigned["Location"].endswith("check=1")
    assert client.get(unsigned["Location"]).status_code == 422
    assert not Authorisation.objects.exists()
    sent = inputs(client.get(review).content.decode()) | {name: ["yes"] for name in ("truth", "consent_check", "consent_notice")}
    answer = client.post(f"/help/apply/{held.key}/hand-in/", sent | {"consent_finance": ["yes"]})
    held.refresh_from_db()
    assert answer["Location"] == f"/help/mine/{held.walk.key}/"
    assert (held.channel, held.walk.state, bool(held.number), held.helper) == ("phone", "submitted", True, None)
    signed = Authorisation.objects.get()
    assert (signed.party.key, signed.case, set(signed.consents.split())) == (
        held.applicant.key,
        held.case,
        {"register", "finance"},
    )
    assert held.number in client.get(answer["Location"]).content.decode()


def test_in_large_type_there_is_one_question_a_page_and_the_way_leads_to_the_same_review(begun: tuple[Client, str]):
    client, address = begun
    client.get("/help/?type=large")
    review, seen = walked(client, address)
    assert len(seen) > 8
    assert len(set(seen)) == len(seen), "nothing is asked twice"
    for here in seen:
        page = client.get(review.replace("review", here)).content.decode()
        assert len(asked(page)) == 1, here
    assert "王大山" in client.get(review).content.decode()


def test_what_is_wrong_is_named_on_its_own_screen_and_everything_typed_is_kept(begun: tuple[Client, str]):
    client, address = begun
    assert client.get(address).status_code == 200
    held = Application.objects.get()
    here = f"/help/apply/{held.key}/at/members/"
    sent = inputs(client.get(here).content.decode()) | {
        "members.1.member_name": ["王大山"], "members.1.member_relation": ["spouse"], "members.1.member_id_kind": ["id_card"],
    }  # fmt: skip
    assert client.post(here, sent)["Location"] == here, "now the number is asked as well"
    wrong = {"members.1.member_id_number": [SPOUSE[:-1] + ("0" if SPOUSE[-1] != "0" else "1")]}
    answer = client.post(here, inputs(client.get(here).content.decode()) | {"members.1.member_relation": ["spouse"]} | wrong)
    assert answer["Location"] == f"{here}?check=1"
    page = client.get(answer["Location"])
    told = page.content.decode()
    assert page.status_code == 422
    assert 'href="#members.1.member_id_number"' in told
    assert 'value="王大山"' in told


def test_a_draft_waits_and_is_gone_on_with_where_it_stopped(begun: tuple[Client, str]):
    client, address = begun
    first, on = address, f"/help/apply/{Application.objects.get().key}/"
    sent = inputs(client.get(first).content.decode()) | {"items": ["dibao"], "story": ["看病花光了钱"], "later": ["1"]}
    assert client.post(first, sent)["Location"] == "/help/"
    assert "已存好" in client.get("/help/").content.decode()
    assert "接着上次填" in client.get("/help/apply/").content.decode()
    again = client.post("/help/apply/", {})["Location"]
    assert again == on
    assert "看病花光了钱" in client.get(first).content.decode()
    assert client.get(on)["Location"].endswith("/at/applicant/")


@pytest.mark.requirement("A3")
def test_somebody_elses_draft_answers_as_one_that_is_not_there(begun: tuple[Client, str]):
    assert begun
    held = Application.objects.get()
    other = signed_in(resident(NEIGHBOUR))
    for tail in ("", "at/members/", "at/review/"):
        foreign, nothing = (other.get(f"/help/apply/{key}/{tail}") for key in (held.key, "A" + "X" * 26))
        assert foreign.status_code == nothing.status_code == 404
        assert foreign.content == nothing.content
    assert other.post(f"/help/apply/{held.key}/hand-in/", {}).status_code == 404


def test_the_pages_of_a_form_are_a_way_of_what_must_be_and_a_side_of_what_may_be():
    from jiuzhu.casework.applications import form

    typed: dict[str, Any] = {"items": ["dibao"], "applicant_name": ["甲"], "agent": ["no"]}
    plain, large = (screens.way(form.steps(typed), one_each=each) for each in (False, True))
    assert [one.section for one in plain] == ["wish", "applicant", "members", "kin"]
    assert [one.number for one in plain] == [1, 2, 3, 4]
    assert {one.asked[0].field for one in large} <= {field for one in plain for field in one.fields}
    assert all(one.question.required for screen in plain for one in screen.asked)
    aside = screens.beside(form.steps(typed))
    assert {one.section for one in aside}.isdisjoint({one.section for one in plain} | {"consent"})
    assert screens.at(large, "applicant") == screens.at(large, large[1].key)
    assert screens.after(plain, "kin") == ""
