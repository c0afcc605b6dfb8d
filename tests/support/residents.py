"""Residents for tests: people with a number, a name and a telephone, and a client in which one of them is signed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.parties.actions import index_of
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.residents import codes, sessions
from jiuzhu.portals.citizen import telephone
from tests.support.families import NOW, VILLAGE, family

GRANDMOTHER = ("110101195004053012", "王桂英", "13905461234")
NEIGHBOUR = ("11010519491231002X", "郭志强", "13805466052")
TOKEN = "the token of a test's telephone"


def resident(of: tuple[str, str, str] = GRANDMOTHER, *, case: Case | None = None, met_at: datetime = NOW) -> Party:
    """Somebody an officer has met, with a paper; of the family of a case, if one is given."""
    number, name, phone = of
    party = Party(key=new_key("P"), proved_by="paper", met_at=met_at, id_index=index_of(number))
    for column, text in (("id_number", number), ("name", name), ("phone", phone)):
        setattr(party, column, sealed(text, column=f"parties_party.{column}", row=party.key, of=party.key))
    party.save()
    if case is not None:
        Member.objects.create(case=case, party=party, relation="1", since=date(2026, 1, 1))
    return party


def at_home(
    of: tuple[str, str, str] = GRANDMOTHER, household: str = "H-own", division: str = VILLAGE
) -> tuple[Party, Case]:  # fmt: skip
    """Somebody with a family that is in our care."""
    case = family(division, household=household)
    return resident(of, case=case), case


def signed_in(party: Party, **more: Any) -> Client:
    """A client in which they are signed in, as if the code had been typed."""
    client = Client(**more)
    session = client.session
    request = client.request().wsgi_request
    request.META["HTTP_USER_AGENT"] = client.defaults.get("HTTP_USER_AGENT", "")
    made = sessions.begin(party=party, device=telephone.bound(request, TOKEN), at=timezone.now())
    session[telephone.NUMBER] = made.pk
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.cookies[telephone.COOKIE] = TOKEN
    return client


class Telephones:
    """What arrived where: a sender of codes for tests."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str]] = []

    def __call__(self, phone: str, code: str) -> None:
        self.arrived.append((phone, code))

    @property
    def last(self) -> str:
        return self.arrived[-1][1]


def heard(monkeypatch: Any) -> Telephones:
    """Every code that is sent while the test runs."""
    telephones = Telephones()
    monkeypatch.setattr(codes, "_senders", [telephones])
    return telephones
