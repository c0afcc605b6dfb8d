"""The gate: a person looks at what the machine gathered and lets it go to a township, merged to one task a family and round.

Part of this step's actions. All is done by sets, so that fifty thousand warnings take seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, near_households, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import opened_for
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Member, Task
from jiuzhu.casework.cases.queries import may_hold, open_cases_of
from jiuzhu.casework.cases.refusals import CannotHold
from jiuzhu.casework.cases.tags import tagged_by_rule
from jiuzhu.casework.cases.tasks import ask_steward, office_of, rises, withdrawn
from jiuzhu.casework.dispatch.chosen import Chosen, One, find, subjects, update
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.bulk import insert_many, update_many
from jiuzhu.registry import public

WAITING = Q(kind="warning", state="open", handling="waiting")
TAKEN = Q(kind="warning", state="open", handling__in=("released", "snoozed"))
# What is asked about a family is asked at its door; what is asked about our own conduct is looked at by the county.
KIND_OF_SIDE = {"entry": "visit", "exit": "visit", "oversight": "review_warning"}
TASK_COLUMNS = ("key", "case_id", "round", "kind", "division_code", "office", "due_on", "rises_on", "priority")


@dataclass(frozen=True)
class Effect:
    """What a release does, or would do: cases and tasks that are new, and tasks that only grow."""

    warnings: int
    households: int
    new_cases: int
    new_tasks: int
    joined_tasks: int
    several: int


def effect(*, chosen: Chosen, by: Viewer, at: datetime) -> Effect:
    """What a release would do, with nothing done: for the page that asks. Raises as `release` does."""
    with transaction.atomic():
        found, _ = find(chosen, operation="warnings.release", condition=WAITING, by=by, at=at, counted=True)
        *_, told = _plan(found)
        return told


@transaction.atomic
def release(*, chosen: Chosen, because: str, by: Viewer, at: datetime, to: Officer | None = None, note: str = "") -> Effect:
    """Let waiting warnings go, each to the case of its family, one task a case and round, due by the first of their days.

    A family without a case gets a new unconfirmed one; of several the one in which the subject itself is, else the one that goes by
    the household, and a steward is asked.
    A task that is open already takes the warnings in and becomes as urgent as they are. to: who does the new tasks. because: a code
    of handling_reason; note: a sentence for the record. All or nothing, and one event with every warning in it.

    Raises NotAllowed, NotThere, Grown, TooMany, UnknownCode, CannotHold.
    """
    codes.known("handling_reason", because)
    found, grant = find(chosen, operation="warnings.release", condition=WAITING, by=by, at=at, counted=True)
    who = actor(by, grant)
    cases, joined, several, told = _plan(found)
    cases |= opened_for(_without_case(found, cases), because="by_warnings", at=at)
    placed = [replace(one, case=_case_of(one, cases)) for one in found]
    tasks = _tasks(placed, joined, because=because, to=to, by=by, who=who, at=at)
    _write(placed, tasks, because=because, who=who, at=at)
    tagged_by_rule(_scenarios(placed), today=local_day(at))
    for case in Case.objects.filter(pk__in=several):
        ask_steward(case, at=at)
    keys = _case_keys({one.case for one in placed if one.case})
    list_of = Subject("list", f"{len(placed)}")
    event = record(
        "warnings.release", by=who, at=at, on=list_of, subjects=subjects(placed, keys), purpose=grant.purpose,
        because=codes.reason(because, note), after={"because": because, "warnings": told.warnings, "tasks": told.new_tasks},
    )  # fmt: skip
    announce("warnings.released", event=event, at=at)
    return told


@transaction.atomic
def take_back(*, chosen: Chosen, because: str, by: Viewer, at: datetime, note: str = "") -> int:
    """Let released or snoozed warnings wait again; a task that is left without any, and that nobody has done, is withdrawn.

    Gives how many warnings. Raises NotAllowed, NotThere, Grown, UnknownCode.
    """
    codes.known("handling_reason", because)
    found, grant = find(chosen, operation="warnings.take_back", condition=TAKEN, by=by, at=at)
    update(found, handling="waiting", task=None, snoozed_until=None, because=because, released_at=None, released_by="")
    _without_warnings({one.task for one in found if one.task}, at=at)
    record(
        "warnings.take_back", by=actor(by, grant), at=at, on=Subject("list", f"{len(found)}"), purpose=grant.purpose,
        subjects=subjects(found, _case_keys({one.case for one in found if one.case})), because=codes.reason(because, note),
        after={"because": because},
    )  # fmt: skip
    return len(found)


def _without_warnings(tasks: set[int], *, at: datetime) -> None:
    standing = Warning.objects.filter(task__among=tasks, handling="released").values("task")
    withdrawn(Task.objects.filter(pk__among=tasks).exclude(pk__in=standing), at=at)


def _family(one: One) -> str:
    """What warnings are merged by: the household, or the warning alone where the registry knows none."""
    return one.household or one.number


def _case_of(one: One, cases: dict[str, int]) -> int | None:
    """Its own case where it has one, else that of its family."""
    return cases.get(one.number) or cases.get(_family(one))


def _plan(found: list[One]) -> tuple[dict[str, int], dict[tuple[int, str], Task], set[int], Effect]:
    """Family, or single warning, to its case, (case, kind) to the open task of its round, cases chosen out of several, and what
    would follow."""
    known = open_cases_of(one.household for one in found)
    several = {household for household, keys in known.items() if len(keys) > 1}
    by_number = _by_number(several, known)
    cases = {household: by_number.get(household, keys[0]) for household, keys in known.items()} | _cases_of_their_own(found)
    cases |= _of_subjects([one for one in found if one.household in several], known)
    joined: dict[tuple[int, str], Task] = {}
    standing = Task.objects.select_for_update().filter(case__among=set(cases.values()), state="open", round=F("case__round"))
    for task in standing.order_by("pk"):
        joined[task.case_id, task.kind] = task
    families = {_family(one) for one in found}
    groups = {(_case_of(one, cases) or _family(one), KIND_OF_SIDE[one.side]) for one in found}
    grown = len(groups & joined.keys())
    told = Effect(len(found), len(families), len(families - cases.keys()), len(groups) - grown, grown, len(several))
    return cases, joined, {_case_of(one, cases) or 0 for one in found if one.household in several}, told


def _of_subjects(found: list[One], known: dict[str, list[int]]) -> dict[str, int]:
    """Warning to that of its family's several cases in which the person it is about is a member now."""
    if not found:
        return {}
    try:
        about = public.subjects(Path(settings.WORKSPACE), [one.number for one in found])
    except public.NoRelease:
        return {}  # nobody says whom they are about
    people = {number: str(person) for number, person in about.items()}
    keys = {key for one in found for key in known[one.household]}
    members = Member.objects.filter(case__in=keys, until__isnull=True, party__registry_person__in=set(people.values()))
    of_person: dict[str, set[int]] = defaultdict(set)
    for person, case in members.values_list("party__registry_person", "case"):
        of_person[person].add(case)
    own = {number: of_person[person] for number, person in people.items()}
    return {number: next(iter(cases)) for number, cases in own.items() if len(cases) == 1}


def _by_number(several: set[str], known: dict[str, list[int]]) -> dict[str, int]:
    """Of several cases the one that goes by the household's number: its people are the subject's family by the newest release."""
    goes_by = Case.objects.filter(pk__in=[key for one in several for key in known[one]], household_key__in=several)
    return dict(goes_by.values_list("household_key", "pk"))


def _cases_of_their_own(found: list[One]) -> dict[str, int]:
    """Warnings without a household that were released before, to the case they were released to."""
    alone = {one.number: one.case for one in found if not one.household and one.case}
    still = set(Case.objects.filter(pk__in=alone.values(), state="open").values_list("pk", flat=True))
    return {number: case for number, case in alone.items() if case in still}


def _without_case(found: list[One], cases: dict[str, int]) -> dict[str, tuple[str, str]]:
    """Families without a case, with household and division."""
    return {_family(one): (one.household, one.division) for one in found if _family(one) not in cases}


def _scenarios(placed: list[One]) -> dict[int, set[str]]:
    seen: dict[int, set[str]] = defaultdict(set)
    for one in placed:
        seen[one.case or 0].add(one.scenario)
    return dict(seen)


def _case_keys(cases: set[int]) -> dict[int, str]:
    return dict(Case.objects.filter(pk__among=cases).values_list("pk", "key"))


def _tasks(
    placed: list[One],
    joined: dict[tuple[int, str], Task],
    *,
    because: str,
    to: Officer | None,
    by: Viewer,
    who: Actor,
    at: datetime,
) -> dict[tuple[int, str], int]:
    """(case, kind) to its task: new ones made, open ones made as urgent as the warnings that join them."""
    groups: dict[tuple[int, str], list[One]] = defaultdict(list)
    for one in placed:
        groups[one.case or 0, KIND_OF_SIDE[one.side]].append(one)
    rounds = _next_rounds([case for case, kind in groups if (case, kind) not in joined])
    near = kin.marked((one.household for one in placed), at=at)
    new: dict[tuple[int, str], Sequence[Any]] = {}
    urgent: list[Task] = []
    for (case, kind), group in groups.items():
        due_on = min((one.due_on for one in group if one.due_on), default=None)
        level = max(one.level for one in group)
        standing = joined.get((case, kind))
        if standing is None:
            place = group[0].division
            office = office_of(place, county=kind == "review_warning" or group[0].household in near)
            new[case, kind] = (new_key("T"), case, rounds[case], kind, place, office, due_on, rises(due_on), level)
        elif _more_urgent(standing, due_on, level):
            urgent.append(standing)
    given = {"owner_id": to.pk, "given_by": who.who, "given_at": at} if to is not None else {}
    if to is not None:
        _may_be_given(to, {(str(row[4]), str(row[5])) for row in new.values()}, by=by, at=at)
        if near_households(to, at=at) & {one.household for key in new for one in groups[key]}:
            raise CannotHold(f"a family here is near to {to.account} (A9); choose somebody else, or leave that family out")
    insert_many(Task, same={"made_at": at, "because": because, **given}, columns=TASK_COLUMNS, rows=new.values())
    Task.objects.bulk_update(urgent, ["due_on", "rises_on", "priority", "version"], batch_size=500)
    keys = {str(row[0]): family for family, row in new.items()}
    made = {keys[key]: pk for key, pk in Task.objects.filter(key__among=keys).values_list("key", "pk")}
    return {family: task.pk for family, task in joined.items()} | made


def _more_urgent(task: Task, due_on: date | None, level: int) -> bool:
    sooner = due_on is not None and (task.due_on is None or due_on < task.due_on)
    if not sooner and level <= task.priority:
        return False
    if sooner:
        task.due_on, task.rises_on = due_on, rises(due_on)
    task.priority, task.version = max(level, task.priority), task.version + 1
    return True


def _may_be_given(to: Officer, places: set[tuple[str, str]], *, by: Viewer, at: datetime) -> None:
    """Whether the viewer may give tasks standing there to somebody, who can hold them. places: division and office of each."""
    for place, office in sorted(places):
        require(by, "tasks.assign", on=Scope(place, "open"), at=at)
        anybody = Task(division_code=place, office=office, case=Case(division_code=place))
        if not to.is_active or not may_hold(to, anybody, at=at):
            raise CannotHold(f"{to.account} has no live role in {office}, below it or above it; choose somebody who has")


def _next_rounds(cases: list[int]) -> dict[int, int]:
    """The round new tasks belong to: the case's own while something of it is open or nothing was done, else the next."""
    standing = dict(Case.objects.filter(pk__among=set(cases)).values_list("pk", "round"))
    of_round = Task.objects.filter(case__among=set(cases), round=F("case__round"))
    busy = set(of_round.filter(state="open").values_list("case", flat=True))
    over = set(of_round.exclude(state="open").values_list("case", flat=True)) - busy
    Case.objects.filter(pk__among=over).update(round=F("round") + 1, version=F("version") + 1)
    return {case: number + (case in over) for case, number in standing.items()}


def _write(placed: list[One], tasks: dict[tuple[int, str], int], *, because: str, who: Actor, at: datetime) -> None:
    """Each warning gets its case and task, and what is the same for every one."""
    same = {"handling": "released", "released_at": at, "released_by": who.who, "because": because}
    rows = ((one.case, tasks[one.case or 0, KIND_OF_SIDE[one.side]], one.pk) for one in placed)
    update_many(Warning, same=same, columns=("case_id", "task_id"), rows=rows)
