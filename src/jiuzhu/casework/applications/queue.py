"""The queue of a window: numbers of one day, called in their order, each to one desk (SF009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, require
from jiuzhu.casework.applications.models import Series, Ticket
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.queries import officer_of
from jiuzhu.casework.cases.refusals import NotOpen
from jiuzhu.casework.trace.actions import Subject, record

OPERATION = "tickets.call"
State = Ticket.State


@dataclass(frozen=True)
class Queue:
    """One window today. called: at which desk which number is; mine: the viewer's own open call, None without one."""

    waiting: Sequence[Ticket]
    called: Sequence[Ticket]
    counts: Mapping[str, int]
    mine: Ticket | None


@transaction.atomic
def take_number(*, window: str, by: Viewer, at: datetime) -> Ticket:
    """The next number of the day. Raises NotAllowed."""
    grant = require(by, OPERATION, on=Scope(window), at=at)
    day = local_day(at)
    _hold(window, day)
    last = Ticket.objects.filter(window=window, day=day).aggregate(last=Max("number"))["last"] or 0
    made = Ticket.objects.create(window=window, day=day, number=last + 1, taken_at=at)
    record(OPERATION, by=actor(by, grant), at=at, on=_subject(window), purpose=grant.purpose, after={"taken": made.number})
    return made


@transaction.atomic
def call_next(*, window: str, counter: str, by: Viewer, at: datetime) -> Ticket | None:
    """Call whoever waits longest to a desk; whom the desk had is served. None where nobody waits. Raises NotAllowed."""
    grant = require(by, OPERATION, on=Scope(window), at=at)
    officer = officer_of(by)
    if officer is None:
        raise NotAllowed("tickets.call: only somebody at the window calls")
    day = local_day(at)
    _hold(window, day)
    Ticket.objects.filter(window=window, day=day, state=State.CALLED, called_by=officer).update(state=State.DONE, ended_at=at)
    first = Ticket.objects.filter(window=window, day=day, state=State.WAITING).order_by("number").first()
    if first is not None:
        first.state, first.called_at, first.called_by, first.counter = State.CALLED, at, officer, counter.strip()[:8]
        first.save(update_fields=["state", "called_at", "called_by", "counter"])
    told = {"called": first.number if first else None}
    record(OPERATION, by=actor(by, grant), at=at, on=_subject(window), purpose=grant.purpose, after=told)
    return first


@transaction.atomic
def pass_over(*, ticket: Ticket, by: Viewer, at: datetime) -> None:
    """Whoever was called did not come. Raises NotAllowed, NotOpen where no call of that number stands."""
    grant = require(by, OPERATION, on=Scope(ticket.window), at=at)
    if not Ticket.objects.filter(pk=ticket.pk, state=State.CALLED).update(state=State.LEFT, ended_at=at):
        raise NotOpen(f"number {ticket.number} is not called now: it waits still, or was served; nothing was changed")
    after = {"passed_over": ticket.number}
    record(OPERATION, by=actor(by, grant), at=at, on=_subject(ticket.window), purpose=grant.purpose, after=after)


def queue(*, window: str, viewer: Viewer, at: datetime) -> Queue:
    """Numbers say nothing of anybody, so nothing is written down. Raises NotAllowed."""
    require(viewer, OPERATION, on=Scope(window), at=at)
    today = list(Ticket.objects.filter(window=window, day=local_day(at)).select_related("called_by").order_by("number"))
    of_state = {state: [one for one in today if one.state == state] for state in State.values}
    officer = officer_of(viewer)
    mine = next((one for one in of_state[State.CALLED] if officer is not None and one.called_by_id == officer.pk), None)
    return Queue(of_state[State.WAITING], of_state[State.CALLED], {state: len(rows) for state, rows in of_state.items()}, mine)


def _hold(window: str, day: date) -> None:
    """Two desks of one window act one after the other: the row of its receipts is what they wait for."""
    Series.objects.get_or_create(division_code=window, year=day.year)
    Series.objects.select_for_update().get(division_code=window, year=day.year)


def _subject(window: str) -> Subject:
    return Subject("window", window, window)
