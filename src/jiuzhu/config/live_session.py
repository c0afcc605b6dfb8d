"""The gate of sessions: who rested too long, was signed in too long, elsewhere, or on another device, signs in again (A10)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from jiuzhu.casework.accounts import sessions
from jiuzhu.portals.desk.devices import bound
from jiuzhu.portals.desk.sign_in import NUMBER


class LiveSession:
    """Sets `request.signed_in`, the live session, or nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.signed_in = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            number, at = request.session.get(NUMBER), timezone.now()
            kept = sessions.standing(number=number, officer=request.user, device=bound(request), at=at)  # type: ignore[arg-type]
            request.signed_in = kept  # type: ignore[attr-defined]
            if kept is None:
                logout(request)
        return self.get_response(request)
