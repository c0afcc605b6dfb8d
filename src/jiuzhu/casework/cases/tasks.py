"""What may be done with tasks: give them to somebody, take them back, finish, pass on; and what time does to them. Part of this
step's actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from jiuzhu.casework.accounts import kin, places
from jiuzhu.casework.accounts.actions import division_in_force
from jiuzhu.casework.accounts.models import Assignment, Delegation, Officer
from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.queries import may_hold, task_scope
from jiuzhu.casework.cases.refusals import CannotHold, Moved, NoFeedback, NothingNew, NotOpen
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.working_rules.queries import whole

BY_ITSELF = Actor("system:cases")
BETWEEN_TIERS = "handling.tier_wd"  # how long an office told of a missed deadline has before the one above it is told
STEWARD_DAYS = 5  # working days a steward has to say which family is meant
OPEN = Task.State.OPEN
BY_VISIT = frozenset({"visit", "second_visit", "sample_visit", "review_warning"})  # kinds that only the form of a visit ends
TOWNSHIP, COUNTY = 9, 6
AT_THE_DOOR = ("visit", "second_visit", "sample_visit")  # of a household near to staff the county's (A9)


def office_of(division: str, *, county: bool = False) -> str:
    """The division whose office answers for what happens there: its township, or its county where there is none or it is meant."""
    return division[:COUNTY] if county or len(division) < TOWNSHIP else division[:TOWNSHIP]


def new_task(
    *,
    case: Case,
    kind: str,
    because: str,
    due_on: date | None,
    at: datetime,
    priority: int = 0,
    round_number: int = 0,
    county: bool = False,
) -> Task:
    """A task of a case, or the open one of that kind and round, made more urgent where this one is; part of another act.

    round_number: 0 is the round the case is in. county: the county's office answers for it, not the township's; of a household
    near to staff it always answers for visits.
    """
    codes.known("task_kind", kind)
    county = county or (kind in AT_THE_DOOR and bool(kin.marked([case.household_key], at=at)))
    number = round_number or case.round
    found = Task.objects.select_for_update().filter(case=case, round=number, kind=kind, state=OPEN).first()
    if found is not None:
        sooner = due_on is not None and (found.due_on is None or due_on < found.due_on)
        if sooner or priority > found.priority:
            found.due_on, found.rises_on = (due_on, rises(due_on)) if sooner else (found.due_on, found.rises_on)
            found.priority, found.version = max(priority, found.priority), found.version + 1
            found.save(update_fields=["due_on", "rises_on", "priority", "version"])
        return found
    return Task.objects.create(
        key=new_key("T"),
        case=case,
        round=number,
        kind=kind,
        division_code=case.division_code,
        office=office_of(case.division_code, county=county),
        made_at=at,
        due_on=due_on,
        rises_on=rises(due_on),
        priority=priority,
        because=because,
    )


def ask_steward(case: Case, *, at: datetime) -> Task:
    """Several families could be meant: a data steward of the county, where there is one, finds out which. Part of another act."""
    task = new_task(
        case=case,
        kind="which_case",
        because="by_warnings",
        due_on=working_days_after(local_day(at), STEWARD_DAYS),
        at=at,
        county=True,
    )
    live = {"assignments__since__lte": at, "assignments__until__gt": at, "assignments__role": "data_steward"}
    stewards = Officer.objects.filter(is_active=True, assignments__division_code=task.office, **live)
    steward = stewards.exclude(person__in=kin.people_near(case.household_key, at=at)).order_by("pk").first()
    if task.owner_id is None and steward is not None:
        task.owner, task.given_by, task.given_at = steward, BY_ITSELF.who, at
        task.save(update_fields=["owner", "given_by", "given_at"])
    return task


def rises(due_on: date | None) -> date | None:
    """The first day on which a task with that deadline goes up a tier."""
    return None if due_on is None else due_on + timedelta(days=1)


@transaction.atomic
def assign(*, task: Task, to: Officer, by: Viewer, at: datetime, seen: int = 0, because: str = "") -> Task:
    """Name who does a task; whoever had it has it no more. seen: the version that was looked at, 0 for none.

    Raises NotAllowed, CannotHold, NotOpen, Moved, NothingNew.
    """
    grant = require(by, "tasks.assign", on=task_scope(task, by), at=at)
    if not to.is_active or not may_hold(to, task, at=at):
        raise CannotHold(
            f"{task.key}: {to.account} has no live role in {task.office}, below it or above it; choose somebody who has"
        )
    if task.owner_id == to.pk:
        raise NothingNew(f"{task.key} is with {to.account} already")
    who = actor(by, grant)
    changed = _changed(task, seen, owner=to, given_by=who.who, given_at=at)
    before, after = {"owner": task.owner and task.owner.account}, {"owner": to.account}
    event = record(
        "tasks.assign",
        by=who,
        at=at,
        on=subject(task),
        purpose=grant.purpose,
        task=task.key,
        because=because,
        before=before,
        after=after,
    )
    announce("task.given", event=event, at=at, case=task.case, on=subject(task))
    return changed


@transaction.atomic
def take_back(*, task: Task, by: Viewer, at: datetime, because: str, seen: int = 0) -> Task:
    """The task is with nobody again; its office answers for it. Raises NotAllowed, NotOpen, Moved, NothingNew."""
    grant = require(by, "tasks.assign", on=task_scope(task, by), at=at)
    if task.owner_id is None:
        raise NothingNew(f"{task.key} is with nobody")
    changed = _changed(task, seen, owner=None, given_by="", given_at=None)
    before = {"owner": task.owner and task.owner.account}
    record(
        "tasks.take_back", by=actor(by, grant), at=at, on=subject(task), purpose=grant.purpose, task=task.key, because=because,
        before=before, after={"owner": None},
    )  # fmt: skip
    return changed


@transaction.atomic
def finish_task(*, task: Task, by: Viewer, at: datetime, because: str, seen: int = 0) -> Task:
    """Say that a task is done which no other act finishes, and what was done.

    Raises NotAllowed, NoFeedback for a visit, which its form ends, and without words; NotOpen, Moved.
    """
    grant = require(by, "tasks.finish", on=task_scope(task, by), at=at)
    if task.kind in BY_VISIT:
        raise NoFeedback(f"{task.key} is a visit: record what was found, and it ends with the outcome")
    if not because.strip():
        raise NoFeedback(f"{task.key}: say in a sentence what was done")
    changed = _changed(task, seen, state=Task.State.DONE, done_at=at)
    event = record(
        "tasks.finish", by=actor(by, grant), at=at, on=subject(task), purpose=grant.purpose, task=task.key, because=because,
        before={"state": "open"}, after={"state": "done"},
    )  # fmt: skip
    announce("task.done", event=event, at=at, case=task.case, on=subject(task))
    return changed


def done(task: Task, *, at: datetime, seen: int = 0) -> Task:
    """The task is done by another act, which records and announces it: a visit, an answer. Raises NotOpen, Moved."""
    return _changed(task, seen, state=Task.State.DONE, done_at=at)


def withdrawn(tasks: QuerySet[Task], *, at: datetime) -> int:
    """Nothing is left to do for these open tasks; part of another act. Gives how many there were."""
    return tasks.filter(state=OPEN).update(state=Task.State.WITHDRAWN, done_at=at, version=F("version") + 1)


@transaction.atomic
def transfer_task(*, task: Task, division_code: str, because: str, by: Viewer, at: datetime, seen: int = 0) -> Task:
    """Pass a task to the office of another division, where somebody names who does it. The family's case stays where it is.

    Raises NotAllowed, NoSuchDivision, NotOpen, Moved, NothingNew.
    """
    code = division_in_force(division_code, on=local_day(at))[:12]
    grant = require(by, "tasks.transfer", on=task_scope(task, by), at=at)
    if code == task.division_code:
        raise NothingNew(f"{task.key} stands in {code} already")
    changed = _changed(
        task, seen, division_code=code, office=office_of(code), owner=None, given_by="", given_at=None, tier_up=0, raised_to=""
    )
    before, after = {"division": task.division_code}, {"division": code}
    event = record(
        "tasks.transfer", by=actor(by, grant), at=at, on=subject(task), purpose=grant.purpose, task=task.key, because=because,
        before=before, after=after,
    )  # fmt: skip
    announce("task.transferred", event=event, at=at, case=task.case, on=subject(task))
    return changed


@transaction.atomic
def escalate_due(*, at: datetime, today: date) -> int:
    """Tell the office one tier up of every open task whose day has passed; gives how many went up.

    The next tier is told after as many working days as the rule `handling.tier_wd` says there. Province is the last. Twice on a day
    is harmless: a task that went up rises again on a later day.
    """
    late = Task.objects.select_for_update().filter(state=OPEN, rises_on__lte=today)
    groups: dict[tuple[str, str], list[Task]] = {}
    for one in late.select_related("case").order_by("pk"):
        groups.setdefault((one.office, one.raised_to), []).append(one)
    subjects: list[Subject] = []
    for (office, raised_to), tasks in groups.items():
        up = tier_above(raised_to or office)
        again = next_tier_on(office, up, today)
        keys = [one.pk for one in tasks]
        if up is None:
            Task.objects.filter(pk__in=keys).update(rises_on=None)
            continue
        for some in _pieces(keys):
            Task.objects.filter(pk__in=some).update(
                raised_to=up, tier_up=F("tier_up") + 1, rises_on=again, version=F("version") + 1
            )
        subjects += [subject(one) for one in tasks]
    if subjects:
        record("tasks.escalate", by=BY_ITSELF, at=at, subjects=subjects)
    return len(subjects)


def next_tier_on(office: str, told: str | None, today: date) -> date | None:
    """The day on which the tier above `told` is told too, if the office has still done nothing; None above a province."""
    days = whole(BETWEEN_TIERS, division=office, on=today)
    return working_days_after(today, days) if told and days and tier_above(told) else None


@transaction.atomic
def give_back_of_left(*, at: datetime) -> int:
    """Tasks of accounts that were closed, or have no live role in the office, below it or above it, go back to their office, which
    answers for them; gives how many. Twice is harmless. What was handed down to somebody counts as theirs."""
    above = [Substr(OuterRef("office"), 1, n) for n in (TOWNSHIP, COUNTY)]  # itself among them
    above += [Concat(Substr(OuterRef("office"), 1, n), Value("0" * (COUNTY - n))) for n in (4, 2)]
    live = Q(since__lte=at, until__gt=at)
    there = Q(division_code__in=above) | Q(division_code__startswith=OuterRef("office"))
    held = Assignment.objects.filter(live & there, officer=OuterRef("owner"), officer__is_active=True)
    handed = Delegation.objects.filter(live, taker=OuterRef("owner"), taker__is_active=True)
    left = Task.objects.select_for_update(of=("self",)).filter(~Exists(held), ~Exists(handed), state=OPEN, owner__isnull=False)
    found = list(left.select_related("case").order_by("pk"))
    for some in _pieces([one.pk for one in found]):
        Task.objects.filter(pk__in=some).update(owner=None, given_by="", given_at=None, version=F("version") + 1)
    if found:
        record("tasks.left", by=BY_ITSELF, at=at, subjects=[subject(one) for one in found])
    return len(found)


def tier_above(division: str) -> str | None:
    """The division whose office is told when that one's office misses a deadline; None above a province."""
    up = places.parent(division)
    return None if up in (None, places.NATION) else up


def subject(task: Task) -> Subject:
    return Subject("task", task.key, task.division_code, task.case.household_key, task.case.key)


def _changed(task: Task, seen: int, **columns: object) -> Task:
    """The one way an open task changes: only from the version that was looked at, so that of two at once one is refused (G2)."""
    standing = Task.objects.filter(pk=task.pk, state=OPEN, version=seen or task.version)
    if not standing.update(version=F("version") + 1, **columns):
        now = Task.objects.get(pk=task.pk)
        if now.state != OPEN:
            raise NotOpen(f"{task.key} is {now.get_state_display()} ({now.state}) since {now.done_at}; nothing was changed")
        raise Moved(f"{task.key} was changed by somebody else since you opened it; nothing was changed, look again")
    return Task.objects.select_related("case", "owner").get(pk=task.pk)


def _pieces(keys: list[int], size: int = 5_000) -> Iterable[list[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


__all__ = [
    "BETWEEN_TIERS",
    "BY_VISIT",
    "ask_steward",
    "assign",
    "done",
    "escalate_due",
    "finish_task",
    "give_back_of_left",
    "new_task",
    "next_tier_on",
    "office_of",
    "rises",
    "subject",
    "take_back",
    "tier_above",
    "transfer_task",
    "withdrawn",
]  # fmt: skip
