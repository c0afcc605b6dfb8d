"""The desk without a workspace: warnings in the database, names and evidence planted, the national catalogue."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.desk import known, warnings
from jiuzhu.portals.desk.evidence import Evidence
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.support.officers import PASSWORD

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
KEYLESS = ("/login/", "/logout/", "/account/everywhere/", "/households/")
# What is written because somebody signed in or looked, beside what they did.
LOOKS = ("session.begin", "pages.see", "warnings.list", "warnings.read", "tasks.read", "cases.read")
HERE, THERE = "370502001011", "370503001001"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The instant of requests; `now(later)` moves it."""
    held = [AT]
    monkeypatch.setattr(timezone, "now", lambda: held[-1])
    return held.append


@pytest.fixture
def desk(national: Catalogue, monkeypatch: pytest.MonkeyPatch, now: object, db: None) -> None:
    def names(workspace: object, numbers: Iterable[str], **_: Any) -> dict[str, str]:
        return {number: f"name-of-{number}" for number in numbers}

    def evidence(item: Warning, grant: object, *, english: bool) -> Evidence:
        return Evidence([("rule", False)], {}, "", [], 0.0, [], [], 5, "act", [])

    monkeypatch.setattr(known, "catalogue", lambda: national)
    monkeypatch.setattr(public, "names", names)
    monkeypatch.setattr(public, "latency", lambda _: None)
    monkeypatch.setattr(public, "current", lambda _: None)
    monkeypatch.setattr(warnings, "evidence", evidence)


@pytest.fixture(autouse=True)
def sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever form a test of the desk sends with success is sent once more at once: answered alike, and nothing is done (G1)."""
    plain = Client.post

    def twice(client: Client, path: str, data: Any = None, *given: Any, **more: Any) -> Any:
        told = {"key": secrets.token_urlsafe(24), **(data or {})}
        first = plain(client, path, told, *given, **more)
        if first.status_code == 302 and not path.startswith(KEYLESS):
            for file in told.get("photos", ()):
                file.seek(0)
            before = Event.objects.count()
            again = plain(client, path, told, *given, **more)
            assert (again.status_code, again["Location"], Event.objects.count()) == (302, first["Location"], before)
        return first

    monkeypatch.setattr(Client, "post", twice)


def warning(number: str, division: str = HERE, **other: Any) -> Warning:
    told = {"indicator_id": "S01-E01", "scenario_id": "S01", "subject_kind": "person", "household_id": f"household-of-{number}"}
    told |= {"level": 4, "value": "31460.00", "threshold": "5000.00", "unit": "yuan", "kind": "warning", "side": "entry"}
    told |= {"state": "open", "changed": "new", "first_seen": date(2026, 11, 20), "as_of": date(2026, 11, 20)}
    if other.get("state") == "closed":
        told |= {"handling": "lapsed", "stands": False}
    return Warning.objects.create(warning_id=number, division_code=division, **told | other)


def signed_in(who: Officer) -> Client:
    client = Client()
    assert client.login(username=who.account, password=PASSWORD)
    return client
