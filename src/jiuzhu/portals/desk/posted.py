"""What every form of the desk that changes something has in common: a key of its own, one act, an answer that says what was done."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.casework.accounts.actions import NoSuchDivision
from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.cases import refusals as of_cases
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.dispatch import filters
from jiuzhu.casework.dispatch import refusals as of_dispatch
from jiuzhu.casework.trace.once import OtherContent, once

SAID = "said"
MOST_UNDONE = 200  # warnings whose numbers a page carries for taking back
REFUSALS = (
    of_cases.Moved, of_cases.NotOpen, of_cases.CannotHold, of_cases.NothingNew, of_cases.StillOpen, of_cases.DutyHeld,
    of_dispatch.NotThere, of_dispatch.Grown, of_dispatch.TooMany, of_dispatch.WrongDay, of_dispatch.Unfounded,
    filters.NameTaken, filters.EmptyFilter, UnknownCode, NoSuchDivision, OtherContent,
)  # fmt: skip


def viewer(request: HttpRequest) -> Viewer:
    asked: Viewer = request.viewer  # type: ignore[attr-defined]
    return asked


def instant(request: HttpRequest) -> datetime:
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    return at


def new_form_key() -> str:
    """A key for one form on one page."""
    return secrets.token_urlsafe(24)


def done(zh: str, en: str, *, to: str, undo: list[str] | None = None) -> dict[str, Any]:
    """What an act gives: where to go and what to say there. undo: numbers of warnings that can be taken back."""
    return {"zh": zh, "en": en, "to": to, "undo": undo if undo and len(undo) <= MOST_UNDONE else []}


def act_once(request: HttpRequest, act: Callable[[], dict[str, Any]], *, back: str) -> HttpResponse:
    """Run the act of a posted form once, and go where it says; a refusal is a page that says why, with what was typed left alone.

    back: the address to return to from a refusal.
    """
    content = [request.path, sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")]
    try:
        told, _ = once(act, key=request.POST.get("key", ""), who=key_of(viewer(request)), content=content, at=instant(request))
    except REFUSALS as refusal:
        return render(
            request, "desk/refused.html", {"refusal": refusal, "kind": type(refusal).__name__, "back": back}, status=409
        )
    request.session[SAID] = told
    return redirect(told["to"])


def said(request: HttpRequest) -> dict[str, Any] | None:
    """What the act before this page did; told once."""
    told: dict[str, Any] | None = request.session.pop(SAID, None)
    return told
