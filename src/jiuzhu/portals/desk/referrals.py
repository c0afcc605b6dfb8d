"""Referrals at the desk: a department reads what it is asked and answers; whoever referred sees who is silent, and adds what lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import Scope, allowed
from jiuzhu.casework.bundles.declared import library
from jiuzhu.casework.cases import findings
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.referrals import actions, queries
from jiuzhu.casework.referrals.actions import NoNeed, NoOffice, NotSaid
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.visits import queries as visit_queries
from jiuzhu.portals.desk import filling, known
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.posted import act_once, seen, went
from jiuzhu.portals.desk.today import households
from jiuzhu.rules.forms import Form
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed

SHOWN = 100
STATES: Mapping[str, tuple[str, Title]] = {
    "sent": ("info", Title("待接收", "to be taken up")),
    "asked": ("warn", Title("等补充", "waits for a supplement")),
    "accepted": ("warn", Title("接收了，等结果", "taken up, not done yet")),
    "reported": ("ok", Title("已办结", "done")),
    "refused": ("bad", Title("已退回", "sent back")),
}
CORRECTION = Title("更正数据", "Put data right")
ACTS: Mapping[str, Title] = {
    "accept": Title("接收", "taken up"),
    "ask": Title("要求补充", "asked for a supplement"),
    "supply": Title("已补充", "supplied"),
    "report": Title("办结", "done"),
    "refuse": Title("退回", "sent back"),
}
REFUSALS: Mapping[type, Title] = {
    NotSaid: Title(
        "没有写全：写明做什么；接收的写何时好（今天或以后），退回的选该找谁。",
        "Say what is done; when taking up, until when (today or later); when sending back, whose it is.",
    ),
    NoOffice: Title(
        "本地还没有登记这个部门的机构，请系统管理员先设立。",
        "No office of that department is registered here; ask the system administrator to open one.",
    ),
    NoNeed: Title("请选一项需求。", "Choose a need."),
}


@dataclass(frozen=True)
class Line:
    referral: Referral
    need: Title
    place: str
    state: tuple[str, Title]


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    return page(request)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, key: str = "") -> HttpResponse:
    """The referrals of the reader, nearest day first, one of them opened beside the list; its answer comes back here."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    done = request.GET.get("show") == "done"
    refused: Title | None = None
    if request.method == "POST":
        back = reverse("referral", args=[key])
        try:
            return act_once(request, lambda: _answered(request, key, back), back=back, both=lambda: _both(request, key))
        except NotSaid:
            refused = REFUSALS[NotSaid]
    today = timezone.localdate(at)
    rows = queries.referrals(viewer=viewer, at=at, state="done" if done else "open")
    reach = queries.within_reach(viewer=viewer, at=at).order_by()
    context: dict[str, Any] = {
        "section": "referrals",
        "today": today,
        "lines": [_line(one) for one in rows[:SHOWN]],
        "done": done,
        "counts": reach.aggregate(
            open=Count("pk", filter=Q(state="open")),
            done=Count("pk", filter=Q(state="done")),
            late=Count("pk", filter=Q(state="open", due_on__lt=today)),
            now=Count("pk", filter=Q(state="open", due_on=today)),
        ),
        "silences": [] if queries.offices_of(viewer, at=at) else queries.unanswered(viewer=viewer, at=at, today=today),
        "refused": refused,
        "typed": request.POST,
    }
    if key:
        context |= _opened(request, key)
    else:
        looks.shown("referrals.read", by=viewer, at=at, subjects=[actions.subject(line.referral) for line in context["lines"]])
    return render(request, "desk/referrals.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, case_key: str) -> HttpResponse:
    """Ask a department for a family: the need, what it shall do, and which answers of the visit it will read."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    case = queries.referable(viewer=viewer, case_key=case_key, at=at)
    if case is None:
        raise Http404
    visit_key = request.POST.get("visit", "") or request.GET.get("visit", "")
    visit = visit_queries.visit(viewer=viewer, key=visit_key, at=at) if visit_key else None
    if visit is not None and visit.visit.case_id != case.pk:
        raise Http404
    form, answers = (visit.form, visit.answers) if visit else (None, {})
    refused: Title | None = None
    if request.method == "POST":

        def act() -> dict[str, Any]:
            made = actions.make(
                case=case,
                need=request.POST.get("need", ""),
                asked=request.POST.get("asked", ""),
                who=request.POST.get("who", ""),
                by=viewer,
                at=at,
                task=visit.visit.task if visit else None,
                form=form,
                answers=answers,
                visit_key=visit.visit.key if visit else "",
                priority=visit.visit.task.priority if visit else 0,
            )
            return went(reverse("referral", args=[made.key]))

        try:
            return act_once(request, act, back=reverse("case", args=[case_key]), both=lambda: _both_asked(request, case))
        except tuple(REFUSALS) as told:
            refused = REFUSALS[type(told)]
    needs = visiting().duties.needs
    wanted = visit.visit.needs.split() if visit else []
    name = households(request, [visit.visit.task])[visit.visit.task.pk][0] if visit else ""
    place = known.full_place(case.division_code)
    context = {
        "section": "referrals",
        "case": case,
        "place": place,
        "visit": visit,
        "needs": [
            (need, need.code in wanted, _shows(form, need.shows, answers))
            for need in sorted(needs.values(), key=lambda one: one.code not in wanted)
        ],
        "chosen": request.POST.get("need", "") or (wanted[0] if wanted else ""),
        "who": request.POST.get("who", "") or _reached(request, case, name, place),
        "typed": request.POST,
        "refused": refused,
    }
    looks.shown("cases.read", by=viewer, at=at, on=subject(case))
    return render(request, "desk/refer.html", context, status=422 if refused else 200)


def _reached(request: HttpRequest, case: Case, name: str, place: str) -> str:
    """Whom it is about and how to reach them, as far as that is known and the reader may see it."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    grant = allowed(viewer, "referrals.make", on=Scope(case.division_code, household=case.household_key), at=at)
    known_facts = findings.found(case, grant=grant) if grant is not None else {}
    told = [known_facts[fact].text for fact in (findings.ADDRESS, findings.PHONE) if fact in known_facts]
    return " ".join(part for part in (name, *(told if findings.ADDRESS in known_facts else (place, *told))) if part)


def _answered(request: HttpRequest, key: str, back: str) -> dict[str, Any]:
    """Do what the page asks. Raises NotSaid, NotNow, Moved."""
    viewer, at, sent = request.viewer, request.asked_at, request.POST  # type: ignore[attr-defined]
    found = queries.within_reach(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        raise Http404
    act, said, sentence = sent.get("act", ""), sent.get("said", ""), sent.get("sentence", "")
    told: dict[str, Any] = {"referral": found, "said": said, "seen": seen(request), "by": viewer, "at": at}
    if act == "accept":
        actions.accept(until=day_typed(sent.get("until", "")), sentence=sentence, **told)
    elif act == "ask":
        actions.ask(**told)
    elif act == "report":
        actions.report(sentence=sentence, **told)
    elif act == "refuse":
        actions.refuse(belongs_to=sent.get("belongs_to", ""), **told)
    elif act == "supply":
        actions.supply(**told)
    else:
        raise NotSaid("choose what to answer")
    return went(back)


def _both(request: HttpRequest, key: str) -> list[Both]:
    """The newest answer beside the one that was sent."""
    found = queries.referral(viewer=request.viewer, key=key, at=request.asked_at)  # type: ignore[attr-defined]
    if found is None or not found.steps:
        return []
    newest, sent = found.steps[-1], request.POST
    act = ACTS.get(sent.get("act", ""), Title("", ""))
    return [
        Both(Title(zh="答复", en="Answer"), ACTS[newest.step.act], act),
        Both(Title(zh="内容", en="In words"), newest.said, sent.get("said", "")),
        Both(Title(zh="给家庭看的话", en="To the family"), newest.sentence, sent.get("sentence", "")),
    ]


def _both_asked(request: HttpRequest, case: Case) -> list[Both]:
    """What the department was asked before for that need, beside what it was asked now."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    reach = queries.within_reach(viewer=viewer, at=at).filter(case=case, need=request.POST.get("need", ""), state="open")
    standing = [queries.referral(viewer=viewer, key=one.key, at=at) for one in reach]
    return [Both(Title(zh="要部门做", en="What to do"), one.asked, request.POST.get("asked", "")) for one in standing if one]


def _opened(request: HttpRequest, key: str) -> dict[str, Any]:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    found = queries.referral(viewer=viewer, key=key, at=at)
    if found is None:
        raise Http404
    one = found.referral
    form = visiting().forms.get(found.form)
    may_refer = allowed(viewer, "referrals.make", on=Scope(one.division_code, household=one.case.household_key), at=at)
    possible = [act for act, (before, _) in actions.ROADS.items() if one.answer in before]
    taken = {step.step.act for step in found.steps}
    return {
        "found": found,
        "open": one,
        "line": _line(one),
        "answers": _shows(form, tuple(found.answers), found.answers),
        "steps": [(step, ACTS[step.step.act]) for step in found.steps],
        "acts": [act for act in possible if act not in taken and act != "supply"] if found.theirs else [],
        "may_supply": bool(may_refer) and "supply" in possible,
        "departments": sorted({need.department for need in visiting().duties.needs.values()} - {one.office.department}),
    }


def _line(one: Referral) -> Line:
    need = visiting().duties.needs.get(one.need)
    item = library().items.get(one.item)
    title = CORRECTION if one.need == actions.CORRECTION else Title(one.need, one.need)
    return Line(one, item.title if item else need.title if need else title, known.place(one.division_code), STATES[one.answer])


def _shows(form: Form | None, names: tuple[str, ...], answers: Mapping[str, Any]) -> list[filling.Answered]:
    """Those answers in words."""
    if form is None:
        return []
    return [
        filling.Answered(form.questions[name].asks, filling.in_words(form.questions[name], answers[name]))
        for name in names
        if name in answers and name in form.questions
    ]
