"""What may be asked of visits: one with its words, the photos, what was typed so far, the work of the day, and who visits how."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant, Scope, Viewer, actor, allowed, visible
from jiuzhu.casework.cases import queries as case_queries
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import FAMILY, officer_of
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.own_keys import opened_bytes
from jiuzhu.casework.visits.models import Draft, Photo, Visit
from jiuzhu.rules.forms import Form, Question


def within_reach(*, viewer: Viewer, at: datetime, operation: str = "visits.read") -> QuerySet[Visit]:
    officer = officer_of(viewer)
    there = Q(pk__in=[]) if officer is None else Q(officer=officer) | Q(second=officer) | Q(task__owner=officer)
    return visible(Visit.objects.all(), viewer, operation, at=at, assigned=there, household=FAMILY)


def of_case(*, viewer: Viewer, case_key: str, at: datetime) -> QuerySet[Visit]:
    """The visits of a case that the viewer may see, newest first."""
    return (
        within_reach(viewer=viewer, at=at)
        .filter(case__key=case_key)
        .select_related("officer", "task")
        .order_by("-recorded_at", "-pk")
    )


def newest(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Those that no later visit puts right."""
    return visits.filter(~Exists(Visit.objects.filter(corrects=OuterRef("pk"))))


@dataclass(frozen=True)
class Opened:
    """A visit with its words. answers: only those the viewer's role may read; hidden: how many others there are.

    place: latitude, longitude and metres of error, empty without one. form: None where the catalogue has it no more.
    """

    visit: Visit
    form: Form | None
    answers: Mapping[str, Any]
    hidden: int
    note: str
    place: Mapping[str, float]
    photos: Sequence[Photo]
    corrected_by: str


@transaction.atomic
def visit(*, viewer: Viewer, key: str, at: datetime) -> Opened | None:
    """One visit, the look written down before its words leave; None when it is not there or out of reach (A3)."""
    found = (
        within_reach(viewer=viewer, at=at).select_related("case", "task", "officer", "second", "corrects").filter(key=key).first()
    )
    grant = None if found is None else _grant(viewer, found, at)
    if found is None or grant is None:
        return None
    _looked(viewer, grant, found, at)
    form = visiting().forms.get(found.form)
    every = json.loads(opened(found.answers, column="visit.answers", row=key) or "{}")
    answers = {} if form is None else _shown(form, every, grant)
    later = Visit.objects.filter(corrects=found).values_list("key", flat=True).first()
    sensitive = grant.opens("sensitive")
    return Opened(
        visit=found,
        form=form,
        answers=answers,
        hidden=len(every) - len(answers),
        note=opened(found.note, column="visit.note", row=key) if sensitive else "",
        place=json.loads(opened(found.position, column="visit.position", row=key) or "{}") if sensitive else {},
        photos=list(found.photos.defer("content").order_by("number")) if sensitive else [],
        corrected_by=later or "",
    )


@transaction.atomic
def photo(*, viewer: Viewer, key: str, at: datetime) -> bytes | None:
    """One photo as JPEG, the look written down; None when it is not there or out of reach."""
    found = (
        Photo.objects.filter(key=key, visit__in=within_reach(viewer=viewer, at=at))
        .select_related("visit__case", "visit__task")
        .first()
    )
    grant = None if found is None else _grant(viewer, found.visit, at)
    if found is None or grant is None or not grant.opens("sensitive"):
        return None
    _looked(viewer, grant, found.visit, at)
    return opened_bytes(bytes(found.content), name="photo.content", about=key)


def draft(*, viewer: Viewer, task: Task, form: str) -> tuple[Mapping[str, Sequence[str]], datetime | None]:
    """What the viewer typed of a visit and when; nothing where there is no draft of theirs."""
    officer = officer_of(viewer)
    kept = Draft.objects.filter(task=task, officer=officer, form=form).first() if officer else None
    if kept is None:
        return {}, None
    return json.loads(opened(kept.typed, column="visit.draft", row=f"{task.key}/{kept.officer_id}/{form}") or "{}"), kept.saved_at


def answers_for(*, viewer: Viewer, key: str, at: datetime) -> Mapping[str, Any]:
    """The answers of a visit the viewer may refer with; nothing out of reach."""
    found = visit(viewer=viewer, key=key, at=at)
    return {} if found is None else found.answers


def reasons(*, viewer: Viewer, tasks: Sequence[Task], at: datetime) -> Mapping[int, Sequence[Warning]]:
    """Task to the warnings behind it, the worst first: its own, else those of its case. Only of tasks within the viewer's reach."""
    reach = visible(Task.objects.all(), viewer, "tasks.read", at=at, assigned=_theirs(viewer), household=FAMILY).filter(
        pk__in=[one.pk for one in tasks]
    )
    within = set(reach.values_list("pk", flat=True))
    seen = {one.pk: one for one in tasks if one.pk in within}
    own: dict[int, list[Warning]] = {pk: [] for pk in seen}
    of_case: dict[int, list[Warning]] = {one.case_id: [] for one in seen.values()}
    rows = Warning.objects.filter(Q(task__in=list(own)) | Q(case__in=list(of_case))).order_by("-level", "indicator_id", "pk")
    for one in rows:
        if one.task_id in own:
            own[one.task_id].append(one)
        if one.case_id in of_case:
            of_case[one.case_id].append(one)
    return {pk: own[pk] or of_case[task.case_id] for pk, task in seen.items()}


def _theirs(viewer: Viewer) -> Q:
    """Tasks given to the viewer, and those they made a visit for."""
    officer = officer_of(viewer)
    return Q(pk__in=[]) if officer is None else Q(owner=officer) | Q(pk__in=Visit.objects.filter(officer=officer).values("task"))


def colleagues(*, viewer: Viewer, task: Task, at: datetime) -> QuerySet[Officer]:
    """Who may go along for a task: whoever could be given it, but the viewer."""
    me = officer_of(viewer)
    return case_queries.who_may_take(task.office, at=at).exclude(pk=me.pk if me else None)


@dataclass(frozen=True)
class Load:
    """How many open visits one officer has in hand, how many of them are late."""

    officer: Officer
    open: int
    late: int


def loads(*, viewer: Viewer, at: datetime, today: date) -> list[Load]:
    """Officers with open tasks within the viewer's reach, the fullest first."""
    rows = case_queries.tasks(viewer=viewer, at=at).filter(owner__isnull=False).order_by().values("owner")
    counted = {row["owner"]: row for row in rows.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))}
    officers = Officer.objects.in_bulk(list(counted))
    found = [Load(officers[pk], row["n"], row["late"]) for pk, row in counted.items()]
    return sorted(found, key=lambda load: (-load.open, load.officer.account))


@dataclass(frozen=True)
class Worked:
    """One officer's visits in a span of days, those put right counted by their last word.

    cases: how many families; not_found: visits that found nobody; without_photo, without_place: of all; minutes: on the spot, on
    average; corrected: how many were put right; differing: sampled visits by others that ended otherwise.
    """

    officer: Officer
    visits: int
    cases: int
    not_found: int
    without_photo: int
    without_place: int
    minutes: int
    corrected: int
    differing: int


def worked(*, viewer: Viewer, at: datetime, since: datetime, until: datetime) -> list[Worked]:
    """Officers by the number of their visits recorded in [since, until), within the viewer's reach, most first."""
    reach = within_reach(viewer=viewer, at=at, operation="visits.count").filter(recorded_at__gte=since, recorded_at__lt=until)
    spent = ExpressionWrapper(F("ended_at") - F("began_at"), output_field=DurationField())
    pictured = Exists(Photo.objects.filter(visit=OuterRef("pk")))
    rows = (
        newest(reach)
        .order_by()
        .annotate(pictured=pictured)
        .values("officer")
        .annotate(
            n=Count("pk"),
            cases=Count("case", distinct=True),
            lost=Count("pk", filter=Q(outcome="cannot_be_found")),
            unpictured=Count("pk", filter=Q(pictured=False)),
            unplaced=Count("pk", filter=Q(position="")),
            spent=Avg(spent),
        )
    )
    counted = list(rows)
    put_right = dict(reach.filter(corrected_by__isnull=False).order_by().values_list("officer").annotate(n=Count("pk")))
    differing = _differing(reach)
    officers = Officer.objects.in_bulk([row["officer"] for row in counted])
    found = [
        Worked(
            officers[row["officer"]], row["n"], row["cases"], row["lost"], row["unpictured"], row["unplaced"],
            round(row["spent"].total_seconds() / 60), put_right.get(row["officer"], 0), differing.get(row["officer"], 0),
        )
        for row in counted
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.visits, one.officer.account))


def _differing(reach: QuerySet[Visit]) -> Mapping[int, int]:
    """Officer to how many of their visits a sampled visit by somebody else contradicts in its outcome."""
    counted: dict[int, int] = {}
    samples = newest(reach).filter(task__kind="sample_visit").exclude(outcome="").values_list("case", "round", "outcome", "task")
    for case, number, outcome, task_pk in samples:
        first = newest(Visit.objects.filter(case=case, round=number, task__kind__in=("visit", "second_visit")))
        for officer, other in (
            first.exclude(task=task_pk).exclude(outcome__in=("", "cannot_be_found")).values_list("officer", "outcome")
        ):
            if other != outcome:
                counted[officer] = counted.get(officer, 0) + 1
    return counted


def _shown(form: Form, answers: Mapping[str, Any], grant: Grant) -> dict[str, Any]:
    """The answers whose level the grant opens; rows of a group without those it does not."""
    shown: dict[str, Any] = {}
    for name, value in answers.items():
        if name in form.groups:
            rows = [{one: cell for one, cell in row.items() if _opens(form.questions.get(one), grant)} for row in value]
            if any(rows):
                shown[name] = rows
        elif _opens(form.questions.get(name), grant):
            shown[name] = value
    return shown


def _opens(question: Question | None, grant: Grant) -> bool:
    return question is not None and grant.opens(question.level)


def _grant(viewer: Viewer, found: Visit, at: datetime) -> Grant | None:
    officer = officer_of(viewer)
    there = officer is not None and officer.pk in (found.officer_id, found.second_id, found.task.owner_id)
    return allowed(
        viewer, "visits.read", on=Scope(found.division_code, assigned=there, household=found.case.household_key), at=at
    )


def _looked(viewer: Viewer, grant: Grant, found: Visit, at: datetime) -> None:
    on = Subject("visit", found.key, found.division_code, found.case.household_key, found.case.key)
    record("visits.read", by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose, task=found.task.key)
