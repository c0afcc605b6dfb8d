"""What if a number were another one: tried on the newest release while the reader types, then proposed or run in the shadow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.permissions import Scope, require
from jiuzhu.casework.calibration import actions
from jiuzhu.casework.calibration.models import Shadow
from jiuzhu.casework.supervision import yields
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, instant, viewer, went
from jiuzhu.portals.desk.studio import context_of, numbers_of
from jiuzhu.registry import public
from jiuzhu.registry.public import GroupCount, OtherNumber, WhatIf
from jiuzhu.rules.tree import Title

SHOWN = 20
SHADOW_DAYS = 30
TRAITS = {
    "age": Title(zh="年龄", en="Age"),
    "sex": Title(zh="性别", en="Sex"),
    "registration": Title(zh="户口", en="Registration"),
}
GROUPS = {
    "under_18": Title(zh="不满 18 岁", en="under 18"),
    "18_59": Title(zh="18 至 59 岁", en="18 to 59"),
    "60_79": Title(zh="60 至 79 岁", en="60 to 79"),
    "over_80": Title(zh="80 岁以上", en="80 and over"),
    "male": Title(zh="男", en="male"),
    "female": Title(zh="女", en="female"),
    "rural": Title(zh="农村户口", en="rural"),
    "urban": Title(zh="城镇或统一户口", en="urban or unified"),
    "unknown": Title(zh="登记里没有", en="not in the register"),
}
REFUSED = {
    actions.NotANumber: Title(
        zh="这不是一个数。写数字，例如 4000 或 0.4。", en="This is no number. Write digits, such as 4000 or 0.4."
    ),
    actions.NoReason: Title(
        zh="请写明理由，不超过 400 字；发布还要一个今天之后的生效日。",
        en="Write why, in at most 400 characters; a release also needs a day after today from which it holds.",
    ),
    actions.SamePerson: Title(
        zh="阈值由两人定：提议的是您（换一个账号也是同一人），请另一人发布。",
        en="A number takes two persons: you stand for this one, whichever account you use; somebody else releases it.",
    ),
    public.ProposalRefused: Title(
        zh="不能这样提议或发布：与现值相同、超出法定范围、已有更新的提议，或那一天已有一行。",
        en="It cannot be proposed or released so: equal to the present one, outside the law, superseded, or a row of that day is there.",
    ),
    public.NotToBeTried: Title(
        zh="超出法定范围，或这次发布里没有所需的数据。", en="Outside the law, or this release lacks the data for it."
    ),
    public.WorkspaceBusy: known.BUSY,
}


@dataclass(frozen=True)
class Township:
    """Warnings of one township: with the number in force and with the other one; red ones apart. width: of a bar of 100."""

    place: str
    live: int
    tried: int
    change: str
    red: str
    width: int
    mark: int


@dataclass(frozen=True)
class Group:
    trait: Title
    group: Title
    count: GroupCount
    change: str
    per_thousand: str


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The counts for another number; with htmx the result alone, else the whole page with it."""
    part = request.headers.get("HX-Target") == "tried"
    context = numbers_of(request, code) if part else context_of(request, code)
    context |= _tried(request, context)
    return render(request, "desk/tried.html" if part else "desk/indicator.html", context)


@require_POST
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Another number is proposed, or begins to run in the shadow."""
    context = context_of(request, code)

    def act() -> dict[str, Any]:
        at, change = instant(request), _change(request, code, context, request.POST)
        because = request.POST.get("because", "")
        actions.propose(change=change, because=because, as_of=known.day(at), by=viewer(request), at=at)
        return went(reverse("proposals"))

    try:
        return act_once(request, act, back=reverse("indicator", args=[code]))
    except tuple(REFUSED) as refused:
        return render(request, "desk/indicator.html", context | _again(request, refused), status=409)


@require_POST
def begin_shadow(request: HttpRequest, code: str) -> HttpResponse:
    context = context_of(request, code)
    back = reverse("indicator", args=[code])

    def act() -> dict[str, Any]:
        at, change = instant(request), _change(request, code, context, request.POST)
        until = known.day(at) + timedelta(days=SHADOW_DAYS)
        actions.begin_shadow(change=change, until=until, by=viewer(request), at=at)
        return went(back)

    try:
        return act_once(request, act, back=back)
    except tuple(REFUSED) as refused:
        return render(request, "desk/indicator.html", context | _again(request, refused), status=409)


@require_POST
def end_shadow(request: HttpRequest, code: str, shadow: int) -> HttpResponse:
    back = reverse("indicator", args=[code])

    def act() -> dict[str, Any]:
        actions.end_shadow(shadow=shadow, by=viewer(request), at=instant(request))
        return went(back)

    try:
        return act_once(request, act, back=back)
    except Shadow.DoesNotExist:
        raise Http404 from None


def _tried(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The answer to the number in the address."""
    code, asked = context["one"].code, request.GET
    if not asked.get("value"):
        return {}
    try:
        change = _change(request, code, context, asked)
        require(request.viewer, "what_if.run", on=Scope(change.division), at=request.asked_at)  # type: ignore[attr-defined]
        told, groups = public.what_if_by_group(known.workspace(), change, outcomes=_outcomes(request, code))
    except tuple(REFUSED) as refused:
        return {"refused": _words(refused), "value": asked["value"]}
    return {
        "value": asked["value"],
        "told": told,
        "more": told.tried - told.live,
        "red_more": sum(line.tried - line.live for line in told.lines if line.grade == "red"),
        "townships": _townships(told),
        "groups": [
            Group(TRAITS[one.trait], GROUPS[one.group], one, f"{one.tried - one.live:+,}", f"{1000 * one.tried / one.people:.2f}")
            for one in groups
        ],
        "far": [Group(TRAITS[one.trait], GROUPS[one.group], one, "", "") for one in groups if one.far],
        "added": _moved(told.added),
        "lost": _moved(told.lost),
        "touched": [one for one in told.indicators if one != code],
    }


def _outcomes(request: HttpRequest, code: str) -> dict[str, bool]:
    """What visits found of the warnings of this indicator, as far as the viewer may see yields."""
    return yields.found_by_visit(viewer=request.viewer, indicator=code, at=request.asked_at)  # type: ignore[attr-defined]


def _change(request: HttpRequest, code: str, context: dict[str, Any], asked: Any) -> OtherNumber:
    """The number asked for, in the division of the role by which the viewer may. Raises NotANumber, Http404."""
    name = asked.get("name", "")
    number = next((one for one in context["owned"] if one.name == name), context["tried_number"])
    if number is None:
        raise Http404
    return OtherNumber(code, number.name, actions.number_of(asked.get("value", "")), request.grant.division_code or "000000")  # type: ignore[attr-defined]


def _townships(told: WhatIf) -> list[Township]:
    """By township, those with the greatest change first."""
    places = sorted({line.township for line in told.lines})
    sums = {}
    for place in places:
        mine = [line for line in told.lines if line.township == place]
        reds = sum(line.tried - line.live for line in mine if line.grade == "red")
        sums[place] = (sum(line.live for line in mine), sum(line.tried for line in mine), reds)
    top = max((max(live, tried) for live, tried, _ in sums.values()), default=1)
    rows = [
        Township(
            known.place(place), live, tried, f"{tried - live:+,}", f"{reds:+,}", round(100 * tried / top), round(100 * live / top)
        )
        for place, (live, tried, reds) in sums.items()
    ]
    return sorted(rows, key=lambda row: (-abs(row.tried - row.live), row.place))


def _moved(known_ones: Sequence[Any]) -> tuple[list[tuple[str, str, str, str]], int]:
    """Whom it touches, as far as this page may say: a village, a piece of the number, the grade before and after."""
    shown = [(known.place(one.division), one.warning_id[:8], one.live, one.tried) for one in known_ones[:SHOWN]]
    return shown, len(known_ones)


def _again(request: HttpRequest, refused: Exception) -> dict[str, Any]:
    return {"refused": _words(refused), "value": request.POST.get("value", ""), "said": request.POST.get("because", "")}


def _words(refused: Exception) -> Title:
    return next(title for kind, title in REFUSED.items() if isinstance(refused, kind))
