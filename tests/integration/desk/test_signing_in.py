"""Signing in by two factors, on one device, for a while; and what guesses, copied cookies and old codes come to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client

from jiuzhu.casework.accounts import factors, sessions
from jiuzhu.casework.accounts.entrances import LIVE, SecondFactor, Session
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Console, NotAllowed
from jiuzhu.casework.trace.models import Event
from jiuzhu.crypto import one_time
from jiuzhu.portals.desk import devices
from tests.integration.desk.conftest import AT
from tests.support.officers import PASSWORD, officer
from tests.support.signing_in import both_factors, code, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
Clock = Callable[[datetime], None]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "county_officer", "370502")


@pytest.fixture
def secret(zhou: Officer) -> bytes:
    return enrolled(zhou, at=AT)


def signed_in(who: Officer, secret: bytes, at: datetime = AT, **more: object) -> Client:
    client = Client(**more)
    answer = both_factors(client, who, PASSWORD, secret, at=at)
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content.decode()
    return client


def inside(client: Client) -> bool:
    return client.get("/warnings/").status_code == 200


@pytest.mark.requirement("A10")
def test_the_password_alone_opens_nothing_and_both_factors_open_the_desk(zhou: Officer, secret: bytes):
    client = Client()
    first = client.post("/login/?next=/data/", {"username": "zhou", "password": PASSWORD, "next": "/data/"})
    assert first["Location"] == "/login/code/"
    assert not inside(client)
    assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    assert not inside(client)
    last = client.post("/login/code/", {"code": code(secret, AT)})
    assert last["Location"] == "/data/"
    assert inside(client)
    kept = Event.objects.filter(operation="session.begin").order_by("pk").values_list("who", "outcome")
    assert list(kept) == [("zhou", "refused"), ("zhou", "done")]


@pytest.mark.requirement("A10")
def test_a_code_that_was_used_signs_nobody_in_again(zhou: Officer, secret: bytes, now: Clock):
    signed_in(zhou, secret)
    other = Client()
    now(AT + timedelta(seconds=5))
    assert both_factors(other, zhou, PASSWORD, secret, at=AT).status_code == 200
    assert not inside(other)


@pytest.mark.requirement("A10")
def test_the_code_page_is_closed_to_whoever_did_not_show_the_password_or_waited(zhou: Officer, secret: bytes, now: Clock):
    assert Client().post("/login/code/", {"code": code(secret, AT)})["Location"] == "/login/"
    slow = Client()
    slow.post("/login/", {"username": "zhou", "password": PASSWORD})
    later = AT + 6 * MINUTE
    now(later)
    assert slow.post("/login/code/", {"code": code(secret, later)})["Location"] == "/login/"


@pytest.mark.requirement("A10")
def test_the_key_of_a_session_changes_at_both_steps_so_that_none_can_be_laid_under_ones_hand(zhou: Officer, secret: bytes):
    laid = Client()
    laid.get("/login/")
    keys = [laid.session.session_key]
    laid.post("/login/", {"username": "zhou", "password": PASSWORD})
    keys.append(laid.cookies["sessionid"].value)
    laid.post("/login/code/", {"code": code(secret, AT)})
    keys.append(laid.cookies["sessionid"].value)
    assert len(set(keys)) == 3
    for old in keys[:2]:
        copied = Client()
        copied.cookies["sessionid"] = old
        copied.cookies[devices.COOKIE] = laid.cookies[devices.COOKIE].value
        assert not inside(copied)


@pytest.mark.requirement("A10")
@pytest.mark.parametrize("how", ["another browser", "another network", "the session cookie alone"])
def test_a_cookie_carried_to_another_device_opens_nothing_and_ends_the_session(zhou: Officer, secret: bytes, how: str):
    mine = signed_in(zhou, secret)
    thief = Client(
        **{"another browser": {"HTTP_USER_AGENT": "other"}, "another network": {"REMOTE_ADDR": "203.0.113.9"}}.get(how, {})
    )
    thief.cookies["sessionid"] = mine.cookies["sessionid"].value
    if how != "the session cookie alone":
        thief.cookies[devices.COOKIE] = mine.cookies[devices.COOKIE].value
    assert not inside(thief)
    assert not inside(mine)
    assert Session.objects.get().ended_because == "other_device"


def test_a_line_whose_last_numbers_change_keeps_its_session(zhou: Officer, secret: bytes):
    mine = signed_in(zhou, secret, REMOTE_ADDR="198.51.100.7")
    assert mine.get("/warnings/", REMOTE_ADDR="198.51.100.201").status_code == 200


@pytest.mark.requirement("A10")
@pytest.mark.parametrize(
    ("every", "lasts"), [(timedelta(minutes=14), timedelta(hours=10)), (timedelta(minutes=16), timedelta(0))]
)
def test_a_session_ends_after_a_quarter_of_an_hours_rest_and_after_ten_hours(
    zhou: Officer, secret: bytes, now: Clock, every: timedelta, lasts: timedelta
):
    client, at = signed_in(zhou, secret), AT
    alive = timedelta(0)
    while at < AT + timedelta(hours=11):
        at += every
        now(at)
        if not inside(client):
            break
        alive = at - AT
    assert lasts - every <= alive < max(lasts, timedelta(seconds=1))
    assert Session.objects.get().ended_because == ("idle" if every > timedelta(minutes=15) else "over")


@pytest.mark.requirement("A10")
def test_an_account_has_one_live_session_a_kind_of_device(zhou: Officer, secret: bytes, now: Clock):
    desk = signed_in(zhou, secret)
    times = [AT + number * MINUTE for number in (1, 2)]
    now(times[0])
    phone = signed_in(zhou, secret, times[0], HTTP_USER_AGENT="Mozilla/5.0 (Android 15) Mobile")
    assert (inside(desk), inside(phone)) == (True, True)
    now(times[1])
    newer = signed_in(zhou, secret, times[1])
    assert (inside(desk), inside(phone), inside(newer)) == (False, True, True)
    assert Session.objects.filter(LIVE).count() == 2


@pytest.mark.requirement("A10")
def test_signing_out_everywhere_ends_every_session_and_signing_out_ends_ones_own(zhou: Officer, secret: bytes, now: Clock):
    desk = signed_in(zhou, secret)
    now(AT + MINUTE)
    phone = signed_in(zhou, secret, AT + MINUTE, HTTP_USER_AGENT="Mobile")
    key = desk.cookies["sessionid"].value
    desk.post("/logout/")
    copied = Client()
    copied.cookies["sessionid"] = key
    assert (inside(copied), inside(phone)) == (False, True)
    sessions.end_all(officer=zhou, because="everywhere", at=AT + MINUTE)
    assert not inside(phone)
    assert Event.objects.filter(operation="session.end").count() == 2


@pytest.mark.requirement("A10")
def test_enrolling_needs_the_word_of_the_security_administrator_once_and_in_time(zhou: Officer, now: Clock):
    ticket = factors.open_enrolment(officer=zhou, because="new", by=Console(), at=AT)
    client = Client()
    client.post("/login/", {"username": "zhou", "password": PASSWORD})
    page = client.get("/login/enrol/").content.decode()
    shown = base32(page)
    for wrong in ({"ticket": "AAAAAAAAAAAAAAAA", "code": code(shown, AT)}, {"ticket": ticket, "code": "000000"}):
        assert client.post("/login/enrol/", wrong).status_code == 200
        assert not factors.is_enrolled(zhou)
    spaced = f" {ticket[:8].lower()} {ticket[8:]}"
    assert client.post("/login/enrol/", {"ticket": spaced, "code": code(shown, AT)})["Location"] == "/"
    assert inside(client)
    kept = SecondFactor.objects.get()
    assert one_time.spelled(shown) not in kept.secret
    again = Client()
    again.post("/login/", {"username": "zhou", "password": PASSWORD})
    assert again.get("/login/enrol/")["Location"] == "/login/code/"
    with pytest.raises(factors.WrongTicket):
        factors.enrol(officer=zhou, ticket=ticket, secret=shown, code=code(shown, AT), at=AT)


def base32(page: str) -> bytes:
    import base64

    found = re.search(r'class="id secret">(.*?)</p>', page, re.DOTALL)
    assert found
    return base64.b32decode("".join(re.findall(r"<span>(\w+)</span>", found[1])))


def test_a_word_for_enrolling_is_too_old_after_three_days(zhou: Officer):
    ticket = factors.open_enrolment(officer=zhou, because="new", by=Console(), at=AT)
    secret, late = one_time.new_secret(), AT + timedelta(days=3)
    with pytest.raises(factors.WrongTicket):
        factors.enrol(officer=zhou, ticket=ticket, secret=secret, code=code(secret, late), at=late)
    early = late - timedelta(seconds=1)
    factors.enrol(officer=zhou, ticket=ticket, secret=secret, code=code(secret, early), at=early)


@pytest.mark.requirement("A10")
def test_a_lost_factor_is_void_at_once_and_its_sessions_end(zhou: Officer, secret: bytes, now: Clock):
    keeper = officer("keeper", "security_administrator", "370502")
    client = signed_in(zhou, secret)
    factors.open_enrolment(officer=zhou, because="lost the phone", by=keeper, at=AT)
    assert not inside(client)
    with pytest.raises(factors.WrongCode):
        factors.take_code(officer=zhou, code=code(secret, AT + MINUTE), at=AT + MINUTE)
    told = Event.objects.get(operation="factors.open", who="keeper")
    assert (told.role, told.subject_key) == ("security_administrator", "zhou")
    for by in (keeper, officer("far", "security_administrator", "370503"), zhou):
        with pytest.raises(NotAllowed):
            factors.open_enrolment(officer=keeper if by is keeper else zhou, because="mine", by=by, at=AT)


def test_the_secret_of_a_demo_is_shown_in_an_invented_workspace_only(zhou: Officer, secret: bytes, tmp_path, settings):
    from jiuzhu.registry import public

    settings.WORKSPACE = tmp_path
    with pytest.raises(factors.NotInvented):
        factors.show_secret(officer=zhou, by=Console(), at=AT)
    public.mark_invented(tmp_path)
    assert factors.show_secret(officer=zhou, by=Console(), at=AT) == secret
    with pytest.raises(NotAllowed):
        factors.show_secret(officer=zhou, by=zhou, at=AT)


@pytest.mark.requirement("A10")
def test_guesses_on_the_page_soon_wait_and_a_form_left_empty_does_not_make_them_begin_anew(
    zhou: Officer, secret: bytes, now: Clock
):
    client = Client()
    for _ in range(4):
        client.post("/login/", {"username": "zhou", "password": "guessed"})
        client.post("/login/", {"username": "zhou", "password": ""})
    waits = client.post("/login/", {"username": "zhou", "password": PASSWORD})
    assert (waits.status_code, "请等" in waits.content.decode()) == (200, True)
    now(AT + 16 * MINUTE)
    assert client.post("/login/", {"username": "zhou", "password": PASSWORD}).status_code == 302
    kept = Event.objects.filter(operation="session.begin", outcome="refused")
    assert kept.count() == 5
    assert b"guessed" not in str(list(kept.values())).encode()


def test_what_is_typed_as_an_account_that_is_none_is_not_kept(zhou: Officer):
    Client().post("/login/", {"username": "my-password-typed-here", "password": "x"})
    kept = Event.objects.get(outcome="refused")
    assert kept.who == "anyone"
    assert "my-password" not in str(list(Event.objects.values()))


@pytest.mark.requirement("B7")
def test_a_password_of_an_older_cost_still_opens_and_is_hashed_anew(zhou: Officer, secret: bytes):
    class Older(Argon2PasswordHasher):
        time_cost, memory_cost, parallelism = 1, 8 * 1024, 1

    olds = [Older().encode(PASSWORD, "a salt of before"), make_password(PASSWORD, hasher="pbkdf2_sm3")]
    for old in olds:
        Officer.objects.filter(pk=zhou.pk).update(password=old)
        client = Client()
        assert client.post("/login/", {"username": "zhou", "password": PASSWORD})["Location"] == "/login/code/"
        kept = Officer.objects.get(pk=zhou.pk).password
        assert kept != old
        assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
        Officer.objects.filter(pk=zhou.pk).update(password=kept)
        assert Client().post("/login/", {"username": "zhou", "password": PASSWORD})["Location"] == "/login/code/"
        assert Officer.objects.get(pk=zhou.pk).password == kept


@pytest.mark.requirement("B8")
def test_cookies_are_out_of_reach_of_scripts_and_end_with_the_browser(zhou: Officer, secret: bytes):
    client = signed_in(zhou, secret)
    for name in ("sessionid", devices.COOKIE):
        kept = client.cookies[name]
        assert (kept["httponly"], kept["samesite"], kept["max-age"], kept["expires"]) == (True, "Lax", "", "")
