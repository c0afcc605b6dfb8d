"""Letters to oneself, and what hangs in the villages for everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.notices import own, queries
from jiuzhu.casework.notices.models import Notice
from jiuzhu.portals.citizen import known
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, said


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen/letters.html", {"letters": own.own(viewer=resident(request)), "said": said(request)})


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Its words, once it was opened by a press; before that only what kind of letter it is."""
    viewer, at = resident(request), instant(request)
    here = next((one for one in own.own(viewer=viewer) if one.notice.key == key), None)
    if here is None:
        raise Http404
    if request.method == "POST":

        def act() -> dict[str, str]:
            own.open_letter(viewer=viewer, key=key, at=at)
            return done("", "", to=reverse("help-letter", args=[key]))

        return act_once(request, act, back=reverse("help-letters"))
    told = own.read(viewer=viewer, key=key, at=at)
    context = {"here": here, "told": told, "waits": here.notice.state == Notice.State.TO_SERVE}
    return render(request, "citizen/letter.html", context)


@require_GET
def hanging(request: HttpRequest) -> HttpResponse:
    """What is published in the villages: the villages first, then what hangs in one."""
    at, viewer = instant(request), request.viewer  # type: ignore[attr-defined]
    villages = [(code, known.place(code), count) for code, count in queries.hanging_in(viewer=viewer, at=at)]
    asked = request.GET.get("at", "")
    chosen = next((place for code, place, _ in villages if code == asked), "")
    shown = queries.hangs(viewer=viewer, division=asked, at=at) if chosen else []
    return render(request, "citizen/hanging.html", {"villages": villages, "chosen": chosen, "shown": shown})
