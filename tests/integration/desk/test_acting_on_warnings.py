"""Forms of the desk as a browser without script sends them: confirmed with numbers, done once, refused in words, undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.cases.models import CaseTag, Task
from jiuzhu.casework.dispatch.models import SavedFilter, Warning
from jiuzhu.casework.trace.models import Answer, Event
from tests.integration.desk.conftest import AT, LOOKS, signed_in, warning
from tests.support.officers import Officer, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
TOWNSHIP, VILLAGE = "370502001", "370502001011"


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.fixture
def client(zhou: Officer) -> Client:
    return signed_in(zhou)


def released(client: Client, *numbers: str, key: str = "k1", **other: Any) -> Any:
    told = {"w": numbers, "key": key, "confirmed": "1", "because": "released_as_found", "words": ""}
    return client.post("/warnings/release/", told | other)


def acts() -> list[str]:
    done = Event.objects.filter(outcome="done").exclude(operation__in=LOOKS)
    return list(done.order_by("pk").values_list("operation", flat=True))


@pytest.mark.feature("SF235")
def test_an_officer_is_asked_with_the_numbers_before_more_than_one_household_is_released(client: Client):
    for number in "abc":
        warning(number, household_id="H" if number != "c" else "H2")
    asked = client.post("/warnings/release/", {"w": ["a", "b", "c"], "key": "k0", "words": "level=4"})
    page = asked.content.decode()
    assert "发布并派单 3 条，涉及 2 户" in page
    assert re.search(r"新增任务</dt><dd class=\"num\">2 ", page)
    assert not Task.objects.exists()
    answer = released(client, "a", "b", "c", words="level=4")
    assert (answer.status_code, answer["Location"]) == (302, "/warnings/?level=4")
    after = client.get("/warnings/?level=4").content.decode()
    assert "已发布 3 条预警，涉及 2 户；新增走访等任务 2 件" in after
    undo = client.post(
        "/warnings/take-back/", {"w": ["a", "b", "c"], "key": "k2", "confirmed": "1", "because": "by_mistake", "words": ""}
    )
    assert undo.status_code == 302
    assert set(Warning.objects.values_list("handling", flat=True)) == {"waiting"}
    assert acts() == ["warnings.release", "warnings.take_back"]


@pytest.mark.feature("SF235")
def test_all_that_a_filter_covers_is_released_if_it_still_covers_as_many(client: Client):
    for number in "abc":
        warning(number, level=4 if number != "c" else 1)
    told = {"all": "1", "expected": "2", "words": "tab=waiting&level=4"}
    assert released(client, **told).status_code == 302
    assert Warning.objects.get(warning_id="c").handling == "waiting"
    refused = released(client, key="k2", **told)
    assert refused.status_code == 409
    assert "这组条件现在有 0 条" in refused.content.decode()


def test_a_form_sent_twice_is_done_once_and_answered_alike(client: Client):
    warning("a")
    first, again = released(client, "a"), released(client, "a")
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"]) == (302, "/warnings/")
    assert acts() == ["warnings.release"]
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("what", ["another warning", "another officer", "no key", "a key too long"])
def test_a_key_with_another_content_is_refused_and_nothing_is_done(what: str, client: Client):
    warning("a")
    warning("b")
    released(client, "a")
    sender = signed_in(officer("li", "township_officer", TOWNSHIP)) if what == "another officer" else client
    key = {"no key": "", "a key too long": "k" * 65}.get(what, "k1")
    answer = released(sender, "b" if what != "another officer" else "a", key=key)
    assert answer.status_code == 409
    assert acts() == ["warnings.release"]
    assert Warning.objects.get(warning_id="b").handling == "waiting"


def test_a_refused_form_leaves_its_key_free_for_another_try(client: Client):
    warning("a")
    assert released(client, "a", "nowhere").status_code == 409
    assert not Answer.objects.exists()
    assert released(client, "a").status_code == 302


def test_a_form_without_its_token_is_refused(zhou: Officer):
    warning("a")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(zhou)
    assert released(strict, "a").status_code == 403
    assert acts() == []


@pytest.mark.parametrize("role", ["auditor", "policy_officer", "data_steward", "grid_worker"])
def test_who_may_not_release_finds_no_such_page_and_no_boxes(role: str):
    warning("a")
    client = signed_in(officer(role, role, {"policy_officer": "370500", "grid_worker": VILLAGE}.get(role, "370502")))
    assert released(client, "a").status_code == 404
    page = client.get("/warnings/").content
    assert b'name="w"' not in page
    assert Warning.objects.get().handling == "waiting"


def test_one_is_put_off_until_a_day_with_a_reason(client: Client, now: Callable[[datetime], None]):
    warning("a")
    asked = client.post("/warnings/snooze/", {"w": "a", "key": "k", "words": ""})
    assert "暂缓到哪一天" in asked.content.decode()
    told = {"w": "a", "key": "k1", "confirmed": "1", "because": "known_false", "words": ""}
    assert client.post("/warnings/snooze/", told | {"until": "yesterday"}).status_code == 409
    assert client.post("/warnings/snooze/", told | {"until": str(AT.date() + timedelta(days=9))}).status_code == 302
    assert Warning.objects.get().handling == "snoozed"
    assert "a" in client.get("/warnings/?tab=snoozed").content.decode()


@pytest.mark.feature("SF239")
def test_a_hint_is_read_and_dismissed_on_the_desk(client: Client):
    warning("a", kind="hint")
    assert "name-of-a" in client.get("/warnings/?tab=hints").content.decode()
    assert client.post("/warnings/hints/read/", {"w": "a", "key": "k1", "words": "tab=hints"}).status_code == 302
    told = {"w": "a", "key": "k2", "confirmed": "1", "because": "known_false", "how": "dismissed", "words": "tab=hints"}
    assert client.post("/warnings/hints/settle/", told)["Location"] == "/warnings/?tab=hints"
    assert Warning.objects.get().handling == "dismissed"


@pytest.mark.feature("SF236")
def test_a_filter_is_kept_under_a_name_for_oneself_or_for_ones_division(client: Client):
    told = {"name": "我的红色", "words": "tab=waiting&level=4&page=2&name=x", "key": "k1"}
    assert client.post("/filters/warnings/", told).status_code == 302
    kept = SavedFilter.objects.get()
    assert (kept.words, kept.division_code, kept.shared) == ("tab=waiting&level=4", TOWNSHIP, False)
    assert "我的红色" in client.get("/warnings/").content.decode()
    assert client.post("/filters/warnings/", told | {"key": "k2"}).status_code == 409  # the name is taken
    assert client.post("/filters/warnings/", {"name": "空", "words": "page=2", "key": "k3"}).status_code == 409
    client.post("/filters/warnings/", {"name": "共用橙色", "words": "level=3", "shared": "on", "key": "k4"})
    client.post("/filters/cases/", {"name": "重病家庭", "words": "tag=seriously_ill", "key": "k5"})
    colleague = signed_in(officer("li", "township_officer", TOWNSHIP))
    seen = colleague.get("/warnings/").content.decode()
    assert "共用橙色" in seen
    assert "我的红色" not in seen
    assert "共用橙色" not in signed_in(officer("far", "township_officer", "370502102")).get("/warnings/").content.decode()
    assert "重病家庭" in client.get("/cases/").content.decode()
    assert colleague.post(f"/filters/{kept.pk}/remove/", {"key": "k6"}).status_code == 404
    assert client.post(f"/filters/{kept.pk}/remove/", {"key": "k7"}).status_code == 302


@pytest.mark.feature("SF221", "SF034")
def test_a_family_is_worked_on_from_its_page(client: Client, zhou: Officer):
    warning("a")
    released(client, "a", to="zhou")
    one = Task.objects.select_related("case").get()
    assert one.owner == zhou
    page = client.get("/tasks/?whose=mine").content.decode()
    assert f"/cases/{one.case.key}/" in page
    address = f"/cases/{one.case.key}/"
    assert "name-of-a" in client.get(address).content.decode()
    told = {"code": "avoids_contact", "because": "两次不在家", "key": "k2"}
    assert client.post(f"{address}tag/", told).status_code == 302
    plan = {
        "goal": "稳定治疗",
        "measure": ["medical", ""],
        "who": ["医保局", ""],
        "until": ["2026-12-10", ""],
        "state": ["planned"] * 2,
    }
    assert client.post(f"{address}plan/", plan | {"seen": "0", "key": "k3"}).status_code == 302
    assert client.post(f"{address}plan/", plan | {"seen": "0", "key": "k4"}).status_code == 409
    shown = client.get(address).content.decode()
    assert "不愿露面" in shown
    assert "稳定治疗" in shown
    assert "发布预警" in shown  # who did what, in sentences
    assert CaseTag.objects.filter(code="avoids_contact").exists()
    assert client.post(f"{address}close/", {"outcome": "helped", "because": "x", "key": "k5"}).status_code == 409
    assert client.post(f"/tasks/{one.key}/take-back/", {"seen": str(one.version), "key": "k6"}).status_code == 302
    far = signed_in(officer("far", "township_officer", "370502102"))
    for path in (address, f"{address}tag/"):
        assert far.get(path).status_code == far.get("/cases/nowhere/").status_code or far.post(path).status_code == 404


def test_every_page_is_whole_in_both_languages_when_empty_and_when_full(client: Client):
    for language in ("zh", "en"):
        for address in ("/warnings/", "/tasks/", "/cases/", "/tasks/?done=1", "/warnings/?tab=working"):
            joined = "&" if "?" in address else "?"
            assert client.get(f"{address}{joined}lang={language}").status_code == 200
        warning(language)
        released(client, language, key=f"k-{language}")
