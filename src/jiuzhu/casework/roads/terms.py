"""By when: terms counted in working days, days or hours from a step, longer by what a road says stops the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jiuzhu.casework.cases.days import working_days_after
from jiuzhu.casework.roads.declared import road_of, role_of, whole
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.registry import public
from jiuzhu.rules.workflows import OUTSIDE, Duration, Step, Workflow
from jiuzhu.vocabulary.local_day import local_day
from jiuzhu.vocabulary.working_days import YearNotLoaded

DAYS, WORKING_DAYS = "days", "working_days"


@dataclass(frozen=True)
class Due:
    """day: the last day of the term, None where it is not known. instant: for hours and minutes. why: what is not known, "" else."""

    day: date | None
    instant: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Spent:
    """Working days from one step to another, the first day not counted: all of them, and those in which no clock stood still."""

    gross: int | None
    net: int | None


def due(walk: Walk, term: Duration) -> Due | None:
    """When a term of this walk ends; None while the step it counts from was not taken."""
    begun = last(walk, term.of)
    return None if begun is None else after(walk, term, begun.at)


def after(walk: Walk, term: Duration, start: datetime) -> Due:
    """The same from an instant."""
    day = local_day(start)
    amount = whole(term.amount, division=walk.division_code, on=day)
    if amount is None:
        return Due(None, why=f"{term.amount}")
    if term.unit == DAYS:
        return Due(day + timedelta(days=amount))
    if term.unit != WORKING_DAYS:
        instant = start + timedelta(**{term.unit: amount})
        return Due(local_day(instant), instant)
    ends = working_days_after(day, amount + stopped(walk, day))
    return Due(ends, why="" if ends else "calendar")


def ends(walk: Walk, *, because: str = "") -> Due | None:
    """When the whole time of a road ends; None while it has not begun to run, or the road says none. because: why it is longer."""
    total = road_of(walk).total
    if total is None:
        return None
    term = total.within
    if because in total.because and total.longer != "":
        term = Duration(total.longer, term.unit, term.of)
    return due(walk, term)


def next_due(walk: Walk) -> Due | None:
    """The first day by which somebody in an office has to take a step out of where the walk stands."""
    road = road_of(walk)
    found = [one for step in waiting_steps(walk, road) if step.within and (one := due(walk, step.within))]
    if total := ends(walk):
        found.append(total)
    known = [one for one in found if one.day is not None]
    return min(known, key=lambda one: one.day or date.max, default=found[0] if found else None)


def waiting_steps(walk: Walk, road: Workflow) -> tuple[Step, ...]:
    """The steps that an office is waited for to take; none in a state that rests."""
    if walk.state in road.rests:
        return ()
    return tuple(step for step in road.from_state(walk.state) if step.by not in OUTSIDE and not step.batch)


def doer(walk: Walk, road: Workflow, step: Step, *, on_road: str = "") -> str:
    """The role that takes a step here: as the road says on the day the walk began. on_road: the code of a road for some cases."""
    by = next((one.by for one in road.roads if one.code == on_road and step.code in one.on), step.by)
    return by if by in OUTSIDE else role_of(by, division=walk.division_code, on=local_day(walk.begun_at))


def spent(walk: Walk, *, first: str, until: datetime) -> Spent:
    """Working days since a step was taken, gross and without what stood still. None where a year's calendar is not loaded."""
    begun = last(walk, first, latest=False)
    if begun is None:
        return Spent(None, None)
    gross = between(begun.day, local_day(until))
    return Spent(gross, None if gross is None else gross - stopped(walk, begun.day))


def stopped(walk: Walk, since: date) -> int:
    """Working days after that day on which the clock of a walk stood still, by a pause of its road or of its application's."""
    days = 0
    for one in family(walk):
        for pause in road_of(one).pauses:
            begun: date | None = None
            for step in Taken.objects.filter(walk=one, step__in=pause.between).order_by("number"):
                if step.step == pause.between[0]:
                    begun = step.day
                elif begun is not None:
                    days += between(max(begun, since), step.day) or 0
                    begun = None
    return days


def last(walk: Walk, step: str, *, latest: bool = True) -> Taken | None:
    """When a step was taken last, or first: by this walk or by that of its application."""
    order = "-at" if latest else "at"
    return Taken.objects.filter(walk__in=family(walk), step=step).order_by(order, "-number" if latest else "number").first()


def family(walk: Walk) -> list[Walk]:
    return [walk, walk.parent] if walk.parent is not None else [walk]


def between(first: date, to: date) -> int | None:
    """Working days after one day up to another, 0 for none; None where a year's calendar is not loaded."""
    if to <= first:
        return 0
    try:
        return public.working_days().between(first, to)
    except YearNotLoaded:
        return None
