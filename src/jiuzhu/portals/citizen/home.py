"""The first page: one large button, below it what stands open with oneself; for whoever has not signed in what help there is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiuzhu.portals.citizen.asked import said


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen/home.html", {"said": said(request), "apply": reverse("help-ways")})
