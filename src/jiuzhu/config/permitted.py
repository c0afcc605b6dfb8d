"""The gate every request passes: the address says its operation, the table says whether the reader may do it at all.

Whether they may do it to this or that thing is asked again by the query or the action that reaches it. What takes something away for
good is not done while the record of acts waits for its seal (C7).

Nothing leaves unrecorded (C1): a query or an action writes what it showed or did; of a request that wrote nothing, the gate writes
that its page was seen, or that it was refused, before the answer goes. A page can therefore forget to write, and still not escape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jiuzhu.casework.accounts.permissions import NotAllowed, Resident, actor, allowed, asker, present, staff, table
from jiuzhu.casework.trace.actions import Noted, Subject, is_kept, noting, record, refused
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.sealing import Lateness, sealing_late
from jiuzhu.config.resident_session import is_for_residents
from jiuzhu.config.states import not_found

SEEN = "pages.see"


class Permitted:
    """Sets `request.asked_at`, `request.viewer` and `request.grant`. Who may not sees what stands there for an address that is not (A3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.asked_at = timezone.now()  # type: ignore[attr-defined]
        with noting() as noted:
            response = self.get_response(request)
            viewer = getattr(request, "viewer", None)
            if staff(viewer) is not None or isinstance(viewer, Resident):
                _keep(request, response.status_code, noted)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, named: Any) -> HttpResponse | None:
        at = request.asked_at  # type: ignore[attr-defined]
        request.operation = view.operation  # type: ignore[attr-defined]
        # On a resident's pages an officer's session counts for nothing, and on the desk a resident's.
        asks = request.resident if is_for_residents(request) else request.user  # type: ignore[attr-defined]
        request.viewer = viewer = present(asks, at=at)  # type: ignore[attr-defined, arg-type]
        request.grant = allowed(viewer, view.operation, on=None, at=at)  # type: ignore[attr-defined]
        if request.grant is None:  # type: ignore[attr-defined]
            refused(view.operation, by=asker(viewer, at=at), at=at, on=Subject("page", view.operation))
            raise Http404
        if table().operations[view.operation].only_sealed and sealing_late(at) is Lateness.STOP:
            because = "sealing of the record is late"
            refused(view.operation, by=asker(viewer, at=at), at=at, on=Subject("page", view.operation), because=because)
            return render(request, "desk/unsealed.html", {"operation": table().operations[view.operation]}, status=503)
        return None

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """What a query or an action refused on the way."""
        return not_found(request, fault) if isinstance(fault, NotAllowed) else None


def _keep(request: HttpRequest, status: int, noted: list[Noted]) -> None:
    """What is still to be written of a request by somebody who is signed in. A fault of ours shows nothing, and its act was undone."""
    if status >= 500:
        return
    viewer, at, operation = request.viewer, request.asked_at, request.operation  # type: ignore[attr-defined]
    on = Subject("page", operation)
    if status >= 400:
        if not is_kept(one for one in noted if one.event.outcome == Event.Outcome.REFUSED):
            refused(operation, by=asker(viewer, at=at), at=at, on=on, because=f"answered {status}")
    elif status < 300 and not is_kept(noted):  # an answer that leads elsewhere shows nothing
        with transaction.atomic(durable=True):
            record(SEEN, by=actor(viewer, request.grant), at=at, on=on, purpose=request.grant.purpose)  # type: ignore[attr-defined]
