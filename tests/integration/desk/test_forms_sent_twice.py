"""What is sent twice is done once: by a second press, a reload, another window, after a crash, by another officer, at once (G1)."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, override_settings
from django.urls import get_resolver, path

from jiuzhu.casework.accounts import declared
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import table
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.dispatch.models import SavedFilter, Warning
from jiuzhu.casework.trace import once
from jiuzhu.casework.trace.models import Answer, Event
from jiuzhu.casework.trace.written import canonical, digest, keyed_hash
from jiuzhu.casework.visits.models import Visit
from jiuzhu.config import urls
from jiuzhu.portals.desk import posted
from tests.integration.desk.conftest import AT, LOOKS, THERE, signed_in, warning
from tests.support import families
from tests.support.officers import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk"), pytest.mark.requirement("G1")]
COUNTY, TOWNSHIP = "370502", "370502001"
TEMPLATES = Path(posted.__file__).parent / "templates"
# Signing in and out, and looks at a family: what they do is kept from happening twice in another way, or is to be kept each time.
WITHOUT_KEY = {
    "/login/", "/login/code/", "/login/enrol/", "/login/outside/", "/login/outside/back/", "/logout/", "/account/everywhere/",
    "/households/x/", "/households/x/number/x/", "/households/x/looks/", "/audit/family/", "/audit/reached/", "/audit/sample/",
}  # fmt: skip
# Residents' own are gone through in citizen/; what other departments send is signed once and goes by case number (clients/).
ELSEWHERE = ("help/", "api/")
GIVEN = {"str": "x", "int": "1", "slug": "x"}


def addresses() -> Iterator[tuple[str, str]]:
    """Every address of the desk with something in its places, and its operation."""
    for address, pattern in declared.addresses(get_resolver().url_patterns):
        if address.startswith(ELSEWHERE):
            continue
        yield "/" + re.sub(r"<(\w+):\w+>", lambda place: GIVEN[place[1]], address), pattern.callback.operation


def who_may() -> Callable[[str], Client]:
    """A client for an operation: of the first role that has a row for it."""
    clients: dict[str, Client] = {}

    def of(operation: str) -> Client:
        role = next(row.role for row in table().all_rows() if row.operation == operation)
        if role not in clients:
            clients[role] = signed_in(officer(role, role, COUNTY))
        return clients[role]

    return of


def taken() -> list[str]:
    """Addresses where a form without a key is not refused for it."""
    client = who_may()
    sent = ("key=", "application/x-www-form-urlencoded")
    answers = {
        address: client(operation).generic("POST", address, *sent)
        for address, operation in addresses()
        if address not in WITHOUT_KEY
    }
    return [
        address for address, answer in answers.items() if answer.status_code != 409 or "页面编号" not in answer.content.decode()
    ]


def released(client: Client, *numbers: str, key: str = "k1", **other: Any) -> Any:
    told = {"w": numbers, "key": key, "confirmed": "1", "because": "released_as_found", "words": ""}
    return client.post("/warnings/release/", told | other)


def acts() -> list[str]:
    done = Event.objects.filter(outcome="done").exclude(operation__in=LOOKS).order_by("pk")
    return list(done.values_list("operation", flat=True))


def test_every_address_refuses_a_form_without_a_key():
    assert taken() == []
    assert len(list(addresses())) > 80
    assert acts() == []


@pytest.mark.parametrize("way", [declared.does, posted.does])
def test_a_new_address_that_changes_something_without_a_key_is_found_or_cannot(way: Callable[..., Any]):
    def view(request: HttpRequest) -> HttpResponse:
        SavedFilter.objects.create(
            of="warnings", owner=Officer.objects.get(pk=request.user.pk), name="planted", words="level=4", saved_at=AT
        )
        return redirect("/")

    more = ModuleType("more_addresses")
    more.urlpatterns = [*urls.urlpatterns, path("planted/", way("filters.save", view))]
    with override_settings(ROOT_URLCONF=more):
        if way is declared.does:
            assert taken() == ["/planted/"]
        else:
            assert taken() == []
            with pytest.raises(posted.ChangedOutside, match="dispatch_savedfilter"), transaction.atomic():
                signed_in(officer("zhou", "township_officer", TOWNSHIP)).post("/planted/")
            assert not SavedFilter.objects.exists()


def test_every_form_of_every_page_carries_a_key_of_its_own():
    beside = ("login", "household-gate", "household-number", "household-looks", "family_trace", "incidents")
    told = {file.stem: file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")}
    forms = [
        (page, form)
        for page, text in told.items()
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL)
        if not page.startswith(beside)
        and not re.search(r"url '(logout|sign-out-everywhere|household-number|family-trace)'", form)
    ]
    assert len(forms) > 40
    assert [page for page, form in forms if "{% form_key %}" not in form and "one-chosen.html" not in form] == []
    assert "{% form_key %}" in told["one-chosen"]


def test_two_forms_of_a_page_and_two_openings_of_it_carry_different_keys():
    warning("a")
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    keys = [
        key for _ in range(2) for key in re.findall(r'name="key" value="([^"]+)"', client.get("/warnings/a/").content.decode())
    ]
    assert len(keys) == len(set(keys)) > 4


def test_a_form_sent_again_is_answered_alike_though_what_it_was_for_is_out_of_reach_by_then():
    made = families.family(TOWNSHIP)
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    told = {"to_division": "370502102", "because": "lives_elsewhere", "seen": str(made.version), "key": "k1"}
    first = client.post(f"/cases/{made.key}/transfer/", told)
    assert (first.status_code, Case.objects.get().division_code) == (302, "370502102")
    assert client.get(f"/cases/{made.key}/").status_code == 404
    before = acts()
    again = client.post(f"/cases/{made.key}/transfer/", told)
    assert (again.status_code, again["Location"], acts()) == (302, first["Location"], before)
    assert client.post(f"/cases/{made.key}/transfer/", told | {"because": "wrong_place"}).status_code == 409


def test_a_key_belongs_to_one_address():
    warning("a")
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    released(client, "a")
    told = {"w": ["a"], "key": "k1", "confirmed": "1", "because": "released_as_found", "words": ""}
    assert client.post("/warnings/take-back/", told).status_code == 409
    assert Warning.objects.get().handling == "released"


def test_files_are_part_of_what_was_asked_and_the_stamp_of_the_device_is_not():
    task = families.task(families.family(TOWNSHIP), due_on=date(2026, 11, 21))
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))

    def sent(picture: bytes, **other: Any) -> Any:
        told = {
            "met": "self", "safe_tonight": "yes", "enough_food": "enough", "housing": "sound", "outcome": "no_difficulty", "key": "k1",
            "began_at": "2026-11-21T08:00", "ended_at": "2026-11-21T08:40", "submission": "page-1", "device_at": "2026-11-21T08:41",
        }  # fmt: skip
        photo = SimpleUploadedFile("a.jpg", picture, "image/jpeg")
        return client.post(f"/tasks/{task.key}/visit/", told | other | {"photos": [photo]})

    first = sent(families.photograph())
    assert (first.status_code, Visit.objects.count()) == (302, 1), first.content.decode()
    assert sent(families.photograph(), device_at="2026-11-21T08:42")["Location"] == first["Location"]
    assert sent(families.photograph(size=(32, 32))).status_code == 409
    assert Visit.objects.count() == 1


def test_what_is_kept_of_a_form_tells_nothing_of_a_password_or_a_number():
    told = {"account": "li", "name": "李", "staff_number": "77", "duty": "casework", "password": "a long enough one", "key": "k1"}
    client = signed_in(officer("system", "system_administrator", COUNTY))
    office = Officer.objects.get(account="system").assignments.get().office_id
    assert client.post("/officers/open/", told | {"office": office}).status_code == 302
    kept = Answer.objects.get()
    typed = sorted((name, [str(text)]) for name, text in {**told, "office": office}.items())
    assert kept.content != digest(canonical(["/officers/open/", typed, []])).hex()
    assert kept.content == keyed_hash({"content": ["/officers/open/", typed, []]}, about="k1")
    assert "long enough" not in f"{kept.content}{kept.told}"


class Crash(BaseException):
    """The process ended here."""


def test_a_crash_at_any_statement_leaves_nothing_or_all_and_the_same_form_again_is_one_act():
    """Every statement that one release takes is the last one, in turn."""
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    client.get("/cases/")  # whatever a first request does once is done
    statement = crashes = 0
    while True:
        number = f"w{statement}"
        warning(number)
        if _crashed_at(statement, lambda number=number: released(client, number, key=number)):
            crashes += 1
            assert Warning.objects.get(warning_id=number).handling == "waiting"
            assert not Answer.objects.filter(key=number).exists()
        else:
            break
        assert released(client, number, key=number).status_code == 302
        assert released(client, number, key=number).status_code == 302
        assert Task.objects.filter(case__household_key=f"household-of-{number}").count() == 1
        statement += 1
    assert crashes > 15
    assert acts().count("warnings.release") == crashes + 1


def _crashed_at(last: int, send: Callable[[], Any]) -> bool:
    count = 0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        if posted.being_done():
            count += 1
            if count > last:
                raise Crash
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(watch):
            send()
    except Crash:
        return True
    return False


def test_a_crash_after_the_act_and_before_the_answer_is_answered_when_the_form_is_sent_again(monkeypatch: pytest.MonkeyPatch):
    warning("a")
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    with monkeypatch.context() as patch:
        patch.setattr(posted, "redirect", _crash)
        with pytest.raises(Crash):
            released(client, "a")
    assert acts() == ["warnings.release"]
    again = released(client, "a")
    assert (again.status_code, again["Location"], acts()) == (302, "/warnings/", ["warnings.release"])


def _crash(*_: Any) -> HttpResponse:
    raise Crash


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["inside the act", "before the answer is kept", "after it was kept"])
def test_a_process_killed_while_it_acts_leaves_nothing_or_all(when: str):
    warning("a")
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    connections.close_all()  # the child opens one of its own
    child = os.fork()
    if child == 0:
        try:
            _die(when)
            released(client, "a")
        finally:
            os._exit(1)
    _, ended = os.waitpid(child, 0)
    assert os.WTERMSIG(ended) == signal.SIGKILL
    assert acts() == (["warnings.release"] if when == "after it was kept" else [])
    first, again = released(client, "a"), released(client, "a")
    assert (first.status_code, again.status_code, acts()) == (302, 302, ["warnings.release"])
    assert Answer.objects.count() == Task.objects.count() == 1


def _die(when: str) -> None:
    def die(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    if when == "inside the act":
        from jiuzhu.casework.dispatch import releasing

        releasing.record = die
    elif when == "before the answer is kept":
        once.json = type("killed", (), {"dumps": staticmethod(die)})
    else:
        posted.redirect = die


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_once_from_many_windows_is_one_act_answered_alike():
    warning("a")
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    answers: list[Any] = []
    ready = threading.Barrier(8)

    def press() -> None:
        window = Client()
        window.cookies = client.cookies
        ready.wait()
        answers.append(released(window, "a"))
        connection.close()

    windows = [threading.Thread(target=press) for _ in range(8)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, "/warnings/")}
    assert len(answers) == 8
    assert acts() == ["warnings.release"]


def test_another_officer_who_sends_the_same_form_is_refused_and_learns_nothing():
    warning("a")
    released(signed_in(officer("zhou", "township_officer", TOWNSHIP)), "a")
    other = released(signed_in(officer("li", "township_officer", TOWNSHIP)), "a")
    assert other.status_code == 409
    assert "已发布" not in other.content.decode()
    assert acts() == ["warnings.release"]


def test_a_refusal_that_was_noted_inside_an_act_stands_after_its_rollback():
    warning("far", THERE, household_id="H9")
    client = signed_in(officer("zhou", "township_officer", TOWNSHIP))
    told = {"household": "H9", "reason": "", "key": "k1"}
    assert client.post("/emergency/", told).status_code == 422
    assert Event.objects.filter(operation="emergencies.begin", outcome="refused").count() == 1
    assert not Answer.objects.exists()
