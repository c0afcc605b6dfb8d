"""Held against the registry from time to time: every warning the desk took, by the release and the stream it took them from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, require
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.dispatch.actions import LEVELS
from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.dispatch.queries import conserved
from jiuzhu.casework.supervision.models import Reconciliation
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.registry import public

BY_ITSELF = Actor("system:supervision")
EXAMPLES = 20
Standing = Mapping[str, tuple[int, str]]  # number of the warning to its grade and where the registry puts it


def reconcile_due(*, at: datetime) -> int:
    """Reconcile if as many days have passed as the rule `checks.reconcile_days` says; gives how many were made, 0 or 1.

    Before the first release, or while the rule has no number, nothing is compared.
    """
    today = local_day(at)
    last = Reconciliation.objects.order_by("-day").values_list("day", flat=True).first()
    days = whole("checks.reconcile_days", division="000000", on=today)
    if days is None or (last is not None and today < last + timedelta(days=days)):
        return 0
    if public.current(Path(settings.WORKSPACE)) is None or not Load.objects.exists():
        return 0
    try:
        reconcile(at=at)
    except IntegrityError:
        return 0  # another worker has just done it
    return 1


@transaction.atomic
def reconcile(*, at: datetime) -> Reconciliation:
    """Compare every warning once and keep the result; nothing is put right by it, for what differs is looked into by a person."""
    load = Load.objects.select_for_update().order_by("-pk")[0]
    entries = public.stream(Path(settings.WORKSPACE), after=public.joined_at(Path(settings.WORKSPACE), load.release))
    standing = issued_at(load, entries)
    rows = Warning.objects.filter(stands=True).values_list("warning_id", "level", "registry_division")
    held = {number: (level, division) for number, level, division in rows}
    missing, extra = sorted(standing.keys() - held.keys()), sorted(held.keys() - standing.keys())
    differing = sorted(number for number in standing.keys() & held.keys() if standing[number] != held[number])
    count = conserved()
    kept = Reconciliation.objects.create(
        day=local_day(at), at=at, release=load.release, stream_number=load.stream_number,
        behind=sum(entry.number > load.stream_number for entry in entries),
        standing=len(standing), held=len(held), missing=len(missing), extra=len(extra), differing=len(differing),
        issued=count.issued, open=count.open, closed=count.closed, replaced=count.replaced,
        examples=[*missing, *extra, *differing][:EXAMPLES],
    )  # fmt: skip
    on, told = Subject("release", load.release), {"standing": kept.standing, "held": kept.held, "agrees": kept.agrees}
    record("reconciliations.make", by=BY_ITSELF, at=at, on=on, after=told)
    return kept


def issued_at(load: Load, entries: list[public.StreamEntry]) -> Standing:
    """What the registry issues where the desk stands: its release, followed by the entries up to the last one the desk acted on."""
    rows = public.warnings(Path(settings.WORKSPACE), release=load.release, by=BY_ITSELF.who, named=False)
    answer = {row["warning_id"]: (LEVELS[row["grade"]], row["division_code"]) for row in rows}
    for entry in entries:
        if entry.number > load.stream_number:
            break
        if entry.grade in LEVELS:
            answer[entry.warning_id] = (LEVELS[entry.grade], entry.division_code)
        else:
            answer.pop(entry.warning_id, None)
    return answer


def reconciliations(*, viewer: Viewer, at: datetime) -> QuerySet[Reconciliation]:
    """All that were made, the newest first: numbers of the whole desk. Raises NotAllowed."""
    require(viewer, "reconciliations.read", on=None, at=at)
    return Reconciliation.objects.order_by("-day")
