"""The gate before a family's file: it opens with a task on the family or a typed reason, and the look is kept before content leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import Grant, NotAllowed, Scope, Viewer, actor, allowed, key_of, require
from jiuzhu.casework.files.lanes import task_on
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.written import opened_reason
from jiuzhu.registry import public

OPEN, REVEAL = "family.open", "family.reveal"
STAYS_OPEN = timedelta(minutes=30)


@dataclass(frozen=True)
class Opening:
    """One look that was kept. event: its number, by which the file stays open for half an hour to the same reader."""

    key: str
    number: str
    division: str
    grant: Grant
    event: int


def open_family(*, key: str, because: str = "", before: int | None = None, by: Viewer, at: datetime) -> Opening:
    """Open the file of a family (A5).

    key: of `public.family_keys`. because: the typed reason; not needed with a task, or when `before`, the event of an opening,
    is the reader's own, of this family, and younger than half an hour; its reason then stands for this look too. Every look is
    written down before this returns.

    Raises NotAllowed for a family out of reach or not there, which look alike (A3), ReasonMissing.
    """
    number, division, task = located(key, OPEN, by, at)
    said = because.strip() or _said_before(before, number, by, at)
    scope = Scope(division, assigned=bool(task), household=number)
    if not task and not said and allowed(by, OPEN, on=scope, at=at):
        raise looks.ReasonMissing(f"{OPEN}: no task of {key_of(by)} stands on this family; say why it is opened")
    look = looks.open_family(
        family=looks.Family(number, division), by=by, at=at, task=task, reason=said, assigned=bool(task)
    )  # fmt: skip
    return Opening(key, number, division, look.grant, look.event)


@transaction.atomic
def reveal_number(*, key: str, member: int, because: str, by: Viewer, at: datetime) -> str:
    """The whole id number of one member (by place) of a family, for a purpose that was typed (SF085); "" where there is none.

    Raises NotAllowed, ReasonMissing.
    """
    number, division, task = located(key, REVEAL, by, at)
    grant = require(by, REVEAL, on=Scope(division, assigned=bool(task), household=number), at=at)
    if len(because.strip()) < looks.SHORTEST_REASON:
        raise looks.ReasonMissing(f"{REVEAL}: say what the whole number is needed for")
    who, workspace = key_of(by), settings.WORKSPACE
    family = public.read_family(workspace, number, by=who, purpose=REVEAL, at=at)
    if not 0 <= member < len(family.household.people):
        raise NotAllowed(f"{REVEAL}: the family has no such member")
    on = Subject("household", key, division, household=number)
    record(
        REVEAL, by=actor(by, grant), at=at, on=on, purpose=grant.purpose, task=task, because=because.strip(),
        after={"member": member},
    )  # fmt: skip
    person = family.household.people[member]
    found = public.identities(workspace, [person], full=True, by=who, purpose=REVEAL, at=at)
    return found[person].number if person in found else ""


def located(key: str, operation: str, by: Viewer, at: datetime) -> tuple[str, str, str]:
    """Its number, its division, and the key of the viewer's task on it, "" for none."""
    try:
        number, division = public.family_of_key(settings.WORKSPACE, key)
    except (public.NoHousehold, public.NoRelease):
        raise NotAllowed(f"{operation}: there is no such family") from None
    return number, division, task_on(by, number, at)


def _said_before(before: int | None, number: str, by: Viewer, at: datetime) -> str:
    if before is None:
        return ""
    event = Event.objects.filter(
        pk=before, operation=OPEN, who=key_of(by), household_key=number, outcome=Event.Outcome.DONE, at__gt=at - STAYS_OPEN
    ).first()
    return opened_reason(event) if event is not None else ""
