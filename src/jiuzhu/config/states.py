"""Which portal says that there is nothing else to see: the one the address is of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jiuzhu.config.resident_session import is_for_residents
from jiuzhu.portals.citizen import states as of_residents
from jiuzhu.portals.desk import states as of_officers


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return (of_residents if is_for_residents(request) else of_officers).not_found(request, exception)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return (of_residents if is_for_residents(request) else of_officers).not_understood(request, exception)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    return (of_residents if is_for_residents(request) else of_officers).too_old(request, reason)


def fault(request: HttpRequest) -> HttpResponse:
    return (of_residents if is_for_residents(request) else of_officers).fault(request)
