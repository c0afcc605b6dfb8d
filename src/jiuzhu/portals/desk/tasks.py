"""The tasks of a division: what is due, who does it, what went up a tier; giving them, taking them back, passing them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import allowed, allowed_each, key_of
from jiuzhu.casework.cases import codes, queries
from jiuzhu.casework.cases import tasks as actions
from jiuzhu.casework.cases.findings import HEADS
from jiuzhu.casework.cases.models import Member, Task
from jiuzhu.casework.cases.refusals import CannotHold
from jiuzhu.casework.dispatch import queries as of_dispatch
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.portals.desk import beside, known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer
from jiuzhu.portals.desk.warnings import Choice
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import local_day

PAGE_SIZE = 40
DUE = {
    "": Title(zh="全部待办", en="All open"),
    "late": Title(zh="已逾期", en="Overdue"),
    "today": Title(zh="今天到期", en="Due today"),
    "week": Title(zh="本周内到期", en="Due this week"),
    "later": Title(zh="以后", en="Later"),
}


@dataclass(frozen=True)
class Line:
    """One task as the table shows it. warnings: how many it is for. acts: what the reader may do to it; takers: who could do it."""

    task: Task
    name: str
    place: str
    title: Title
    warnings: int
    raised_to: str
    acts: frozenset[str]
    takers: list[Officer]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The open tasks within reach, those due first first; the offices below that have something late."""
    who, at, today = viewer(request), instant(request), local_day(instant(request))
    wanted = wanted_of(request)
    found = queries.tasks(viewer=who, at=at, wanted=wanted, today=today)
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    everything = queries.tasks(viewer=who, at=at)
    context: dict[str, Any] = {
        "section": "tasks",
        "wanted": wanted,
        "page": shown,
        "lines": lines_of(request, list(shown)),
        "today": today,
        "due": [
            (code, title, n, code == wanted.due)
            for (code, title), n in zip(DUE.items(), _counted(everything, today), strict=True)
        ],
        "kinds": _kinds(everything, wanted),
        "said": said(request),
        "offices": _late_offices(request, today) if _is_above(request) else [],
    }
    looks.shown("tasks.read", by=who, at=at, subjects=[actions.subject(line.task) for line in context["lines"]])
    return render(request, "desk/tasks.html", context)


@require_POST
def assign(request: HttpRequest, task_key: str) -> HttpResponse:
    task = _task(request, task_key)

    def act() -> dict[str, Any]:
        to = Officer.objects.filter(account=request.POST.get("to", "")).first()
        if to is None:
            raise CannotHold(f"{task.key}: choose who does it")
        actions.assign(task=task, to=to, by=viewer(request), at=instant(request), seen=seen(request))
        return done(f"已派给 {to.display_name}", f"Given to {to.display_name}", to=_back(request))

    return act_once(
        request, act, back=_back(request), both=lambda: beside.of_task(task, owner=_name_of(request.POST.get("to", "")))
    )


@require_POST
def take_back(request: HttpRequest, task_key: str) -> HttpResponse:
    task = _task(request, task_key)

    def act() -> dict[str, Any]:
        actions.take_back(task=task, by=viewer(request), at=instant(request), seen=seen(request), because="by_mistake")
        return done("已收回，可以重新派人", "Taken back; name somebody else", to=_back(request))

    return act_once(request, act, back=_back(request), both=lambda: beside.of_task(task, owner=Title(zh="收回", en="Taken back")))


@require_POST
def finish(request: HttpRequest, task_key: str) -> HttpResponse:
    task = _task(request, task_key)

    def act() -> dict[str, Any]:
        note = request.POST.get("note", "").strip()[:200]
        actions.finish_task(task=task, by=viewer(request), at=instant(request), seen=seen(request), because=note)
        return done("任务已办结", "The task is done", to=_back(request))

    return act_once(
        request, act, back=_back(request), both=lambda: beside.of_task(task, state=request.POST.get("note", "")[:200])
    )


@require_POST
def transfer(request: HttpRequest, task_key: str) -> HttpResponse:
    task = _task(request, task_key)

    def act() -> dict[str, Any]:
        told = {"division_code": request.POST.get("to_division", ""), "because": request.POST.get("because", "")}
        actions.transfer_task(task=task, by=viewer(request), at=instant(request), seen=seen(request), **told)
        return done("任务已移交", "The task is passed on", to=_back(request))

    return act_once(
        request, act, back=_back(request), both=lambda: beside.of_task(task, where=request.POST.get("to_division", ""))
    )


def wanted_of(request: HttpRequest) -> queries.TaskFilter:
    asked = request.GET
    return queries.TaskFilter(
        kind=asked.get("kind", "") if asked.get("kind", "") in codes.titles("task_kind") else "",
        due=asked.get("due", "") if asked.get("due", "") in DUE else "",
        whose=asked.get("whose", ""),
        divisions=tuple(text for text in asked.getlist("division") if text.isdigit() and len(text) in (6, 9, 12)),
        done=asked.get("done") == "1",
    )


def lines_of(request: HttpRequest, tasks: list[Task]) -> list[Line]:
    """Rows with the name of the family as far as the role that shows them opens what is personal."""
    who, at = viewer(request), instant(request)
    scopes = [queries.task_scope(task, who) for task in tasks]
    grants = allowed_each(who, "tasks.read", on=scopes, at=at)
    shown = [task.case_id for task, grant in zip(tasks, grants, strict=True) if grant is not None and grant.opens("personal")]
    families = names_of_cases(request, shown)
    counted = dict(Warning.objects.filter(task__in=[one.pk for one in tasks]).values_list("task").annotate(n=Count("pk")))
    titles = codes.titles("task_kind")
    may = {name: allowed_each(who, name, on=scopes, at=at) for name in ("tasks.assign", "tasks.transfer", "tasks.finish")}
    takers = {office: list(queries.who_may_take(office, at=at)) for office in {task.office for task in tasks}}
    return [
        Line(
            task=task,
            name=families.get(task.case_id, ""),
            place=known.place(task.division_code),
            title=titles.get(task.kind, Title(zh=task.kind, en=task.kind)),
            warnings=counted.get(task.pk, 0),
            raised_to=known.place(task.raised_to) if task.raised_to else "",
            acts=frozenset(
                name
                for name, grants in may.items()
                if grants[place] is not None
                and task.state == "open"
                and not (name == "tasks.finish" and task.kind in actions.BY_VISIT)
            ),
            takers=takers[task.office],
        )
        for place, task in enumerate(tasks)
    ]


def names_of_cases(request: HttpRequest, cases: list[int]) -> dict[int, str]:
    """Case to the name one of its warnings goes by, or without one that of whoever applied or heads the family; the look into the
    registry is written down there."""
    some = Warning.objects.filter(case__in=cases).order_by("case", "-stands", "pk").values_list("case", "warning_id")
    first: dict[int, str] = {}
    for case, number in some:
        first.setdefault(case, number)
    names = (
        public.names(known.workspace(), list(first.values()), by=key_of(viewer(request)), at=instant(request)) if first else {}
    )
    told = {case: names[number] for case, number in first.items() if number in names}
    return names_of_members([case for case in cases if case not in told]) | told


def names_of_members(cases: list[int]) -> dict[int, str]:
    """Case to the name of its head as it stands in the case, of its first member where nobody is said to be the head."""
    live = Member.objects.filter(case__in=cases, until__isnull=True).exclude(party__name="").select_related("party")
    told: dict[int, str] = {}
    for one in sorted(live, key=lambda one: (one.relation not in HEADS, one.pk)):
        if one.case_id not in told:
            told[one.case_id] = opened(one.party.name, column="parties_party.name", row=one.party.key)
    return told


def _kinds(everything: Any, wanted: queries.TaskFilter) -> list[Choice]:
    counted = dict(everything.order_by().values_list("kind").annotate(n=Count("pk")))
    return [
        Choice(code, title, counted.get(code, 0), code == wanted.kind)
        for code, title in codes.titles("task_kind").items()
        if counted.get(code) or code == wanted.kind
    ]


def _counted(everything: Any, today: date) -> list[int]:
    told = everything.order_by().aggregate(
        **{f"n_{code or 'all'}": Count("pk", filter=queries.due(code, today) if code else Q()) for code in DUE}
    )
    return [told[f"n_{code or 'all'}"] for code in DUE]


def _late_offices(request: HttpRequest, today: date) -> list[tuple[of_dispatch.Office, str]]:
    found = of_dispatch.offices(viewer=viewer(request), at=instant(request), today=today)
    return [(one, known.full_place(one.division_code)) for one in found if one.late]


def _is_above(request: HttpRequest) -> bool:
    """Whether the reader answers for more than one office."""
    grant = allowed(viewer(request), "tasks.read", on=None, at=instant(request))
    return grant is not None and len(grant.division_code) <= 6


def _task(request: HttpRequest, key: str) -> Task:
    found = queries.task(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404
    return found


def _name_of(account: str) -> str:
    found = Officer.objects.filter(account=account).first()
    return found.display_name if found else account


def _back(request: HttpRequest) -> str:
    """The list, or the case the form stood on."""
    key = request.POST.get("case", "")
    return reverse("case", args=[key]) if key.isalnum() else reverse("tasks")
