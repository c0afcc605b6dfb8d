"""A family is told which office looked at its file, when and what for: everything, but what a protected investigation does for now."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from jiuzhu.casework.accounts import kin, looks
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Console, NotAllowed
from jiuzhu.casework.supervision import investigations, residents
from jiuzhu.casework.supervision.models import Investigation
from jiuzhu.casework.supervision.residents import ProofMissing, told_to_family
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.written import opened_reason
from jiuzhu.registry import public
from tests.support.officers import PASSWORD, officer

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
HERE, COUNTY = "370502001001", "370502"
FAMILY = looks.Family("H1", HERE)
PROOF = "身份证，户主本人"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_passwords")]


@pytest.fixture
def window() -> Officer:
    return officer("window", "township_officer", "370502001")


def told(by: Officer, *, at: datetime = AT, household: str = "H1") -> list[residents.Looked]:
    return told_to_family(household=household, division_code=HERE, proof=PROOF, by=by, at=at)


@pytest.mark.requirement("C9")
def test_every_seeded_look_is_told_with_office_time_and_purpose(window: Officer):
    """The oracle is what the test itself did, written down as it went."""
    drawn = random.Random(9)
    people = {
        name: officer(name, role, place)
        for name, role, place in (
            ("zhou", "township_officer", "370502001"), ("li", "county_officer", COUNTY), ("xu", "auditor", COUNTY),
        )
    }  # fmt: skip
    offices = {"zhou": "370502001", "li": COUNTY, "xu": COUNTY}
    purposes = {"zhou": "办理救助", "li": "办理救助", "xu": "监督审计"}
    seeded, lists = set(), 0
    for number in range(60):
        who, at = drawn.choice(list(people)), AT + timedelta(minutes=drawn.randrange(9_000), seconds=number)
        household = drawn.choice(["H1", "H1", "H2"])
        kind = drawn.choice(["file", "file", "list", "refused"])
        if kind == "file":
            looks.open_family(family=looks.Family(household, HERE), by=people[who], at=at, reason="a neighbour, Wang, complained")
            if household == "H1":
                seeded.add((at, offices[who], "打开家庭档案", purposes[who]))
        elif kind == "list":
            on = [Subject("warning", f"W{one}", HERE, household=one) for one in ("H7", household)]
            looks.shown("warnings.list", by=people[who], at=at, subjects=on)
            lists += household == "H1"
        else:
            with pytest.raises(looks.ReasonMissing):
                looks.open_family(family=looks.Family(household, HERE), by=people[who], at=at)
    with transaction.atomic():
        record("members.take_in", by=Actor("system:desk"), at=AT, on=Subject("case", "C1", HERE, household="H1"))
    assert len(seeded) > 15
    found = told(window, at=AT + timedelta(days=9))
    mine = {(one.first, one.office.zh, one.what.zh, one.why.zh) for one in found if one.what.zh == "打开家庭档案"}
    assert mine == seeded
    among = [one for one in found if one.on_a_list]
    assert sum(one.times for one in among) == lists > 0
    assert {one.what.zh for one in found} == {"打开家庭档案", "看预警清单", "告知家庭谁看过它的档案"}


@pytest.mark.requirement("C9")
def test_what_a_protected_investigation_does_is_held_back_until_it_is_released_or_over(window: Officer):
    auditor, helper, other = (
        officer("xu", "auditor", COUNTY),
        officer("li", "county_officer", COUNTY),
        officer("he", "auditor", COUNTY),
    )
    looks.open_family(family=FAMILY, by=helper, at=AT - timedelta(hours=1), reason="before it began")
    until = AT + timedelta(days=30)
    made = investigations.begin(
        household="H1", division_code=HERE, conducted_by=["li"], because="a letter without a name", until=until, by=auditor, at=AT
    )
    for who in (auditor, helper, other):
        looks.open_family(family=FAMILY, by=who, at=AT + timedelta(minutes=1), reason="looking into it")
    later = AT + timedelta(minutes=2)
    assert "without a name" not in str(Investigation.objects.values())

    def seen(at: datetime) -> list[tuple[str, str]]:
        shown = [(f"{one.first:%H:%M}", one.what.zh) for one in told(window, at=at) if "告知" not in one.what.zh]
        return sorted(shown)

    before_it, of_others = ("00:00", "打开家庭档案"), ("01:01", "打开家庭档案")
    assert seen(later) == [before_it, of_others]
    assert seen(until - timedelta(seconds=1)) == [before_it, of_others]
    whole = sorted([before_it, *[of_others] * 3, ("01:00", "开始受保护的调查")])
    assert seen(until) == whole
    investigations.release(investigation=made, because="done", by=auditor, at=later)
    assert seen(later) == sorted([*whole, ("01:02", "解除调查保护")])
    released = Event.objects.filter(operation="investigations.release")
    investigations.release(investigation=made, because="again", by=auditor, at=later)
    assert released.count() == 1


def test_an_investigation_has_a_reason_and_ends_within_half_a_year_and_only_supervision_begins_one(window: Officer):
    auditor = officer("xu", "auditor", COUNTY)
    asked: dict[str, Any] = {"household": "H1", "division_code": HERE, "conducted_by": [], "because": "a letter", "at": AT}
    for other in ({"because": "x"}, {"until": AT}, {"until": AT + timedelta(days=184)}, {"household": ""}):
        with pytest.raises(investigations.NotProtected):
            investigations.begin(**asked | {"until": AT + timedelta(days=30), "by": auditor} | other)
    for who in (window, officer("far", "auditor", "370503"), officer("li", "county_officer", COUNTY)):
        with pytest.raises(NotAllowed):
            investigations.begin(**asked, until=AT + timedelta(days=30), by=who)
    assert not Investigation.objects.exists()


def test_nothing_is_told_without_a_paper_that_was_seen_and_what_was_told_is_recorded_first(window: Officer):
    with pytest.raises(ProofMissing):
        told_to_family(household="H1", division_code=HERE, proof="x", by=window, at=AT)
    assert not Event.objects.exists()
    assert [one.what.zh for one in told(window)] == ["告知家庭谁看过它的档案"]
    kept = Event.objects.get()
    assert (kept.who, kept.household_key, opened_reason(kept)) == ("window", "H1", PROOF)
    for who in (officer("far", "township_officer", "370503001"), officer("steward", "data_steward", COUNTY)):
        with pytest.raises(NotAllowed):
            told(who)
    kin.mark(found=[("staff window", "H1", "register")], at=AT)
    with pytest.raises(NotAllowed):
        told(window)
    assert told_to_family(household="H1", division_code=HERE, proof=PROOF, by=Console(), at=AT)


@pytest.mark.requirement("C9")
@pytest.mark.parametrize("english", [False, True])
def test_the_page_for_the_resident_names_no_officer_and_no_typed_reason(
    window: Officer, english: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    monkeypatch.setattr(public, "family_of_key", lambda _, key: ("H1", HERE) if key == "K1" else _nothing())
    for name in ("current", "latency"):
        monkeypatch.setattr(public, name, lambda _: None)
    looks.open_family(family=FAMILY, by=officer("Zhou Ming", "county_officer", COUNTY), at=AT, reason="Wang next door complained")
    client = Client()
    assert client.login(username="window", password=PASSWORD)
    asked = "/households/K1/looks/" + ("?lang=en" if english else "?lang=zh")
    form = client.get(asked).content.decode()
    assert ("Which" if english else "证件") in form or "paper" in form
    assert client.post(asked, {"proof": "x"}).status_code == 422
    page = client.post(asked, {"proof": PROOF}).content.decode()
    assert ("open a family" in page) == english
    assert ("打开家庭档案" in page) != english
    assert "09:00" in page
    for secret in ("Zhou Ming", "Wang", PROOF):
        assert secret not in page
    never, elsewhere = client.get("/households/K2/looks/"), client.post("/households/K2/looks/", {"proof": PROOF})
    assert (never.status_code, elsewhere.status_code) == (404, 404)


def _nothing() -> tuple[str, str]:
    raise public.NoHousehold("K2")


def test_an_auditor_begins_and_releases_an_investigation_on_the_page(monkeypatch: pytest.MonkeyPatch, window: Officer):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    for name in ("current", "latency"):
        monkeypatch.setattr(public, name, lambda _: None)
    auditor = officer("xu", "auditor", COUNTY)
    looks.open_family(family=FAMILY, by=auditor, at=AT, reason="a look that says where it stands")
    client = Client()
    assert client.login(username="xu", password=PASSWORD)
    asked = {"household": "H1", "conducted_by": "li，wu", "because": "a letter without a name", "until": "2026-12-24"}
    assert client.post("/audit/investigations/", asked | {"until": "2027-12-24"}).status_code == 422
    assert client.post("/audit/investigations/", asked).status_code == 302
    made = Investigation.objects.get()
    assert made.conducted_by == ["li", "wu", "xu"]
    traced = client.post("/audit/family/", {"household": "H1", "because": "how it stands"}).content.decode()
    assert f"/audit/investigations/{made.key}/release/" in traced
    assert client.post(f"/audit/investigations/{made.key}/release/", {"because": "done"}).status_code == 302
    made.refresh_from_db()
    assert (made.until, made.released_by) == (AT + timedelta(microseconds=1), "xu")
