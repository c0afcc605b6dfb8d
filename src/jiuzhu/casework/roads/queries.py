"""What may be asked of roads: which steps are offered and why others are not, terms, what was done, how long it took."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from jiuzhu.casework.accounts.permissions import NotAllowed, Viewer
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.roads import ears, terms
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.roads.models import Taken, Walk, Work
from jiuzhu.casework.roads.permitted import granted
from jiuzhu.casework.roads.refusals import Undecided
from jiuzhu.rules.tree import Title
from jiuzhu.rules.workflows import PAPERS, Duration, Step, Workflow


@dataclass(frozen=True)
class Wanting:
    """never: why the step does not lead on from here at all, "" where it does. yet: what it still waits for."""

    never: str = ""
    yet: Sequence[str] = ()


@dataclass(frozen=True)
class Offer:
    """One step out of where a walk stands. why_not: what it waits for, or that another takes it; () where it may be taken now.

    due: by when; asks_reason: it is not taken without words; harms: one of HARMS, "" for none.
    """

    code: str
    title: Title
    by: str
    may: bool
    yet: tuple[str, ...]
    due: terms.Due | None
    asks_reason: bool
    harms: str
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """A term that runs: of a step, of work, or of the whole road ("" as code). late: the day has passed."""

    code: str
    title: Title
    due: terms.Due
    late: bool


@dataclass(frozen=True)
class Durations:
    """states: each state the walk was in, with the working days spent there, in order. whole: from the step terms count from."""

    states: Sequence[tuple[str, date, int | None]]
    whole: terms.Spent = field(default_factory=lambda: terms.Spent(None, None))


def offers(walk: Walk, viewer: Viewer, *, at: datetime) -> list[Offer]:
    """The steps that lead out of where the walk stands, in the order of the file, those the viewer may not take among them."""
    road, told = road_of(walk), []
    for step in road.from_state(walk.state):
        if step.batch:
            continue
        special = named_road(walk, road, step, at=at)
        try:
            granted(walk, road, step, by=viewer, at=at, special=special)
            may = True
        except (NotAllowed, Undecided):
            may = False
        papers = tuple(name for name in _needs(road, step, special) if name in PAPERS)
        wanting = missing(walk, road, step, at=at, papers=papers, special=special)
        yet = ((wanting.never,) if wanting.never else ()) + tuple(wanting.yet)
        ends = terms.due(walk, step.within) if step.within else None
        by = terms.doer(walk, road, step, on_road=special)
        told.append(Offer(step.code, step.title, by, may, yet, ends, step.because, step.harms, papers))
    return told


def missing(walk: Walk, road: Workflow, step: Step, *, at: datetime, papers: Collection[str] = (), special: str = "") -> Wanting:
    """What stands between here and a step."""
    if walk.state not in step.origins:
        return Wanting(never=f"'{step.code}' does not lead out of '{walk.state}'")
    if step.times and Taken.objects.filter(walk=walk, step=step.code).count() >= step.times:
        return Wanting(never=f"'{step.code}' was done {step.times} times, which is as often as it may be")
    yet = []
    if step.when and not ears.holds(step.when, walk, at):
        yet.append(f"when:{step.when}")
    works = Work.objects.filter(walk__in=terms.family(walk)).select_related("task")
    for name in _needs(road, step, special):
        if name in PAPERS:
            if name not in papers:
                yet.append(f"paper:{name}")
            continue
        found = [work for work in works if work.code == name]
        if not found or any(work.done_at is None and work.task.state != Task.State.DONE for work in found):
            yet.append(f"work:{name}")
    return Wanting(yet=yet)


def named_road(walk: Walk, road: Workflow, step: Step, *, at: datetime) -> str:
    """The code of the road for some cases on which this case takes this step, "" for the common one."""
    return next((one.code for one in road.roads if step.code in one.on and ears.holds(one.when, walk, at)), "")


def deadlines(walk: Walk, *, at: datetime, because: str = "") -> list[Deadline]:
    """Every term that runs for a walk now, the soonest first; those whose day is not known last."""
    road, today, found = road_of(walk), terms.local_day(at), []
    for step in terms.waiting_steps(walk, road):
        if step.within:
            found.append((step.code, step.title, step.within))
    told = [Deadline(code, title, ends, _late(ends, at, today)) for code, title, term in found if (ends := terms.due(walk, term))]
    for work in Work.objects.filter(walk=walk, done_at__isnull=True, task__state=Task.State.OPEN).select_related("task"):
        ends = terms.Due(work.task.due_on)
        told.append(Deadline(work.code, Title(work.code, work.code), ends, _late(ends, at, today)))
    if not walk.ended and (whole := terms.ends(walk, because=because)):
        told.append(Deadline("", road.title, whole, _late(whole, at, today)))
    return sorted(told, key=lambda one: (one.due.day is None, one.due.day or today, one.code))


def history(walk: Walk) -> list[Taken]:
    """Every step in order; `because` opened."""
    told = list(walk.taken.order_by("number"))
    for one in told:
        row = f"{walk.key}/{one.number}"
        one.because = opened(one.because, column="roads_taken.because", row=row) if one.because else ""
    return told


def durations(walk: Walk, *, at: datetime) -> Durations:
    """How long the walk stood in each state, and the whole in gross and net working days up to its end or now."""
    steps = list(walk.taken.order_by("number"))
    marks = [(road_of(walk).start, walk.begun_at), *((step.to, step.at) for step in steps)]
    ends = [instant for _, instant in marks[1:]] + [steps[-1].at if walk.ended and steps else at]
    states = [
        (state, terms.local_day(begun), terms.between(terms.local_day(begun), terms.local_day(end)))
        for (state, begun), end in zip(marks, ends, strict=True)
    ]
    total = road_of(walk).total
    first = total.within if total else Duration(0, "days", "accept")
    return Durations(states, terms.spent(walk, first=first.of, until=ends[-1]))


def _needs(road: Workflow, step: Step, special: str) -> tuple[str, ...]:
    return (*step.needs, *next((one.needs for one in road.roads if one.code == special), ()))


def _late(ends: terms.Due, at: datetime, today: date) -> bool:
    return at > ends.instant if ends.instant else ends.day is not None and today > ends.day


def form_of(task: Task) -> str:
    """The form by which a task of a road is done, as its workflow names it; "" where it is of no road, or names none."""
    work = Work.objects.filter(task=task).select_related("walk").order_by("-pk").first()
    return road_of(work.walk).tasks[work.code].form if work is not None else ""
