"""Erasing a person at the desk: what stands against it, or the act, for good."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuzhu.casework.accounts.permissions import require
from jiuzhu.casework.keeping import erasing
from jiuzhu.casework.parties.models import Party
from jiuzhu.portals.desk.posted import act_once, done, instant, viewer

SHORTEST_REASON = 6


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Whether they may be erased and what goes with them; posted with a reason, it is done."""
    party = Party.objects.filter(key=key).first()
    if party is None:
        raise Http404
    who, at = viewer(request), instant(request)
    require(who, erasing.ERASE, on=erasing.scope_of(party), at=at)
    because = request.POST.get("because", "").strip()[:200]
    against = [] if party.erased_at else erasing.hindrances(party, at=at)
    wrong = request.method == "POST" and len(because) < SHORTEST_REASON
    if request.method == "POST" and not wrong and not against:

        def act() -> dict[str, object]:
            erasing.erase(party=party, because=because, by=who, at=at)
            return done("已删除此人的信息", "Erased", to=reverse("cases"))

        return act_once(request, act, back=reverse("person-erase", args=[key]))
    context = {
        "section": "cases", "party": party, "against": against, "wrong": wrong, "because": because,
        "alone": erasing.is_last(party),
    }  # fmt: skip
    status = 409 if request.method == "POST" and against else 422 if wrong else 200
    return render(request, "desk/erase.html", context, status=status)
