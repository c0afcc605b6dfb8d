"""Complaints, objections, appeals and requests by right at the desk: the nearest day first; taken in, given to somebody, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.models import Office, Officer
from jiuzhu.casework.accounts.permissions import allowed
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.cases import queries as cases
from jiuzhu.casework.cases.queries import who_may_take
from jiuzhu.casework.grievances import actions, queries
from jiuzhu.casework.grievances.actions import TITLES, NotLodged
from jiuzhu.casework.grievances.declared import kinds
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.notices import queries as notices
from jiuzhu.casework.referrals.actions import NoOffice, NotSaid
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.letters import PAGE_SIZE
from jiuzhu.portals.desk.posted import act_once, done, instant, refused_page, said, seen, viewer
from jiuzhu.rules.tree import Title

SHOWS = {
    "open": Title(zh="待答复", en="To be answered"),
    "late": Title(zh="逾期", en="Late"),
    "answered": Title(zh="已答复", en="Answered"),
}
CHANNELS = {
    "counter": Title(zh="窗口", en="Counter"),
    "phone": Title(zh="电话", en="Telephone"),
    "hotline": Title(zh="热线", en="Hotline"),
}
ALL_CHANNELS = {**CHANNELS, "portal": Title(zh="网上", en="Portal")}
REFUSED = Title(
    zh="没有收件：选一种事项，写明内容；申诉和复议须从所针对的文书登记。",
    en="Not taken in: choose what it is and say what it is about; an appeal is entered from the letter it is against.",
)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    shown = Paginator(queries.grievances(viewer=who, at=at, show=show), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = queries.counts(viewer=who, at=at)
    looks.shown("grievances.read", by=who, at=at, subjects=[actions.subject(one) for one in shown])
    context = {
        "section": "grievances", "page": shown, "show": show, "shows": [(code, title, counts[code]) for code, title in SHOWS.items()],
        "lines": [_line(one) for one in shown], "today": timezone.localdate(at), "said": said(request),
        "may_lodge": allowed(who, "grievances.lodge", on=None, at=at) is not None,
    }  # fmt: skip
    return render(request, "desk/grievances.html", context)


@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest) -> HttpResponse:
    """Take one in: by itself, for a case (`?case=`), or against a letter (`?letter=`)."""
    who, at = viewer(request), instant(request)
    given = request.POST if request.method == "POST" else request.GET
    letter = notices.within_reach(viewer=who, at=at).filter(key=given.get("letter", "")).first() if given.get("letter") else None
    case = cases.case(viewer=who, key=given.get("case", ""), at=at) if given.get("case") else None
    if (given.get("letter") and letter is None) or (given.get("case") and case is None):
        raise Http404
    refused = None
    if request.method == "POST":

        def act() -> dict[str, Any]:
            held, sent = posting(who, at=at), request.POST
            made = actions.lodge(
                sent.get("kind", ""), channel=sent.get("channel", ""), words=sent.get("words", ""), name=sent.get("name", ""),
                contact=sent.get("contact", ""), notice=letter, case=case, by=who, at=at,
                division_code=case.division_code if case is not None else held.division_code if held is not None else "",
            )  # fmt: skip
            zh, en = f"已收件，编号 {made.receipt}。", f"Taken in under number {made.receipt}."
            return done(zh, en, to=reverse("grievance", args=[made.key]))

        try:
            return act_once(request, act, back=reverse("grievance-new"))
        except NotLodged:
            refused = REFUSED
    about = "notice" if letter is not None else "none"
    context = {
        "section": "grievances", "letter": letter, "case": case, "channels": CHANNELS, "typed": given, "refused": refused,
        "kinds": [one for one in kinds().values() if about in one.about],
    }  # fmt: skip
    return render(request, "desk/grievance-new.html", context, status=422 if refused else 200)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = queries.grievance(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    held = found.grievance
    scope = actions.scope_of(held)
    context = {
        "section": "grievances", "found": found, "one": held, "line": _line(held), "today": timezone.localdate(at),
        "may_answer": allowed(who, "grievances.answer", on=scope, at=at) is not None,
        "takers": list(who_may_take(held.office, at=at)) if allowed(who, "grievances.assign", on=scope, at=at) else [],
        "may_ask": held.kind == "correction" and held.case is not None and held.referral is None,
        "departments": sorted(set(Office.objects.exclude(department="民政").values_list("department", flat=True))),
        "outcomes": TITLES, "answered": TITLES.get(held.outcome), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/grievance.html", context)


@require_POST
def assign(request: HttpRequest, key: str) -> HttpResponse:
    def act(held: Grievance) -> dict[str, Any]:
        to = Officer.objects.filter(account=request.POST.get("to", "")).first()
        if to is None:
            raise Http404
        actions.assign(grievance=held, to=to, seen=seen(request), by=viewer(request), at=instant(request))
        return done("已指定承办人。", "Somebody answers it now.", to=_back(key))

    return _on_one(request, key, act, Title(zh="承办人", en="Who answers"), request.POST.get("to", ""))


@require_POST
def ask(request: HttpRequest, key: str) -> HttpResponse:
    def act(held: Grievance) -> dict[str, Any]:
        sent = request.POST
        actions.ask_to_correct(
            grievance=held, department=sent.get("department", ""), asked=sent.get("asked", ""), seen=seen(request),
            by=viewer(request), at=instant(request),
        )  # fmt: skip
        return done("已送来源部门更正，答复后再答复本人。", "Sent to the department; answer once it has.", to=_back(key))

    try:
        return _on_one(request, key, act, Title(zh="请部门更正", en="To be put right"), request.POST.get("asked", ""))
    except (NoOffice, NotSaid) as refusal:
        return refused_page(request, refusal, back=_back(key))


@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    def act(held: Grievance) -> dict[str, Any]:
        sent = request.POST
        actions.answer(
            grievance=held, outcome=sent.get("outcome", ""), answer=sent.get("answer", ""), seen=seen(request),
            by=viewer(request), at=instant(request),
        )  # fmt: skip
        return done("已答复，答复书已出具。", "Answered; the letter is given.", to=_back(key))

    return _on_one(request, key, act, Title(zh="答复", en="Answer"), request.POST.get("answer", ""))


def _on_one(request: HttpRequest, key: str, act: Callable[[Grievance], dict[str, Any]], title: Title, yours: str) -> HttpResponse:
    held = queries.within_reach(viewer=viewer(request), at=instant(request)).filter(key=key).first()
    if held is None:
        raise Http404

    def both() -> list[Both]:
        now = Grievance.objects.select_related("owner").get(pk=held.pk)
        standing = TITLES[now.outcome] if now.outcome else now.owner.display_name if now.owner is not None else ""
        return [Both(title, standing, yours)]

    return act_once(request, lambda: act(held), back=_back(key), both=both)


def _line(one: Grievance) -> tuple[Any, ...]:
    return one, kinds()[one.kind].title, known.full_place(one.division_code), ALL_CHANNELS[one.channel], TITLES.get(one.outcome)


def _back(key: str) -> str:
    return reverse("grievance", args=[key])
