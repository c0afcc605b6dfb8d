"""Reminders of a unit, and what it chose to be told of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import allowed
from jiuzhu.casework.reminders import actions, queries, told
from jiuzhu.casework.reminders.models import Reminder, Subscription
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, viewer
from jiuzhu.rules.tree import Indicator, Title

PAGE_SIZE = 40
CHOICES = {
    "declared": Title(zh="按目录", en="As the catalogue says"),
    "all": Title(zh="全部等级", en="Every grade"),
    "yellow": Title(zh="黄色及以上", en="Yellow and above"),
    "orange": Title(zh="橙色及以上", en="Orange and above"),
    "red": Title(zh="仅红色", en="Red only"),
    "none": Title(zh="不提醒", en="Never"),
}


@dataclass(frozen=True)
class Line:
    """One reminder. mine: it was put to a unit of the reader. may_list: the reader may open the warnings behind it."""

    reminder: Reminder
    title: Title
    act: Title
    place: str
    mine: bool


@dataclass(frozen=True)
class Kind:
    """An indicator or a scenario as one unit is told of it. now: the words of what holds; told: whether it is told at all."""

    code: str
    title: Title
    choice: str
    told: bool


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The unseen first; those of units below stand apart by the unit's name."""
    who, at = viewer(request), instant(request)
    every = queries.reminders(viewer=who, at=at)
    shown = Paginator(every, PAGE_SIZE).get_page(request.GET.get("page"))
    mine = queries.offices_of(who, at=at)
    declared = known.catalogue().indicators
    context: dict[str, Any] = {
        "section": "reminders",
        "page": shown,
        "lines": [_line(one, declared, mine) for one in shown],
        "unseen": every.filter(state="new", office__in=mine).count(),
        "total": shown.paginator.count,
        "may_list": allowed(who, "warnings.list", on=None, at=at) is not None,
        "said": said(request),
    }
    return render(request, "desk/reminders.html", context)


@require_POST
def see(request: HttpRequest) -> HttpResponse:
    """Note the reminders of one page as seen."""
    numbers = [int(text) for text in request.POST.getlist("r") if text.isdigit()]
    back = reverse("reminders")

    def act() -> dict[str, Any]:
        seen = actions.see(reminders=numbers, by=viewer(request), at=instant(request))
        return done(f"已签收 {seen} 条提醒", f"{seen} reminders noted as seen", to=back)

    return act_once(request, act, back=back)


@require_GET
def choices(request: HttpRequest) -> HttpResponse:
    """What one unit is told of, scenario by scenario; the reader's own unit first, others where the reader answers for them."""
    units = list(queries.units(viewer=viewer(request), at=instant(request)))
    mine = queries.offices_of(viewer(request), at=instant(request))
    units.sort(key=lambda one: (one.pk not in mine, one.division_code, one.pk))
    if not units:
        raise Http404
    asked = request.GET.get("office", "")
    office = next((one for one in units if str(one.pk) == asked), units[0])
    catalogue = known.catalogue()
    chosen = told.choices([office.pk]).get(office.pk, {})
    kinds = [one for one in catalogue.indicators.values() if one.kind == "warning"]
    scenarios = []
    for code, scenario in catalogue.scenarios.items():
        of = [one for one in kinds if one.scenario == code]
        n = sum(told.wish(office, one, chosen).least > 0 for one in of)
        if of:
            scenarios.append((Kind(code, scenario.title, chosen.get(code, "declared"), n > 0), n, len(of)))
    open_one = request.GET.get("scenario", "")
    context: dict[str, Any] = {
        "section": "reminders",
        "units": units,
        "office": office,
        "scenarios": scenarios,
        "chosen": next((one for one, _, _ in scenarios if one.code == open_one), scenarios[0][0] if scenarios else None),
        "choices": CHOICES,
        "said": said(request),
    }
    context["kinds"] = [
        _kind(one, office, chosen) for one in kinds if context["chosen"] and one.scenario == context["chosen"].code
    ]
    return render(request, "desk/subscriptions.html", context)


@require_POST
def choose(request: HttpRequest, office: int) -> HttpResponse:
    unit = queries.units(viewer=viewer(request), at=instant(request)).filter(pk=office).first()
    if unit is None:
        raise Http404
    code = request.POST.get("code", "")
    back = f"{reverse('subscriptions')}?office={office}&scenario={code[:3]}"

    def act() -> dict[str, Any]:
        kept = actions.subscribe(
            office=unit, code=code, choice=request.POST.get("choice", ""), by=viewer(request), at=instant(request)
        )
        title = CHOICES[kept.choice]
        return done(f"{code}：{title.zh}", f"{code}: {title.en}", to=back)

    return act_once(request, act, back=back)


def _line(one: Reminder, declared: Any, mine: frozenset[int]) -> Line:
    indicator: Indicator | None = declared.get(one.indicator_id)
    unknown = Title(one.indicator_id, one.indicator_id)
    return Line(
        reminder=one,
        title=indicator.title if indicator else unknown,
        act=indicator.action if indicator else Title("", ""),
        place=known.full_place(one.township),
        mine=one.office_id in mine,
    )


def _kind(one: Indicator, office: Office, chosen: dict[str, str]) -> Kind:
    choice = chosen.get(one.code, Subscription.Choice.DECLARED)
    return Kind(one.code, one.title, choice, told.wish(office, one, chosen).least > 0)
