"""What every desk page shows around its content: who looks, by which role, where they may go, and how fresh the figures are."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import allowed, table
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.dispatch import queries
from jiuzhu.portals.desk import known

SECTIONS = (
    ("warnings", "warnings.list"),
    ("overview", "overview.read"),
    ("data", "sources.read"),
)  # address and operation, in the order of the menu


def shell(request: HttpRequest) -> dict[str, Any]:
    if not getattr(request, "user", None) or not request.user.is_authenticated or not hasattr(request, "viewer"):
        return {}
    held = posting(request.viewer, at=request.asked_at)  # type: ignore[attr-defined]
    return {
        "officer": request.user,
        "role": table().roles[held.role].title if held else None,
        "division_name": known.full_place(held.division_code) if held else "",
        "may_open": _open_to(request),
        "may_export": allowed(request.viewer, "warnings.export", on=None, at=request.asked_at),  # type: ignore[attr-defined]
        "load": queries.newest_load(),
    }


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """On to the first section the reader may open."""
    sections = _open_to(request)
    if not sections:
        raise Http404
    return redirect(sections[0])


def _open_to(request: HttpRequest) -> list[str]:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    return [name for name, operation in SECTIONS if allowed(viewer, operation, on=None, at=at)]
