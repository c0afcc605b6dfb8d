"""What may be asked of supervision: odd looks, and the trace of one person or one family, each event a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant, Scope, Viewer, actor, require, visible
from jiuzhu.casework.accounts.sealed import opened
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.supervision.actions import LOOKS, NOTE
from jiuzhu.casework.supervision.models import Oddity
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.sentences import sentence

MOST_EXPORTED = 20_000
SAMPLED, WEEK = 20, timedelta(days=7)
_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Wanted:
    """What of the record is asked for, in [since, until). Empty means everything."""

    who: str = ""
    operation: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Told:
    """An event and its sentence."""

    event: Event
    sentence: str


def oddities(*, viewer: Viewer, at: datetime, state: str = "") -> QuerySet[Oddity]:
    """Odd looks of officers of the viewer's division: the weightiest first, open ones before settled ones."""
    rows = visible(Oddity.objects.all(), viewer, "oddities.read", at=at)
    return (rows.filter(state=state) if state else rows).order_by("-state", "-weight", "-day", "pk")


def note_of(oddity: Oddity) -> str:
    return opened(oddity.note, column=NOTE, about=oddity.key)


def events(*, viewer: Viewer, wanted: Wanted, at: datetime, operation: str = "events.read") -> QuerySet[Event]:
    """The record of acts done in the viewer's division or on something in it, newest first."""
    done_here = visible(Event.objects.all(), viewer, operation, at=at, state="outcome")
    done_to_here = visible(Event.objects.all(), viewer, operation, at=at, division="subject_division", state="outcome")
    reach = done_here | done_to_here
    for name in ("who", "operation", "outcome"):
        if value := getattr(wanted, name):
            reach = reach.filter(**{name: value})
    if wanted.since:
        reach = reach.filter(at__gte=wanted.since)
    if wanted.until:
        reach = reach.filter(at__lt=wanted.until)
    return reach.order_by("-at", "-pk")


def told(rows: list[Event], *, english: bool, grant: Grant) -> list[Told]:
    """Each event as a sentence with the names of accounts; keys of families and typed reasons only where the grant opens them."""
    names = dict(Officer.objects.filter(account__in={one.who for one in rows}).values_list("account", "display_name"))
    shown = []
    for one in rows:
        if not grant.opens("personal"):
            one.because = ""
            one.subject_key = "…" if one.household_key or one.subject_kind in ("person", "household", "case") else one.subject_key
        shown.append(Told(one, sentence(one, english=english, named=names)))
    return shown


def sample(*, viewer: Viewer, at: datetime) -> list[Event]:
    """Twenty looks at families of the last seven days, drawn by lot, newest first; on one day everybody draws the same."""
    week = Wanted(since=at - WEEK)
    found = events(viewer=viewer, wanted=week, at=at, operation="events.trace").filter(operation__in=LOOKS).order_by("pk")
    numbers = list(found.exclude(household_key="").values_list("pk", flat=True))
    drawn = Random(at.astimezone(_CHINA).date().isoformat()).sample(numbers, min(SAMPLED, len(numbers)))
    return list(Event.objects.filter(pk__in=drawn).order_by("-at", "-pk"))


def trace_of_family(
    *, household: str, division_code: str, because: str, viewer: Viewer, at: datetime
) -> tuple[Grant, QuerySet[Event]]:
    """Who looked at one family, when and why, newest first (C9); that the viewer asked is an entry of its own, before the answer.

    Raises NotAllowed.
    """
    grant = require(viewer, "events.trace", on=Scope(division_code, household=household), at=at)
    on = Subject("household", household, division_code[:12], household=household)
    with transaction.atomic(durable=True):
        record("events.trace", by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose, because=because)
    touched = Q(household_key=household) | Q(subjects__household_key=household)
    return grant, Event.objects.filter(touched).distinct().order_by("-at", "-pk")


def noted_look(*, viewer: Viewer, operation: str, at: datetime, who: str = "") -> Grant:
    """The viewer's own look at the record, written down before it is shown. who: the account whose trace it is. Raises NotAllowed."""
    grant = require(viewer, operation, on=None, at=at)
    on = Subject("account", who) if who else Subject("page", operation)
    with transaction.atomic(durable=True):
        record(operation, by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    return grant


def division_of(household: str) -> str:
    """Where a family stands: by its newest warning, else by the newest entry that names a place; "" for a number nobody knows."""
    warned = Warning.objects.filter(household_id=household).order_by("-as_of", "-pk").values_list("division_code", flat=True)
    noted = Event.objects.filter(household_key=household).exclude(subject_division="").order_by("-at")
    return warned.first() or noted.values_list("subject_division", flat=True).first() or ""
