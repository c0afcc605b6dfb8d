"""The library of items at the desk: every kind of help, by department and by words, each with its rule, numbers, papers and law."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.bundles import showing
from jiuzhu.casework.bundles.declared import has_road, library
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import instant, viewer

LONGEST = 60


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    words, department = request.GET.get("q", "").strip()[:LONGEST], request.GET.get("of", "")
    departments = showing.departments()
    chosen = department if department in {code for code, _, _ in departments} else ""
    found = showing.searched(words, chosen)
    context = {
        "section": "library",
        "items": [(one, has_road(one)) for one in found],
        "all": len(library().items),
        "departments": departments,
        "chosen": chosen,
        "words": words,
        "bundles": list(library().bundles.values()),
    }
    return render(request, "desk/library.html", context)


@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One item as it holds where the reader works."""
    held = posting(viewer(request), at=instant(request))
    division = held.division_code if held is not None else ""
    found = showing.shown(code, division=division, on=known.day(instant(request)))
    if found is None:
        raise Http404
    context = {
        "section": "library",
        "found": found,
        "item": found.item,
        "place": known.full_place(division),
        "road": has_road(found.item),
    }
    return render(request, "desk/library-item.html", context)
