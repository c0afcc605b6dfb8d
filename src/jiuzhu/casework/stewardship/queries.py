"""What may be asked of a steward's acts; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, allowed, visible
from jiuzhu.casework.stewardship.actions import departments_of
from jiuzhu.casework.stewardship.models import ReturnedRows, Verdict
from jiuzhu.casework.trace.models import Event, EventSubject


def verdicts(*, viewer: Viewer, deliveries: Iterable[str], at: datetime) -> Mapping[str, Verdict]:
    """The newest verdict about each of these deliveries."""
    rows = visible(Verdict.objects.filter(delivery__in=list(deliveries)), viewer, "deliveries.read", at=at)
    return {one.delivery: one for one in rows.exclude(state=Verdict.State.WITHDRAWN).order_by("pk")}


def returned(*, viewer: Viewer, at: datetime) -> QuerySet[ReturnedRows]:
    """Rows sent back to their sources, the unanswered first; a department sees those of its own datasets."""
    rows = visible(ReturnedRows.objects.all(), viewer, "quarantine.read", at=at)
    grant = allowed(viewer, "quarantine.read", on=None, at=at)
    if grant is not None and grant.role == "department_officer":
        rows = rows.filter(department__in=departments_of(viewer, at=at))
    return rows.order_by("-state", "-returned_at", "pk")


@dataclass(frozen=True)
class Use:
    """How often one role did one thing with a dataset, and when last. Who it was is for the auditor's page."""

    operation: str
    role: str
    times: int
    last: datetime


def uses(*, viewer: Viewer, dataset: str, at: datetime) -> list[Use]:
    """The log of a dataset: acts on its deliveries and rows, by operation and role, the latest first; counts, not people."""
    if allowed(viewer, "sources.read", on=None, at=at) is None:
        return []
    events = Event.objects.filter(
        pk__in=EventSubject.objects.filter(kind="dataset", key=dataset).values("event"), outcome=Event.Outcome.DONE
    )
    answer = []
    for operation, role, times in events.values_list("operation", "role").annotate(n=Count("pk")):
        last = events.filter(operation=operation, role=role).order_by("-at").values_list("at", flat=True)[0]
        answer.append(Use(operation, role, times, last))
    return sorted(answer, key=lambda one: one.last, reverse=True)
