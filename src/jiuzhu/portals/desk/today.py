"""What is due today: the open tasks a reader may see, by deadline, and how full the hands of those are who go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import allowed, key_of
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.cases import codes, tasks
from jiuzhu.casework.cases import queries as case_queries
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.queries import within_reach
from jiuzhu.casework.referrals import queries as referral_queries
from jiuzhu.casework.visits import queries
from jiuzhu.casework.visits.actions import GOES_OUT
from jiuzhu.portals.desk import known, underway
from jiuzhu.portals.desk.tasks import names_of_members
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.working_days import YearNotLoaded

SHOWN = 20
CAPACITY = 6  # visits one person can carry at once, as drawn; nothing is refused beyond it
ALL = "all"


@dataclass(frozen=True)
class Line:
    """One task as the list shows it. why: its warnings, or what waits of an application. acts, key: the page where it is done."""

    task: Task
    kind: Title
    name: str
    place: str
    why: Sequence[Title]
    acts: str
    key: str

    @property
    def address(self) -> str:
        return reverse(self.acts, args=[self.key])


@dataclass(frozen=True)
class Group:
    code: str
    title: Title
    count: int
    lines: Sequence[Line]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The tasks by deadline; `kind` and `when` in the address narrow them."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    today = timezone.localdate(at)
    every = case_queries.tasks(viewer=viewer, at=at)
    kinds = dict(every.order_by().values_list("kind").annotate(n=Count("pk")))
    chosen, when = request.GET.get("kind", ""), request.GET.get("when", ALL)
    narrowed = every.filter(kind=chosen) if chosen in kinds else every
    spans = _spans(today)
    counts = narrowed.order_by().aggregate(**{code: Count("pk", filter=span) for code, (_, span) in spans.items()})
    groups = [
        Group(code, title, counts[code], _lines(request, narrowed.filter(span), SHOWN * (5 if when == code else 1)))
        for code, (title, span) in spans.items()
        if counts[code] and when in (ALL, code)
    ]
    context: dict[str, Any] = {
        "section": "today",
        "today": today,
        "groups": groups,
        "counts": counts,
        "whole": sum(counts.values()),
        "when": when,
        "chosen": chosen,
        "kinds": [(code, kind_title(code), count) for code, count in sorted(kinds.items())],
        "working": _is_working(today),
        "next_free": _next_free(today),
        "loads": queries.loads(viewer=viewer, at=at, today=today)[:8],
        "capacity": CAPACITY,
        **_elsewhere(request, today),
    }
    looks.shown("tasks.read", by=viewer, at=at, subjects=[tasks.subject(line.task) for group in groups for line in group.lines])
    return render(request, "desk/today.html", context)


def kind_title(code: str) -> Title:
    return codes.titles("task_kind").get(code, Title(code, code))


def households(request: HttpRequest, tasks: Sequence[Task]) -> Mapping[int, tuple[str, Sequence[Warning]]]:
    """Task to the name it goes by and its warnings, the worst first; without a warning the name of whoever heads the family. Names
    only where the reader's role opens them."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    found = queries.reasons(viewer=viewer, tasks=tasks, at=at)
    open_ = [task for task in tasks if _opens_names(request, task)]
    named = {task.pk: found[task.pk][0].warning_id for task in open_ if found.get(task.pk)}
    there = named and public.current(known.workspace())
    names = public.names(known.workspace(), list(named.values()), by=key_of(viewer), at=at) if there else {}
    heads = names_of_members([task.case_id for task in open_ if task.pk not in named])
    return {task.pk: (names.get(named.get(task.pk, ""), heads.get(task.case_id, "")), found.get(task.pk, ())) for task in tasks}


def _opens_names(request: HttpRequest, task: Task) -> bool:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    grant = allowed(viewer, "tasks.read", on=case_queries.task_scope(task, viewer), at=at)
    return grant is not None and grant.opens("personal")


def _lines(request: HttpRequest, rows: QuerySet[Task], most: int) -> list[Line]:
    tasks = list(rows[:most])
    told = households(request, tasks)
    catalogue = known.catalogue()
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    without = underway.ways([task.case_id for task in tasks if not told[task.pk][1]], viewer=viewer, at=at)
    lines = []
    for task in tasks:
        name, standing = told[task.pk]
        why = [catalogue.indicators[one.indicator_id].title for one in standing if one.indicator_id in catalogue.indicators]
        acts, key = _where(task, None if standing else without.get(task.case_id))
        if not standing and task.case_id in without:
            why = [without[task.case_id].title]
        lines.append(Line(task, kind_title(task.kind), name, known.place(task.division_code), why, acts, key))
    return lines


def _where(task: Task, way: underway.Way | None) -> tuple[str, str]:
    """The page where a task is done and the key of what it shows."""
    if task.kind in GOES_OUT:
        return "visit-form", task.key
    if task.kind == "referral":
        return "refer", task.case.key
    if way is not None and way.page:
        return way.page, way.key
    return "case", task.case.key


def _spans(today: date) -> dict[str, tuple[Title, Q]]:
    """The groups of the list and the days each holds."""
    sunday = today + timedelta(days=6 - today.weekday())
    return {
        "late": (Title("已逾期", "Overdue"), Q(due_on__lt=today)),
        "today": (Title("今天到期", "Due today"), Q(due_on=today)),
        "week": (Title("本周内到期", "Due this week"), Q(due_on__gt=today, due_on__lte=sunday)),
        "later": (Title("以后", "Later"), Q(due_on__gt=sunday)),
        "undated": (Title("没有期限", "Without a day"), Q(due_on__isnull=True)),
    }


def _elsewhere(request: HttpRequest, today: date) -> dict[str, Any]:
    """What waits on other pages of the reader: warnings to release, hints, referrals that came back or are late."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    told: dict[str, Any] = {}
    if allowed(viewer, "warnings.list", on=None, at=at):
        waiting = within_reach(viewer=viewer, operation="warnings.list", at=at).filter(state="open", handling="waiting")
        told["waiting"] = dict(waiting.order_by().values_list("kind").annotate(n=Count("*")))
        held = posting(viewer, at=at)
        if held is not None:
            told["here"] = held.division_code
            told["raised"] = waiting.filter(kind="warning", raised_to=held.division_code).count()
    if allowed(viewer, "referrals.read", on=None, at=at):
        reach = referral_queries.within_reach(viewer=viewer, at=at).order_by()
        told["referred"] = reach.aggregate(
            asked=Count("pk", filter=Q(state="open", answer="asked")),
            late=Count("pk", filter=Q(state="open", answer__in=("sent", "accepted"), due_on__lt=today)),
            open=Count("pk", filter=Q(state="open")),
        )
    return told


def _is_working(day: date) -> bool | None:
    try:
        return public.working_days().is_working(day)
    except YearNotLoaded:
        return None


def _next_free(day: date) -> date | None:
    try:
        return next(one for one in (day + timedelta(days=n) for n in range(1, 40)) if not public.working_days().is_working(one))
    except YearNotLoaded:
        return None
