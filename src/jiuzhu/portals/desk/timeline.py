"""The one timeline of a family in our care: applied, verified, decided, paid, asked of others, watched, in one order."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import require
from jiuzhu.casework.cases import actions, queries
from jiuzhu.casework.files.handled import timeline
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.cases import names_of_cases
from jiuzhu.portals.desk.chain_drawing import TITLES
from jiuzhu.portals.desk.posted import instant, viewer
from jiuzhu.rules.tree import Title


@require_GET
def page(request: HttpRequest, case_key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    case = queries.case(viewer=who, key=case_key, at=at)
    if case is None:
        raise Http404
    grant = require(who, "cases.read", on=queries.case_scope(case, who), at=at)
    acts = timeline(viewer=who, case=case, at=at)
    counted = {lane: sum(act.lane == lane for act in acts) for lane in TITLES}
    chosen = request.GET.get("lane", "")
    context = {
        "section": "cases",
        "case": case,
        "name": names_of_cases(request, [case.pk]).get(case.pk, "") if grant.opens("personal") else "",
        "place": known.full_place(case.division_code),
        "lanes": [(lane, title, counted[lane]) for lane, title in TITLES.items()],
        "chosen": chosen if chosen in TITLES else "",
        "acts": [
            (act, TITLES.get(act.lane, Title(act.lane, act.lane))) for act in acts if chosen not in TITLES or act.lane == chosen
        ],
    }
    looks.shown("cases.read", by=who, at=at, grant=grant, on=actions.subject(case), task="")
    return render(request, "desk/timeline.html", context)
