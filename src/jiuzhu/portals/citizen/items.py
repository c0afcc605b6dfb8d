"""Every kind of help of every department, for whoever looks: searched by words, told in plain ones, with the numbers of a county."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.bundles import showing
from jiuzhu.casework.bundles.declared import library
from jiuzhu.portals.citizen import known
from jiuzhu.portals.citizen.asked import instant
from jiuzhu.portals.citizen.places import home
from jiuzhu.portals.citizen.windows import County

LONGEST = 60


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All items by who answers for them, or those with certain words; above them what is asked for as one thing."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    found = showing.searched(words)
    owners = [(title, [one for one in found if one.department == code]) for code, title, _ in showing.departments()]
    context = {
        "words": words,
        "owners": [(title, items) for title, items in owners if items],
        "bundles": [] if words else list(library().bundles.values()),
    }
    return render(request, "citizen/items.html", context)


@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One item, with the numbers of a county: that of whoever is signed in, the one that is chosen, or the only one there is."""
    at, counties = instant(request), _counties()
    viewer, asked = request.viewer, request.GET.get("at", "")  # type: ignore[attr-defined]
    lives = home(viewer, at=at) if isinstance(viewer, Resident) else ""
    chosen = asked if asked in counties else lives[:6] or (next(iter(counties)) if len(counties) == 1 else "")
    found = showing.shown(code, division=chosen, on=known.day(at))
    if found is None:
        raise Http404
    listed = [County(county, known.place(county)) for county in sorted(counties)] if len(counties) > 1 else []
    context = {"found": found, "item": found.item, "place": known.place(chosen), "counties": listed, "chosen": chosen}
    return render(request, "citizen/item.html", context)


@require_GET
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked for as one thing, and the way to ask for all of it."""
    found = library().bundles.get(code)
    if found is None:
        raise Http404
    return render(request, "citizen/bundle.html", {"bundle": found, "items": [library().items[one] for one in found.items]})


def _counties() -> set[str]:
    return {code[:6] for code in Office.objects.values_list("division_code", flat=True) if len(code) >= 6}
