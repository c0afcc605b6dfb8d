"""Pages that say why there is nothing else to see: not found, a form too old, a request nobody understands, a fault of ours.

Officers and residents read them in words of their own.
"""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuzhu.config.resident_session import is_for_residents

log = logging.getLogger("jiuzhu.faults")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is not there and what is out of reach look alike, byte for byte (A3): nothing of the request is shown."""
    return _page(request, "not_found", 404)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "not_understood", 400)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: opened before signing in again, or sent from elsewhere. Nothing was done."""
    return _page(request, "too_old", 403)


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of the platform, under a number by which it is found in the log; the page tells nothing of it."""
    reference = secrets.token_hex(4).upper()
    log.error("fault %s", reference)
    return _page(request, "fault", 500, reference)


def _page(request: HttpRequest, what: str, status: int, reference: str = "") -> HttpResponse:
    for name in ("english", "large"):  # asked before whoever reads the choice was
        setattr(request, name, getattr(request, name, False))
    portal = "citizen" if is_for_residents(request) else "desk"
    return render(request, f"{portal}/state.html", {"what": what, "reference": reference}, status=status)
