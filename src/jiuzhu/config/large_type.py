"""Large type and plain words, for eyes and hands that are old; the choice stays in a cookie."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "jiuzhu_type"


class LargeType:
    """Sets `request.large`; `?type=large` or `?type=plain` changes the choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("type")
        chosen = asked if asked in ("large", "plain") else request.COOKIES.get(COOKIE, "plain")
        request.large = chosen == "large"  # type: ignore[attr-defined]
        response = self.get_response(request)
        if asked in ("large", "plain"):
            response.set_cookie(COOKIE, asked, max_age=365 * 86400, httponly=True, samesite="Lax")
        return response
