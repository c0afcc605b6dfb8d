"""What is one's own: where an application stands, what was received and what may still be had, who looked, what one may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.residents import queries
from jiuzhu.portals.citizen import known
from jiuzhu.portals.citizen.asked import instant, resident, said


@dataclass(frozen=True)
class Shown:
    """Who is signed in, as every page of theirs greets them."""

    name: str
    place: str


def shown(own: queries.Mine) -> Shown:
    return Shown(own.name, known.place(own.division))


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    own = queries.mine(viewer=resident(request), at=instant(request))
    return render(request, "citizen/mine.html", {"mine": shown(own), "said": said(request)})
