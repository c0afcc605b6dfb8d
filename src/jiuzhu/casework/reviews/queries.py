"""What may be asked of reviews; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Grant, Viewer, actor, require, visible
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.queries import FAMILY, case_scope
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.reviews.life import subject as of_event
from jiuzhu.casework.reviews.models import LifeEvent, Review, Watch
from jiuzhu.casework.reviews.opening import subject
from jiuzhu.casework.trace.actions import record

READ = "reviews.read"
OPEN, PLANNED = Q(state="open"), Q(state="planned")
DONE = Q(state__in=("unchanged", "changed", "dropped"))


def within_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Review]:
    found = visible(Review.objects.all(), viewer, READ, at=at, household=FAMILY)
    return found.select_related("item__walk", "item__party", "item__case", "case", "walk", "event")


def reviews(*, viewer: Viewer, at: datetime, show: str = "open") -> QuerySet[Review]:
    """Those within reach, the nearest day first: open, late (past theirs), planned; done: the newest first."""
    found = within_reach(viewer=viewer, at=at)
    if show == "done":
        return found.filter(DONE).order_by("-closed_at", "-pk")
    chosen = PLANNED if show == "planned" else OPEN & Q(due_on__lt=local_day(at)) if show == "late" else OPEN
    return found.filter(chosen).order_by(F("due_on").asc(nulls_last=True), "pk")


def counts(*, viewer: Viewer, at: datetime) -> Mapping[str, int]:
    of = {"open": OPEN, "late": OPEN & Q(due_on__lt=local_day(at)), "planned": PLANNED, "done": DONE}
    told = {code: Count("pk", filter=condition) for code, condition in of.items()}
    found: Mapping[str, int] = within_reach(viewer=viewer, at=at).order_by().aggregate(**told)
    return found


@dataclass(frozen=True)
class Watched:
    """A family that left or was refused. warnings: of need, that stand for it now."""

    watch: Watch
    warnings: int


def watched(*, viewer: Viewer, at: datetime) -> QuerySet[Watch]:
    """Those watched over within reach, the soonest over first."""
    found = visible(Watch.objects.all(), viewer, READ, at=at, household=FAMILY)
    return found.filter(until__gt=local_day(at)).select_related("case", "item__walk").order_by("until", "pk")


def with_warnings(rows: list[Watch]) -> list[Watched]:
    keys = [one.case.household_key for one in rows if one.case.household_key]
    found = Warning.objects.filter(household_id__in=keys, state="open", stands=True, side="entry")
    counted = dict(found.values_list("household_id").annotate(Count("pk")))
    return [Watched(one, counted.get(one.case.household_key, 0)) for one in rows]


@transaction.atomic
def one(*, viewer: Viewer, key: str, at: datetime) -> tuple[Review, Grant] | None:
    """One review within reach, and that it was looked at; None for any other (A3)."""
    found = within_reach(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        return None
    grant = require(viewer, READ, on=case_scope(found.case, viewer), at=at)
    record(READ, by=actor(viewer, grant), at=at, on=subject(found), purpose=grant.purpose)
    return found, grant


@dataclass(frozen=True)
class Told:
    """A life event in clear."""

    event: LifeEvent
    proof: str
    note: str


@transaction.atomic
def events(*, viewer: Viewer, case_key: str, at: datetime) -> list[Told]:
    """What happened in a family, the newest first, and that it was looked at."""
    found = visible(LifeEvent.objects.filter(case__key=case_key), viewer, READ, at=at, household=FAMILY).select_related(
        "case", "party"
    )
    rows = list(found.order_by("-pk"))
    if not rows:
        return []
    grant = require(viewer, READ, on=case_scope(rows[0].case, viewer), at=at)
    record(READ, by=actor(viewer, grant), at=at, subjects=[of_event(one) for one in rows], purpose=grant.purpose)
    return [Told(one, *(_open(one, name) if grant.opens("sensitive") else "" for name in ("proof", "note"))) for one in rows]


def _open(event: LifeEvent, name: str) -> str:
    text = getattr(event, name)
    return opened(text, column=f"reviews_lifeevent.{name}", row=event.key) if text else ""
