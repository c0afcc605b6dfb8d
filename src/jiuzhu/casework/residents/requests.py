"""Requests of people about what is held of them: a copy, a correction, an explanation, another look by a person (K2).

Each has a date and an office that answers; one that is late goes up a tier, as every task does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import NotAllowed, Resident, actor, require
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.residents.models import Request
from jiuzhu.casework.residents.queries import party_of, standing_to, standings_of
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.working_rules.queries import whole

ASK, TERM, TASK, BECAUSE = "own.ask", "handling.own_request_wd", "own_request", "asked_for_help"
COLUMN = "residents_request.words"
SHORTEST, LONGEST = 4, 1_000


class NothingSaid(ValueError):
    """What is asked for is not said, or is longer than a page."""


@transaction.atomic
def ask(*, case: Case, kind: str, words: str, by: Resident, at: datetime) -> Request:
    """Ask the office of a family's case. Raises NotAllowed for a case of somebody else, NothingSaid."""
    standing = standing_to(case, by, at=at)
    if standing is None:
        raise NotAllowed(f"{ASK}: this case is somebody else's")
    grant = require(by, ASK, on=standing.scope, at=at)
    said = words.strip()
    if kind not in Request.Kind.values or not SHORTEST <= len(said) <= LONGEST:
        raise NothingSaid(f"say what is asked for in {SHORTEST} to {LONGEST} signs")
    days = whole(TERM, division=case.division_code, on=local_day(at))
    due_on = working_days_after(local_day(at), days) if days is not None else None
    task = new_task(case=case, kind=TASK, because=BECAUSE, due_on=due_on, at=at)
    key, party = new_key("Q"), party_of(by)
    made = Request.objects.create(
        key=key, party=party, kind=kind, words=sealed(said, column=COLUMN, row=key, of=case.key), asked_at=at, due_on=due_on, task=task,
        acted_for="" if standing.own else standing.giver,
    )  # fmt: skip
    on = Subject("request", key, case.division_code, case.household_key, case.key)
    who = actor(by, grant, acting_for=made.acted_for)
    record(ASK, by=who, at=at, on=on, purpose=grant.purpose, after={"kind": kind, "due_on": due_on})
    return made


def asked(*, viewer: Resident, at: datetime) -> Sequence[tuple[Request, str]]:
    """Every request about cases they may speak of, the newest first, with its words."""
    cases = [one.case for one in standings_of(viewer, at=at)]
    rows = Request.objects.filter(task__case__in=cases).select_related("task").order_by("-asked_at", "-pk")
    return [(one, opened(one.words, column=COLUMN, row=one.key)) for one in rows]
