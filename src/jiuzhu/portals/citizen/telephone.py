"""What a request says of the telephone it comes from: what a session is bound to, and from which address it asks."""

from __future__ import annotations

from django.http import HttpRequest

from jiuzhu.casework.accounts.sealed import digest

COOKIE = "jiuzhu_telephone"
NUMBER = "resident_signed_in"  # in the web session: the number of our own row of it


def bound(request: HttpRequest, token: str | None = None) -> str:
    """Digest of the cookie and the browser; not of the network, since a telephone changes it on the way.

    token: of a telephone that is just being bound; else the one in its cookie.
    """
    token = request.COOKIES.get(COOKIE, "") if token is None else token
    return digest(token, request.headers.get("User-Agent", ""), purpose="telephone")


def source(request: HttpRequest) -> str:
    """The address a request came from; config.behind_proxies sees to proxies of our own."""
    return str(request.META.get("REMOTE_ADDR", ""))
