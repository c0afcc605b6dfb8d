"""Proposals of other numbers: those of the monthly calibration and those of people, who stands for them, and who else decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.permissions import Scope, allowed
from jiuzhu.casework.calibration import actions, queries
from jiuzhu.casework.calibration.models import Proposal
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.beside import REASON, Both
from jiuzhu.portals.desk.posted import act_once, instant, viewer, went
from jiuzhu.portals.desk.trying import REFUSED
from jiuzhu.registry import public
from jiuzhu.registry.public import ProposalStanding
from jiuzhu.rules.tree import Indicator, Title
from jiuzhu.vocabulary.local_day import day_typed


@dataclass(frozen=True)
class Line:
    """One proposal. kept: who stands for it, None while nobody does. mine: the reader's person does."""

    standing: ProposalStanding
    indicator: Indicator | None
    place: str
    kept: Proposal | None
    mine: bool
    may_take_up: bool
    may_decide: bool


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Those that wait first, then those nobody stands for, then what was decided with the warnings since."""
    return _answer(request)


@require_POST
def take_up(request: HttpRequest, number: str) -> HttpResponse:
    """Stand for a proposal of the monthly calibration."""

    def act() -> dict[str, Any]:
        at, because = instant(request), request.POST.get("because", "")
        actions.take_up(number=number, because=because, as_of=known.day(at), by=viewer(request), at=at)
        return went(reverse("proposals"))

    try:
        return act_once(request, act, back=reverse("proposals"), both=lambda: _both(request, number))
    except tuple(REFUSED) as refused:
        return _answer(request, number, refused)


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Release from a day on, or decline; by another person than the one who stands for it."""
    word = request.POST.get("word", "")
    if word not in Proposal.Word.values:
        raise Http404

    def act() -> dict[str, Any]:
        because, holds_from = request.POST.get("because", ""), day_typed(request.POST.get("holds_from", ""))
        actions.decide(number=number, word=word, because=because, holds_from=holds_from, by=viewer(request), at=instant(request))
        return went(reverse("proposals"))

    try:
        return act_once(request, act, back=reverse("proposals"), both=lambda: _both(request, number, word))
    except Proposal.DoesNotExist:
        raise Http404 from None
    except tuple(REFUSED) as refused:
        return _answer(request, number, refused)


def _both(request: HttpRequest, number: str, word: str = "") -> list[Both]:
    """Who stands for a proposal or decided about it, and why, beside what was sent."""
    kept = next((one for one in queries.proposals(viewer=viewer(request), at=instant(request)) if one.number == number), None)
    if kept is None:
        return []
    who, why = (kept.decided_by, kept.decided_because) if kept.word else (kept.made_by, kept.because)
    return [
        Both(Title(zh="决定", en="Decision"), WORDS.get(kept.word, ""), WORDS.get(word, "")),
        Both(REASON, f"{who}：{why}", request.POST.get("because", "")),
    ]


def _answer(request: HttpRequest, number: str = "", refused: Exception | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "indicators",
        "lines": _lines(request),
        "file": actions.FILE,
        "folder": actions.place_folder().name,
        "number": number,
        "refused": next((title for kind, title in REFUSED.items() if isinstance(refused, kind)), None),
        "said": request.POST.get("because", ""),
        "states": STATES,
    }
    return render(request, "desk/proposals.html", context, status=409 if refused else 200)


WORDS = {"release": Title(zh="发布", en="Release"), "decline": Title(zh="否决", en="Decline")}
STATES = {
    "open": Title(zh="待决定", en="open"),
    "superseded": Title(zh="已有更新的提议", en="superseded"),
    "released": Title(zh="已发布", en="released"),
    "declined": Title(zh="已否决", en="declined"),
}


def _lines(request: HttpRequest) -> list[Line]:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    told = known.catalogue()
    kept = {one.number: one for one in queries.proposals(viewer=viewer, at=at)}
    if public.current(known.workspace()) is None:
        return []
    lines = []
    for one in public.proposals(known.workspace(), as_of=known.day(at)):
        where = one.proposal.division
        if allowed(viewer, "proposals.read", on=Scope(where), at=at) is None:
            continue
        mine = kept.get(one.id)
        person = request.user.person_id  # type: ignore[union-attr]
        lines.append(
            Line(
                standing=one,
                indicator=told.indicators.get(one.proposal.owner),
                place=known.full_place(where) if where != "000000" else "",
                kept=mine,
                mine=mine is not None and mine.made_person_id == person,
                may_take_up=mine is None
                and one.state == "open"
                and allowed(viewer, "proposals.make", on=Scope(where), at=at) is not None,
                may_decide=mine is not None
                and mine.state == Proposal.State.PROPOSED
                and one.state == "open"
                and allowed(viewer, "proposals.decide", on=Scope(where, "proposed"), at=at) is not None,
            )
        )
    order = {"open": 0, "released": 1, "declined": 2, "superseded": 3}
    return sorted(
        lines, key=lambda line: (order[line.standing.state], line.kept is None, line.standing.proposal.made_on), reverse=False
    )
