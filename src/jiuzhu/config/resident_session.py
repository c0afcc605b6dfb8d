"""The gate of residents' sessions: who rested too long, signed in elsewhere, or holds another telephone, signs in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from jiuzhu.casework.residents import sessions
from jiuzhu.portals.citizen.telephone import NUMBER, bound

PAGES = "/help/"


def is_for_residents(request: HttpRequest) -> bool:
    return request.path_info.startswith(PAGES)


class ResidentSession:
    """Sets `request.resident`, the viewer, and `request.resident_session`; None where nobody is signed in, and off these pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request.session.get(NUMBER) if is_for_residents(request) else None
        kept = sessions.standing(number=number, device=bound(request), at=timezone.now()) if number else None
        if number and kept is None:
            del request.session[NUMBER]
        request.resident_session = kept  # type: ignore[attr-defined]
        request.resident = sessions.viewer(kept) if kept else None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, named: Any) -> HttpResponse | None:
        """Pages of residents alone ask who it is first, and lead back."""
        if not getattr(view, "residents_only", False) or request.resident is not None:  # type: ignore[attr-defined]
            return None
        return redirect(f"{PAGES}sign-in/?{urlencode({'next': request.path})}")
