"""Letters to oneself, and what hangs in the villages for everybody."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.notices import queries
from jiuzhu.casework.notices.declared import kind_of
from jiuzhu.casework.notices.letters import read_on_portal
from jiuzhu.casework.notices.models import Notice
from jiuzhu.portals.citizen import known
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, said
from jiuzhu.rules.tree import Title

OBJECTED = ("appeal", "reconsideration")  # remedies that a letter may tell of and that begin here


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every letter by its kind and day; nothing of what it says."""
    found = queries.mine(viewer=resident(request), at=instant(request))
    context = {"letters": [(one, _title(one)) for one in found], "said": said(request)}
    return render(request, "citizen/letters.html", context)


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Its words, once it was opened by a press, which serves it; before that only what kind of letter it is."""
    viewer, at = resident(request), instant(request)
    found = queries.mine(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        raise Http404
    if request.method == "POST":

        def act() -> dict[str, str]:
            read_on_portal(notice=found, by=viewer, at=at)
            return done("", "", to=reverse("help-letter", args=[key]))

        return act_once(request, act, back=reverse("help-letters"))
    context: dict[str, Any] = {"here": found, "title": _title(found), "said": said(request)}
    if found.state == Notice.State.SERVED or "portal" not in found.ways.split():
        context["told"] = queries.notice(viewer=viewer, key=key, at=at)
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


def _title(one: Notice) -> Title:
    return kind_of(one.kind).title
