"""The desk's addresses by role: what is out of reach is not there, what is above the level is blank, what has ended is over."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import models
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import isolate_apps
from django.urls import get_resolver, path

from jiuzhu.casework.accounts import declared
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, table
from jiuzhu.casework.dispatch import queries
from jiuzhu.casework.trace.models import Event
from jiuzhu.config import urls
from jiuzhu.rules.permissions import ADMINISTRATORS
from tests.integration.desk.conftest import AT, HERE, THERE, signed_in, warning
from tests.support.officers import account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
ADDRESSES = (
    "/", "/warnings/", "/warnings/?tab=closed", "/warnings/export.csv", "/warnings/here/", "/data/", "/data/death/",
    "/account/", "/officers/", "/delegations/", "/audit/", "/audit/events/", "/audit/events/export.csv", "/audit/family/",
)  # fmt: skip


def officer_of(role: str) -> Officer:
    return officer(role, role, "370502")


def told(answer: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers; token and key of a form, new each time, are left out."""
    fixed = re.sub(rb'value="[A-Za-z0-9]{64}"|name="key" value="[^"]*"', b"", answer.content)
    return answer.status_code, fixed, dict(answer.items())


@pytest.mark.requirement("A1")
def test_every_address_declares_an_operation_of_the_table():
    found = {address: pattern.callback.operation for address, pattern in declared.addresses(get_resolver().url_patterns)}
    assert len(found) >= 8
    assert set(found.values()) <= set(table().operations)
    assert found["warnings/<str:warning_id>/"] == "warnings.read"


@pytest.mark.requirement("A1")
@pytest.mark.parametrize("operation", [None, "streets.sweep"])
def test_an_address_that_declares_nothing_or_something_unknown_stops_the_start(operation: str | None):
    from jiuzhu.config import wsgi

    def view(_: object) -> HttpResponse:
        return HttpResponse("open to all")

    more = ModuleType("more_addresses")
    more.urlpatterns = [*urls.urlpatterns, path("sweep/", declared.does(operation, view) if operation else view)]
    importlib.reload(wsgi)
    with override_settings(ROOT_URLCONF=more):
        with pytest.raises(SystemCheckError, match="/sweep/ declares"):
            call_command("check")
        with pytest.raises(SystemCheckError, match="/sweep/ declares"):
            importlib.reload(wsgi)


@pytest.mark.requirement("A4")
@isolate_apps("jiuzhu.casework.dispatch")
def test_a_field_without_a_level_stops_the_start():
    class Kept(models.Model):
        illness = models.CharField(max_length=40)

        class Meta:
            app_label = "dispatch"

    def faults(**levels: str) -> list[str]:
        Kept.levels = levels
        return [fault.msg for fault in declared.faults_of(Kept)]

    assert faults(id="internal") == ["dispatch.Kept.illness has no level"]
    assert faults(id="internal", illness="secret") == ["dispatch.Kept.illness is 'secret'"]
    assert faults(id="internal", illness="sensitive", name="sensitive") == ["dispatch.Kept has a level for 'name'"]
    assert faults(id="internal", illness="sensitive") == []


@pytest.mark.requirement("A4")
def test_a_kept_field_whose_level_is_taken_away_stops_the_start(monkeypatch: pytest.MonkeyPatch):
    call_command("check")
    monkeypatch.delitem(queries.Warning.levels, "value")
    with pytest.raises(SystemCheckError, match=r"dispatch\.Warning\.value has no level"):
        call_command("check")


@pytest.mark.requirement("A4")
@pytest.mark.parametrize("role", [role for role, one in table().roles.items() if one.tiers])
def test_no_answer_holds_anything_above_the_level_of_the_role(role: str):
    for state in ("open", "closed"):
        warning(f"here{state}", household_id=f"H-canary-{state}", value="77123.45", state=state)
    warning("here", household_id="H-canary", value="77123.45")
    client = signed_in(officer_of(role))
    answers = {address: client.get(address) for address in ADDRESSES}
    canaries = (b"H-canary", b"77,123.45", b"77123.45", b"name-of-")
    seen = {address: [canary for canary in canaries if canary in answer.content] for address, answer in answers.items()}
    personal = {"township_officer", "county_officer", "auditor"}
    if role not in personal:
        assert not any(seen.values()), seen
    else:
        assert seen["/warnings/"] == [b"77,123.45", b"name-of-"]
        assert seen["/warnings/export.csv"] == [b"H-canary", b"77123.45"]
    may_list = personal | {"policy_officer"}
    assert answers["/warnings/"].status_code == answers["/warnings/export.csv"].status_code == (200 if role in may_list else 404)
    assert b"S01-E01" in answers["/warnings/"].content or role not in may_list


def test_one_account_with_two_roles_sees_each_row_by_the_role_that_reaches_it():
    both = officer("both", "township_officer", HERE[:9])
    give(both, "policy_officer", "370500")
    warning("near", value="11111.00")
    warning("far", THERE, value="22222.00")
    page, sheet = (signed_in(both).get(address).content for address in ("/warnings/", "/warnings/export.csv"))
    assert (b"name-of-near" in page, b"name-of-far" in page) == (True, False)
    assert (b"11,111.00" in page, b"22,222.00" in page) == (True, False)
    assert (b"far" in sheet, b"11111.00" in sheet, b"22222.00" in sheet) == (True, True, False)


@pytest.mark.requirement("A3")
@pytest.mark.parametrize("role", ["township_officer", "county_officer", "policy_officer", "auditor"])
def test_a_warning_out_of_reach_answers_like_one_that_never_was(role: str):
    warning("far", THERE)
    warning("closed", THERE, state="closed")
    client = signed_in(officer_of(role))
    for headers in ({}, {"HX-Request": "true", "HX-Target": "drawer"}):
        never = told(client.get("/warnings/never-was/", headers=headers))
        assert never[0] == 404
        for number in ("far", "closed"):
            assert told(client.get(f"/warnings/{number}/", headers=headers)) == never


@pytest.mark.requirement("A3")
@pytest.mark.parametrize("role", ["township_officer", "county_officer", "policy_officer", "auditor"])
def test_counts_filters_and_exports_do_not_move_when_something_comes_that_is_out_of_reach(role: str):
    warning("here")
    client = signed_in(officer_of(role))
    addresses = [f"{address}{asked}" for address in ("/warnings/", "/warnings/export.csv") for asked in (
        "", "?division=370503001", "?tab=closed", "?tab=hints", "?scenario=S02", "?indicator=S02-E01", "?order=household", "?page=2",
    )]  # fmt: skip
    addresses.append("/warnings/here/")
    before = [told(client.get(address)) for address in addresses]
    for number, (kind, state, scenario) in enumerate(
        [("hint", "open", "S02"), ("warning", "closed", "S01"), ("warning", "open", "S02")]
    ):
        other = {
            "kind": kind,
            "state": state,
            "scenario_id": scenario,
            "indicator_id": f"{scenario}-E01",
            "household_id": "household-of-here",
        }
        warning(f"far{number}", THERE, **other)
    assert [told(client.get(address)) for address in addresses] == before


@pytest.mark.requirement("A3")
def test_what_a_role_may_not_do_answers_like_what_is_not_there_and_the_refusal_is_recorded():
    warning("here")
    client = signed_in(officer_of("data_steward"))
    nowhere = client.get("/nowhere/")
    refused = [client.get(address) for address in ("/warnings/", "/warnings/here/", "/warnings/never/", "/warnings/export.csv")]
    assert {(one.status_code, one.content) for one in refused} == {(nowhere.status_code, nowhere.content)}
    kept = Event.objects.filter(outcome="refused").order_by("pk").values_list("who", "operation")
    assert list(kept) == [("data_steward", one) for one in ("warnings.list", "warnings.read", "warnings.read", "warnings.export")]


@pytest.mark.requirement("C1")
def test_what_is_out_of_reach_or_refused_by_its_act_leaves_a_refusal_where_the_supervisor_sees_it_and_nothing_done():
    warning("far", THERE)
    warning("here")
    client = signed_in(officer_of("county_officer"))
    release = {"w": "far", "key": "k1", "confirmed": "1", "because": "must_visit", "words": ""}
    asked: list[tuple[str, str, dict[str, str] | None]] = [
        ("/warnings/far/", "warnings.read", None),
        ("/warnings/never-was/", "warnings.read", None),
        ("/warnings/far/reopen/", "warnings.reopen", {"key": "k2"}),
        ("/warnings/release/", "warnings.release", release),
        ("/warnings/snooze/", "warnings.snooze", release | {"w": "here", "key": "k3", "until": "yesterday"}),
        ("/cases/nobody/close/", "cases.close", {"key": "k4"}),
        ("/data/", "sources.read", {}),
    ]
    before = Event.objects.count()
    for address, operation, posted in asked:
        answer = client.get(address) if posted is None else client.post(address, posted)
        assert 400 <= answer.status_code < 500
        kept = Event.objects.order_by("pk")[before:]
        assert [(one.outcome, one.operation, one.who, one.division_code) for one in kept] == [
            ("refused", operation, "county_officer", "370502")
        ]
        before += 1


@pytest.mark.requirement("C1")
def test_a_list_that_was_seen_is_one_event_with_those_who_were_on_it_as_far_as_they_were_shown():
    for number in "abc":
        warning(number)
    warning("far", THERE)
    for role, shown in (("county_officer", {f"household-of-{one}" for one in "abc"}), ("policy_officer", {""})):
        before = Event.objects.count()
        signed_in(officer_of(role)).get("/warnings/")
        seen = Event.objects.order_by("pk")[before + 1 :]
        assert [(one.operation, one.subject_count) for one in seen] == [("warnings.list", 3)]
        assert set(seen[0].subjects.values_list("household_key", flat=True)) == shown
    signed_in(officer_of("auditor")).get("/warnings/b/")
    read = Event.objects.get(operation="warnings.read")
    assert (read.household_key, read.task, read.who) == ("household-of-b", "b", "auditor")


def test_a_post_is_looked_at_like_a_get():
    assert signed_in(officer_of("data_steward")).post("/warnings/").status_code == 404


def test_without_a_login_every_address_but_the_login_leads_there():
    warning("here")
    for address in ADDRESSES:
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/")
    assert Client().get("/login/").status_code == 200


@pytest.mark.parametrize("role", [role for role, one in table().roles.items() if one.tiers])
def test_the_door_leads_to_the_first_section_a_role_may_open(role: str):
    client = signed_in(officer_of(role))
    lists = {"township_officer", "county_officer", "policy_officer", "auditor"}
    wanted = {
        "policy_officer": "/overview/", "auditor": "/audit/", "data_steward": "/data/deliveries/",
        "department_officer": "/referrals/", "adviser": "/cases/",
        "station_worker": "/window/", "society_partner": "/needs/",
        "system_administrator": "/officers/", "security_administrator": "/officers/", "audit_administrator": "/audit/",
    }.get(role, "/today/")  # fmt: skip
    first = client.get("/")
    assert (first.status_code, first["Location"]) == (302, wanted)
    menu = client.get("/account/").content
    assert (b'<a href="/warnings/"' in menu) == (role in lists)
    assert (b'<a href="/officers/"' in menu) == (role in ADMINISTRATORS)
    room = {"data_steward": "deliveries/", "auditor": "deliveries/", "department_officer": "quarantine/"}.get(role, "")
    has_room = role in lists | {"data_steward", "department_officer"}
    assert (f'<a href="/data/{room}"'.encode() in menu) == has_room


@pytest.mark.requirement("A11")
@pytest.mark.parametrize(
    "how", ["the role ends by itself", "the role is ended", "the account is closed", "the role is of another division"]
)
def test_a_live_session_is_refused_within_a_minute_of_the_end_of_its_role(how: str, now: Callable[[datetime], None]):
    warning("here")
    who = account("zhou")
    over = AT + timedelta(minutes=8)  # the record is not sealed here, and after ten minutes nothing would leave
    given = give(who, "county_officer", "370502", until=over if how == "the role ends by itself" else over + timedelta(days=9))
    client = signed_in(who)
    addresses = ("/warnings/", "/warnings/here/", "/warnings/export.csv", "/data/")
    assert {client.get(address).status_code for address in addresses} == {200}
    if how == "the account is closed":
        Officer.objects.update(is_active=False)
    elif how != "the role ends by itself":
        given.until, given.ended_by, given.ended_because = over, "security", "moved"
        given.save()
    if how == "the role is of another division":
        give(who, "county_officer", "370503", since=over)
    now(over + timedelta(seconds=60))
    answers = [client.get(address) for address in addresses]
    assert not any(b"name-of-" in one.content or b"here" in one.content for one in answers)
    if how == "the account is closed":
        assert {one.status_code for one in answers} == {302}
    elif how == "the role is of another division":
        assert [one.status_code for one in answers] == [200, 404, 200, 200]
    else:
        assert {one.status_code for one in answers} == {404}


@pytest.mark.requirement("A11")
def test_a_running_export_stops_when_its_role_ends(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "PIECE", 3)
    for number in range(9):
        warning(str(number))
    over = AT + timedelta(minutes=1)
    who = officer("zhou", "county_officer", "370502", until=over)
    clock = iter([AT, AT, AT, over + timedelta(seconds=59)])
    taken = []

    def run() -> None:
        for item in queries.exported(viewer=who, wanted=queries.Filter(), now=lambda: next(clock)):
            taken.append(item.warning_id)

    with pytest.raises(NotAllowed, match="has ended"):
        run()
    assert len(taken) == 6
