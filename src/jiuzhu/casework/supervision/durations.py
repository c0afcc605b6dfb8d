"""How long steps take: of every step that was taken in a stretch of days the working days it took, as percentiles, and how many were late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from jiuzhu.casework.accounts.permissions import Viewer, visible
from jiuzhu.casework.cases.days import working_days_after
from jiuzhu.casework.roads import terms
from jiuzhu.casework.roads.declared import road_of, whole
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.rules.tree import Title
from jiuzhu.rules.workflows import Step

WHOLE = ""  # the whole road, from the step its term counts from to its last one
DECIDED = ("confirm", "refuse")


@dataclass(frozen=True)
class Spread:
    """One step of one road, or the whole of it (code WHOLE). mean, half, nine_in_ten, longest: working days, each None where none is
    known; unknown: how many lie in a year whose calendar is not loaded. late: of those with a term, how many passed it; None without one.
    """

    road: Title
    workflow: str
    code: str
    title: Title
    count: int
    mean: Fraction | None
    half: int | None
    nine_in_ten: int | None
    longest: int | None
    unknown: int
    late: int | None


def spreads(*, viewer: Viewer, at: datetime, since: date, until: date) -> list[Spread]:
    """Every step taken from one day to another, both with, in the viewer's reach, road by road in the order of its file.

    A step took the working days since the one before it, or since its walk began. A decision ends the whole: from the step that the
    road's own term counts from, nothing taken off for clocks that stood still.
    """
    reach = visible(Walk.objects.all(), viewer, "duties.read", at=at)
    asked = Taken.objects.filter(walk__in=reach, day__gte=since, day__lte=until).values("walk")
    walks = {one.pk: one for one in Walk.objects.filter(pk__in=asked).select_related("text", "parent")}
    taken: dict[int, list[Taken]] = defaultdict(list)
    for one in Taken.objects.filter(walk__among=sorted({*walks, *(one.parent_id or 0 for one in walks.values())})).order_by(
        "number"
    ):
        taken[one.walk_id].append(one)
    took: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    late: dict[tuple[str, str], int] = defaultdict(int)
    for number, walk in walks.items():
        steps, road = taken[number], road_of(walk)
        days = [terms.local_day(walk.begun_at), *(step.day for step in steps)]
        for before, step in zip(days, steps, strict=False):
            if not since <= step.day <= until:
                continue
            took[walk.workflow, step.step].append(terms.between(before, step.day))
            declared = road.steps.get(step.step)
            if declared is not None and declared.within:
                late[walk.workflow, step.step] += _is_late(walk, declared, step, [*taken[walk.parent_id or 0], *steps])
            begun = _begun(road.total.within.of if road.total else "", [*taken[walk.parent_id or 0], *steps])
            if step.step in DECIDED and begun is not None:
                took[walk.workflow, WHOLE].append(terms.between(begun, step.day))
    return _told(walks.values(), took, late)


def _told(walks: Iterable[Walk], took: dict[tuple[str, str], list[int | None]], late: dict[tuple[str, str], int]) -> list[Spread]:
    roads = {walk.workflow: road_of(walk) for walk in sorted(walks, key=lambda one: one.pk)}
    found = []
    for workflow, road in sorted(roads.items()):
        for code, title in [*((step.code, step.title) for step in road.steps.values()), (WHOLE, Title("全程", "in all"))]:
            some = took.get((workflow, code), [])
            if some:
                known = sorted(one for one in some if one is not None)
                has_term = code in road.steps and road.steps[code].within is not None
                found.append(
                    Spread(
                        road.title, workflow, code, title, len(some), Fraction(sum(known), len(known)) if known else None,
                        percentile(known, 50), percentile(known, 90), known[-1] if known else None, len(some) - len(known),
                        late.get((workflow, code), 0) if has_term else None,
                    )
                )  # fmt: skip
    return found


def percentile(ordered: Sequence[int], per_cent: int) -> int | None:
    """The least value that so many in a hundred do not pass; None of nothing."""
    return ordered[-(-len(ordered) * per_cent // 100) - 1] if ordered else None


def _begun(code: str, steps: Sequence[Taken]) -> date | None:
    """The day on which a step was taken first, by the walk or that of its application."""
    return min((one.day for one in steps if one.step == code), default=None)


def _is_late(walk: Walk, declared: Step, step: Taken, steps: Sequence[Taken]) -> bool:
    """Whether it was taken after its day; where a road has clocks that stand still they are asked, else the days are counted here."""
    term = declared.within
    begun = max((one.at for one in steps if term and one.step == term.of and one.at <= step.at), default=None)
    if term is None or begun is None:
        return False
    if term.unit != terms.WORKING_DAYS or road_of(walk).pauses:
        due = terms.after(walk, term, begun)
        return step.at > due.instant if due.instant else due.day is not None and step.day > due.day
    amount = whole(term.amount, division=walk.division_code, on=terms.local_day(begun))
    last = working_days_after(terms.local_day(begun), amount) if amount is not None else None
    return last is not None and step.day > last
