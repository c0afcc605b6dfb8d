"""The gate every request passes: the address says its operation, the table says whether the reader may do it at all.

Whether they may do it to this or that thing is asked again by the query or the action that reaches it. What takes something away for
good is not done while the record of acts waits for its seal (C7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jiuzhu.casework.accounts.permissions import NotAllowed, allowed, key_of, present, table
from jiuzhu.casework.trace.actions import Actor, Subject, refused
from jiuzhu.casework.trace.sealing import Lateness, sealing_late
from jiuzhu.portals.desk.states import not_found


class Permitted:
    """Sets `request.asked_at`, `request.viewer` and `request.grant`. Who may not sees what stands there for an address that is not (A3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.asked_at = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, named: Any) -> HttpResponse | None:
        at = request.asked_at  # type: ignore[attr-defined]
        request.viewer = viewer = present(request.user, at=at)  # type: ignore[attr-defined, arg-type]
        request.grant = allowed(viewer, view.operation, on=None, at=at)  # type: ignore[attr-defined]
        if request.grant is None:  # type: ignore[attr-defined]
            refused(view.operation, by=Actor(key_of(viewer)), at=at, on=Subject("page", view.operation))
            raise Http404
        if table().operations[view.operation].only_sealed and sealing_late(at) is Lateness.STOP:
            because = "sealing of the record is late"
            refused(view.operation, by=Actor(key_of(viewer)), at=at, on=Subject("page", view.operation), because=because)
            return render(request, "desk/unsealed.html", {"operation": table().operations[view.operation]}, status=503)
        return None

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """What a query or an action refused on the way."""
        return not_found(request, fault) if isinstance(fault, NotAllowed) else None
