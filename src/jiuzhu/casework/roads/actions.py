"""What may be done on a road: begin a walk, take a step, say that work it waits for is done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts.models import Person
from jiuzhu.casework.accounts.permissions import Grant, Resident, Viewer, actor, staff
from jiuzhu.casework.cases.actions import new_task, take_duty
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.tasks import done as task_done
from jiuzhu.casework.cases.tasks import withdrawn
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.roads import ears, terms
from jiuzhu.casework.roads.declared import kept_text, road_of, workflows
from jiuzhu.casework.roads.models import Taken, Walk, Work
from jiuzhu.casework.roads.permitted import granted
from jiuzhu.casework.roads.queries import missing, named_road
from jiuzhu.casework.roads.refusals import NeedsReason, NotNow, NotYet
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.rules.workflows import EXAMINED, OUTSIDE, Step, Workflow
from jiuzhu.rules.workflows import Work as Declared

REASON = "by_road"  # of handling_reason: why a task is there
HANDLING, CONFIRMING = "handling", "confirmation"  # tasks: a township's next step, a county's
PREPARES, DECIDES = "prepares", "decides"  # duties that are held apart
COUNTY_ROLES = frozenset({"county_officer", "policy_officer"})


def prepared(work: str) -> str:
    """The group in which whoever does that work of an application is held apart from who decides about a programme in it."""
    return f"{EXAMINED}.{work}"


def begin(
    workflow: str, *, case: Case, on: Subject, at: datetime, party: Party | None = None, parent: Walk | None = None
) -> Walk:
    """Put something at the start of its road; part of the act that makes it. party: whose it is.

    Raises KeyError where the catalogue has no such road; IntegrityError where that walks it already.
    """
    road = workflows()[workflow]
    walk = Walk.objects.create(
        key=new_key("W"), workflow=workflow, text=kept_text(road), case=case, round=case.round, parent=parent, party=party,
        subject_kind=on.kind, subject_key=on.key, division_code=on.division_code or case.division_code, state=road.start,
        since=at, begun_at=at,
    )  # fmt: skip
    _wait(walk, road, at)
    return walk


@transaction.atomic
def take(
    walk: Walk, step: str, *, by: Viewer, at: datetime, because: str = "", seen: int = 0, papers: Collection[str] = ()
) -> Taken:
    """Take one step. seen: the version that was looked at, 0 for none. papers: what the step needs beside work, by its name.

    What the step opens becomes tasks; who is next gets one; ears hear of it inside this transaction, everybody else after it.
    Raises NotAllowed, Moved, NotNow, NotYet, NeedsReason, Undecided, DutyHeld, and what an ear raises.
    """
    held = Walk.objects.select_for_update(of=("self",)).select_related("case", "parent", "party").get(pk=walk.pk)
    road = road_of(held)
    declared = road.steps.get(step)
    if declared is None:
        raise NotNow(f"{held.key}: {road.code} has no step '{step}'; it has {', '.join(road.steps)}")
    special = named_road(held, road, declared, at=at)
    grant = granted(held, road, declared, by=by, at=at, special=special)
    if seen and seen != held.version:
        raise Moved(f"{held.key} went on since you looked; nothing was changed, look again")
    wanting = missing(held, road, declared, at=at, papers=papers, special=special)
    if wanting.never:
        raise NotNow(f"{held.key}: {wanting.never}")
    if wanting.yet:
        raise NotYet(f"{held.key}: {'; '.join(wanting.yet)}")
    if declared.because and not because.strip():
        raise NeedsReason(f"{held.key}: '{step}' says why; write a sentence")
    _hold_apart(held, road, declared, by, at)
    made = _taken(held, declared, grant, by, at, because.strip())
    _close_tasks(held, at)
    Walk.objects.filter(pk=held.pk).update(state=declared.to, since=at, ended=declared.to in road.ends, version=F("version") + 1)
    held.refresh_from_db()
    _open_works(held, road, declared, at)
    _wait(held, road, at)
    for ear in ears.heard_by(road.code, step):
        ear(held, made, by, at)
    held.refresh_from_db()
    return made


def work_done(walk: Walk, code: str, *, at: datetime, persons: Collection[Person] = ()) -> bool:
    """Work a step waits for is done; part of the act that did it. persons: who did it, held apart from who decides about it.

    Gives whether it was open. Raises DutyHeld.
    """
    road = road_of(walk)
    for person in persons:
        _duties(walk, road, code, person, at)
    open_works = Work.objects.filter(walk=walk, code=code, done_at__isnull=True).select_related("task")
    for work in open_works:
        Work.objects.filter(pk=work.pk).update(done_at=at)
        if work.task.state == Task.State.OPEN:
            task_done(work.task, at=at)
    return bool(open_works)


def settled(walk: Walk, *, case: Case, party: Party, division_code: str) -> None:
    """Whose it is has been found out, and where it is decided: it walks on there, for that family; part of the act that found it."""
    Walk.objects.filter(pk=walk.pk).update(
        case=case, round=case.round, party=party, division_code=division_code, version=F("version") + 1
    )


def fell_away(walk: Walk, *, at: datetime) -> None:
    """What walked there is no more, by another act: no step of it is taken again and its work is withdrawn; part of that act."""
    Walk.objects.filter(pk=walk.pk).update(ended=True, since=at, version=F("version") + 1)
    for work in Work.objects.filter(walk=walk, done_at__isnull=True).select_related("task"):
        Work.objects.filter(pk=work.pk).update(done_at=at)
        withdrawn(Task.objects.filter(pk=work.task_id), at=at)


def _taken(walk: Walk, step: Step, grant: Grant, by: Viewer, at: datetime, because: str) -> Taken:
    whose = walk.party.key if walk.party is not None and step.by in OUTSIDE else ""
    for_whom = "" if isinstance(by, Resident) and by.who == whose else whose
    who = actor(by, grant, acting_for=for_whom)
    number = Taken.objects.filter(walk=walk).count() + 1
    made = Taken.objects.create(
        walk=walk, number=number, step=step.code, origin=walk.state, to=step.to, at=at, day=terms.local_day(at), by=who.who,
        role=who.role, acting_for=who.acting_for,
        because=sealed(because, column="roads_taken.because", row=f"{walk.key}/{number}", of=walk.case.key),
    )  # fmt: skip
    on = Subject(walk.subject_kind, walk.subject_key, walk.division_code, walk.case.household_key, walk.case.key)
    event = record(
        f"{walk.workflow}.{step.code}", by=who, at=at, on=on, purpose=grant.purpose, because=because,
        before={"state": walk.state}, after={"state": step.to},
    )  # fmt: skip
    announce("road.taken", event=event, at=at, case=walk.case, on=on)
    return made


def _hold_apart(walk: Walk, road: Workflow, step: Step, by: Viewer, at: datetime) -> None:
    officer = staff(by)
    if officer is not None:
        _duties(walk, road, step.code, officer.person, at)


def _duties(walk: Walk, road: Workflow, code: str, person: Person, at: datetime) -> None:
    """Whoever does this holds it against every step that is kept apart from it (A8)."""
    held = [(f"{road.code}.{other.code}", PREPARES) for other in road.steps.values() if code in other.apart]
    if code in road.steps and road.steps[code].apart:
        held.append((f"{road.code}.{code}", DECIDES))
        before = set(road.steps[code].apart) - set(road.steps) - set(road.tasks)
        held += [(prepared(name), DECIDES) for name in sorted(before)]
    for group, duty in held:
        take_duty(case=walk.case, group=group, duty=duty, person=person, at=at, round_number=walk.round)


def _open_works(walk: Walk, road: Workflow, step: Step, at: datetime) -> None:
    for code in step.opens:
        declared = road.tasks[code]
        task = _task(walk, declared.kind, _begin_by(walk, declared, at), at, county=declared.by in COUNTY_ROLES)
        Work.objects.get_or_create(walk=walk, code=code, done_at=None, defaults={"task": task, "opened_at": at})


def _begin_by(walk: Walk, declared: Declared, at: datetime) -> date | None:
    """The day by which work is begun, else done."""
    term = declared.begin or declared.within
    if term is None:
        return None
    found = terms.after(walk, term, at) if term.of == "begin" else terms.due(walk, term)
    return found.day if found else None


def _wait(walk: Walk, road: Workflow, at: datetime) -> None:
    """A task for the office that is waited for next."""
    roles = {terms.doer(walk, road, step) for step in terms.waiting_steps(walk, road)} - {""}
    if not roles:
        return
    found = terms.next_due(walk)
    county = roles <= COUNTY_ROLES
    _task(walk, CONFIRMING if county else HANDLING, found.day if found else None, at, county=county)


def _task(walk: Walk, kind: str, due_on: date | None, at: datetime, *, county: bool) -> Task:
    return new_task(case=walk.case, kind=kind, because=REASON, due_on=due_on, at=at, round_number=walk.round, county=county)


def _close_tasks(walk: Walk, at: datetime) -> None:
    """The office that was waited for has acted; its task ends unless another walk of the case waits for it too."""
    others = Walk.objects.filter(case=walk.case, round=walk.round, ended=False).exclude(pk=walk.pk)
    wanted = set()
    for other in others.select_related("case", "parent"):
        road = road_of(other)
        roles = {terms.doer(other, road, step) for step in terms.waiting_steps(other, road)} - {""}
        if roles:
            wanted.add(CONFIRMING if roles <= COUNTY_ROLES else HANDLING)
    tasks = Task.objects.filter(case=walk.case, round=walk.round, kind__in={HANDLING, CONFIRMING} - wanted, state=Task.State.OPEN)
    for task in tasks:
        task_done(task, at=at)
