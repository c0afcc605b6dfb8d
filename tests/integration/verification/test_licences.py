"""A licence is pulled for a purpose in words, under the authorisation of its holder alone; each call is kept in the case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.cases.models import Member
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import authorising, licences
from jiuzhu.casework.verification.models import Pulled
from jiuzhu.casework.verification.refusals import NotAuthorised, NotNow
from jiuzhu.gateways.licences.base import Licence
from jiuzhu.gateways.licences.twin import Twin
from tests.support.verifying import AT, TODAY, Home, later, number

pytestmark = pytest.mark.django_db
HEAD = number("19700101", 1)
CARD = Licence("1", HEAD, date(2020, 1, 1), date(2040, 1, 1), True, b"a picture", "image/png")


@pytest.fixture(autouse=True)
def platform(settings: Any) -> Twin:
    settings.LICENCES = "somewhere"
    return Twin({(HEAD, "1"): CARD})


def wanted(home: Home, kind: str = "1") -> Pulled:
    return licences.want(case=home.case, party=home.head, kind=kind, because="to see who applies", by=home.officer, at=AT)


@pytest.mark.feature("SF011")
def test_each_call_says_what_for_and_under_which_authorisation_and_its_licence_stands_in_the_case(
    home: Home, platform: Twin, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = home.signed(home.head)
    card, register = wanted(home), wanted(home, "4")
    assert licences.fetch(at=AT, platform=platform) == 2
    assert platform.log == [(card.key, "to see who applies"), (register.key, "to see who applies")]
    told = {one.pulled.key: one for one in licences.pulled_of(home.case)}
    assert (told[card.key].pulled.state, told[card.key].licence_no, told[card.key].until) == ("found", HEAD, "2040-01-01")
    assert (told[register.key].pulled.state, told[register.key].licence_no) == ("none", "")
    assert told[card.key].pulled.authorisation == signed.number
    assert b"a picture" not in bytes(Pulled.objects.get(key=card.key).content)
    events = Event.objects.filter(operation="verification.licence").order_by("pk")
    assert [one.who for one in events] == ["window", "window", "system:verification", "system:verification"]
    assert {one.subjects.get().key for one in events} == {home.head.key}
    assert licences.fetch(at=AT, platform=platform) == 0  # answered once
    monkeypatch.setattr(timezone, "now", lambda: later(1))
    Member.objects.create(case=home.case, party=home.head, since=TODAY)
    client.force_login(home.officer)
    page = client.get(reverse("case", args=[home.case.key])).content.decode()
    for word in ("电子证照", "居民身份证", "to see who applies", signed.number):
        assert word in page
    file = client.get(reverse("licence", args=[card.key]))
    assert (file.content, file["Content-Disposition"]) == (b"a picture", f'attachment; filename="{card.key}.png"')
    sent = {"party": home.head.key, "kind": "4", "because": "who lives there", "key": "a" * 24}
    assert client.post(reverse("licence-want", args=[home.case.key]), sent).status_code == 302
    assert Pulled.objects.filter(state="waiting").count() == 1


@pytest.mark.feature("SF011")
@pytest.mark.requirement("K1")
def test_without_consent_nothing_is_pulled_and_what_comes_after_a_withdrawal_is_thrown_away(home: Home, platform: Twin) -> None:
    with pytest.raises(NotAuthorised):
        wanted(home)
    home.signed(home.head, consents=("finance",))
    with pytest.raises(NotAuthorised):  # banks, but no register
        wanted(home)
    signed = home.signed(home.head)
    with pytest.raises(NotNow):
        licences.want(case=home.case, party=home.head, kind="1", because=" ", by=home.officer, at=AT)
    with pytest.raises(UnknownCode):
        wanted(home, "99")
    before, under_way = wanted(home), wanted(home)
    Pulled.objects.filter(pk=before.pk).update(wanted_at=AT - timedelta(days=2))  # nobody waits for it any more

    authorising.withdraw(authorisation=signed, by=home.officer, at=AT)
    assert licences.fetch(at=AT, platform=platform) == 0
    assert platform.log == []
    assert Pulled.objects.get(pk=under_way.pk).state == "refused"


def test_a_platform_that_is_down_is_late_and_asked_again_for_a_day(home: Home, platform: Twin) -> None:
    home.signed(home.head)
    one = wanted(home)
    platform.is_down = True
    assert licences.fetch(at=AT, platform=platform) == 0
    assert Pulled.objects.get(pk=one.pk).state == "late"
    platform.is_down = False
    assert licences.fetch(at=later(2), platform=platform) == 1
    assert Pulled.objects.get(pk=one.pk).state == "found"
    with pytest.raises(DatabaseError), transaction.atomic():
        Pulled.objects.filter(pk=one.pk).update(authorisation="another")
