"""Erasing a person: nothing of them can be read any more, anywhere, and the record still verifies; and who may not be erased yet."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from jiuzhu.casework.accounts import emergencies, looks, mandates
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases import plans, tags
from jiuzhu.casework.cases.models import Case, Member, Task
from jiuzhu.casework.keeping import erasing
from jiuzhu.casework.parties import actions as parties
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import find_by_number
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.supervision import investigations
from jiuzhu.casework.trace import own_keys, sealing, written
from jiuzhu.casework.trace.models import Event, OwnKey
from jiuzhu.casework.visits import actions as visits
from jiuzhu.casework.visits import queries as visit_queries
from jiuzhu.casework.visits.models import Photo, Visit
from jiuzhu.crypto.seal import SealBroken, open_sealed
from tests.support import event_log, families
from tests.support.officers import PASSWORD, officer

THEN = datetime(2014, 3, 31, 2, tzinfo=UTC)
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
NUMBERS = ("11010519491231002X", "370502196301010001")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_passwords")]


@pytest.fixture
def county() -> Officer:
    return officer("county", "county_officer", families.COUNTY, since=THEN - timedelta(days=1))


@pytest.fixture
def family(county: Officer, settings: Any, tmp_path: Path) -> Case:
    """Two people, and every kind of word about them that casework keeps; all done twelve years ago, sealed and kept elsewhere."""
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    settings.PLACE_FOLDER = tmp_path / "place"
    told: dict[str, Any] = {"by": county, "at": THEN}
    case = families.family(household="H1")
    Case.objects.filter(pk=case.pk).update(opened_at=THEN)
    for number in NUMBERS:
        where = {"address": f"canary-address-{number}", "division_code": case.division_code, "proved_by": "paper"}
        person = parties.meet(name=f"canary-name-{number}", id_number=number, phone="13905461234", **where, **told)
        cases.add_member(case=Case.objects.get(pk=case.pk), party=person, relation="1", **told)
    plans.write_plan(case=case, goal="canary-goal", items=[plans.Item("medical", "x", None, "planned")], based_on=0, **told)
    tags.tag(case=case, code="avoids_contact", because="canary-tag", **told)
    looks.open_family(family=looks.Family("H1", case.division_code, case.key), reason="canary-reason", **told)
    looks.open_family(family=looks.Family("H1", case.division_code), reason="canary-reason of the family", **told)
    emergencies.begin(household="H1", division_code="370503001001", reason="canary-emergency", **told)
    families.department("住房城乡建设")
    task = families.task(case)
    seen = {"met": ["self"], "safe_tonight": ["no"], "enough_food": ["short"], "housing": ["dangerous"], "says": ["canary-says"]}
    visits.keep_draft(task=task, form="F17", typed={"says": ["canary-draft"]}, **told)
    visited = visits.Told(
        form="F17", typed={**seen, "needs": ["housing"]}, began_at=THEN, ended_at=THEN, outcome="referred", note="canary-note",
        position=(37.4591, 118.5917, 9.0), photos=[families.photograph()],
    )  # fmt: skip
    visits.record_visit(task=task, told=visited, **told)
    referral = referrals.make(case=case, need="housing", asked="canary-asked", who="canary-who", **told)
    answering = Officer.objects.get(account="住房城乡建设")
    referrals.accept(
        referral=referral, said="canary-said", until=date(2026, 12, 1), sentence="canary-sentence", by=answering, at=families.NOW
    )
    referrals.report(referral=referral, said="canary-report", sentence="canary-end", by=answering, at=families.NOW)
    Task.objects.filter(case=case, state="open").update(state="done", done_at=THEN)
    cases.close_case(case=Case.objects.get(pk=case.pk), outcome="helped", because="canary-closed", **told)
    sealing.seal(at=AT)
    sealing.forward(at=AT)
    return Case.objects.get(pk=case.pk)


def stored() -> Iterator[tuple[str, bytes]]:
    """Every text and every file in the database, with where it stands."""
    for model in apps.get_models():
        for row in model.objects.values():
            for name, value in row.items():
                if isinstance(value, str | bytes | memoryview) and value:
                    yield f"{model._meta.label}.{name}", value.encode() if isinstance(value, str) else bytes(value)


def of_their_own() -> list[tuple[str, bytes]]:
    """What lies sealed under the key of a person, family or case."""
    found = []
    for place, value in stored():
        raw = value
        if re.fullmatch(rb"[A-Za-z0-9+/]+=*", value):
            raw = base64.b64decode(value, validate=False) if len(value) % 4 == 0 else value
        if re.match(rb"~\d+~", raw):
            found.append((place, raw))
    return found


@pytest.mark.requirement("C8")
def test_what_is_known_of_an_erased_family_can_be_read_nowhere_and_the_record_still_verifies(
    family: Case, county: Officer, settings: Any
):
    people, visit = list(Party.objects.order_by("pk")), Visit.objects.get()
    assert [opened(one.name, column="parties_party.name", row=one.key) for one in people] == [
        f"canary-name-{one}" for one in NUMBERS
    ]
    before = Event.objects.get(operation="cases.close")
    assert written.opened_reason(before) == "canary-closed"
    sealed_before = of_their_own()
    places = {place for place, _ in sealed_before}
    assert places >= {
        "parties.Party.name", "parties.Party.id_number", "parties.Party.phone", "parties.Party.address", "cases.Plan.goal",
        "cases.CaseTag.because", "visits.Visit.answers", "visits.Visit.note", "visits.Visit.position", "visits.Photo.content",
        "referrals.Referral.asked", "referrals.Referral.who", "referrals.Step.said", "referrals.Step.sentence", "trace.Event.because",
        "accounts.Emergency.reason",
    }, places  # fmt: skip
    secrets = [one.secret for one in OwnKey.objects.all()]
    for person in people:
        erasing.erase(party=person, because="their own wish", by=county, at=AT)
    assert [opened(one.name, column="parties_party.name", row=one.key) for one in Party.objects.all()] == ["", ""]
    assert find_by_number(viewer=county, number=NUMBERS[0], division_code=families.COUNTY, at=AT) is None
    assert written.opened_reason(Event.objects.get(pk=before.pk)) == ""
    told = visit_queries.visit(viewer=county, key=visit.key, at=AT)
    assert told is not None
    assert (dict(told.answers), told.note, dict(told.place)) == ({}, "", {})
    assert visit_queries.photo(viewer=county, key=Photo.objects.get().key, at=AT) is None
    left = of_their_own()
    assert {place for place, _ in left} >= {"visits.Visit.answers", "visits.Photo.content", "trace.Event.because"}
    assert [place for place, raw in left if own_keys.opened_bytes(raw, name="any", about="any") is not None] == []
    # With every key of the workspace, and a copy of all rows but those of own keys, as an old backup may be: nothing opens either.
    for place, raw in sealed_before:
        _, _, rest = raw[1:].partition(b"~")
        with pytest.raises(SealBroken):
            open_sealed(rest, keys=own_keys.keys(), name=place, about="")
    assert not any(b"canary" in value for _, value in stored())
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        whole = connection.connection.serialize()
        assert not any(secret.encode() in whole for secret in secrets), "the destroyed keys lie in free pages of the file"
    for kept in (settings.SEAL_KEEPER, settings.SEAL_SINK):
        assert not any(b"canary" in path.read_bytes() for path in Path(kept).rglob("*") if path.is_file())
    sealing.seal(at=AT)
    sealing.forward(at=AT)
    assert event_log.witnesses().of(event_log.held(), code=True).findings == []


def test_one_of_two_is_erased_and_the_familys_words_stay_until_the_other_is(family: Case, county: Officer):
    first, second = Party.objects.order_by("pk")
    assert not erasing.is_last(first)
    gone = erasing.erase(party=first, because="their own wish", by=county, at=AT)
    assert (gone.name, gone.id_index, gone.registry_person, gone.erased_at) == ("", "", "", AT)
    second.refresh_from_db()
    assert opened(second.name, column="parties_party.name", row=second.key) == f"canary-name-{NUMBERS[1]}"
    assert written.opened_reason(Event.objects.get(operation="cases.close")) == "canary-closed"
    again = erasing.erase(party=gone, because="their own wish", by=county, at=AT + timedelta(days=1))
    assert again.erased_at == AT
    assert erasing.is_last(second)


@pytest.mark.requirement("C8")
def test_who_may_not_be_erased_yet_is_refused_with_the_reason_and_the_day(family: Case, county: Officer):
    one = Party.objects.earliest("pk")
    told = {"by": county, "because": "their own wish"}

    def why(at: datetime = AT) -> list[tuple[str, datetime | None]]:
        with pytest.raises(erasing.NotYet) as refused:
            erasing.erase(party=one, at=at, **told)
        return [(each.why.en, each.until) for each in refused.value.hindrances]

    kept_until = datetime(2024, 3, 31, 2, tzinfo=UTC)  # ten years after the case was closed
    assert why(kept_until - timedelta(seconds=1)) == [("the file of a case is to be kept longer", kept_until)]
    until = AT + timedelta(days=9)
    mandate = mandates.give(
        household="H1", division_code=families.VILLAGE, giver=one.key, taker="somebody", programmes=(), paper="D1", until=until,
        by=county, at=AT,
    )  # fmt: skip
    assert why() == [("a mandate of theirs is in force", until)]
    mandates.end(mandate=mandate, because="over", by=county, at=AT)
    auditor = officer("xu", "auditor", families.COUNTY)
    begun = investigations.begin(
        household="H1", division_code=families.VILLAGE, conducted_by=(), because="a letter", until=until, by=auditor, at=AT
    )
    assert why() == [("an investigation is not over", until)]
    investigations.release(investigation=begun, because="done", by=auditor, at=AT + timedelta(seconds=1))
    Member.objects.create(case=families.family(), party=one, since=date(2026, 1, 1))
    assert why(AT + timedelta(seconds=2)) == [("a case they belong to is open", None)]
    assert not Party.objects.filter(erased_at__isnull=False).exists()
    assert not Event.objects.filter(operation=erasing.ERASE).exists()
    for who in (officer("township", "township_officer", families.TOWNSHIP), officer("far", "county_officer", "370503"), auditor):
        with pytest.raises(NotAllowed):
            erasing.erase(party=one, because="their own wish", by=who, at=AT)


def test_the_page_tells_the_reasons_and_erases_only_with_one_typed(
    family: Case, county: Officer, monkeypatch: pytest.MonkeyPatch
):
    now = [datetime(2024, 3, 30, tzinfo=UTC)]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[-1])
    client, party = Client(), Party.objects.earliest("pk")
    assert client.login(username="county", password=PASSWORD)
    address = f"/people/{party.key}/erase/"
    page = client.get(address).content.decode()
    assert "个案档案的保存期限还没有到" in page
    assert "2024-03-31" in page
    asked = {"key": "k1", "because": "their own wish"}
    assert client.post(address, asked).status_code == 409
    now.append(AT)
    client = Client()
    assert client.login(username="county", password=PASSWORD)
    assert client.post(address, asked | {"because": "x"}).status_code == 422
    assert Party.objects.get(pk=party.pk).erased_at is None
    assert client.post(address, asked).status_code == 302
    assert "信息已删除" in client.get(address).content.decode()
    assert client.get("/people/P-nobody/erase/").status_code == 404
