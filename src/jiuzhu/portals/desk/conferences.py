"""一事一议 at the desk: who sat, what was put to them, what they resolved, and from which fund line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.accounts.permissions import Viewer, allowed
from jiuzhu.casework.cases import codes
from jiuzhu.casework.decisions import conferences, queries
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.decisions.refusals import NoSuchAmount
from jiuzhu.casework.roads.permitted import scope
from jiuzhu.portals.desk.posted import act_once, done, instant, viewer
from jiuzhu.vocabulary.local_day import day_typed
from jiuzhu.vocabulary.money import Money, MoneyFault

LONGEST = 2_000
SITS = ("county_officer", "township_officer", "station_worker", "department_officer")


def beside(item: Item, who: Viewer, *, at: datetime) -> dict[str, Any]:
    """What the form of a conference needs; empty where the reader may not write one down."""
    if item.walk.ended or allowed(who, "conferences.hold", on=scope(item.walk, who, at=at), at=at) is None:
        return {}
    return {"sitting": sitting(item, at=at), "funds": codes.titles("fund_line").items(), "fewest": conferences.FEWEST}


def sitting(item: Item, *, at: datetime) -> Sequence[Officer]:
    """Officers of the county and its townships who may sit, once each."""
    county = item.division_code[:6]
    held = Assignment.objects.filter(role__in=SITS, division_code__startswith=county, since__lte=at, until__gt=at)
    return list(Officer.objects.filter(pk__in=held.values("officer"), is_active=True).order_by("account"))


@require_POST
def hold(request: HttpRequest, key: str) -> HttpResponse:
    """Write the minutes down."""
    item = queries.items(viewer=viewer(request), at=instant(request)).filter(key=key).first()
    if item is None:
        raise Http404
    back = reverse("decision", args=[key])

    def act() -> dict[str, Any]:
        conferences.hold(item=item, minutes=_minutes(request, item), by=viewer(request), at=instant(request))
        return done("会议纪要已记下。", "The minutes are kept.", to=back)

    return act_once(request, act, back=back)


def _minutes(request: HttpRequest, item: Item) -> conferences.Minutes:
    sent, chosen = request.POST, set(request.POST.getlist("sat"))
    return conferences.Minutes(
        held_on=day_typed(sent.get("held_on", "")) or date.max,
        participants=[one for one in sitting(item, at=instant(request)) if one.account in chosen],
        question=sent.get("question", "")[:LONGEST], resolution=sent.get("resolution", "")[:LONGEST],
        fund_line=sent.get("fund_line", ""), fen=fen_of(sent.get("yuan", ""), item.key) or 0,
    )  # fmt: skip


def fen_of(text: str, key: str) -> int | None:
    """What was typed in yuan, None for nothing. Raises NoSuchAmount."""
    if not text.strip():
        return None
    try:
        fen = Money.parse(text).fen
    except MoneyFault as fault:
        raise NoSuchAmount(f"{key}: {fault}") from None
    if fen < 0:
        raise NoSuchAmount(f"{key}: write nought or more")
    return fen
