"""What an officer does to warnings: one form from the list or the drawer, a page that says what it causes, the act, a way back.

Every form works without script. An act on more than one household asks once more, with the numbers; a single one does not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.queries import who_may_take
from jiuzhu.casework.cases.tasks import office_of
from jiuzhu.casework.dispatch import actions, filters, queries
from jiuzhu.casework.dispatch.chosen import AllOf, Chosen, These
from jiuzhu.casework.dispatch.models import SavedFilter
from jiuzhu.casework.dispatch.refusals import WrongDay
from jiuzhu.portals.desk import beside, known
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.posted import REFUSALS, act_once, done, instant, refused_page, viewer
from jiuzhu.portals.desk.warnings import wanted_of
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed, local_day

SNOOZED_FOR = timedelta(days=30)  # what the form proposes
MARK = "~"  # between the number of a warning and what was seen of it
MOST_TICKED = 5_000  # more are chosen by the filter
REASONS = {
    "release": ("released_as_found", "must_visit"),
    "snooze": ("known_false", "data_being_corrected", "already_in_hand"),
    "transfer": ("lives_elsewhere", "wrong_place"),
    "take-back": ("by_mistake", "new_facts"),
    "settle": ("no_longer_so", "known_false", "already_in_hand"),
    "reopen": ("new_facts", "by_mistake"),
}
DOES = {
    "release": Title(zh="发布", en="Release"),
    "snooze": Title(zh="暂缓", en="Snooze"),
    "transfer": Title(zh="移交", en="Transfer"),
    "take-back": Title(zh="撤回", en="Take back"),
    "settle": Title(zh="处理提示", en="Settle hints"),
    "read": Title(zh="已阅", en="Mark read"),
    "reopen": Title(zh="重新打开", en="Open again"),
}
Act = Callable[[Chosen], dict[str, Any]]


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    def act(chosen: Chosen) -> dict[str, Any]:
        to = _taker(request)
        told = actions.release(chosen=chosen, to=to, **_told(request))
        zh = f"已发布 {told.warnings} 条预警，涉及 {told.households} 户；新增走访等任务 {told.new_tasks} 件"
        en = f"Released {told.warnings} warnings of {told.households} households; {told.new_tasks} new tasks"
        return done(zh, en, to=_back(request), undo=_numbers(chosen))

    return _asked(request, "release", act)


@require_POST
def snooze(request: HttpRequest) -> HttpResponse:
    def act(chosen: Chosen) -> dict[str, Any]:
        until = _day(request.POST.get("until", ""))
        n = actions.snooze(chosen=chosen, until=until, **_told(request))
        return done(f"已暂缓 {n} 条，到 {until} 再提醒", f"Snoozed {n} until {until}", to=_back(request), undo=_numbers(chosen))

    return _asked(request, "snooze", act)


@require_POST
def transfer(request: HttpRequest) -> HttpResponse:
    def act(chosen: Chosen) -> dict[str, Any]:
        code = request.POST.get("to_division", "").strip()
        n = actions.transfer(chosen=chosen, division_code=code, **_told(request))
        where = known.full_place(code)
        return done(f"已移交 {n} 条到{where}", f"Passed {n} to {where}", to=_back(request))

    return _asked(request, "transfer", act)


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    def act(chosen: Chosen) -> dict[str, Any]:
        n = actions.take_back(chosen=chosen, **_told(request))
        return done(f"已撤回 {n} 条，重新待发布", f"Took back {n}; they wait again", to=_back(request))

    return _asked(request, "take-back", act)


@require_POST
def read_hints(request: HttpRequest) -> HttpResponse:
    """Having read asks for no reason and no second look."""

    def act() -> dict[str, Any]:
        n = actions.settle_hints(chosen=_chosen(request), how="read", because="", by=viewer(request), at=instant(request))
        return done(f"已阅 {n} 条提示", f"Marked {n} hints read", to=_back(request))

    return act_once(request, act, back=_back(request), both=lambda: _both(request, "read", _numbers(_chosen(request))))


@require_POST
def settle_hints(request: HttpRequest) -> HttpResponse:
    def act(chosen: Chosen) -> dict[str, Any]:
        how = request.POST.get("how", "")
        n = actions.settle_hints(chosen=chosen, how=how, **_told(request))
        zh = {"visited": "已走访", "dismissed": "已忽略"}.get(how, how)
        return done(f"{zh} {n} 条提示", f"{n} hints {how}", to=_back(request))

    return _asked(request, "settle", act)


@require_POST
def reopen(request: HttpRequest, warning_id: str) -> HttpResponse:
    item = queries.warning(viewer=viewer(request), warning_id=warning_id, at=instant(request))
    if item is None:
        raise Http404

    def act() -> dict[str, Any]:
        actions.reopen(warning=item, seen=request.POST.get("seen", ""), **_told(request))
        return done("已重开，重新待发布", "Opened again; it waits to be released", to=reverse("warning", args=[warning_id]))

    return act_once(
        request, act, back=reverse("warning", args=[warning_id]), both=lambda: _both(request, "reopen", [item.warning_id])
    )


@require_POST
def save_filter(request: HttpRequest, of: str) -> HttpResponse:
    if of not in filters.KEPT:
        raise Http404
    words = request.POST.get("words", "")
    back = reverse(of) + ("?" + words if words else "")

    def act() -> dict[str, Any]:
        kept = filters.save_filter(
            of=of,
            name=request.POST.get("name", ""),
            words=words,
            shared="shared" in request.POST,
            by=viewer(request),
            at=instant(request),
        )
        return done(f"已保存筛选方案“{kept.name}”", f"Saved the filter “{kept.name}”", to=back)

    def both() -> list[Both]:
        mine = SavedFilter.objects.filter(owner=request.user.pk, of=of, name=request.POST.get("name", "").strip()[:40]).first()
        return [Both(Title(zh=mine.name, en=mine.name), mine.words, words)] if mine else []

    return act_once(request, act, back=back, both=both)


@require_POST
def remove_filter(request: HttpRequest, number: int) -> HttpResponse:
    kept = SavedFilter.objects.filter(pk=number).first()
    if kept is None:
        raise Http404
    back = reverse(kept.of)

    def act() -> dict[str, Any]:
        filters.remove_filter(saved=kept, by=viewer(request), at=instant(request))
        return done(f"已删除筛选方案“{kept.name}”", f"Removed the filter “{kept.name}”", to=back)

    return act_once(request, act, back=back)


def _asked(request: HttpRequest, what: str, act: Act) -> HttpResponse:
    """The act, if the form was confirmed or nothing has to be; else the page that says how many it is on and what it causes."""
    if "confirmed" in request.POST:
        chosen = _chosen(request)
        return act_once(request, lambda: act(chosen), back=_back(request), both=lambda: _both(request, what, _numbers(chosen)))
    try:
        chosen = _chosen(request)
        context = _effect(request, what, chosen)
    except REFUSALS as refusal:
        return refused_page(request, refusal, back=_back(request))
    reasons = codes.titles("handling_reason")
    context |= {
        "section": "warnings",
        "what": what,
        "chosen": chosen,
        "marked": request.POST.getlist("w") if isinstance(chosen, These) else [],
        "words": request.POST.get("words", ""),
        "back": _back(request),
        "reasons": {code: reasons[code] for code in REASONS[what]},
        "until": local_day(instant(request)) + SNOOZED_FOR,
        "tomorrow": local_day(instant(request)) + timedelta(days=1),
    }
    return render(request, "desk/confirm-warnings.html", context)


def _effect(request: HttpRequest, what: str, chosen: Chosen) -> dict[str, Any]:
    """What the act is on, read without doing it. A release is planned to the end."""
    if what == "release":
        told = actions.effect(chosen=chosen, by=viewer(request), at=instant(request))
        return {"effect": told, "warnings": told.warnings, "households": told.households, "takers": _takers(request, chosen)}
    rows = _rows(request, chosen)
    return {"warnings": rows.count(), "households": rows.values("household_id").distinct().count()}


def _rows(request: HttpRequest, chosen: Chosen) -> Any:
    if isinstance(chosen, AllOf):
        return queries.warnings(viewer=viewer(request), wanted=chosen.wanted, at=instant(request)).order_by()
    reach = queries.within_reach(viewer=viewer(request), operation="warnings.list", at=instant(request))
    return reach.filter(warning_id__in=chosen.numbers)


def _takers(request: HttpRequest, chosen: Chosen) -> list[Officer]:
    """Who could do the tasks of one township; nobody is offered for several at once."""
    places = {
        office_of(code) for code in _rows(request, chosen).order_by().values_list("division_code", flat=True).distinct()[:200]
    }
    return list(who_may_take(places.pop(), at=instant(request))) if len(places) == 1 else []


def _chosen(request: HttpRequest) -> Chosen:
    """What was ticked; with `all`, everything the filter of the list covers, as many as the page said."""
    if request.POST.get("all"):
        text = request.POST.get("expected", "")
        return AllOf(wanted_of(QueryDict(request.POST.get("words", ""))), int(text) if text.isdigit() else -1)
    marked = [mark.partition(MARK) for mark in request.POST.getlist("w")[:MOST_TICKED]]
    return These(tuple(number for number, _, _ in marked), {number: seen for number, _, seen in marked if seen})


def _both(request: HttpRequest, what: str, numbers: list[str]) -> list[Both]:
    """How the chosen warnings stand that are within reach, beside what was to be done."""
    reach = queries.within_reach(viewer=viewer(request), operation="warnings.list", at=instant(request))
    return beside.of_warnings(reach.filter(warning_id__in=numbers).order_by("pk"), yours=DOES[what])


def _numbers(chosen: Chosen) -> list[str]:
    return list(chosen.numbers) if isinstance(chosen, These) else []


def _told(request: HttpRequest) -> dict[str, Any]:
    note = request.POST.get("note", "").strip()[:200]
    return {"because": request.POST.get("because", ""), "note": note, "by": viewer(request), "at": instant(request)}


def _taker(request: HttpRequest) -> Officer | None:
    account = request.POST.get("to", "")
    return Officer.objects.filter(account=account).first() if account else None


def _day(text: str) -> date:
    day = day_typed(text)
    if day is None:
        raise WrongDay("choose the day on which it waits again")
    return day


def _back(request: HttpRequest) -> str:
    words = QueryDict(request.POST.get("words", ""))
    kept = [(name, value) for name in filters.KEPT["warnings"] for value in words.getlist(name)]
    return reverse("warnings") + ("?" + urlencode(kept) if kept else "")
