"""The first page: one large button, below it what stands open with oneself; for whoever has not signed in what help there is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.notices import queries as notices
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.payments.received import received
from jiuzhu.casework.residents import queries
from jiuzhu.portals.citizen.asked import instant, said
from jiuzhu.portals.citizen.mine import shown
from jiuzhu.portals.citizen.progress import progress


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    context = {"said": said(request), "apply": reverse("help-apply")}
    viewer, at = request.viewer, instant(request)  # type: ignore[attr-defined]
    if isinstance(viewer, Resident):
        own = queries.mine(viewer=viewer, at=at)
        roads = progress(own, viewer, at=at)
        _, payments = received(viewer=viewer, at=at)
        arrived = next((one for one in payments if one.state == "arrived"), None)
        waiting = notices.mine(viewer=viewer, at=at).filter(state=Notice.State.TO_SERVE).count()
        context |= {
            "waiting": waiting,
            "mine": shown(own),
            "road": next((one for one in roads if not one.walk.ended), None),
            "arrived": arrived,
        }
    return render(request, "citizen/home.html", context)
