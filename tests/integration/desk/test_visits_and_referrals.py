"""The pages of visits and referrals: the next act first, nothing typed is lost, and nobody sees what their role does not open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.visits.models import Photo, Visit
from tests.integration.desk.conftest import AT, signed_in
from tests.support import families
from tests.support.families import TOWNSHIP
from tests.support.officers import officer

pytestmark = pytest.mark.usefixtures("desk")
TODAY = date(2026, 11, 21)
SEEN: dict[str, Any] = {
    "met": "self", "safe_tonight": "no", "enough_food": "short", "housing": "dangerous", "needs": ["housing"],
    "says": "<b>the roof leaks</b>", "began_at": "2026-11-21T08:00", "ended_at": "2026-11-21T08:40", "submission": "page-1",
}  # fmt: skip

PLACE = {"latitude": "37.45", "longitude": "118.5", "accuracy": "9"}


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


@pytest.fixture
def task() -> Task:
    made = families.task(families.family(), due_on=TODAY)
    families.warning(made)
    return made


def address(task: Task, form: str = "") -> str:
    return f"/tasks/{task.key}/visit/" + (f"{form}/" if form else "")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_day_is_the_first_page_of_who_goes_out(township: Officer):
    for who in (township, officer("worker", "grid_worker", TOWNSHIP)):
        assert signed_in(who).get("/").url == "/today/"
    assert signed_in(families.department("教育")).get("/").url == "/referrals/"


def test_the_day_groups_tasks_by_deadline_and_counts_them(township: Officer):
    days = [date(2026, 11, 19), TODAY, TODAY, date(2026, 11, 22), date(2026, 12, 1), None]
    for number, due in enumerate(days):
        families.task(families.family(household=f"H{number}"), "second_visit" if number == 2 else "visit", due_on=due)
    families.task(families.family("370502002001"), due_on=TODAY)
    client = signed_in(township)
    found = client.get("/today/").context
    assert {group.code: group.count for group in found["groups"]} == {"late": 1, "today": 2, "week": 1, "later": 1, "undated": 1}
    assert found["whole"] == 6
    narrowed = client.get("/today/?kind=second_visit&when=today").context
    assert [(group.code, group.count) for group in narrowed["groups"]] == [("today", 1)]


def test_a_grid_worker_sees_their_own_tasks_alone(task: Task):
    worker = officer("worker", "grid_worker", TOWNSHIP)
    assert signed_in(worker).get("/today/").context["whole"] == 0
    assert signed_in(worker).get(address(task)).status_code == 404
    Task.objects.filter(pk=task.pk).update(owner=worker, given_by="x", given_at=AT)
    assert signed_in(worker).get("/today/").context["whole"] == 1
    assert signed_in(worker).get(address(task)).status_code == 200


@pytest.mark.feature("SF064")
def test_the_policies_of_the_warnings_are_ticked_beforehand(township: Officer, task: Task):
    found = signed_in(township).get(address(task)).context
    assert {card.code for card, ticked, _ in found["cards"] if ticked} == {"rigid", "temporary", "medical"}


def test_a_visit_is_recorded_and_shown(township: Officer, task: Task):
    client = signed_in(township)
    photo = SimpleUploadedFile("../../etc/passwd.svg", families.photograph(), "image/svg+xml")
    answer = client.post(
        address(task),
        {
            **SEEN,
            "outcome": "helped_on_the_spot",
            "policies": ["temporary"],
            "photos": [photo],
            "latitude": "37.45",
            "longitude": "118.5",
            "accuracy": "9",
        },
    )
    made = Visit.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/visits/{made.key}/")
    assert (made.outcome, made.policies, made.began_at) == (
        "helped_on_the_spot",
        "temporary",
        datetime.fromisoformat("2026-11-21T08:00+08:00"),
    )
    page = client.get(answer.url)
    assert "&lt;b&gt;the roof leaks&lt;/b&gt;" in text(page)
    assert "<b>the roof leaks</b>" not in text(page)
    assert "37.45" in text(page)
    shown = client.get(f"/visits/photos/{Photo.objects.get().key}.jpg")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "passwd" not in shown["Content-Disposition"]
    assert client.post(address(task), {**SEEN, "outcome": "helped_on_the_spot"}).url == f"/visits/{made.key}/"
    assert Visit.objects.count() == 1


def test_what_is_missing_is_listed_and_what_was_typed_stays(township: Officer, task: Task):
    client = signed_in(township)
    answer = client.post(address(task), {**SEEN, "met": "", "says": "a long story", "outcome": ""})
    assert answer.status_code == 422
    assert [one.field for one in answer.context["mistakes"]] == ["met", "outcome"]
    assert 'href="#met"' in text(answer)
    assert "a long story" in text(answer)
    assert Visit.objects.count() == 0
    again = signed_in(township).get(address(task))
    assert "a long story" in text(again)
    assert again.context["saved_at"] is not None


def test_a_draft_and_a_further_row_keep_all_that_was_typed(township: Officer, task: Task):
    client = signed_in(township)
    typed = {"members.0.member_name": "first", "act": "add:members"}
    answer = client.post(address(task, "F04"), typed)
    (members,) = [section for section in answer.context["sections"] if section.name == "members"]
    assert len(members.rows) == 2
    assert members.rows[0][0].text == "first"
    assert answer.status_code == 200
    assert Visit.objects.count() == 0


def test_an_ended_task_says_so_and_shows_what_was_typed(township: Officer, task: Task):
    Task.objects.filter(pk=task.pk).update(state="done", done_at=AT)
    answer = signed_in(township).post(address(task), {**SEEN, "outcome": "policy_told", "says": "too late"})
    assert answer.context["ended"] is True
    assert "too late" in text(answer)


@pytest.mark.feature("SF231")
def test_a_visit_that_refers_leads_to_the_department_that_answers(township: Officer, task: Task):
    housing = families.department("住房城乡建设")
    client = signed_in(township)
    answer = client.post(address(task), {**SEEN, "outcome": "referred"})
    made = Visit.objects.get()
    assert answer.url == f"/cases/{task.case.key}/refer/?visit={made.key}"
    page = client.get(answer.url)
    assert page.context["chosen"] == "housing"
    assert client.post(answer.url, {"need": "housing", "asked": " ", "who": "x", "visit": made.key}).status_code == 422
    sent = client.post(answer.url, {"need": "housing", "asked": "a bed for tonight", "who": "a family", "visit": made.key})
    one = Referral.objects.get()
    assert sent.url == f"/referrals/{one.key}/"
    assert not Task.objects.filter(kind="referral", state="open").exists()
    theirs = signed_in(housing)
    page = theirs.get(sent.url)
    assert "a bed for tonight" in text(page)
    assert "the roof leaks" not in text(page)
    assert theirs.get(f"/visits/{made.key}/").status_code == 404
    refused = theirs.post(sent.url, {"act": "refuse", "said": "not ours", "belongs_to": "", "seen": "0"})
    assert refused.status_code == 422
    assert "not ours" in text(refused)
    done = theirs.post(
        sent.url, {"act": "accept", "said": "we take them in", "until": "2026-11-25", "sentence": "today at five", "seen": "0"}
    )
    assert done.status_code == 302
    assert "today at five" in text(client.get(sent.url))
    one.refresh_from_db()
    assert one.answer == "accepted"


def test_silence_is_listed_for_the_county(township: Officer, task: Task, now: Callable[[datetime], None]):
    families.department("住房城乡建设")
    client = signed_in(township)
    client.post(address(task), {**SEEN, "outcome": "referred"})
    client.post(f"/cases/{task.case.key}/refer/", {"need": "housing", "asked": "a bed", "who": "x"})
    now(AT + timedelta(days=20))
    page = signed_in(officer("county", "county_officer", "370502")).get("/referrals/")
    assert [(one.department, one.late) for one in page.context["silences"]] == [("住房城乡建设", 1)]


def test_a_visit_is_put_right_from_its_own_answers(township: Officer, task: Task):
    client = signed_in(township)
    first = client.post(address(task), {**SEEN, "outcome": "no_difficulty"}).url
    page = client.get(first + "correct/")
    assert "the roof leaks" in text(page)
    told = {**SEEN, "submission": "page-2", "outcome": "policy_told"}
    assert client.post(first + "correct/", told).status_code == 422
    later = client.post(first + "correct/", {**told, "because": "wrong box"}).url
    assert "看更正后的记录" in text(client.get(first))
    assert "看原来的记录" in text(client.get(later))
    assert client.get(first + "correct/").status_code == 404


def test_others_find_nothing(township: Officer, task: Task):
    first = signed_in(township).post(address(task), {**SEEN, "outcome": "no_difficulty"}).url
    stranger = signed_in(officer("stranger", "township_officer", "370502002"))
    for path in (first, first + "correct/", address(task), f"/cases/{task.case.key}/refer/", "/referrals/nothing/"):
        assert stranger.get(path).status_code == 404
    auditor = signed_in(officer("auditor", "auditor", "370502"))
    assert auditor.get(first).status_code == 200
    assert auditor.get(address(task)).status_code == 404


def test_a_worker_reads_back_only_what_is_personal(task: Task):
    worker = officer("worker", "grid_worker", TOWNSHIP)
    Task.objects.filter(pk=task.pk).update(owner=worker, given_by="x", given_at=AT)
    first = signed_in(worker).post(address(task), {**SEEN, "outcome": "no_difficulty"}).url
    page = signed_in(worker).get(first)
    assert page.status_code == 200
    assert "the roof leaks" not in text(page)
    assert page.context["found"].hidden > 0


@pytest.mark.parametrize("path", ["/today/", "/referrals/", "/referrals/?show=done", "/visits/", "/yields/", "/duties/"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_without_anything_says_why(township: Officer, path: str, language: str):
    client = Client()
    client.force_login(township)
    answer = client.get(path, {"lang": language} if "?" not in path else {"lang": language, "show": "done"}, follow=True)
    assert answer.status_code == 200
    assert 'class="empty"' in text(answer)
