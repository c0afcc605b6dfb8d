"""A test client that is signed in, as if both factors had been shown; and officers who have a second factor."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from jiuzhu.casework.accounts import factors, sessions
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Console
from jiuzhu.crypto import one_time
from jiuzhu.portals.desk import devices, sign_in

TOKEN = "the token of a test's device"


def let_in(client: Client, user: Officer, backend: str | None = None) -> None:
    """In place of Django's own: the session is ours too, bound to the client."""
    request = HttpRequest()
    request.session = client.session if client.session else import_module(settings.SESSION_ENGINE).SessionStore()
    request.META = {"REMOTE_ADDR": "127.0.0.1", **client.defaults}
    if "headers" in client.defaults:
        raise AssertionError("hand headers in with each request")
    login(request, user, backend or sign_in.BACKEND)
    kind, device = devices.kind(request), devices.bound(request, TOKEN)
    told = {"kind": kind, "device": device, "address": devices.source(request)}
    made = sessions.begin(officer=user, way="two_factors", at=timezone.now(), **told)
    request.session[sign_in.NUMBER] = made.pk
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    client.cookies[devices.COOKIE] = TOKEN


def enrolled(officer: Officer, *, at: datetime) -> bytes:
    """Give the officer a second factor; its secret. The code of `at` is still to be used."""
    ticket = factors.open_enrolment(officer=officer, because="test", by=Console(), at=at)
    secret = one_time.new_secret()
    shown = code(secret, at - timedelta(seconds=one_time.SECONDS))
    factors.enrol(officer=officer, ticket=ticket, secret=secret, code=shown, at=at)
    return secret


def code(secret: bytes, at: datetime) -> str:
    return one_time.code_of(secret, one_time.step_of(at))


def both_factors(client: Client, officer: Officer, password: str, secret: bytes, *, at: datetime, **more: Any) -> Any:
    """Through the pages, as an officer does; the last answer."""
    first = client.post("/login/", {"username": officer.account, "password": password}, **more)
    assert first.status_code == 302, first.content.decode()
    return client.post(first["Location"], {"code": code(secret, at)}, **more)
