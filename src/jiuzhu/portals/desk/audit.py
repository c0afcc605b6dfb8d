"""Supervision: odd looks, whether the record is sealed, files opened in emergencies, and the trace of one person or one family."""

from __future__ import annotations

import csv
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiuzhu.casework.accounts import emergencies
from jiuzhu.casework.accounts.bonds import Emergency
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, allowed
from jiuzhu.casework.supervision import actions, investigations, queries
from jiuzhu.casework.supervision.models import Oddity
from jiuzhu.casework.trace import sealing
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.once import OtherContent
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.casework.trace.sentences import words
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.posted import act_once, instant, refused_page, told_once, went
from jiuzhu.portals.desk.posted import viewer as viewer_of
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed

PAGE_SIZE, FEW = 40, 8
SHORTEST_REASON = 6
_CHINA = ZoneInfo("Asia/Shanghai")
REASONS = {
    "own": Title(zh="自己家", en="own household"),
    "kin": Title(zh="近亲属家", en="kin"),
    "address": Title(zh="同一住址或邻居", en="same address"),
    "colleague": Title(zh="同事家", en="a colleague's household"),
    "burst": Title(zh="一小时内看了很多家", en="many families within an hour"),
    "often": Title(zh="反复看同一家", en="the same family again and again"),
    "night": Title(zh="深夜", en="at night"),
    "no_task": Title(zh="没有任务", en="no task"),
}
OUTCOMES = {
    "explained": Title(zh="已说明，属正常办理", en="Explained: ordinary work"),
    "warned": Title(zh="已提醒本人", en="The officer was warned"),
    "passed_on": Title(zh="转纪检监察", en="Passed on to discipline inspection"),
}
LATE = {
    sealing.Lateness.NONE: Title(zh="完整，按时封存", en="Whole and sealed in time"),
    sealing.Lateness.ALARM: Title(zh="封存迟了，请找系统管理员", en="Sealing is late: call the system administrator"),
    sealing.Lateness.STOP: Title(zh="封存停了，支付和导出已停", en="Sealing stopped: payments and exports are held"),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    queries.noted_look(viewer=viewer, operation="events.read", at=at)
    may = {name: allowed(viewer, name, on=None, at=at) is not None for name in (
        "oddities.read", "emergencies.read", "events.trace", "events.export",
    )}  # fmt: skip
    week = queries.events(viewer=viewer, wanted=queries.Wanted(since=at - queries.WEEK), at=at)
    odd = queries.oddities(viewer=viewer, at=at) if may["oddities.read"] else Oddity.objects.none()
    opened = emergencies.in_reach(viewer=viewer, at=at) if may["emergencies.read"] else Emergency.objects.none()
    context = {
        "section": "audit",
        "may_trace": may["events.trace"],
        "may_list_incidents": allowed(viewer, "incidents.list", on=None, at=at) is not None,
        "sums": {
            "acts": week.count(),
            "people": week.order_by().values("who").distinct().count(),
            "odd": odd.filter(state="open").count(),
            "refused": week.filter(outcome="refused").count(),
            "waiting": opened.filter(state="waiting").count(),
        },
        "odd": _odd_lines(list(odd.filter(state="open")[:FEW])),
        "settled": odd.filter(state="closed").count(),
        "emergencies": _emergency_lines(list(opened[:FEW]), at),
        "seals": _seals(at),
        "newest": queries.told(list(week[:FEW]), english=_english(request), grant=request.grant),  # type: ignore[attr-defined]
        **may,
    }
    context |= {name.replace(".", "_"): held for name, held in may.items()}
    return render(request, "desk/audit.html", context)


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """The record under filters; of one account it is that person's trace, which whoever may trace sees with families and reasons."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    wanted = _wanted(request)
    traced = bool(wanted.who) and allowed(viewer, "events.trace", on=None, at=at) is not None
    grant = queries.noted_look(viewer=viewer, operation="events.trace" if traced else "events.read", who=wanted.who, at=at)
    shown = Paginator(queries.events(viewer=viewer, wanted=wanted, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "section": "audit", "page": shown, "wanted": wanted, "asked": request.GET,
        "lines": queries.told(list(shown), english=_english(request), grant=grant),
        "operations": sorted(words("operation").items()),
        "whose": Officer.objects.filter(account=wanted.who).first() if wanted.who else None,
        "events_export": allowed(viewer, "events.export", on=None, at=at) is not None,
    }  # fmt: skip
    return render(request, "desk/events.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What the filters show, as CSV with each event's sentence."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    grant = queries.noted_look(viewer=viewer, operation="events.export", at=at)
    rows = queries.events(viewer=viewer, wanted=_wanted(request), at=at, operation="events.export")[: queries.MOST_EXPORTED]
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="events.csv"'
    writer = csv.writer(answer)
    writer.writerow(("at", "who", "role", "division", "operation", "outcome", "sentence"))
    for one in queries.told(list(rows), english=_english(request), grant=grant):
        event = one.event
        told = (
            event.at.astimezone(_CHINA).isoformat(),
            event.who,
            event.role,
            event.division_code,
            event.operation,
            event.outcome,
        )
        writer.writerow([_as_text(cell) for cell in (*told, one.sentence)])
    return answer


@require_GET
def sample(request: HttpRequest) -> HttpResponse:
    """Looks of the week drawn by lot, for a person to go through."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    grant = queries.noted_look(viewer=viewer, operation="events.trace", at=at)
    lines = queries.told(queries.sample(viewer=viewer, at=at), english=_english(request), grant=grant)
    return render(request, "desk/sample.html", {"section": "audit", "lines": lines})


@require_http_methods(["GET", "POST"])
def family(request: HttpRequest) -> HttpResponse:
    """Who looked at one family, when and why. The number and the reason are sent, not written into an address others could read."""
    household, because = request.POST.get("household", "").strip(), request.POST.get("because", "").strip()
    context: dict[str, Any] = {"section": "audit", "household": household, "because": because}
    status = 200
    if request.method == "POST":
        if len(because) < SHORTEST_REASON or not household:
            context["wrong"], status = True, 422
        else:
            grant, rows = queries.trace_of_family(
                household=household, division_code=queries.division_of(household), because=because,
                viewer=request.viewer, at=request.asked_at,  # type: ignore[attr-defined]
            )  # fmt: skip
            context["lines"] = queries.told(list(rows[: PAGE_SIZE * 5]), english=_english(request), grant=grant)
            context |= _investigations(request, household)
            context["emergencies"] = _emergency_lines(list(emergencies.of_household(household)), request.asked_at)  # type: ignore[attr-defined]
    return render(request, "desk/family_trace.html", context, status=status)


def _investigations(request: HttpRequest, household: str) -> dict[str, Any]:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    where = Scope(queries.division_of(household), household=household)
    found = investigations.in_reach(viewer=viewer, household=household, at=at)
    return {
        "may_protect": allowed(viewer, "investigations.begin", on=where, at=at) is not None,
        "investigations": [(one, at < one.until) for one in found],
    }


@require_GET
def odd(request: HttpRequest, key: str) -> HttpResponse:
    return _odd(request, key)


@require_POST
def settle(request: HttpRequest, key: str) -> HttpResponse:
    kept = _oddity(request, key)
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")

    def act() -> dict[str, Any]:
        actions.settle(oddity=kept, outcome=outcome, note=note, by=viewer_of(request), at=instant(request))
        return went(reverse("audit"))

    try:
        return act_once(request, act, back=reverse("odd", args=[key]), both=lambda: _both(request, key))
    except actions.NotSettled:
        return _odd(request, key, wrong=True)


@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """Open a family elsewhere for a day, because it cannot wait."""
    household, reason = request.POST.get("household", "").strip(), request.POST.get("reason", "").strip()
    context: dict[str, Any] = {"section": "", "household": household, "reason": reason}
    if request.method == "POST":

        def act() -> dict[str, Any]:
            where = queries.division_of(household)
            context["made"] = emergencies.begin(
                household=household, division_code=where, reason=reason, by=viewer_of(request), at=instant(request)
            )
            return went(reverse("household", args=[household]))

        try:
            told, new = told_once(request, act)
            if not new:
                return redirect(told["to"])
        except emergencies.NotOpened as refusal:
            context["wrong"] = refusal.again
        except OtherContent as refusal:
            return refused_page(request, refusal, back=request.path)
    return render(request, "desk/emergency.html", context, status=422 if "wrong" in context else 200)


@require_POST
def see(request: HttpRequest, key: str) -> HttpResponse:
    reach = emergencies.in_reach(viewer=request.viewer, at=request.asked_at)  # type: ignore[attr-defined]
    kept = reach.filter(key=key).first()
    if kept is None:
        raise Http404

    def act() -> dict[str, Any]:
        because = request.POST.get("because", "").strip()
        now = emergencies.see(emergency=kept, because=because, by=viewer_of(request), at=instant(request))
        if now.seen_by_id != request.user.pk:
            raise Moved(f"{key} was seen before by somebody else; nothing was changed")
        return went(reverse("audit"))

    def both() -> list[Both]:
        now = Emergency.objects.select_related("seen_by").get(pk=kept.pk)
        who = now.seen_by.display_name if now.seen_by else ""
        return [Both(Title(zh="核看", en="Seen by"), who, request.POST.get("because", "").strip())]

    return act_once(request, act, back=reverse("audit"), both=both)


def _both(request: HttpRequest, key: str) -> list[Both]:
    """How an odd look was settled beside what was sent; the note as far as the reader opens what is personal."""
    now, grant = _oddity(request, key), allowed(viewer_of(request), "oddities.read", on=None, at=instant(request))
    opens = grant is not None and grant.opens("personal")
    return [
        Both(Title(zh="结果", en="Outcome"), OUTCOMES.get(now.outcome, ""), OUTCOMES.get(request.POST.get("outcome", ""), "")),
        Both(Title(zh="核实情况", en="What was found out"), queries.note_of(now) if opens else "", request.POST.get("note", "")),
    ]


def _odd(request: HttpRequest, key: str, *, wrong: bool = False) -> HttpResponse:
    kept, viewer, at = _oddity(request, key), request.viewer, request.asked_at  # type: ignore[attr-defined]
    grant = allowed(viewer, "oddities.read", on=None, at=at)
    if grant is None:
        raise NotAllowed("oddities.read")
    rows = list(Event.objects.filter(pk__in=kept.events).order_by("at", "pk"))
    context = {
        "section": "audit",
        "line": _odd_lines([kept])[0],
        "lines": queries.told(rows, english=_english(request), grant=grant),
        "opens": grant.opens("personal"),
        "note": queries.note_of(kept) if grant.opens("personal") else "",
        "outcome": OUTCOMES.get(kept.outcome),
        "outcomes": OUTCOMES,
        "may_settle": kept.state == "open" and allowed(viewer, "oddities.answer", on=None, at=at) is not None,
        "wrong": wrong,
        "typed": request.POST,
    }
    return render(request, "desk/odd.html", context, status=422 if wrong else 200)


def _oddity(request: HttpRequest, key: str) -> Oddity:
    reach = queries.oddities(viewer=request.viewer, at=request.asked_at)  # type: ignore[attr-defined]
    found = reach.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _odd_lines(rows: list[Oddity]) -> list[tuple[Oddity, str, list[Title]]]:
    names = dict(Officer.objects.filter(account__in={one.who for one in rows}).values_list("account", "display_name"))
    return [(one, names.get(one.who, one.who), [REASONS[reason] for reason in one.reasons]) for one in rows]


def _emergency_lines(rows: list[Emergency], at: datetime) -> list[tuple[Emergency, str, bool]]:
    return [(one, emergencies.reason_of(one), one.state == "waiting" and at >= emergencies.due(one)) for one in rows]


def _seals(at: datetime) -> dict[str, Any]:
    late = sealing.sealing_late(at)
    return {"late": late, "title": LATE[late], "good": late is sealing.Lateness.NONE, "last": sealing.last_seal()}


def _wanted(request: HttpRequest) -> queries.Wanted:
    asked = request.GET
    since, until = (day_typed(asked.get(name, "")) for name in ("since", "until"))
    return queries.Wanted(
        who=asked.get("who", "").strip(),
        operation=asked.get("operation", "") if asked.get("operation", "") in words("operation") else "",
        outcome=asked.get("outcome", "") if asked.get("outcome", "") in Event.Outcome.values else "",
        since=datetime.combine(since, time(), _CHINA) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), _CHINA) if until else None,
    )


def _as_text(cell: str) -> str:
    """A sheet takes what begins so for a formula (H2)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _english(request: HttpRequest) -> bool:
    return bool(request.english)  # type: ignore[attr-defined]
