"""Where to go and whom to call: windows of townships, the hotline, and the ways to ask for help without a telephone screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.models import Office
from jiuzhu.portals.citizen import known

HOTLINE = "12345"
DEPARTMENT = "民政"
MOST = 400  # windows on one page; a province is asked county by county


@dataclass(frozen=True)
class Window:
    """name: as the office is called. place: county and township."""

    name: str
    place: str


@dataclass(frozen=True)
class County:
    code: str
    name: str


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Of one county its windows; of several, which one."""
    offices = Office.objects.filter(department=DEPARTMENT, tier__in=("county", "township", "village")).order_by("division_code")
    counties = {code[:6] for code in offices.values_list("division_code", flat=True)}
    asked = request.GET.get("at", "")
    chosen = asked if asked in counties else next(iter(counties)) if len(counties) == 1 else ""
    found = [Window(one.name, known.place(one.division_code)) for one in offices.filter(division_code__startswith=chosen)[:MOST]]
    listed = [County(code, known.place(code)) for code in sorted(counties)] if len(counties) > 1 else []
    context = {"windows": found if chosen else [], "counties": listed, "chosen": chosen}
    return render(request, "citizen/windows.html", context)


@require_GET
def ways(request: HttpRequest) -> HttpResponse:
    """How to ask for help: here, by telephone, at a window, through the village, for somebody else."""
    return render(request, "citizen/ways.html", {"apply": reverse("help-apply")})
