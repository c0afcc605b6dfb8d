"""Electronic licences in a case: what was pulled, what for and under which authorisation, and a form that asks for one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases import queries as of_cases
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.verification import licences
from jiuzhu.casework.verification.models import Pulled
from jiuzhu.portals.desk.posted import act_once, done, instant, viewer
from jiuzhu.rules.tree import Title

STATES = {
    "waiting": ("mut", Title("待调取", "being asked for")),
    "late": ("warn", Title("未返回", "no answer yet")),
    "found": ("ok", Title("已调取", "pulled")),
    "none": ("mut", Title("没有此证照", "there is none")),
    "refused": ("bad", Title("授权已收回", "authorisation taken back")),
}
ENDS = {"application/pdf": "pdf", "image/png": "png"}


def shown(case: Case) -> dict[str, Any]:
    """What the part of a page reads; that the case may be read was asked before."""
    kinds = codes.titles(licences.KINDS)
    return {
        "pulled": [
            (one, kinds.get(one.pulled.kind, Title(one.pulled.kind, one.pulled.kind)), *STATES[one.pulled.state])
            for one in licences.pulled_of(case)
        ],
        "kinds": kinds,
    }


@require_POST
def want(request: HttpRequest, case_key: str) -> HttpResponse:
    case = of_cases.case(viewer=viewer(request), key=case_key, at=instant(request))
    if case is None:
        raise Http404
    back = reverse("verification-family", args=[case.key])

    def act() -> dict[str, Any]:
        party = get_object_or_404(
            Party, key=request.POST.get("party", ""), memberships__case=case, memberships__until__isnull=True
        )
        kind, because = request.POST.get("kind", ""), request.POST.get("because", "")[:200]
        licences.want(case=case, party=party, kind=kind, because=because, by=viewer(request), at=instant(request))
        return done("正在调取，几秒后刷新", "It is being asked for; look again in some seconds", to=back)

    return act_once(request, act, back=back)


@require_GET
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The file of one licence, never as a page of its own (E9)."""
    found = get_object_or_404(Pulled.objects.select_related("case", "party"), key=key, state="found")
    if of_cases.case(viewer=viewer(request), key=found.case.key, at=instant(request)) is None:
        raise Http404
    content, media = licences.content_of(found, by=viewer(request), at=instant(request))
    answer = HttpResponse(content, content_type=media if media in ENDS else "application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{key}.{ENDS.get(media, "bin")}"'
    return answer
