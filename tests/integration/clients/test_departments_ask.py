"""Another department's system asks about one person who signed for it, and hears a sentence; unsigned, twice, too often or for something
else it hears nothing, and each call is in the record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from django.urls import get_resolver

from jiuzhu.casework.accounts.declared import addresses
from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.applications.kept import typed_of
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.clients import answering, registering
from jiuzhu.casework.clients.models import Call, Client, Handed
from jiuzhu.casework.clients.refusals import NotNow, NotRegistered
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import authorising
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.crypto.signed_requests import read_signed, signed_headers
from jiuzhu.portals.api import schemas
from jiuzhu.portals.api.document import document
from jiuzhu.portals.api.views import OPERATIONS
from jiuzhu.registry import public
from tests.support import asking, families
from tests.support.asking import asked, headers, sent
from tests.support.families import COUNTY
from tests.support.officers import officer
from tests.support.verifying import AT, TODAY, Home, number

pytestmark = pytest.mark.django_db
ANSWERS, APPLICATIONS, RESULTS, REFERRALS = (f"/api/v1/{name}" for name in ("answers", "applications", "results", "referrals"))
HEAD = number("19700101", 1)


def question(home: Home, **other: str) -> dict[str, str]:
    signed = home.signed(home.head, purpose="judicial_aid", consents=("register",))
    return {"purpose": "judicial_aid", "authorisation": signed.number, "id_number": HEAD, "name": "甲"} | other


def delivered(monkeypatch: pytest.MonkeyPatch, found: Mapping[str, list[dict[str, str]]], late: tuple[str, ...] = ()) -> None:
    """What departments delivered of the head: these rows, none in other datasets, nothing yet in those that are late."""

    def told(_: Any, people: Mapping[int, Any], datasets: Any, **__: Any) -> dict[int, dict[str, public.Told]]:
        def one(dataset: str) -> public.Told:
            rows: Any = tuple(SimpleNamespace(columns=row) for row in found.get(dataset, ()))
            return public.Told("late") if dataset in late else public.Told("rows" if rows else "none", rows, TODAY)

        return {person: {dataset: one(dataset) for dataset in datasets} for person in people}

    monkeypatch.setattr(answering, "workspace", lambda: "here")
    monkeypatch.setattr(public, "verification", told)
    known = answering.who

    def with_number(parties: Any, **how: Any) -> Any:
        return {key: type(one)(one.name, one.id_number, 7) for key, one in known(parties, **how).items()}

    monkeypatch.setattr(answering, "who", with_number)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.feature("SF017", "SF281")
@pytest.mark.requirement("H5")
def test_a_department_hears_a_sentence_about_who_signed_for_its_business_and_never_a_value(
    home: Home, justice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered(monkeypatch, {"civil_dibao_member": [{"dibao_status": "1", "dibao_type": "1", "monthly_amount": "912.34"}]})
    answer = asked(ANSWERS, question(home), at=AT)
    told = answer.json()
    assert (answer.status_code, told["result"]) == (200, "fits")
    assert told["sentence"]["zh"] == "经核对，甲属于救助保障对象，符合法律援助经济困难条件的参考依据。"
    says = {one["code"]: one["says"] for one in told["items"]}
    assert set(says) == set(verifying().templates["judicial_aid"].items)
    assert says["VC43"] == "record"
    assert says["VC44"] == "none"
    assert "912" not in answer.content.decode()
    assert HEAD not in answer.content.decode()
    schemas.check(told, schemas.ANSWERED)
    event = Event.objects.get(operation="clients.answer")
    assert (event.who, event.purpose, [one.key for one in event.subjects.all()]) == (
        "client:justice-370502",
        "service",
        [home.head.key],
    )


@pytest.mark.feature("SF281")
def test_each_business_has_its_sentence_and_a_silent_source_makes_no_conclusion(
    home: Home, justice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = question(home)
    delivered(monkeypatch, {})
    assert asked(ANSWERS, said, at=AT).json()["result"] == "fits_not"
    delivered(monkeypatch, {}, late=("civil_dibao_member",))
    unsure = asked(ANSWERS, said, at=AT).json()
    assert (unsure["result"], unsure["sentence"]["zh"]) == ("unknown", "甲尚有来源未返回，暂不能给出结论。")
    assert {one.client for one in registering.businesses()} == {"justice", "education", "union"}
    assert all(set(one.sentences) == {"fits", "fits_not", "unknown"} for one in registering.businesses())


@pytest.mark.feature("SF017")
@pytest.mark.requirement("H5")
def test_wrong_purpose_ended_authorisation_quota_replay_and_other_signatures_hear_nothing(home: Home, justice: Client) -> None:
    said = question(home)
    assert code(asked(ANSWERS, {**said, "purpose": "union_aid"}, at=AT)) == (403, "purpose")
    # Another name, another number, an authorisation for another purpose: all look like somebody who never signed.
    for_help = home.signed(home.head)
    others = ({"name": "乙"}, {"id_number": number("19720202", 2)}, {"authorisation": for_help.number}, {"authorisation": "SQ-1"})
    refusals = {asked(ANSWERS, {**said, **one}, at=AT).content for one in others}
    assert len(refusals) == 1
    assert json.loads(refusals.pop())["code"] == "not_authorised"
    stranger = Ed25519PrivateKey.generate()
    assert code(asked(ANSWERS, said, at=AT, key=stranger)) == (401, "unsigned")
    assert code(asked(ANSWERS, said, at=AT, keyid="nobody")) == (401, "unsigned")
    assert code(asked(ANSWERS, said, at=AT - timedelta(minutes=6))) == (401, "late")
    raw = json.dumps(said, ensure_ascii=False).encode()
    signed = headers("POST", ANSWERS, raw, at=AT, keyid="justice-370502")
    assert sent(ANSWERS, "POST", raw, signed).status_code == 200
    assert code(sent(ANSWERS, "POST", raw, signed)) == (409, "replayed")
    assert code(sent(ANSWERS, "POST", raw.replace("甲".encode(), "乙".encode()), signed)) == (401, "unsigned")
    assert code(sent(APPLICATIONS, "POST", raw, signed)) == (401, "unsigned")  # what was signed for one address
    authorising.withdraw(
        authorisation=authorising.live(home.case, home.head, at=AT, purpose="judicial_aid"), by=home.officer, at=AT
    )
    assert code(asked(ANSWERS, said, at=AT)) == (403, "not_authorised")
    while Call.objects.count() < justice.per_day:
        asked(ANSWERS, said, at=AT)
    assert code(asked(ANSWERS, said, at=AT)) == (429, "quota")
    because = set(Event.objects.filter(operation="clients.ask", outcome="refused").values_list("who", flat=True))
    assert because == {"anyone", "client:justice-370502"}
    assert Event.objects.filter(operation="clients.answer").count() == 1


@pytest.mark.feature("SF017")
def test_a_client_is_registered_by_one_and_opened_by_another_and_hears_of_its_items_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward, security = officer("st", "data_steward", COUNTY), officer("se", "security_administrator", COUNTY)
    made = asking.registered(steward, at=AT, items=("VC44", "VM04"))
    said = question(home)
    assert code(asked(ANSWERS, said, at=AT)) == (401, "unsigned")  # waits for somebody to compare its fingerprint
    registering.open_client(client=made, by=security, at=AT)
    delivered(monkeypatch, {"civil_dibao_member": [{"dibao_status": "1", "dibao_type": "1", "monthly_amount": "1"}]})
    told = asked(ANSWERS, said, at=AT).json()
    # What would decide lies outside its list, so there is no conclusion, and nothing of it is told.
    assert (told["result"], {one["code"] for one in told["items"]}) == ("unknown", {"VC44", "VM04"})
    with pytest.raises(NotNow):
        registering.open_client(client=made, by=security, at=AT)
    with pytest.raises(NotRegistered):
        asking.registered(steward, "justice-2", at=AT, items=("VC01",))
    with pytest.raises(DatabaseError), transaction.atomic():
        Client.objects.filter(pk=made.pk).update(public_key="another")
    registering.suspend(client=Client.objects.get(pk=made.pk), by=steward, at=AT)
    assert code(asked(ANSWERS, said, at=AT)) == (401, "unsigned")


@pytest.mark.feature("SF043")
def test_an_application_handed_in_twice_under_its_case_number_is_one_and_stands_on_the_townships_desk(justice: Client) -> None:
    said = {
        "case_number": "FY-2026-17", "applicant_name": "甲一", "residence": "370502001011", "items": ["dibao"], "phone": "13905460001",
        "words": "the court paid his lawyer; he has nothing to live on",
    }  # fmt: skip
    first = asked(APPLICATIONS, said, at=AT)
    again = asked(APPLICATIONS, said, at=AT)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    made = Application.objects.get()
    assert (made.channel, made.division_code, made.items) == ("proactive", "370502001011", "dibao")
    assert typed_of(made)["applicant_name"] == ["甲一"]
    assert Task.objects.get(case=made.case).kind == "application"
    assert code(asked(APPLICATIONS, {**said, "words": "other"}, at=AT)) == (409, "other_content")
    assert code(asked(APPLICATIONS, {**said, "case_number": "FY-18", "residence": "999999999999"}, at=AT)) == (422, "place")
    standing = asked(f"{APPLICATIONS}/FY-2026-17", at=AT)
    assert standing.json() == {"case_number": "FY-2026-17", "application": made.key, "state": "draft"}
    assert code(asked(f"{APPLICATIONS}/FY-19", at=AT)) == (404, "unknown")
    assert Handed.objects.count() == 1
    assert Event.objects.filter(operation="clients.hand_in").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Handed.objects.update(case_number="another")


@pytest.mark.feature("SF043")
def test_what_is_referred_goes_out_to_its_office_alone_and_its_result_comes_back_once(home: Home, justice: Client) -> None:
    families.department("住房城乡建设")
    office = Office.objects.get(department="住房城乡建设")
    housing = asking.registered(officer("st2", "data_steward", COUNTY), "education-1", at=AT, office=office)
    registering.open_client(client=housing, by=officer("se2", "security_administrator", COUNTY), at=AT)
    referral = referrals.make(
        case=home.case, need="housing", asked="mend the roof", who="甲, by telephone", by=home.county, at=AT
    )
    assert asked(REFERRALS, at=AT).json() == {"referrals": []}  # justice has no office here
    (one,) = asked(REFERRALS, at=AT, keyid="education-1").json()["referrals"]
    schemas.check({"referrals": [one]}, schemas.INTAKE)
    assert (one["case_number"], one["asked"], one["who"], one["state"]) == (
        referral.key,
        "mend the roof",
        "甲, by telephone",
        "sent",
    )
    result = {"case_number": referral.key, "done": "the roof is mended", "sentence": "屋顶已修好"}
    assert code(asked(RESULTS, result, at=AT)) == (404, "unknown")
    first = asked(RESULTS, result, at=AT, keyid="education-1")
    assert (first.status_code, first.json()) == (201, {"case_number": referral.key, "state": "reported"})
    assert asked(RESULTS, result, at=AT, keyid="education-1").status_code == 200
    assert code(asked(RESULTS, {**result, "done": "not yet"}, at=AT, keyid="education-1")) == (409, "other_content")
    held = Referral.objects.get()
    assert (held.state, held.steps.count(), held.steps.get().by) == ("done", 1, "client:education-1")


@pytest.mark.feature("SF017")
def test_the_document_tells_every_address_and_a_body_is_checked_against_it(home: Home, justice: Client) -> None:
    told = Browser().get("/api/v1/openapi.json").json()
    assert told == json.loads(json.dumps(document()))
    served = {
        re.sub(r"<[^>]+>", "{case_number}", f"/{address}")
        for address, _ in addresses(get_resolver().url_patterns)
        if address.startswith("api/v1/") and not address.endswith("openapi.json")
    }
    assert set(told["paths"]) == served
    assert len(told["paths"]) == len(OPERATIONS)
    wrong: list[Any] = [
        [], {}, {**question(home), "more": "x"}, {**question(home), "id_number": "1"}, {**question(home), "name": 3},
        {**question(home), "name": "x" * 81},
    ]  # fmt: skip
    for body in wrong:
        assert code(asked(ANSWERS, body, at=AT)) == (422, "misshapen"), body
    assert code(sent(ANSWERS, "GET", b"", headers("GET", ANSWERS, b"", at=AT, keyid="justice-370502"))) == (405, "method")
    large = b'{"x": "' + b"x" * 70_000 + b'"}'
    assert code(sent(ANSWERS, "POST", large, headers("POST", ANSWERS, large, at=AT, keyid="justice-370502"))) == (413, "large")


def test_what_is_signed_here_is_read_there(tmp_path: Any) -> None:
    from jiuzhu.crypto.signing import new_signing_key

    key = new_signing_key(tmp_path / "key")
    made = signed_headers("POST", ANSWERS, b"{}", key=key, keyid="justice-370502", nonce="n" * 16, at=AT)
    read = read_signed("POST", ANSWERS, b"{}", made)
    assert read.verifies(key.public)
    assert (read.created, read.nonce, read.keyid) == (AT, "n" * 16, "justice-370502")
