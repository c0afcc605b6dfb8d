"""What one may hold against us or ask of us: a copy, a correction, a reason, another look, a complaint, an appeal; each has a day."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuzhu.casework.grievances import actions, queries
from jiuzhu.casework.notices import queries as notices
from jiuzhu.casework.residents.queries import party_of, standings_of
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, said, words
from jiuzhu.portals.citizen.places import home
from jiuzhu.portals.citizen.sign_in import Fault
from jiuzhu.rules.tree import Title

PORTAL, SHORTEST = "portal", 4
KINDS = (
    ("copy", Title(zh="看一看、复印一份我家的材料", en="See or copy what is held of my family")),
    ("correction", Title(zh="有地方写错了，请改正", en="Something is wrong: put it right")),
    ("explanation", Title(zh="请讲清楚为什么这样决定", en="Explain why it was decided so")),
    ("human_review", Title(zh="请换一个人重新看一遍", en="Let another person look at it again")),
    ("complaint", Title(zh="对办事的人或办法有意见", en="A complaint about how it is handled")),
)
APPEAL = Title(zh="我不同意这个决定", en="I do not agree with this decision")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What was asked, how far it is, and the way to ask."""
    viewer, at = resident(request), instant(request)
    place, here = home(viewer, at=at), reverse("help-requests")
    kind, typed = request.POST.get("kind", ""), request.POST.get("words", "").strip()[: actions.LONGEST]
    faults = _faults(request, kind in dict(KINDS), typed) if request.method == "POST" else []
    if request.method == "POST" and place and not faults:
        case = next((one.case for one in standings_of(viewer, at=at) if one.own), None)
        told = {"words": typed, "division_code": place, "case": case, "party": party_of(viewer)}
        return _lodged(request, kind, told, here)
    context: dict[str, Any] = {
        "asked": list(queries.mine(viewer=viewer, at=at)),
        "kinds": KINDS,
        "titles": {**dict(KINDS), "appeal": APPEAL},
        "may": bool(place),
        "kind": kind,
        "typed": typed,
        "faults": faults,
        "wrong": {one.field: one.text for one in faults},
        "said": said(request) if not faults else None,
    }
    return render(request, "citizen/requests.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, key: str) -> HttpResponse:
    """Against what a letter tells of."""
    viewer, at = resident(request), instant(request)
    found = notices.mine(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        raise Http404
    typed = request.POST.get("words", "").strip()[: actions.LONGEST]
    faults = _faults(request, True, typed) if request.method == "POST" else []
    if request.method == "POST" and not faults:
        told = {"words": typed, "division_code": found.division_code, "party": party_of(viewer), "notice": found}
        return _lodged(request, "appeal", told, reverse("help-letter", args=[key]))
    context = {"here": found, "typed": typed, "faults": faults, "wrong": {one.field: one.text for one in faults}}
    return render(request, "citizen/appeal.html", context, status=422 if faults else 200)


def _lodged(request: HttpRequest, kind: str, told: dict[str, Any], back: str) -> HttpResponse:
    def act() -> dict[str, str]:
        made = actions.lodge(kind, channel=PORTAL, by=resident(request), at=instant(request), **told)
        day = f"{made.due_on:%Y-%m-%d}" if made.due_on else ""
        zh, en = f"已收到，编号 {made.receipt}", f"Received under {made.receipt}"
        return done(
            f"{zh}，最晚 {day} 答复您。" if day else f"{zh}。", f"{en}; you have an answer by {day}." if day else f"{en}.", to=back
        )  # fmt: skip

    return act_once(request, act, back=back, refusals=(actions.NotLodged,))


def _faults(request: HttpRequest, chosen: bool, typed: str) -> list[Fault]:
    found = [] if chosen else [Fault("kind-copy", words(request, "请选一样", "Choose one"))]
    if len(typed) < SHORTEST:
        found.append(Fault("words", words(request, "请用一两句话说清楚", "Say it in a sentence or two")))
    return found
