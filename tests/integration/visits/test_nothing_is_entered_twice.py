"""What a visit found goes by itself to the case, its people and the next form; a fact of a family is entered once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.cases import events, findings
from jiuzhu.casework.cases.models import Announcement, Case, Finding, Heard, Member
from jiuzhu.casework.parties.actions import met
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.visits import actions
from jiuzhu.casework.visits.listeners import prefilled
from jiuzhu.rules.forms import MEMBER_FACTS
from tests.integration.desk.conftest import desk, now, signed_in  # noqa: F401  (fixtures)
from tests.integration.visits.test_recording_a_visit import SEEN, record, told
from tests.support import families
from tests.support.families import NOW, TODAY, TOWNSHIP
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
PHONE, ADDRESS = "13800001234", "河口路 8 号 2 单元 301"
AT_HOME = {**SEEN, "contact_phone": [PHONE], "living_address": [ADDRESS]}
SEES_ALL = Grant("cases.read", "township_officer", TOWNSHIP, "own", "casework", "sensitive", None)


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


@pytest.fixture
def family() -> Case:
    """A family of two the registry knows: its head goes by a name somebody saw on a paper."""
    made = families.family(household="H")
    head, other = met(["11", "12"], household="H", at=NOW)
    for party, name, relation in ((head, "赵一", "02"), (other, "赵二", "")):
        Party.objects.filter(pk=party.pk).update(name=sealed(name, column="parties_party.name", row=party.key))
        Member.objects.create(case=made, party=party, relation=relation, since=TODAY)
    return made


def of_people(case: Case, column: str) -> dict[str, str]:
    rows = Member.objects.filter(case=case, until__isnull=True).select_related("party").order_by("pk")
    said = {}
    for row in rows:
        name, text = (
            opened(getattr(row.party, one), column=f"parties_party.{one}", row=row.party.key) for one in ("name", column)
        )
        said[name] = text
    return said


def told_of(case: Case, grant: Grant = SEES_ALL) -> dict[str, str]:
    return {fact: one.text for fact, one in findings.found(case, grant=grant).items()}


def test_a_visit_hands_its_facts_to_the_case_and_its_people_once_and_sealed(township: Officer, family: Case):
    made = record(families.task(family), township, typed=AT_HOME)
    assert told_of(family) == {}  # nothing within the act: it is announced, and heard after it
    events.hear(at=NOW)
    assert told_of(family) == {"phone": PHONE, "address": ADDRESS}
    assert of_people(family, "address") == {"赵一": ADDRESS, "赵二": ADDRESS}
    assert of_people(family, "phone") == {"赵一": PHONE, "赵二": ""}  # the telephone of a family is its head's
    assert {one.source_key for one in Finding.objects.all()} == {made.key}
    assert not any(PHONE in one.text or ADDRESS in one.text for one in Finding.objects.all())
    event = Event.objects.get(operation="findings.take_in")
    assert (event.who, event.case_key) == ("system:cases", family.key)
    Heard.objects.all().delete()
    Announcement.objects.update(heard_at=None)
    events.hear(at=NOW + timedelta(minutes=1))
    assert (Finding.objects.count(), Event.objects.filter(operation="findings.take_in").count()) == (2, 1)


def test_what_is_found_again_is_no_new_fact_and_what_changed_leads(township: Officer, family: Case):
    record(families.task(family), township, typed=AT_HOME)
    events.hear(at=NOW)
    later = {"began_at": NOW + timedelta(hours=1), "ended_at": NOW + timedelta(hours=2)}
    again = families.task(family, "second_visit")
    other = officer("other", "township_officer", TOWNSHIP)
    moved = {**AT_HOME, "living_address": ["新居"]}
    actions.record_visit(task=again, told=told(typed=moved, **later), by=other, at=NOW + timedelta(hours=3))
    events.hear(at=NOW + timedelta(hours=3))
    assert told_of(family) == {"phone": PHONE, "address": "新居"}
    assert Finding.objects.count() == 3
    assert set(of_people(family, "address").values()) == {"新居"}


def test_a_late_correction_of_an_earlier_visit_does_not_undo_what_was_found_since(township: Officer, family: Case):
    first = record(families.task(family), township, typed=AT_HOME)
    later = {"began_at": NOW + timedelta(hours=1), "ended_at": NOW + timedelta(hours=2)}
    other = officer("other", "township_officer", TOWNSHIP)
    actions.record_visit(
        task=families.task(family, "second_visit"), told=told(typed={**AT_HOME, "living_address": ["新居"]}, **later), by=other,
        at=NOW + timedelta(hours=3),
    )  # fmt: skip
    events.hear(at=NOW + timedelta(hours=3))
    put_right = told(typed={**AT_HOME, "living_address": ["旧居 2 号"], "contact_phone": ["13900005678"]})
    actions.correct(visit=first, told=put_right, because="写错门牌", by=township, at=NOW + timedelta(hours=4))
    events.hear(at=NOW + timedelta(hours=4))
    assert told_of(family)["address"] == "新居"
    assert set(of_people(family, "address").values()) == {"新居"}


def test_somebody_named_at_home_becomes_a_member_by_declaration_and_nobody_leaves_by_not_being_named(family: Case):
    members = [findings.Relative("赵二", "配偶"), findings.Relative("赵小三", "独生子")]
    for _ in range(2):
        findings.take_in(case=family, facts={}, members=members, source=("visit", "V1"), found_at=NOW, at=NOW)
    rows = Member.objects.filter(case=family, until__isnull=True).select_related("party").order_by("pk")
    assert [(one.relation, one.party.proved_by) for one in rows] == [("02", "delivery"), ("10", "delivery"), ("21", "declared")]
    assert [one.name for one in findings.relatives(family, by="x", at=NOW, grant=SEES_ALL)] == ["赵一", "赵二", "赵小三"]
    family.refresh_from_db()
    assert not family.confirmed  # named is not yet seen: somebody confirms


def test_every_form_that_asks_for_a_known_fact_begins_with_it(family: Case):
    findings.take_in(
        case=family, facts={"phone": findings.Told(PHONE, "personal")}, members=[], source=("visit", "V1"), found_at=NOW, at=NOW
    )
    facts = findings.found(family, grant=SEES_ALL)
    members = findings.relatives(family, by="x", at=NOW, grant=SEES_ALL)
    survey, check = visiting().forms["F04"], visiting().forms["F17"]
    assert prefilled(check, facts, members) == {"contact_phone": [PHONE]}
    assert prefilled(survey, facts, members) == {
        "contact_phone": [PHONE],
        "members.0.member_name": ["赵一"],
        "members.0.member_relation": ["户主"],
        "members.1.member_name": ["赵二"],
    }
    told_once = [one.tells for form in (survey, check) for one in form.questions.values() if one.tells]
    assert {"phone", "address", *MEMBER_FACTS} == set(told_once)


@pytest.mark.requirement("A4")
def test_a_fact_above_the_readers_level_is_neither_told_nor_filled_in(family: Case):
    facts = {"phone": findings.Told(PHONE, "personal"), "address": findings.Told(ADDRESS, "sensitive")}
    findings.take_in(case=family, facts=facts, members=[], source=("visit", "V1"), found_at=NOW, at=NOW)
    grants = {
        level: Grant("visits.record", "x", TOWNSHIP, "own", "", level, 1) for level in ("internal", "personal", "sensitive")
    }
    assert {level: set(told_of(family, grant)) for level, grant in grants.items()} == {
        "internal": set(), "personal": {"phone"}, "sensitive": {"phone", "address"},
    }  # fmt: skip
    assert findings.relatives(family, by="x", at=NOW, grant=grants["internal"]) == []


def test_the_database_refuses_a_finding_without_a_source_or_twice_from_one(family: Case):
    kept: dict[str, Any] = {
        "case": family,
        "fact": "phone",
        "text": "x",
        "level": "personal",
        "source_kind": "visit",
        "found_at": NOW,
    }
    for wrong in ({"source_key": ""}, {"source_key": "V1", "text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.create(**kept | wrong)
    Finding.objects.create(**kept, source_key="V1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(**kept, source_key="V1")


@pytest.mark.feature("SF051")
@pytest.mark.usefixtures("desk")
def test_what_was_typed_at_one_home_stands_in_the_case_the_next_form_and_the_referral_unasked(township: Officer, family: Case):
    first = families.task(family)
    families.warning(first)
    client: Client = signed_in(township)
    sent = {
        "met": "self", "safe_tonight": "yes", "enough_food": "enough", "needs": ["housing"], "contact_phone": PHONE,
        "living_address": ADDRESS, "began_at": "2026-11-21T08:00", "ended_at": "2026-11-21T08:40", "submission": "page-1",
        "outcome": "referred", "key": "k1",
    }  # fmt: skip
    refer = client.post(f"/tasks/{first.key}/visit/", sent).headers["Location"]
    second = families.task(family, "second_visit")
    before = client.get(f"/tasks/{second.key}/visit/").content.decode()
    assert PHONE not in before
    events.hear(at=NOW + timedelta(days=1))
    for form in ("", "F04/"):
        page = client.get(f"/tasks/{second.key}/visit/{form}").content.decode()
        assert f'value="{PHONE}"' in page
        assert f'value="{ADDRESS}"' in page
    assert 'value="赵二"' in page  # the members, in the survey
    case_page = client.get(f"/cases/{family.key}/").content.decode()
    assert PHONE in case_page
    assert ADDRESS in case_page
    assert f'value="{ADDRESS} {PHONE}"' in client.get(refer).content.decode()
    assert client.get(f"/cases/{family.key}/?lang=en", follow=True).status_code == 200
    draft = {**sent, "contact_phone": "1390000", "act": "draft", "submission": "page-2", "key": "k2"}
    assert client.post(f"/tasks/{second.key}/visit/", draft).status_code == 200
    assert 'value="1390000"' in client.get(f"/tasks/{second.key}/visit/").content.decode()  # what was typed since leads
