"""What a visit brings about, in its transaction: the task ends, its warnings are handled, the next task is there. Part of the actions."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.cases import tasks as on_tasks
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.casework.visits.models import Visit
from jiuzhu.casework.working_rules.queries import number, whole

# What an outcome asks for next, as a kind of task.
TASKS = {
    "second_visit": "second_visit",
    "application": "application",
    "referral": "referral",
    "review": "review",
    "discussion": "discussion",
}
SAMPLED = ("visit", "second_visit")  # visits of which some are made again, to see whether they were made well


@dataclass(frozen=True)
class Followed:
    """What came of a visit, for the record. handled: how many warnings ended by it."""

    subjects: tuple[Subject, ...] = ()
    tasks: tuple[Task, ...] = ()
    handled: int = 0

    def as_record(self) -> Mapping[str, Any]:
        return {"handled": self.handled, "next": [task.kind for task in self.tasks]}


def after(made: Visit, *, at: datetime, by: Viewer) -> Followed:
    """End the task of a visit with an outcome and bring about what it asks for.

    Who cannot be found is looked for once more, by somebody else, and the warnings go along; twice not found is the county's to
    discuss. Of the visits that ended otherwise a share, by the chance in their keys, is made again by another person.
    """
    task, outcome = made.task, visiting().outcomes.by_code[made.outcome]
    wanted = TASKS.get(outcome.next, "")
    if wanted == "second_visit" and task.kind == "second_visit":
        wanted = "discussion"
    tasks = [_next(task, wanted, at)] if wanted else []
    if wanted != "second_visit" and task.kind in SAMPLED and is_sampled(made):
        tasks.append(_next(task, "sample_visit", at))
    on_tasks.done(task, at=at)
    found = list(Warning.objects.select_for_update().filter(task=task, state="open").order_by("pk"))
    if wanted == "second_visit":
        Warning.objects.filter(pk__in=[one.pk for one in found]).update(task=tasks[0])
        handled = 0
    else:
        handled = _handle(found, made.outcome, at, by)
    told = [Subject("warning", one.warning_id, one.division_code, one.household_id, made.case.key) for one in found]
    return Followed(
        (*told, *(Subject("task", one.key, one.division_code, made.case.household_key, made.case.key) for one in tasks)),
        tuple(tasks),
        handled,
    )


def changed(old: Visit, made: Visit, *, at: datetime, by: Viewer) -> None:
    """The warnings that ended by a visit take the outcome of the one that puts it right, and what that asks for is there too."""
    wanted = TASKS.get(visiting().outcomes.by_code[made.outcome].next, "")
    if wanted:
        _next(old.task, wanted, at)
    ended = Warning.objects.select_for_update().filter(task=old.task, outcome=old.outcome, handled_at__isnull=False)
    ended.update(outcome=made.outcome, handled_by=key_of(by), handled_at=at)


def is_sampled(made: Visit) -> bool:
    """Whether chance takes this visit: the random bits of its key, below the share that holds where the family lives."""
    share = number("visit.sample_share", division=made.division_code, on=local_day(made.recorded_at)) or Decimal(0)
    digits = made.key[1:]
    drawn = int.from_bytes(base64.b32decode(digits + "=" * (-len(digits) % 8))[:8], "big")
    return drawn < share * 2**64


def _handle(found: list[Warning], outcome: str, at: datetime, by: Viewer) -> int:
    for one in found:
        one.state, one.handling = "closed", "visited" if one.kind == "hint" else "handled"
        one.outcome, one.handled_at, one.handled_by = outcome, at, key_of(by)
    Warning.objects.bulk_update(found, ["state", "handling", "outcome", "handled_at", "handled_by"], batch_size=500)
    return len(found)


def _next(task: Task, kind: str, at: datetime) -> Task:
    """The open task of that kind in this round; a new one where there is none, the county's where the county decides."""
    item = "visit.second_wd" if kind in ("second_visit", "sample_visit") else "visit.follow_wd"
    days = whole(item, division=task.division_code, on=local_day(at))
    return on_tasks.new_task(
        case=task.case,
        kind=kind,
        because="visit",
        due_on=working_days_after(local_day(at), days) if days else None,
        at=at,
        priority=task.priority,
        round_number=task.round,
        county=kind == "discussion",
    )
