"""What a resident is shown at the window: which office looked at their family's file, when and what for; to read, or to print."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiuzhu.casework.accounts.permissions import Scope, require
from jiuzhu.casework.supervision import residents
from jiuzhu.portals.desk import known
from jiuzhu.registry import public

LONGEST_PROOF = 200


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """First which paper was seen, then the list. Neither stands in an address."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    try:
        household, division = public.family_of_key(settings.WORKSPACE, key)
    except (public.NoHousehold, public.NoRelease):
        raise Http404 from None
    require(viewer, residents.TELL, on=Scope(division, household=household), at=at)
    proof = request.POST.get("proof", "").strip()[:LONGEST_PROOF]
    context: dict[str, Any] = {"section": "", "key": key, "place": known.full_place(division), "proof": proof}
    status = 200
    if request.method == "POST":
        try:
            told = residents.told_to_family(household=household, division_code=division, proof=proof, by=viewer, at=at)
            context |= {"told": told, "at": timezone.localtime(at)}
        except residents.ProofMissing:
            context["wrong"], status = True, 422
    return render(request, "desk/household-looks.html", context, status=status)
