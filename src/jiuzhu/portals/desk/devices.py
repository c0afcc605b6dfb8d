"""What a request says of the device it comes from: which kind, from which address, and what a session is bound to."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.http import HttpRequest

from jiuzhu.casework.accounts.entrances import Session
from jiuzhu.casework.accounts.sealed import digest

COOKIE = "jiuzhu_device"
NETWORK_BITS = {4: 24, 6: 48}  # an office's line may change its last numbers within a day


def kind(request: HttpRequest) -> str:
    return Session.Kind.PHONE if "Mobi" in request.headers.get("User-Agent", "") else Session.Kind.DESK


def source(request: HttpRequest) -> str:
    """The address a request came from; config.behind_proxies sees to proxies of our own."""
    return str(request.META.get("REMOTE_ADDR", ""))


def bound(request: HttpRequest, token: str | None = None) -> str:
    """Digest of the device cookie, the browser and the network: a session cookie carried elsewhere has another one.

    token: of a device that is just being bound; else the one in its cookie.
    """
    token = request.COOKIES.get(COOKIE, "") if token is None else token
    return digest(token, request.headers.get("User-Agent", ""), _network(source(request)), purpose="device")


def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{known}/{NETWORK_BITS[known.version]}", strict=False))
