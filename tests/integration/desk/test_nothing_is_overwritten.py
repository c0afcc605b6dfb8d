"""Whoever saves on what has changed since they looked is refused, with both texts side by side; nothing is overwritten unseen (G2)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.accounts import emergencies
from jiuzhu.casework.accounts.models import Assignment
from jiuzhu.casework.cases.models import Case, CaseTag, Plan, Task
from jiuzhu.casework.cases.queries import goal
from jiuzhu.casework.dispatch.models import SavedFilter, Warning
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.supervision.models import Oddity
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.visits.models import Draft, Visit
from tests.integration.desk.conftest import AT, HERE, THERE, signed_in, warning
from tests.support import families
from tests.support.officers import account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk"), pytest.mark.requirement("G2")]
COUNTY, TOWNSHIP = "370502", "370502001"


class Forms(HTMLParser):
    """The forms of a page as a browser reads them: where each goes, and what it carries before anybody types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in given}
        if tag == "form" and told.get("method") == "post":
            self.found.append((told.get("action", ""), {}))
            self.inside = True
        elif tag == "input" and self.inside and (told.get("type") == "hidden" or ("checked" in told and told.get("name") == "w")):
            self.found[-1][1].setdefault(told["name"], []).append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def form_of(client: Client, page: str, action: str = "", **having: str) -> dict[str, Any] | None:
    """What one form of a page carries; None where the page has no such form."""
    answer = client.get(page)
    assert answer.status_code == 200, page
    for where, carried in Forms(answer.content.decode()).found:
        if where == action and all(carried.get(name) == [value] for name, value in having.items()):
            return {name: values for name, values in carried.items() if name != "csrfmiddlewaretoken"}
    return None


@dataclass
class Thing:
    """Something two officers change. typed: what is typed with a mark of its own; now: how it stands; version: saves so far."""

    page: str
    action: str
    typed: Callable[[str], dict[str, Any]]
    now: Callable[[], str]
    having: dict[str, str] = field(default_factory=dict)
    sent_to: str = ""
    version: int = 0
    marks: list[str] = field(default_factory=list)


@pytest.mark.parametrize("seed", range(4))
def test_of_two_officers_with_three_windows_each_nobody_overwrites_what_they_did_not_see(seed: int):
    drawn = random.Random(seed)
    officers = [officer(name, "county_officer", COUNTY) for name in ("zhou", "li")]
    for name in ("gu", "he"):
        give(account(name), "township_officer", TOWNSHIP)
        officer(f"adviser-{name}", "adviser", COUNTY)
    windows = [
        client for client in map(signed_in, officers) for _ in range(3)
    ]  # an account is signed in once on a kind of device
    things = laid_out()
    opened: dict[tuple[int, str], tuple[dict[str, Any], int]] = {}
    saved = refused = 0
    for step in range(100):
        window, name = drawn.randrange(6), drawn.choice(sorted(things))
        one = things[name]
        if (window, name) not in opened or drawn.random() < 0.2:
            carried = form_of(windows[window], one.page, one.action, **one.having)
            assert carried is not None, name
            opened[window, name] = carried, one.version
            continue
        carried, version = opened.pop((window, name))
        mark = one.marks[drawn.randrange(len(one.marks))] if one.marks else f"text {step} of window {window}"
        before = one.now()
        if mark == before:
            continue
        answer = windows[window].post(one.sent_to or one.action, carried | one.typed(mark))
        if version == one.version:
            assert answer.status_code in (200, 302), (name, answer.content.decode())
            assert one.now() == mark
            one.version += 1
            saved += 1
        else:
            page = answer.content.decode()
            assert (answer.status_code, one.now()) == (409, before), name
            assert before in page, name
            assert mark in page, name
            refused += 1
    assert saved > 8
    assert refused > 5
    texts = [goal(plan) for plan in Plan.objects.order_by("number")]
    assert len(texts) == len(set(texts)) == things["plan"].version  # every version that was saved is still there


def laid_out() -> dict[str, Thing]:
    """A case with plan, adviser and a task, and the draft of a form; each with a form of its own on some page."""
    case = families.family(TOWNSHIP, "H1")
    task = families.task(case, "review_warning")

    def plan() -> str:
        newest = Plan.objects.filter(case=case).order_by("-number").first()
        return goal(newest) if newest else ""

    def adviser() -> str:
        named = Case.objects.select_related("adviser").get(pk=case.pk).adviser
        return named.account if named else ""

    def owner() -> str:
        now = Task.objects.select_related("owner").get(pk=task.pk).owner
        return now.account if now else ""

    page, tasks = f"/cases/{case.key}/", f"/tasks/{task.key}/"
    return {
        "plan": Thing(page, f"{page}plan/", lambda mark: {"goal": mark}, plan),
        "adviser": Thing(page, f"{page}adviser/", lambda mark: {"adviser": mark}, adviser, marks=["adviser-gu", "adviser-he"]),
        "owner": Thing("/tasks/", f"{tasks}assign/", lambda mark: {"to": mark}, owner, marks=["gu", "he"]),
    }


def test_two_windows_of_one_officer_do_not_overwrite_each_others_draft():
    task = families.task(families.family(TOWNSHIP))
    client, page = signed_in(officer("zhou", "township_officer", TOWNSHIP)), f"/tasks/{task.key}/visit/"
    first, second = form_of(client, page), form_of(client, page)
    assert client.post(page, first | {"act": "draft", "says": "the first window"}).status_code == 200
    refused = client.post(page, second | {"act": "draft", "says": "the second window"})
    assert refused.status_code == 409
    assert "the first window" in refused.content.decode()
    assert "the second window" in refused.content.decode()
    again = form_of(client, page)
    assert client.post(page, again | {"act": "draft", "says": "having seen it"}).status_code == 200
    assert Draft.objects.count() == 1


def test_a_referral_answered_meanwhile_is_not_answered_over():
    """Asked and supplied, it waits as before; who read it before that must read it again."""
    case = families.family(TOWNSHIP, "H1")
    housing = families.department("住房城乡建设")
    colleague = families.department("住房城乡建设", account_name="colleague")
    township = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    sent = township.post(f"/cases/{case.key}/refer/", {"need": "housing", "asked": "a bed", "who": "x"})
    page = sent["Location"]
    one, other = signed_in(housing), signed_in(colleague)
    old = form_of(other, page)
    assert one.post(page, form_of(one, page) | {"act": "ask", "said": "which bed"}).status_code == 302
    assert township.post(page, form_of(township, page, act="supply") | {"said": "a bed for two"}).status_code == 302
    assert Referral.objects.get().answer == "sent"
    refused = other.post(page, old | {"act": "accept", "said": "we come on Monday", "until": "2026-11-25"})
    assert refused.status_code == 409
    assert "a bed for two" in refused.content.decode()
    assert "we come on Monday" in refused.content.decode()
    assert other.post(page, form_of(other, page) | {"act": "accept", "said": "we come", "until": "2026-11-25"}).status_code == 302


def test_a_second_referral_of_one_need_shows_what_was_asked_before():
    case = families.family(TOWNSHIP, "H1")
    families.department("住房城乡建设")
    clients = [signed_in(officer(name, "township_officer", TOWNSHIP)) for name in ("zhou", "li")]
    assert clients[0].post(f"/cases/{case.key}/refer/", {"need": "housing", "asked": "a bed", "who": "x"}).status_code == 302
    refused = clients[1].post(f"/cases/{case.key}/refer/", {"need": "housing", "asked": "a roof", "who": "x"})
    assert refused.status_code == 409
    assert "a bed" in refused.content.decode()
    assert "a roof" in refused.content.decode()


@pytest.mark.parametrize("what", ["released", "raised", "released and taken back", "opened again"])
def test_a_warning_that_changed_since_it_was_looked_at_is_left_alone(what: str):
    warning("a", level=2)
    zhou, li = (signed_in(officer(name, "township_officer", TOWNSHIP)) for name in ("zhou", "li"))
    old = form_of(zhou, "/warnings/a/", "/warnings/snooze/")
    rows = form_of(zhou, "/warnings/", "")
    assert rows is not None
    if what == "raised":
        Warning.objects.update(level=4)
    elif what == "opened again":
        Warning.objects.update(checked_again=1)
    else:
        assert li.post("/warnings/release/", form_of(li, "/warnings/a/", "/warnings/release/")).status_code == 302
    if what == "released and taken back":
        assert li.post("/warnings/take-back/", form_of(li, "/warnings/a/", "/warnings/take-back/")).status_code == 302
    before = Warning.objects.get()
    answer = zhou.post("/warnings/snooze/", old | {"confirmed": "1", "because": "known_false", "until": "2026-11-30"})
    after = Warning.objects.get()
    if what == "released and taken back":  # it stands as it was looked at
        assert (answer.status_code, after.handling) == (302, "snoozed")
    else:
        assert (answer.status_code, after.handling, after.level) == (409, before.handling, before.level)
        assert "您提交的" in answer.content.decode()
        assert "暂缓" in answer.content.decode()


def test_a_closed_warning_is_not_opened_again_by_who_looked_before_it_was_closed_anew():
    ended = {"state": "closed", "handling": "handled", "outcome": "policy_told", "handled_at": AT, "handled_by": "gu"}
    warning("a")
    Warning.objects.update(**ended)
    zhou, li = (signed_in(officer(name, "county_officer", COUNTY)) for name in ("zhou", "li"))
    old, form = (form_of(one, "/warnings/a/", "/warnings/a/reopen/") for one in (zhou, li))
    assert li.post("/warnings/a/reopen/", form).status_code == 302
    Warning.objects.update(**ended)
    assert zhou.post("/warnings/a/reopen/", old).status_code == 409
    assert Warning.objects.get().state == "closed"


def test_a_tag_taken_off_meanwhile_shows_who_took_it_off():
    case = families.family(TOWNSHIP, "H1")
    zhou, li = (signed_in(officer(name, "township_officer", TOWNSHIP)) for name in ("zhou", "li"))
    told = {"code": "seriously_ill", "because": "seen on a visit"}
    page = f"/cases/{case.key}/"
    assert zhou.post(f"{page}tag/", form_of(zhou, page, f"{page}tag/") | told).status_code == 302
    assert li.post(f"{page}tag/", form_of(li, page, f"{page}tag/") | told | {"because": "told by a neighbour"}).status_code == 409
    off = f"{page}tags/{CaseTag.objects.get().pk}/remove/"
    forms = [form_of(one, page, off) for one in (zhou, li)]
    assert zhou.post(off, forms[0]).status_code == 302
    refused = li.post(off, forms[1])
    assert refused.status_code == 409
    assert "zhou 已取下" in refused.content.decode()


def test_a_filter_of_the_same_name_shows_both():
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    assert client.post("/filters/warnings/", {"name": "红色", "words": "level=4"}).status_code == 302
    refused = client.post("/filters/warnings/", {"name": "红色", "words": "level=3"})
    assert refused.status_code == 409
    assert "level=4" in refused.content.decode()
    assert "level=3" in refused.content.decode()
    assert SavedFilter.objects.get().words == "level=4"


def test_a_role_an_account_and_a_case_end_once_and_the_second_reason_is_shown_beside_the_first():
    zhou = officer("zhou", "township_officer", TOWNSHIP)
    keepers = [signed_in(officer(name, "security_administrator", COUNTY)) for name in ("keeper", "other")]
    end = f"/officers/roles/{Assignment.objects.get(officer=zhou).pk}/end/"
    forms = [form_of(one, "/officers/of/zhou/", end) for one in keepers]
    assert keepers[0].post(end, forms[0] | {"because": "moved to the county"}).status_code == 302
    refused = keepers[1].post(end, forms[1] | {"because": "left the service"})
    assert refused.status_code == 409
    assert "moved to the county" in refused.content.decode()
    assert "left the service" in refused.content.decode()
    assert Assignment.objects.get(officer=zhou).ended_because == "moved to the county"
    systems = [signed_in(officer(name, "system_administrator", COUNTY)) for name in ("system", "second")]
    close = "/officers/of/zhou/close/"
    forms = [form_of(one, "/officers/of/zhou/", close) for one in systems]
    assert systems[0].post(close, forms[0] | {"because": "moved"}).status_code == 302
    refused = systems[1].post(close, forms[1] | {"because": "left"})
    assert refused.status_code == 409
    assert "left" in refused.content.decode()
    assert Event.objects.filter(operation="accounts.close", outcome="done").count() == 1
    case = families.family(TOWNSHIP, "H1")
    counties = [signed_in(officer(name, "county_officer", COUNTY)) for name in ("a", "b")]
    close = f"/cases/{case.key}/close/"
    forms = [form_of(one, f"/cases/{case.key}/", close) for one in counties]
    assert counties[0].post(close, forms[0] | {"outcome": "helped", "because": "has work again"}).status_code == 302
    refused = counties[1].post(close, forms[1] | {"outcome": "helped", "because": "moved away"})
    assert refused.status_code == 409
    assert "moved away" in refused.content.decode()


def test_an_odd_look_and_an_emergency_are_settled_once_and_the_second_note_is_not_lost_silently():
    zhou = officer("zhou", "county_officer", COUNTY)
    auditors = [signed_in(officer(name, "auditor", COUNTY)) for name in ("xu", "lu")]
    event = Event.objects.order_by("pk").first()
    assert event is not None
    odd = Oddity.objects.create(
        key="O1", day=AT.date(), who=zhou.account, division_code=COUNTY, household="H1", found_at=AT, weight=3, reasons=["night"], events=[event.pk],
    )  # fmt: skip
    page, settle = f"/audit/odd/{odd.key}/", f"/audit/odd/{odd.key}/settle/"
    forms = [form_of(one, page, settle) for one in auditors]
    told = {"outcome": "explained", "note": "it was a night of snow"}
    assert auditors[0].post(settle, forms[0] | told).status_code == 302
    refused = auditors[1].post(settle, forms[1] | {"outcome": "warned", "note": "nobody asked for it"})
    assert refused.status_code == 409
    assert "it was a night of snow" in refused.content.decode()
    assert "nobody asked for it" in refused.content.decode()
    assert Oddity.objects.get().outcome == "explained"
    warning("far", THERE, household_id="H9")
    opener = officer("opener", "township_officer", HERE[:9])
    made = emergencies.begin(household="H9", division_code=THERE, reason="a child alone in the snow", by=opener, at=AT)
    seen = f"/audit/emergencies/{made.key}/seen/"
    bosses = [signed_in(one) for one in (zhou, officer("boss", "county_officer", COUNTY))]
    forms = [form_of(one, "/audit/", seen) for one in bosses]
    assert bosses[0].post(seen, forms[0] | {"because": "rightly so"}).status_code == 302
    refused = bosses[1].post(seen, forms[1] | {"because": "not needed"})
    assert refused.status_code == 409
    assert "not needed" in refused.content.decode()
    assert Event.objects.filter(operation="emergencies.see", outcome="done").count() == 1


def test_a_visit_put_right_meanwhile_shows_both_corrections():
    task = families.task(families.family(TOWNSHIP, "H1"))
    zhou = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    told = {
        "met": "self", "safe_tonight": "yes", "enough_food": "enough", "housing": "sound", "outcome": "no_difficulty",
        "began_at": "2026-11-21T08:00", "ended_at": "2026-11-21T08:40", "says": "as it was",
    }  # fmt: skip
    page = zhou.post(f"/tasks/{task.key}/visit/", told)["Location"]
    forms = [form_of(zhou, f"{page}correct/") for _ in range(2)]
    told |= {"because": "a slip"}
    assert zhou.post(f"{page}correct/", forms[0] | told | {"says": "the first correction", "submission": "a"}).status_code == 302
    refused = zhou.post(f"{page}correct/", forms[1] | told | {"says": "the second correction", "submission": "b"})
    assert refused.status_code == 409
    assert "the first correction" in refused.content.decode()
    assert "the second correction" in refused.content.decode()
    assert Visit.objects.count() == 2


def test_a_form_that_does_not_say_what_it_was_written_on_changes_nothing():
    case = families.family(TOWNSHIP, "H1")
    task = families.task(case, "review_warning")
    client = signed_in(officer("zhou", "county_officer", COUNTY))
    for address, told in (
        (f"/cases/{case.key}/plan/", {"goal": "a goal"}),
        (f"/cases/{case.key}/confirm/", {}),
        (f"/cases/{case.key}/adviser/", {"adviser": ""}),
        (f"/tasks/{task.key}/transfer/", {"to_division": "370502102", "because": "wrong_place"}),
    ):
        assert client.post(address, told).status_code == 409, address
    assert not Plan.objects.exists()
    assert Case.objects.get().version == Task.objects.get().version == 1
