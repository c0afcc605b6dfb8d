"""Where a request came from, when proxies of our own stand before the platform."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class BehindProxies:
    """REMOTE_ADDR is what the outermost of our own proxies saw. settings.PROXIES: how many there are; what a request brings of
    X-Forwarded-For beyond them may be invented, and counts for nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if settings.PROXIES and len(passed) >= settings.PROXIES:
            request.META["REMOTE_ADDR"] = passed[-settings.PROXIES]
        return self.get_response(request)
