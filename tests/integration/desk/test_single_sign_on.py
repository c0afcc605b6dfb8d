"""Coming in by a government single sign-on: the account it is bound to, never a role, and nothing by an answer that is not ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from jiuzhu.casework.accounts import outside as bound
from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.desk import outside
from tests.integration.desk.conftest import AT, signed_in
from tests.support.invented_sign_on import ISSUER, InventedSignOn
from tests.support.officers import account, officer
from tests.support.signing_in import code, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk"), pytest.mark.requirement("A10")]


@pytest.fixture
def sign_on(monkeypatch: pytest.MonkeyPatch, settings: Any) -> InventedSignOn:
    made = InventedSignOn(AT)
    settings.SINGLE_SIGN_ON = {"issuer": ISSUER, "client_id": "jiuzhu", "secret_file": "", "gateway": ""}
    monkeypatch.setattr(outside, "provider_of", lambda **_: made)
    return made


@pytest.fixture
def zhou() -> Officer:
    made = officer("zhou", "county_officer", "370502")
    bound.bind(officer=made, issuer=ISSUER, sub="staff-0001", by=officer("keeper", "security_administrator", "370502"), at=AT)
    return made


def comes_back(client: Client, sign_on: InventedSignOn, **other: str) -> Any:
    sent = client.get("/login/outside/")
    assert sent.status_code == 302
    return client.get("/login/outside/back/", sign_on.signs_in(sent["Location"]) | other)


def inside(client: Client) -> bool:
    return client.get("/warnings/").status_code == 200


def test_who_is_bound_comes_in_and_both_ways_stand_on_the_page(sign_on: InventedSignOn, zhou: Officer):
    client = Client()
    page = client.get("/login/").content.decode()
    assert 'href="/login/outside/"' in page
    assert 'id="id_password"' in page
    assert comes_back(client, sign_on)["Location"] == "/"
    assert inside(client)
    assert Event.objects.filter(operation="accounts.bind").count() == 1


def test_without_the_setting_there_is_no_such_way():
    assert Client().get("/login/outside/").status_code == 404
    assert "/login/outside/" not in Client().get("/login/").content.decode()


def test_a_sign_on_with_one_factor_is_followed_by_our_own_second_step(sign_on: InventedSignOn, zhou: Officer):
    secret = enrolled(zhou, at=AT)
    sign_on.methods = ("pwd",)
    client = Client()
    assert comes_back(client, sign_on)["Location"] == "/login/code/"
    assert not inside(client)
    client.post("/login/code/", {"code": code(secret, AT)})
    assert inside(client)


def test_who_is_bound_to_no_account_gets_neither_account_nor_role(sign_on: InventedSignOn, zhou: Officer):
    before = (Officer.objects.count(), Assignment.objects.count())
    for sub in ("staff-0002", "zhou", "keeper"):
        sign_on.sub = sub
        client = Client()
        assert comes_back(client, sign_on).status_code == 403
        assert not inside(client)
    assert (Officer.objects.count(), Assignment.objects.count()) == before
    assert Event.objects.filter(operation="session.begin", outcome="refused").count() == 3


def test_an_account_without_a_role_comes_in_and_may_do_nothing(sign_on: InventedSignOn):
    li = account("li")
    from jiuzhu.casework.accounts.entrances import OutsideName

    OutsideName.objects.create(officer=li, issuer=ISSUER, sub="staff-0001", bound_by="keeper", bound_at=AT)
    client = Client()
    assert comes_back(client, sign_on).status_code == 302
    assert client.get("/warnings/").status_code == 404
    Officer.objects.filter(pk=li.pk).update(is_active=False)
    assert comes_back(Client(), sign_on).status_code == 403


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://other.example"},
    "for somebody else": {"aud": "other"},
    "for several, not meant for us": {"aud": ["jiuzhu", "other"], "azp": "other"},
    "of another request": {"nonce": "other"},
    "without a nonce": {"nonce": None},
    "expired": {"exp": (AT - timedelta(seconds=1)).timestamp()},
    "without an end": {"exp": None},
    "made in the future": {"iat": (AT + timedelta(minutes=5)).timestamp()},
    "of nobody": {"sub": ""},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_not_right_in_every_part_opens_nothing(sign_on: InventedSignOn, zhou: Officer, wrong: str):
    sign_on.changed = WRONG[wrong]
    client = Client()
    assert comes_back(client, sign_on).status_code == 403
    assert not inside(client)


@pytest.mark.parametrize("how", ["another key", "no signature", "a shared secret", "a key nobody published", "no token"])
def test_a_token_signed_otherwise_opens_nothing(
    sign_on: InventedSignOn, zhou: Officer, how: str, monkeypatch: pytest.MonkeyPatch
):
    right = sign_on.token

    def token(**asked: str) -> str:
        claims = jwt.decode(right(**asked), options={"verify_signature": False})
        if how == "another key":
            return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": "1"})
        if how == "no signature":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "1"})
        if how == "a shared secret":
            return jwt.encode(claims, "a secret of thirty-two signs or more", algorithm="HS256", headers={"kid": "1"})
        if how == "a key nobody published":
            return jwt.encode(claims, sign_on.signer, algorithm="ES256", headers={"kid": "2"})
        return "no token at all"

    monkeypatch.setattr(sign_on, "token", token)
    client = Client()
    assert comes_back(client, sign_on).status_code == 403
    assert not inside(client)


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(sign_on: InventedSignOn, zhou: Officer):
    mine, theirs = Client(), Client()
    carried = sign_on.signs_in(mine.get("/login/outside/")["Location"])
    theirs.get("/login/outside/")
    assert theirs.get("/login/outside/back/", carried).status_code == 403
    assert mine.get("/login/outside/back/", carried | {"state": "other"}).status_code == 403
    assert mine.get("/login/outside/back/", carried).status_code == 403
    assert not inside(mine)


def test_a_security_administrator_binds_a_name_on_the_page(sign_on: InventedSignOn, zhou: Officer):
    officer("li", "county_officer", "370502")
    keeper = signed_in(Officer.objects.get(account="keeper"))
    assert "staff-0001" in keeper.get("/officers/of/zhou/").content.decode()
    assert keeper.post("/officers/of/li/outside/", {"sub": "staff-0001"}).status_code == 422
    assert keeper.post("/officers/of/li/outside/", {"sub": "staff-0002"}).status_code == 302
    sign_on.sub = "staff-0002"
    assert comes_back(Client(), sign_on).status_code == 302


def test_names_are_bound_by_a_security_administrator_of_the_place_never_to_oneself_and_once(zhou: Officer):
    keeper = Officer.objects.get(account="keeper")
    li = officer("li", "county_officer", "370502")
    with pytest.raises(bound.AlreadyBound):
        bound.bind(officer=li, issuer=ISSUER, sub="staff-0001", by=keeper, at=AT)
    with pytest.raises(bound.AlreadyBound):
        bound.bind(officer=zhou, issuer=ISSUER, sub="staff-0009", by=keeper, at=AT)
    for who, by in ((keeper, keeper), (li, zhou), (li, officer("far", "security_administrator", "370503"))):
        with pytest.raises(NotAllowed):
            bound.bind(officer=who, issuer=ISSUER, sub="staff-0009", by=by, at=AT)
