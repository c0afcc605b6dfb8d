"""Signing in by a government single sign-on: out with a state, a nonce and a challenge, back with a code that only we can use."""

from __future__ import annotations

import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import factors, outside
from jiuzhu.casework.accounts.entrances import Session
from jiuzhu.casework.trace.actions import Actor, Subject, refused
from jiuzhu.crypto.id_tokens import TokenRefused, challenge_of, read_token
from jiuzhu.gateways.single_sign_on import SignOnUnreachable, SingleSignOn
from jiuzhu.portals.desk.sign_in import WAITING, let_in

SENT = "sent_outside"
# Said by the provider of a sign-in with a second factor (RFC 8176); without one of them our own second step follows.
TWO_FACTORS = frozenset({"mfa", "hwk", "swk", "sc"})


@login_not_required
@require_GET
def out(request: HttpRequest) -> HttpResponse:
    provider = _provider_or_404()
    sent = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    try:
        challenge = challenge_of(sent["verifier"])
        address = provider.address(back=_back(request), state=sent["state"], nonce=sent["nonce"], challenge=challenge)
    except SignOnUnreachable:
        return _refused(request, "unreachable")
    request.session[SENT] = sent
    return redirect(address)


@login_not_required
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Each answer is looked at once: what was sent is forgotten before it is read."""
    provider, sent, at = _provider_or_404(), request.session.pop(SENT, None), timezone.now()
    if sent is None or not secrets.compare_digest(request.GET.get("state", ""), sent["state"]) or "code" not in request.GET:
        return _refused(request, "another request")
    try:
        token = provider.token(code=request.GET["code"], back=_back(request), verifier=sent["verifier"])
        claims = read_token(
            token, keys=provider.keys(), issuer=provider.issuer, audience=provider.client_id, nonce=sent["nonce"], at=at
        )
    except (SignOnUnreachable, TokenRefused) as wrong:
        return _refused(request, type(wrong).__name__)
    officer = outside.officer_of(issuer=claims.issuer, sub=claims.sub)
    if officer is None:
        return _refused(request, "bound to no account")
    if claims.methods & TWO_FACTORS:
        return let_in(request, officer, way=Session.Way.SINGLE_SIGN_ON, to=reverse("home"), at=at)
    request.session.cycle_key()
    request.session[WAITING] = {"officer": officer.pk, "at": at.isoformat(), "next": reverse("home")}
    return redirect("login-code" if factors.is_enrolled(officer) else "login-enrol")


@lru_cache(maxsize=1)
def provider_of(issuer: str, client_id: str, secret_file: str, gateway: str) -> SingleSignOn:
    made: SingleSignOn = import_string(gateway)(issuer, client_id, Path(secret_file).read_text(encoding="utf-8").strip())
    return made


def _provider_or_404() -> SingleSignOn:
    if not settings.SINGLE_SIGN_ON:
        raise Http404
    return provider_of(**settings.SINGLE_SIGN_ON)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("login-back"))


def _refused(request: HttpRequest, because: str) -> HttpResponse:
    refused("session.begin", by=Actor("anyone"), at=timezone.now(), on=Subject("page", "single sign-on"), because=because)
    return render(request, "desk/state.html", {"what": "outside"}, status=403)
