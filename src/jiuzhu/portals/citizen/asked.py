"""What every page here has in common: its operation, who asks, and forms that are done once however often they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from jiuzhu.casework.accounts import declared
from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.trace.once import NoKey, OtherContent, answered, once

SAID = "said_to_resident"
STAMPED = frozenset({"csrfmiddlewaretoken"})


def open_to_all(operation: str, view: declared.View) -> declared.View:
    """The view as an address anyone may open."""
    return declared.does(operation, login_not_required(view))


def of_residents(operation: str, view: declared.View) -> declared.View:
    """The view as an address of one who signed in as a resident; others are asked who they are first, and led back.

    A form that was done before is answered as it was then, before anything else is looked at: what it was about may be gone.
    """

    @wraps(view)
    def asked(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        key = request.POST.get("key", "") if request.method == "POST" else ""
        try:
            told = answered(key=key, who=resident(request).who, content=lambda: _content(request)) if key else None
        except OtherContent as refusal:
            return _refused(request, refusal, request.path)
        return view(request, *given, **named) if told is None else _gone_on(request, told)

    asked.residents_only = True  # type: ignore[attr-defined]
    return declared.does(operation, login_not_required(asked))


def resident(request: HttpRequest) -> Resident:
    viewer: Resident = request.viewer  # type: ignore[attr-defined]
    return viewer


def instant(request: HttpRequest) -> datetime:
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    return at


def words(request: HttpRequest, zh: str, en: str) -> str:
    """What a view says itself, in the language of the page."""
    return en if getattr(request, "english", False) else zh


def done(zh: str, en: str, *, to: str) -> dict[str, str]:
    """What an act gives: where to go and what to say there, "" for nothing."""
    return {"zh": zh, "en": en, "to": to}


def act_once(
    request: HttpRequest, act: Callable[[], dict[str, str]], *, back: str, refusals: tuple[type[Exception], ...] = ()
) -> HttpResponse:
    """Run the act of a posted form once, and go where it says; what it refuses is a page that says why. back: where that leads."""
    try:
        told, _ = once(
            act, key=str(request.POST.get("key", "")), who=resident(request).who, content=_content(request), at=instant(request)
        )
    except (NoKey, OtherContent, *refusals) as refusal:
        return _refused(request, refusal, back)
    return _gone_on(request, told)


def said(request: HttpRequest) -> dict[str, str] | None:
    """What the act before this page did; told once."""
    told: dict[str, str] | None = request.session.pop(SAID, None)
    return told


def _refused(request: HttpRequest, refusal: Exception, back: str) -> HttpResponse:
    return render(request, "citizen/refused.html", {"kind": type(refusal).__name__, "back": back}, status=409)


def _gone_on(request: HttpRequest, told: dict[str, str]) -> HttpResponse:
    if told["zh"]:
        request.session[SAID] = {"zh": told["zh"], "en": told["en"]}
    return redirect(told["to"])


def _content(request: HttpRequest) -> list[Any]:
    """All that was asked: the address, what was typed, and what the files were."""
    typed = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in STAMPED)
    files = sorted((name, [_hash_of(one) for one in request.FILES.getlist(name)]) for name in request.FILES)
    return [request.path, typed, files]


def _hash_of(file: Any) -> str:
    whole = hashlib.sha256()
    for piece in file.chunks():
        whole.update(piece)
    file.seek(0)
    return whole.hexdigest()
