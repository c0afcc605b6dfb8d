"""How the desk agreed with the registry, day by day."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.supervision import reconciling
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.portals.desk.posted import instant, viewer
from jiuzhu.portals.desk.room import tabs

PAGE_SIZE = 31


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The newest first; those that disagree say of how many warnings, and name a few."""
    made = reconciling.reconciliations(viewer=viewer(request), at=instant(request))
    context = {
        "section": "data",
        "tab": "reconciliations",
        "tabs": tabs(request),
        "page": Paginator(made, PAGE_SIZE).get_page(request.GET.get("page")),
        "newest": made.first(),
        "days": whole("checks.reconcile_days", division="000000", on=timezone.localdate(instant(request))),
    }
    return render(request, "desk/reconciliations.html", context)
