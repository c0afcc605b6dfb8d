"""Cases: the list by tags and classes, and one case: its people, warnings, tasks, tags, plan, advice, what was done and what is next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant, allowed, key_of, require
from jiuzhu.casework.accounts.places import NATION, parent
from jiuzhu.casework.cases import actions, codes, elsewhere, findings, plans, queries, tags
from jiuzhu.casework.cases.models import LIVE, Case, CaseTag, Member, PlanItem
from jiuzhu.casework.cases.refusals import NotOpen
from jiuzhu.casework.dispatch import actions as on_warnings
from jiuzhu.casework.dispatch import queries as of_dispatch
from jiuzhu.casework.dispatch.filters import saved_filters
from jiuzhu.casework.dispatch.refusals import WrongDay
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.trace.models import Event, EventSubject
from jiuzhu.casework.trace.sentences import sentence
from jiuzhu.portals.desk import beside, known, licences
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer
from jiuzhu.portals.desk.tasks import lines_of as task_lines
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.portals.desk.warnings import Choice, lines_of
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed, local_day
from jiuzhu.vocabulary.person_class import PersonClass

PAGE_SIZE = 40
EVENTS_SHOWN = 30
EMPTY_ITEMS = 2  # lines for new measures on the form of a plan
FAMILY_KEY = re.compile(r"[0-9]{6,15}-[0-9A-Za-z_-]{1,80}")
CLASSES = {one.code: Title(zh=one.zh, en=one.en) for one in PersonClass}
ACTS = (
    "cases.tag",
    "cases.confirm",
    "cases.plan",
    "cases.transfer",
    "cases.close",
    "cases.appoint",
    "cases.advise",
    "people.erase",
    "verification.authorise",
    "life.enter",
)


@dataclass(frozen=True)
class Line:
    """One case as the list shows it. hukou: the counties, other than where they live, in which members are registered."""

    case: Case
    name: str
    place: str
    tags: list[Title]
    hukou: list[str]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    wanted = _wanted(request)
    shown = Paginator(queries.cases(viewer=who, at=at, wanted=wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    cases = list(shown)
    grant = require(who, "cases.read", on=None, at=at)
    shown_names = names_of_cases(request, [one.pk for one in cases]) if grant.opens("personal") else {}
    tagged: dict[int, list[Title]] = {}
    for case, code in CaseTag.objects.filter(LIVE, case__in=[one.pk for one in cases]).values_list("case", "code"):
        if grant.opens("personal") and code in codes.tags():
            tagged.setdefault(case, []).append(codes.tags()[code].title)
    hukou = _hukou(cases)
    context = {
        "section": "cases",
        "may_see_registered": allowed(who, elsewhere.OPERATION, on=None, at=at),
        "page": shown,
        "lines": [
            Line(one, shown_names.get(one.pk, ""), known.place(one.division_code), tagged.get(one.pk, []), hukou.get(one.pk, []))
            for one in cases
        ],
        "wanted": wanted,
        "tags": [Choice(code, one.title, 0, code in wanted.tags) for code, one in codes.tags().items()],
        "saved": saved_filters(viewer=who, of="cases", at=at),
        "may_save": allowed(who, "filters.save", on=None, at=at),
        "said": said(request),
    }
    looks.shown(
        "cases.read",
        by=who,
        at=at,
        grant=grant,
        subjects=[actions.subject(one) for one in cases] if grant.opens("personal") else (),
    )
    return render(request, "desk/cases.html", context)


@require_GET
def one(request: HttpRequest, case_key: str) -> HttpResponse:
    """One case, what is next first."""
    case = _case(request, case_key)
    who, at, english = viewer(request), instant(request), request.english  # type: ignore[attr-defined]
    scope = queries.case_scope(case, who)
    grant = require(who, "cases.read", on=scope, at=at)
    tasks = task_lines(request, list(queries.tasks(viewer=who, at=at).filter(case=case)))
    plan = queries.plan(case)
    context = {
        "section": "cases",
        "case": case,
        "name": names_of_cases(request, [case.pk]).get(case.pk, "") if grant.opens("personal") else "",
        "place": known.full_place(case.division_code),
        "main_class": CLASSES.get(case.main_class) if grant.opens("personal") else None,
        "tasks": tasks,
        "next": tasks[0] if tasks else None,
        "warnings": lines_of(request, list(of_dispatch.of_case(viewer=who, case=case.pk, at=at)[:20])),
        "members": _members(request, case, grant),
        "hukou": _hukou([case]).get(case.pk, []),
        "found": facts_found(case, grant),
        "tags": _tags(case) if grant.opens("personal") else [],
        "tag_choices": codes.tags(),
        "plan": plan,
        "goal": queries.goal(plan) if plan and grant.opens("sensitive") else "",
        "items": items_of(plan.items.all() if plan else ()),
        "measures": codes.titles("measure"),
        "states": PlanItem.State.choices,
        "advice": [
            (one, opened(one.text, column="cases_advice.text", row=str(one.pk))) for one in case.advice.select_related("by")
        ]
        if grant.opens("sensitive")
        else [],
        "events": _events(case, english),
        "licences": licences.shown(case) if allowed(who, "verification.read", on=scope, at=at) else None,
        "acts": frozenset(name for name in ACTS if allowed(who, name, on=scope, at=at)),
        "advisers": list(Officer.objects.filter(assignments__role=actions.ADVISER, is_active=True).distinct()),
        "outcomes": codes.titles("case_outcome"),
        "reasons": codes.titles("handling_reason"),
        "today": local_day(instant(request)),
        "archives": allowed(who, "family.export", on=scope, at=at, purpose="casework") is not None,
        "said": said(request),
    }
    task = next((line.task.key for line in tasks if line.task.state == "open"), "")
    looks.shown("cases.read", by=who, at=at, grant=grant, on=actions.subject(case), task=task)
    return render(request, "desk/case.html", context)


@require_POST
def tag(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        until = request.POST.get("until", "")
        made = tags.tag(
            case=case, code=request.POST.get("code", ""), because=_text(request, "because"), by=viewer(request), at=instant(request),
            until=_until(until),
        )  # fmt: skip
        title = codes.tags()[made.code].title
        return f"已加标签“{title.zh}”", f"Tagged: {title.en}"

    return _on_case(
        request,
        case_key,
        act,
        both=lambda case: _both_tags(request, case, request.POST.get("code", ""), _text(request, "because")),
    )


@require_POST
def untag(request: HttpRequest, case_key: str, number: int) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        standing = case.tags.filter(pk=number).first()
        if standing is None:
            raise Http404
        tags.untag(tag=standing, because=_text(request, "because"), by=viewer(request), at=instant(request))
        return "已取下标签", "The tag is off"

    def both(case: Case) -> list[Both]:
        standing = case.tags.filter(pk=number).first()
        return _both_tags(request, case, standing.code if standing else "", Title(zh="取下", en="Taken off"))

    return _on_case(request, case_key, act, both=both)


@require_POST
def confirm(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        actions.confirm(case=case, by=viewer(request), at=instant(request), seen=seen(request))
        return "已确认家庭成员", "The members are confirmed"

    return _on_case(
        request, case_key, act, both=lambda case: beside.of_case(case, state=Title(zh="确认成员", en="Members confirmed"))
    )


@require_POST
def write_plan(request: HttpRequest, case_key: str) -> HttpResponse:
    """The next version, written on the page of the case or, with `family`, in the family's file."""

    def act(case: Case) -> tuple[str, str]:
        items = [plans.Item(measure, who, _until(until), state) for measure, who, until, state in _rows_of_plan(request)]
        made = plans.write_plan(
            case=case, goal=_text(request, "goal"), items=items, based_on=seen(request), by=viewer(request), at=instant(request)
        )
        return f"已保存帮扶计划第 {made.number} 版", f"Saved version {made.number} of the plan"

    family = request.POST.get("family", "")
    to = reverse("household", args=[family]) + "#plan" if FAMILY_KEY.fullmatch(family) else ""
    return _on_case(request, case_key, act, to=to, back=to, both=lambda case: _both_plans(request, case))


@require_POST
def appoint(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        adviser = Officer.objects.filter(account=request.POST.get("adviser", "")).first()
        actions.name_adviser(case=case, adviser=adviser, by=viewer(request), at=instant(request), seen=seen(request))
        name = adviser.display_name if adviser else ""
        return (f"救助顾问：{name}", f"Adviser: {name}") if adviser else ("已取消救助顾问", "No adviser now")

    return _on_case(request, case_key, act, both=lambda case: beside.of_case(case, adviser=request.POST.get("adviser", "")))


@require_POST
def advise(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        actions.advise(case=case, text=_text(request, "text", 2_000), by=viewer(request), at=instant(request))
        return "已记下顾问意见", "The advice is kept"

    return _on_case(request, case_key, act)


@require_POST
def transfer(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        told = {
            "division_code": _text(request, "to_division"),
            "because": _text(request, "because"),
            "note": _text(request, "note"),
        }
        on_warnings.transfer_case(case=case, by=viewer(request), at=instant(request), seen=seen(request), **told)
        return "个案已移交", "The case is passed on"

    return _on_case(
        request, case_key, act, to=reverse("cases"), both=lambda case: beside.of_case(case, where=_text(request, "to_division"))
    )


@require_POST
def close(request: HttpRequest, case_key: str) -> HttpResponse:
    def act(case: Case) -> tuple[str, str]:
        told = {"outcome": _text(request, "outcome"), "because": _text(request, "because")}
        actions.close_case(case=case, by=viewer(request), at=instant(request), seen=seen(request), **told)
        return "已结案", "The case is closed"

    return _on_case(request, case_key, act, both=lambda case: beside.of_case(case, state=_text(request, "because")))


def _on_case(
    request: HttpRequest,
    case_key: str,
    act: Any,
    *,
    to: str = "",
    back: str = "",
    both: Callable[[Case], list[Both]] | None = None,
) -> HttpResponse:
    case = _case(request, case_key)
    back = back or reverse("case", args=[case_key])

    def acted() -> dict[str, Any]:
        if case.state != Case.State.OPEN:
            raise NotOpen(f"{case.key} is closed; nothing was changed")
        zh, en = act(case)
        return done(zh, en, to=to or back)

    return act_once(request, acted, back=back, both=(lambda: both(case)) if both else None)


def _rows_of_plan(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    """The measures of the form, empty lines left out."""
    lists = [request.POST.getlist(name) for name in ("measure", "who", "until", "state")]
    return [row for row in zip(*lists, strict=False) if row[0]]


def _both_plans(request: HttpRequest, case: Case) -> list[Both]:
    grant = require(viewer(request), "cases.read", on=queries.case_scope(case, viewer(request)), at=instant(request))
    items = [beside.in_words(*row) for row in _rows_of_plan(request)]
    return beside.of_plan(case, goal=_text(request, "goal"), items=items, opens=grant.opens("sensitive"))


def _both_tags(request: HttpRequest, case: Case, code: str, yours: Title | str) -> list[Both]:
    """The newest row of a tag beside what was asked, as far as the reader may see tags."""
    grant = require(viewer(request), "cases.read", on=queries.case_scope(case, viewer(request)), at=instant(request))
    row = case.tags.filter(code=code).order_by("-pk").first() if grant.opens("personal") else None
    if row is None or code not in codes.tags():
        return []
    off = Title(zh=f"{row.ended_by} 已取下", en=f"Taken off by {row.ended_by}")
    now = off if row.ended_at else Title(zh=f"{row.by}，{row.since} 起", en=f"{row.by}, since {row.since}")
    return [Both(codes.tags()[code].title, now, yours)]


def _case(request: HttpRequest, key: str) -> Case:
    found = queries.case(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest) -> queries.CaseFilter:
    asked = request.GET
    return queries.CaseFilter(
        tags=tuple(code for code in asked.getlist("tag") if code in codes.tags()),
        main_class=asked.get("class", "") if asked.get("class", "") in CLASSES else "",
        divisions=tuple(text for text in asked.getlist("division") if text.isdigit() and len(text) in (6, 9, 12)),
        closed=asked.get("closed") == "1",
        unconfirmed=asked.get("unconfirmed") == "1",
        from_elsewhere=asked.get("elsewhere") == "1",
    )


@require_GET
def registered_here(request: HttpRequest) -> HttpResponse:
    """Families registered in the reader's divisions that live and are cared for in another county: where, since when, how far."""
    who, at = viewer(request), instant(request)
    shown = Paginator(elsewhere.cared_for_elsewhere(viewer=who, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
    families = elsewhere.told(list(shown), viewer=who, at=at)
    named = elsewhere.names_of(families, viewer=who, at=at)
    lines = [
        {
            "case": one.case,
            "names": [named[row.pk] for row in one.members if named.get(row.pk)],
            "count": len(one.members),
            "hukou": sorted({hukou_place(row.hukou_county) for row in one.members}),
            "place": known.full_place(one.case.division_code[:9]),
        }
        for one in families
    ]
    return render(request, "desk/registered-here.html", {"section": "cases", "page": shown, "lines": lines})


def hukou_place(county: str) -> str:
    """A county with the division above it; "" for none; another place where only that much is known."""
    if county in ("", NATION):
        return "外地（县区不详）" if county else ""
    above = parent(county)
    return " ".join(public.division_name(one) for one in (above, county) if one and one != NATION)


def facts_found(case: Case, grant: Grant) -> list[tuple[Title, findings.Found]]:
    """What visits found of a family, each fact by the words of the question that tells it."""
    asks = {one.tells: one.asks for form in visiting().forms.values() for one in form.questions.values() if one.tells}
    return [(asks.get(fact, Title(fact, fact)), one) for fact, one in findings.found(case, grant=grant).items()]


def _hukou(cases: list[Case]) -> dict[int, list[str]]:
    rows = Member.objects.filter(case__in=[one.pk for one in cases], until__isnull=True).exclude(hukou_county="")
    found: dict[int, list[str]] = {}
    for case, county in rows.values_list("case", "hukou_county").distinct().order_by("hukou_county"):
        found.setdefault(case, []).append(hukou_place(county))
    return found


def _members(request: HttpRequest, case: Case, grant: Any) -> list[dict[str, Any]]:
    rows = list(case.members.select_related("party").order_by("until", "since", "pk"))
    shown = findings.names_of(rows, by=key_of(viewer(request)), at=instant(request)) if grant.opens("personal") else {}
    relations = codes.titles("relation_to_head")
    personal = grant.opens("personal")
    return [
        {
            "row": row,
            "name": shown.get(row.pk, ""),
            "relation": relations.get(row.relation) if personal else None,
            "proof": row.party.get_proved_by_display(),
            "hukou": hukou_place(row.hukou_county),
        }
        for row in rows
    ]


def _tags(case: Case) -> list[tuple[CaseTag, Title]]:
    rows = case.tags.order_by("ended_at", "since", "pk")
    return [(row, codes.tags()[row.code].title) for row in rows if row.code in codes.tags()]


def items_of(items: Iterable[PlanItem]) -> list[dict[str, Any]]:
    """Lines for the form of a plan: the measures of the newest version, and some empty ones."""
    kept = [{"measure": one.measure, "who": one.who, "until": one.until, "state": one.state} for one in items]
    return kept + [{"measure": "", "who": "", "until": None, "state": "planned"} for _ in range(EMPTY_ITEMS)]


def _events(case: Case, english: bool) -> list[tuple[Event, str]]:
    """What was done to the case, newest first, with the names of those who did it. Looks at it and typed reasons stay in the record."""
    among = EventSubject.objects.filter(case_key=case.key).order_by("-pk").values_list("event", flat=True)[:EVENTS_SHOWN]
    done = Event.objects.filter(Q(case_key=case.key) | Q(pk__in=list(among))).exclude(operation__in=("cases.read", "tasks.read"))
    rows = list(done.order_by("-at", "-pk")[:EVENTS_SHOWN])
    for row in rows:
        row.because = ""
    named = dict(Officer.objects.filter(account__in={row.who for row in rows}).values_list("account", "display_name"))
    return [(row, sentence(row, english=english, named=named)) for row in rows]


def _until(text: str) -> date | None:
    """A day, or none where none is wanted. Raises WrongDay."""
    if text and day_typed(text) is None:
        raise WrongDay("choose a day of the calendar, or leave it empty")
    return day_typed(text)


def _text(request: HttpRequest, name: str, longest: int = 200) -> str:
    return request.POST.get(name, "").strip()[:longest]
