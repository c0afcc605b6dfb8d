"""Protected investigations at the desk: begun and released by who supervises, beside the trace of the family they are about."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.casework.supervision import investigations, queries
from jiuzhu.casework.supervision.models import Investigation
from jiuzhu.portals.desk.posted import act_once, instant, viewer, went
from jiuzhu.vocabulary.local_day import day_typed

_CHINA = ZoneInfo("Asia/Shanghai")


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    asked = request.POST
    household, day = asked.get("household", "").strip(), day_typed(asked.get("until", ""))

    def act() -> dict[str, Any]:
        if day is None:
            raise investigations.NotProtected("no last day was given")
        investigations.begin(
            household=household,
            division_code=queries.division_of(household),
            conducted_by=asked.get("conducted_by", "").replace("，", ",").split(","),
            because=asked.get("because", "").strip(),
            until=datetime.combine(day, time(), _CHINA),
            by=viewer(request),
            at=instant(request),
        )
        return went(reverse("family-trace"))

    try:
        return act_once(request, act, back=reverse("family-trace"))
    except investigations.NotProtected:
        context: dict[str, Any] = {"section": "audit", "household": household, "unprotected": True, "typed": asked}
        return render(request, "desk/family_trace.html", context, status=422)


@require_POST
def release(request: HttpRequest, key: str) -> HttpResponse:
    kept = Investigation.objects.filter(key=key).first()
    if kept is None:
        raise Http404

    def act() -> dict[str, Any]:
        because = request.POST.get("because", "").strip()[:200]
        investigations.release(investigation=kept, because=because, by=viewer(request), at=instant(request))
        return went(reverse("family-trace"))

    return act_once(request, act, back=reverse("family-trace"))
