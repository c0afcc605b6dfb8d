"""Verification: what is under way, who has signed and who has not, and a report beside the numbers of its day and what a visit found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import allowed, require
from jiuzhu.casework.cases import queries as of_cases
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.verification import (
    asking,
    authorising,
    meetings,
    objecting,
    printing,
    queries,
    reporting,
    rounds,
    sources,
    wording,
)
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import LIVE, Authorisation, Objection, Report, Request
from jiuzhu.casework.verification.people import who as known_people
from jiuzhu.portals.desk import known, licences
from jiuzhu.portals.desk.posted import act_once, done, instant, refused_page, said, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import BEIJING, day_typed, local_day

PAGE_SIZE = 40
A_YEAR = timedelta(days=364)
ACTS = (
    "verification.authorise", "verification.withdraw", "verification.request", "verification.issue", "verification.object",
    "verification.answer",
)  # fmt: skip
SHOWN = ("inconsistent", "not_declared", "late", "refused")
HOW = {
    "electronic": Title(zh="电子授权", en="on a screen"),
    "remote": Title(zh="远程授权", en="from far away"),
    "paper": Title(zh="纸质授权", en="on paper"),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is under way, that due first first, and the reports."""
    who, at = viewer(request), instant(request)
    shown = Paginator(queries.reports(viewer=who, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = list(queries.requests(viewer=who, at=at)[:PAGE_SIZE])
    names = names_of_cases(request, [one.case_id for one in [*waiting, *shown]])
    context = {
        "section": "verification",
        "page": shown,
        "waiting": [(one, names.get(one.case_id, ""), _business(one.template), queries.late(one).count()) for one in waiting],
        "reports": [(one, names.get(one.case_id, ""), known.place(one.division_code), wording.TITLES[one.kind]) for one in shown],
        "now": at,
        "may_see_sources": allowed(who, "verification.sources", on=None, at=at),
        "said": said(request),
    }
    return render(request, "desk/verifications.html", context)


@require_GET
def standing_of_sources(request: HttpRequest) -> HttpResponse:
    """Every source: what it answers for, how it is reached, and how it answered lately."""
    at = instant(request)
    require(viewer(request), "verification.sources", on=None, at=at)
    context = {
        "section": "verification",
        "sources": sources.standing(at=at),
        "may_see_clients": allowed(viewer(request), "clients.read", on=None, at=at),
    }
    return render(request, "desk/verification-sources.html", context)


@require_GET
def family(request: HttpRequest, case_key: str) -> HttpResponse:
    """Who of a family has signed what, links under way, and the one button that asks every source."""
    case = _case(request, case_key)
    who, at = viewer(request), instant(request)
    scope = of_cases.case_scope(case, who)
    grant = require(who, "verification.read", on=scope, at=at)
    people = [one.party for one in case.members.filter(until__isnull=True).select_related("party").order_by("pk")]
    told = known_people(people, by=request.user.get_username(), at=at) if grant.opens("personal") else {}
    today = local_day(at)
    context = {
        "section": "verification",
        "case": case,
        "place": known.full_place(case.division_code),
        "people": [
            (
                one,
                told[one.party.key].name if one.party.key in told else "",
                told[one.party.key].age(today) if one.party.key in told else None,
                HOW.get(one.authorisation.how) if one.authorisation else None,
            )
            for one in queries.standings(case, people, at=at)
        ],
        "links": {
            one.party.key: request.build_absolute_uri(reverse("help-sign", args=[authorising.token_of(one.link)]))
            for one in queries.standings(case, people, at=at)
            if one.link is not None and allowed(who, "verification.authorise", on=scope, at=at)
        },
        "consents": verifying().consents.values(),
        "templates": [one for one in verifying().templates.values() if not one.client],
        "businesses": [one for one in verifying().templates.values() if one.client],
        "elsewhere": [
            (one, _business(one.purpose))
            for one in Authorisation.objects.filter(LIVE, case=case, until__gte=today)
            .exclude(purpose=authorising.PURPOSE)
            .order_by("pk")
        ],
        "regions": [(code, known.place(code) or code) for code in _regions()],
        "licences": licences.shown(case),
        "until": today + A_YEAR,
        "today": today,
        "all_signed": bool(people) and all(one.holds for one in queries.standings(case, people, at=at)),
        "requests": Request.objects.filter(case=case).order_by("-pk")[:5],
        "reports": [(one, wording.TITLES[one.kind]) for one in Report.objects.filter(case=case).order_by("-pk")[:5]],
        "acts": frozenset(name for name in ACTS if allowed(who, name, on=scope, at=at)),
        "said": said(request),
    }
    return render(request, "desk/verification-family.html", context)


def _regions() -> list[str]:
    """The divisions of other regions whose platforms this one is connected to."""
    return sorted(one.removeprefix(asking.REGION) for one in rounds.connected() if one.startswith(asking.REGION))


def _instant(text: str) -> datetime:
    """As a browser sends a local time of here; one that is none never was."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        return datetime.max.replace(tzinfo=BEIJING)


def _purposes() -> tuple[str, ...]:
    """What somebody may sign for: assistance itself, and each business of another department (SF281)."""
    return (authorising.PURPOSE, *(one.code for one in verifying().templates.values() if one.client))


@require_POST
def authorise(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> dict[str, Any]:
        party, signer = _party(case, request.POST.get("party", "")), request.POST.get("signer", "")
        made = authorising.authorise(
            case=case, party=party, consents=request.POST.getlist("consents"), until=_day(request.POST.get("until", "")),
            how=_one_of(request.POST.get("how", ""), ("paper", "electronic")), why="guardian" if signer else "adult",
            signer=_party(case, signer) if signer else None, by=viewer(request), at=instant(request),
            purpose=_one_of(request.POST.get("purpose", authorising.PURPOSE), _purposes()),
        )  # fmt: skip
        return done(f"授权书 {made.number} 已登记并盖戳", f"Authorisation {made.number} is entered and signed", to=_family(case))

    return _on_case(request, case_key, act)


@require_POST
def link(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> dict[str, Any]:
        party = _party(case, request.POST.get("party", ""))
        authorising.link(
            case=case, party=party, until=_day(request.POST.get("until", "")), by=viewer(request), at=instant(request)
        )
        return done(
            "链接已生成，见该成员一行；只发给本人。",
            "The link stands beside the person; send it to them alone.",
            to=_family(case),
        )

    return _on_case(request, case_key, act)


@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(Authorisation.objects.select_related("case", "party"), key=key)
    _case(request, found.case.key)

    def act() -> dict[str, Any]:
        authorising.withdraw(authorisation=found, by=viewer(request), at=instant(request))
        return done("已收回，马上停止查询", "Taken back; nothing is asked any more", to=_family(found.case))

    return act_once(request, act, back=_family(found.case))


@require_POST
def begin(request: HttpRequest, case_key: str) -> HttpResponse:
    """One click: everybody's sources are asked by the worker within seconds."""

    def act(case: Case) -> dict[str, Any]:
        people = [one.party for one in case.members.filter(until__isnull=True).select_related("party").order_by("pk")]
        template = _one_of(request.POST.get("template", ""), tuple(verifying().templates))
        asked = {one.key: request.POST.get(f"region-{place}", "") for place, one in enumerate(people, start=1)}
        regions = {key: region for key, region in asked.items() if region in _regions()}
        asking.request(
            case=case,
            parties=people,
            about=subject(case),
            template=template,
            regions=regions,
            by=viewer(request),
            at=instant(request),
        )
        return done("已发起核对，正在向各来源查询", "Begun: every source is being asked", to=_family(case))

    return _on_case(request, case_key, act)


@require_POST
def issue(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(Request.objects.select_related("case"), key=key)
    _case(request, found.case.key)

    def act() -> dict[str, Any]:
        made = reporting.issue(request=found, by=viewer(request), at=instant(request))
        return done(f"已出具 {made.number}", f"{made.number} is issued", to=reverse("verification-report", args=[made.key]))

    return act_once(request, act, back=_family(found.case))


@require_GET
def report(request: HttpRequest, key: str) -> HttpResponse:
    """The report, item by item and person by person; `state` shows only the items in which somebody's answer stands so."""
    found = _report(request, key)
    who, at = viewer(request), instant(request)
    english = request.english  # type: ignore[attr-defined]
    lang: Any = "en" if english else "zh"
    told = queries.read(found, by=who, at=at)
    state = request.GET.get("state", "")
    groups, plain = wording.groups(told, lang, only=state if state in wording.STATES else "", all_items="all" in request.GET)
    scope = of_cases.case_scope(found.case, who)
    context = {
        "section": "verification",
        "report": found,
        "title": wording.TITLES[found.kind],
        "under": wording.under(told, known.full_place(found.division_code), lang),
        "people": [one["name"] or wording.placed(at, lang) for at, one in enumerate(told["people"], start=1)],
        "groups": groups,
        "plain": plain,
        "state": state,
        "chips": [(code, wording.STATES[code], getattr(found, code)) for code in wording.STATES],
        "filters": [(code, wording.STATES[code], getattr(found, code)) for code in SHOWN],
        "all_items": "all" in request.GET,
        "limits": wording.limits(told, lang),
        "levels": [(wording.LEVELS[one["level"]], one) for one in told["levels"]],
        "end": wording.end(told, lang),
        "holds": reporting.holds(found),
        "check": printing.address_of(found),
        "issuer": Officer.objects.filter(account=found.issued_by).values_list("display_name", flat=True).first(),
        "followed": list(found.followed_by.order_by("pk")),
        "meetings": [
            (one, minutes, known.place(one.region) or one.region) for one, minutes in meetings.meetings_of(found.request)
        ],
        "regions": [(code, known.place(code) or code) for code in meetings.regions_of(found.request)],
        "objections": [(one, objecting.said_in(one), objecting.answer_in(one)) for one in queries.objections(found)],
        "parties": [(one["person"], one["name"] or wording.placed(at, lang)) for at, one in enumerate(told["people"], start=1)],
        "visit": found.case.tasks.filter(kind__in=("visit", "second_visit")).order_by("-pk").first(),
        "acts": frozenset(name for name in ACTS if allowed(who, name, on=scope, at=at)),
        "said": said(request),
    }
    return render(request, "desk/verification.html", context)


@require_GET
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """The report on paper, the same bytes each time."""
    found = _report(request, key)
    try:
        content = printing.printed(found, by=viewer(request), at=instant(request))
    except printing.CannotPrint as refusal:
        return refused_page(request, refusal, back=reverse("verification-report", args=[key]))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return answer


@require_POST
def object_to(request: HttpRequest, key: str) -> HttpResponse:
    found, back = _report(request, key), reverse("verification-report", args=[key])

    def act() -> dict[str, Any]:
        party = get_object_or_404(Party, key=request.POST.get("party", ""))
        made = objecting.object_to(
            report=found, party=party, said=request.POST.get("said", "")[:2000], by=viewer(request), at=instant(request)
        )
        return done(f"异议已登记，{made.due_on} 前答复", f"Entered; to be answered by {made.due_on}", to=back)

    return act_once(request, act, back=back)


@require_POST
def meet(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the record of a meeting with another region that was asked."""
    found, back, sent = _report(request, key), reverse("verification-report", args=[key]), request.POST

    def act() -> dict[str, Any]:
        lasted = sent.get("minutes", "")
        told = meetings.Minutes(
            sent.get("region", ""), _instant(sent.get("held_at", "")), int(lasted) if lasted.isdecimal() and len(lasted) < 4 else 0,
            sent.get("participants", "")[:1000], sent.get("shown", "")[:2000], sent.get("settled", "")[:2000],
        )  # fmt: skip
        meetings.keep(request=found.request, told=told, by=viewer(request), at=instant(request))
        return done("连线记录已保存", "The record of the meeting is kept", to=back)

    return act_once(request, act, back=back)


@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(Objection.objects.select_related("report__case"), key=key)
    back = reverse("verification-report", args=[_report(request, found.report.key).key])

    def act() -> dict[str, Any]:
        upheld = request.POST.get("upheld") == "yes"
        objecting.answer(
            objection=found,
            upheld=upheld,
            because=request.POST.get("because", "")[:2000],
            by=viewer(request),
            at=instant(request),
        )
        zh, en = ("已答复，正在复核", "Answered; it is looked at again") if upheld else ("已答复", "Answered")
        return done(zh, en, to=back)

    return act_once(request, act, back=back)


def _report(request: HttpRequest, key: str) -> Report:
    found = queries.report(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404
    return found


def _case(request: HttpRequest, key: str) -> Case:
    found = of_cases.case(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404
    return found


def _on_case(request: HttpRequest, key: str, act: Callable[[Case], dict[str, Any]]) -> HttpResponse:
    case = _case(request, key)
    return act_once(request, lambda: act(case), back=_family(case))


def _family(case: Case) -> str:
    return reverse("verification-family", args=[case.key])


def _party(case: Case, key: str) -> Party:
    """Somebody of the family; who is not is not there."""
    return get_object_or_404(Party, key=key, memberships__case=case, memberships__until__isnull=True)


def _business(code: str) -> Title:
    return verifying().templates[code].title if code in verifying().templates else Title(zh=code, en=code)


def _one_of(text: str, words: tuple[str, ...]) -> str:
    return text if text in words else words[0]


def _day(text: str) -> date:
    day = day_typed(text)
    if day is None:
        raise authorising.WrongTerm("choose the last day of the authorisation")
    return day
