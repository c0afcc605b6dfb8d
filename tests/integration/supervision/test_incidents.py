"""After an incident everybody it reached is listed, and nobody else, however many other looks stand around it (K5)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from jiuzhu.casework.accounts import looks, sessions
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.supervision.incidents import VAULT, Incident, TooVague, reached
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry.vault.looks import record_look
from tests.support.incidents import seeded_views
from tests.support.officers import officer

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
HERE, COUNTY = "370502001001", "370502"
WHY = "账号被盗，依法告知"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_passwords")]


@pytest.fixture
def workspace(settings: Any, tmp_path: Path) -> Path:
    settings.WORKSPACE = tmp_path
    return tmp_path


@pytest.fixture
def auditor() -> Officer:
    return officer("xu", "auditor", COUNTY)


def keys(incident: Incident, by: Officer) -> dict[tuple[str, str], int]:
    return {(one.kind, one.key): one.times for one in reached(incident, because=WHY, by=by, at=AT + timedelta(days=30))}


@pytest.mark.requirement("K5")
def test_a_breach_among_many_views_is_listed_whole_and_alone_with_times_and_what_was_open(workspace: Path, auditor: Officer):
    thief, clerk = officer("zhou", "township_officer", "370502001"), officer("li", "county_officer", COUNTY)
    planted: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], datetime] = {}
    drawn = random.Random(5)
    for number in range(40):
        at = AT + timedelta(minutes=number)
        household = f"H{drawn.randrange(12)}"
        if number % 3 == 0:
            looks.open_family(family=looks.Family(household, HERE), by=thief, at=at, reason="a neighbour called")
            named = {("household", household)}
        elif number % 3 == 1:
            shown = [household, household, f"H{drawn.randrange(12)}"]
            looks.shown(
                "warnings.list", by=thief, at=at, subjects=[Subject("warning", f"W{n}", HERE, one) for n, one in enumerate(shown)]
            )
            named = {("household", one) for one in shown}
        else:
            person = drawn.randrange(1, 9)
            record_look(workspace / "vault", by="zhou", purpose="names of warnings", person_ids=[person], at=at)
            named = {("person", str(person))}
        for key in named:
            planted[key] += 1
            first.setdefault(key, at)
    views = 3_000
    seeded_views(views, by="li", place=COUNTY, households=500, at=AT, seed=8)
    record_look(workspace / "vault", by="li", purpose="names of warnings", person_ids=[77], at=AT)
    looks.open_family(family=looks.Family("H99", HERE), by=clerk, at=AT, reason="a neighbour called")

    found = reached(Incident(who="zhou"), because=WHY, by=auditor, at=AT + timedelta(days=1))
    assert {(one.kind, one.key): one.times for one in found} == planted
    assert {(one.kind, one.key): one.first for one in found} == first
    assert all(one.accounts == {"zhou"} for one in found)
    assert {one.level for one in found} == {"sensitive"}
    assert {tuple(one.operations) for one in found if one.kind == "person"} == {(VAULT,)}
    asked = Event.objects.get(operation="incidents.list")
    assert (asked.who, asked.subject_key) == ("xu", "zhou")


@pytest.mark.requirement("K5")
def test_one_address_one_entry_and_one_period_are_listed_the_same_way(workspace: Path, auditor: Officer):
    one = officer("zhou", "township_officer", "370502001")
    begun = sessions.begin(officer=one, way="two_factors", kind="desk", device="d", address="203.0.113.9", at=AT)
    looks.open_family(family=looks.Family("H1", HERE), by=one, at=AT + timedelta(minutes=5), reason="a neighbour called")
    sessions.end(session=begun, because="signed_out", at=AT + timedelta(minutes=9))
    sessions.begin(officer=one, way="two_factors", kind="desk", device="d", address="198.51.100.7", at=AT + timedelta(minutes=10))
    looks.open_family(family=looks.Family("H2", HERE), by=one, at=AT + timedelta(minutes=15), reason="a neighbour called")
    with transaction.atomic():
        taken = record(
            "warnings.export", by=Actor("zhou", "township_officer", "370502001"), at=AT + timedelta(days=2),
            subjects=[Subject("warning", f"W{n}", HERE, household=f"H{n}") for n in (3, 4)],
        )  # fmt: skip
    assert keys(Incident(address="203.0.113.9"), auditor) == {("household", "H1"): 1}
    assert keys(Incident(address="198.51.100.7"), auditor) == {("household", "H2"): 1}
    assert keys(Incident(entry=f"{taken.writer}:{taken.number}"), auditor) == {("household", "H3"): 1, ("household", "H4"): 1}
    day = Incident(since=AT + timedelta(days=1), until=AT + timedelta(days=3))
    assert keys(day, auditor) == {("household", "H3"): 1, ("household", "H4"): 1}
    policy, at = officer("pol", "policy_officer", COUNTY), AT + timedelta(days=5)
    looks.shown("warnings.list", by=policy, at=at, subjects=[Subject("warning", "W9", HERE, household="H9")])
    (counted,) = reached(Incident(who="pol"), because=WHY, by=auditor, at=at)
    assert (counted.key, counted.level) == ("H9", "internal")  # what the table opens to that role: keys and codes, no names
    assert "203.0.113.9" not in str(list(Event.objects.values_list())) + str(begun.source)


def test_nothing_vague_is_listed_and_nobody_lists_what_is_not_theirs(workspace: Path, auditor: Officer):
    far = officer("far", "township_officer", "370602001")
    looks.open_family(family=looks.Family("H8", "370602001001"), by=far, at=AT, reason="a neighbour called")
    record_look(workspace / "vault", by="far", purpose="names of warnings", person_ids=[5], at=AT)
    assert keys(Incident(who="far"), auditor) == {}
    with pytest.raises(TooVague):
        reached(Incident(since=AT), because=WHY, by=auditor, at=AT)
    with pytest.raises(TooVague):
        reached(Incident(who="far"), because="why", by=auditor, at=AT)
    with pytest.raises(NotAllowed):
        reached(Incident(who="far"), because=WHY, by=far, at=AT)
