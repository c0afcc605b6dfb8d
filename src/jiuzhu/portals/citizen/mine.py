"""What is one's own: where an application stands, what was received and may still be had and who looked."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.applications import queries as of_applications
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.refusals import NotADraft
from jiuzhu.casework.bundles import queries as of_bundles
from jiuzhu.casework.files.happiness import happiness
from jiuzhu.casework.residents import queries
from jiuzhu.casework.roads.refusals import NeedsReason, NotNow, NotYet
from jiuzhu.casework.supervision.residents import told_to_resident
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.portals.citizen import known
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, said
from jiuzhu.portals.citizen.progress import Progress, progress

BY_HAND = ("withdraw",)  # steps of an application a resident takes here with one press


@dataclass(frozen=True)
class Shown:
    """Who is signed in, as every page of theirs greets them."""

    name: str
    place: str


def shown(own: queries.Mine) -> Shown:
    return Shown(own.name, known.place(own.division))


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every road of the family, where each stands."""
    own = queries.mine(viewer=resident(request), at=instant(request))
    told = progress(own, resident(request), at=instant(request))
    return render(request, "citizen/mine.html", {"mine": shown(own), "roads": told, "said": said(request)})


@require_GET
def road(request: HttpRequest, key: str) -> HttpResponse:
    """One road from its beginning: what happened, what comes, by when, and what one can do."""
    own, told = _road(request, key)
    can = [one for one in told.can if one.code in BY_HAND]
    held = Application.objects.filter(walk=told.walk).first()
    matter, parts = of_bundles.parts(application=held, viewer=resident(request), at=instant(request)) if held else (None, [])
    unsigned = of_applications.unsigned(held, viewer=resident(request), at=instant(request)) if held is not None else []
    context = {
        "mine": shown(own),
        "road": told,
        "can": can,
        "held": held,
        "matter": matter,
        "parts": parts,
        "unsigned": unsigned,
        "said": said(request),
    }
    return render(request, "citizen/road.html", context)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """A step of one's own: first what it means, then the press."""
    _, told = _road(request, key)
    here, chosen = reverse("help-road", args=[key]), next((one for one in told.can if one.code == code and code in BY_HAND), None)
    held = Application.objects.filter(walk=told.walk).first()
    if chosen is None or held is None:
        raise Http404
    if request.method == "GET":
        return render(request, "citizen/step.html", {"road": told, "step": chosen, "seen": held.version})

    def act() -> dict[str, str]:
        seen = request.POST.get("seen", "")
        at, version = instant(request), int(seen) if seen.isdigit() else -1
        applications.withdraw(application=held, by=resident(request), at=at, seen=version)
        return done("已撤回申请。以后随时可以再申请。", "The application is withdrawn. You may apply again at any time.", to=here)

    return act_once(request, act, back=here, refusals=(Moved, NotADraft, NotNow, NotYet, NeedsReason))


@require_GET
def received(request: HttpRequest) -> HttpResponse:
    """The happiness list: what the family has, what arrived, what departments gave, what it may still ask for."""
    at, viewer = instant(request), resident(request)
    own = queries.mine(viewer=viewer, at=at)
    told = happiness(viewer=viewer, mine=own, at=at)
    titles = {code: texts[0].title for code, texts in known.catalogue().programmes.texts.items()}
    return render(request, "citizen/received.html", {"mine": shown(own), "told": told, "titles": titles})


@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at the family's file, or did something about it."""
    told = told_to_resident(viewer=resident(request), at=instant(request))
    return render(request, "citizen/looks.html", {"told": told, "at": timezone.localtime(instant(request))})


def _road(request: HttpRequest, key: str) -> tuple[queries.Mine, Progress]:
    """One of theirs; another family's is not there (A3)."""
    own = queries.mine(viewer=resident(request), at=instant(request))
    found = next((one for one in progress(own, resident(request), at=instant(request)) if one.walk.key == key), None)
    if found is None:
        raise Http404
    return own, found
