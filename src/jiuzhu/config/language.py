"""The language of a page: Chinese unless the reader has chosen English; the choice stays in a cookie."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "jiuzhu_language"


class ChosenLanguage:
    """Sets `request.english`; `?lang=en` or `?lang=zh` changes the choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang")
        chosen = asked if asked in ("zh", "en") else request.COOKIES.get(COOKIE, "zh")
        request.english = chosen == "en"  # type: ignore[attr-defined]
        response = self.get_response(request)
        if asked in ("zh", "en"):
            response.set_cookie(COOKIE, asked, max_age=365 * 86400, httponly=True, samesite="Lax")
        return response
