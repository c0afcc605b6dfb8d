"""What a reader chooses for every page: the language, and the size of its type; the choice stays in a cookie."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

YEAR = 365 * 86400  # seconds


class _Choice:
    """Sets `request.<attribute>` to whether the second of the two words is chosen; `?<asked>=<word>` changes the choice."""

    attribute: str
    asked: str
    words: tuple[str, str]
    cookie: str

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get(self.asked)
        chosen = asked if asked in self.words else request.COOKIES.get(self.cookie)
        setattr(request, self.attribute, chosen == self.words[1])
        response = self.get_response(request)
        if asked in self.words:
            response.set_cookie(self.cookie, asked, max_age=YEAR, httponly=True, samesite="Lax")
        return response


class ChosenLanguage(_Choice):
    """Chinese unless the reader has chosen English."""

    attribute, asked, words, cookie = "english", "lang", ("zh", "en"), "jiuzhu_language"


class LargeType(_Choice):
    """Large type and plain words, for eyes and hands that are old."""

    attribute, asked, words, cookie = "large", "type", ("plain", "large"), "jiuzhu_type"
