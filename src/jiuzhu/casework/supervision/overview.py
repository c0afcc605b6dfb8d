"""The overview of a division: warnings, deadlines, who is in the base, whom nobody met; each number with the list behind it.

Everything is counted by the database or from one release; nothing personal is read, and nothing personal is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Substr, TruncMonth

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.permissions import Grant, NotAllowed, Scope, Viewer, actor, allowed, require, visible
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.queries import UNDEALT
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.visits.models import Visit
from jiuzhu.registry import public
from jiuzhu.registry.public import Listed
from jiuzhu.rules.tree import Title

READ, EXPORT, FAMILIES = "overview.read", "overview.export", "families.list"
ENTITLED = "S15"  # the scenario of those who could have a benefit and do not get it
SOON = timedelta(days=7)
MONTHS = 12
BEYOND_POLICY = (6, 7)  # categories of the base that no standing benefit covers: other hardship, without local registration
WITHOUT_PREFECTURES = ("11", "12", "31", "50")  # cities directly under the State Council: their counties stand right below them
DIGITS = {"nation": 2, "province": 4, "prefecture": 6, "county": 9, "township": 12, "village": 12}
STAGES = {
    "issued": Title("已发出", "Issued"),
    "released": Title("已发布", "Released"),
    "visited": Title("已走访", "Visited"),
    "handled": Title("已处置", "Dealt with"),
    "helped": Title("得到帮助", "Helped"),
}
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """A division below the one that is looked at, or, of a village, itself. people: living there; 0 where nobody is known to.

    levels: open warnings by grade. overdue, today, soon: of those with a day to be decided by, soon within a week. entitled:
    that somebody could have a benefit and does not. listed, unseen: families of the base, and those whom nobody met in a year.
    """

    code: str
    people: int
    levels: Mapping[int, int]
    overdue: int
    today: int
    soon: int
    dated: int
    entitled: int
    listed: int
    unseen: int

    @property
    def open(self) -> int:
        return sum(self.levels.values())

    @property
    def urgent(self) -> int:
        """Red and orange ones."""
        return self.levels.get(4, 0) + self.levels.get(3, 0)

    @property
    def per_ten_thousand(self) -> float | None:
        """Red and orange ones for 10,000 people; None where nobody is known to live."""
        return self.urgent * 10_000 / self.people if self.people else None

    @property
    def on_time(self) -> int | None:
        """Percent of the open ones with a day that is not past; None where none has a day."""
        return (self.dated - self.overdue) * 100 // self.dated if self.dated else None


@dataclass(frozen=True)
class Stage:
    """A stage of the closed loop. count: how many reached it. address: the list behind it, "" where there is none."""

    title: Title
    count: int
    address: str = ""


@dataclass(frozen=True)
class Overview:
    """categories: families of the base by category. months: open warnings by the month they first stood. beyond: people outside
    standing benefits (SF216). grant: by which it may be seen."""

    division: str
    grant: Grant
    parts: tuple[Part, ...]
    total: Part
    categories: Mapping[int, int]
    listed_people: int
    months: Mapping[date, int]
    stages: tuple[Stage, ...]
    today: date

    @property
    def beyond(self) -> int:
        return sum(self.categories.get(one, 0) for one in BEYOND_POLICY)

    @property
    def supported(self) -> int:
        return sum(self.categories.values()) - self.beyond


Stages = Callable[[QuerySet[Warning], str], list[Stage]]
_STAGES: list[Stages] = []


def offer_stages(stages: Stages) -> None:
    """A step adds the stages of the loop it keeps, counted over the warnings given, of that division; in the order of the loop."""
    _STAGES.append(stages)


def overview(*, viewer: Viewer, division: str, today: date, at: datetime) -> Overview:
    """Everything the page tells of a division. Raises NotAllowed for one out of reach or without any such code (A3)."""
    grant = _may(viewer, READ, division, at)
    reach = visible(Warning.objects.all(), viewer, READ, at=at).filter(places.inside(division, "division_code"))
    standing = reach.filter(queue__in=UNDEALT)
    counted = _counted(standing, division, today)
    base = _listed()
    here = within(base, division) if base is not None else np.zeros(0, np.bool_)
    people = people_below(base, division) if base is not None else {}
    listed, unseen = (
        (families_below(base, division, mask) for mask in (here, here & base.unseen)) if base is not None else ({}, {})
    )
    codes = sorted({*counted, *people, *listed, *_children(division, today)})
    parts = tuple(_part(code, counted.get(code, {}), people, listed, unseen) for code in codes)
    category = base.category[here] if base is not None else np.zeros(0, np.int32)
    return Overview(
        division=division,
        grant=grant,
        parts=parts,
        total=_total(division, parts),
        categories={int(code): int(count) for code, count in zip(*np.unique(category, return_counts=True), strict=True)},
        listed_people=int(base.people[here].sum()) if base is not None else 0,
        months=_months(standing, today),
        stages=tuple(_stages(reach, division)),
        today=today,
    )


def _may(viewer: Viewer, operation: str, division: str, at: datetime) -> Grant:
    try:
        code = places.canonical(division)
    except ValueError:
        raise NotAllowed(f"{operation}: there is no such division") from None
    return require(viewer, operation, on=Scope(code), at=at)


def below(division: str) -> int:
    """How many digits the codes of the parts of a division have."""
    tier = places.tier(division)
    return DIGITS["prefecture" if tier == "province" and division[:2] in WITHOUT_PREFECTURES else tier]


def _children(division: str, today: date) -> list[str]:
    """Every part of a division down to the townships, also those of which nothing is known; of a township only what is."""
    if places.tier(division) in ("township", "village"):
        return []
    return [child.code for child in public.divisions().children(division, on=today) if not child.is_zone]


def part_code(digits: str) -> str:
    """The canonical code of the leading digits of a place."""
    return digits.ljust(6, "0") if len(digits) < 6 else digits


def _counted(standing: QuerySet[Warning], division: str, today: date) -> dict[str, dict[str, int]]:
    """By part: open warnings by grade (`level 4`…), `overdue`, `today`, `soon`, `dated`, `entitled`; one query."""
    due = Case(
        When(due_on__isnull=True, then=Value("")),
        When(due_on__lt=today, then=Value("overdue")),
        When(due_on=today, then=Value("today")),
        When(due_on__lte=today + SOON, then=Value("soon")),
        default=Value("later"),
    )
    entitled = Case(When(scenario_id=ENTITLED, then=Value(1)), default=Value(0))
    rows = (
        standing.order_by()
        .annotate(part=Substr("division_code", 1, below(division)), when=due, entitled=entitled)
        .values_list("part", "level", "when", "entitled")
        .annotate(n=Count("pk"))
    )
    found: dict[str, dict[str, int]] = {}
    for part, level, when, is_entitled, n in rows:
        counts = found.setdefault(part_code(part), {})
        for name in (f"level {level}", when, "dated" if when else "", "entitled" if is_entitled else ""):
            if name:
                counts[name] = counts.get(name, 0) + n
    return found


def _part(
    code: str, counts: Mapping[str, int], people: Mapping[str, int], listed: Mapping[str, int], unseen: Mapping[str, int]
) -> Part:
    levels = {level: counts[f"level {level}"] for level in (4, 3, 2, 1) if f"level {level}" in counts}
    told = {name: counts.get(name, 0) for name in ("overdue", "today", "soon", "dated", "entitled")}
    return Part(code, people.get(code, 0), levels, **told, listed=listed.get(code, 0), unseen=unseen.get(code, 0))


def _total(division: str, parts: tuple[Part, ...]) -> Part:
    def of(name: str) -> int:
        return sum(getattr(part, name) for part in parts)

    levels = {level: sum(part.levels.get(level, 0) for part in parts) for level in (4, 3, 2, 1)}
    names = ("overdue", "today", "soon", "dated", "entitled", "listed", "unseen")
    return Part(division, of("people"), levels, **{name: of(name) for name in names})


def _months(standing: QuerySet[Warning], today: date) -> dict[date, int]:
    """Open warnings by the month in which they first stood, the last twelve, those without any too."""
    number = today.year * 12 + today.month - 1
    months = [date(one // 12, one % 12 + 1, 1) for one in range(number - MONTHS + 1, number + 1)]
    rows = standing.order_by().filter(first_seen__gte=months[0]).annotate(month=TruncMonth("first_seen"))
    found = dict(rows.values_list("month").annotate(n=Count("pk")))
    return {month: found.get(month, 0) for month in months}


def _stages(reach: QuerySet[Warning], division: str) -> list[Stage]:
    """What the desk keeps itself; a step that keeps more offers it, and what nobody keeps has no bar."""
    warnings = reach.filter(kind="warning")
    helped = [code for code, told in visiting().outcomes.by_code.items() if told.result == "helped"]
    told = warnings.aggregate(
        issued=Count("pk"),
        released=Count("pk", filter=Q(released_at__isnull=False)),
        handled=Count("pk", filter=Q(handled_at__isnull=False)),
        visited=Count("pk", filter=Q(Exists(Visit.objects.filter(task=OuterRef("task"))))),
        helped=Count("pk", filter=Q(outcome__in=helped)),
    )
    stages = [Stage(title, told[name]) for name, title in STAGES.items()]
    return stages + [stage for step in _STAGES for stage in step(warnings, division)]


# --- families of the base ---------------------------------------------------------------------------------------------


def _listed() -> Listed | None:
    """None before the first release."""
    return public.families_listed(settings.WORKSPACE) if public.current(settings.WORKSPACE) else None


def within(base: Listed, division: str) -> Mask:
    """Which of the families stand in that division."""
    found: Mask = _inside(base.codes, division)[base.place]
    return found


@lru_cache(maxsize=256)  # the places of a release, asked anew by everybody who works there
def _inside(codes: tuple[str, ...], division: str) -> Mask:
    shared = places.stem(division)
    return np.array([places.stem(code).startswith(shared) for code in codes], np.bool_)


def people_below(base: Listed, division: str) -> dict[str, int]:
    """Everybody living in each part of a division."""
    digits, shared, found = below(division), places.stem(division), {}
    for code, count in base.people_at.items():
        if places.stem(code).startswith(shared):
            part = part_code(code[:digits])
            found[part] = found.get(part, 0) + count
    return found


def families_below(base: Listed, division: str, chosen: Mask) -> dict[str, int]:
    """How many of the chosen families stand in each part of a division."""
    digits, found = below(division), {}
    for place, count in zip(*np.unique(base.place[chosen], return_counts=True), strict=True):
        part = part_code(base.codes[place][:digits])
        found[part] = found.get(part, 0) + int(count)
    return found


@dataclass(frozen=True)
class ListedFamily:
    """One family of the base. met: the last day somebody met them; None where no delivered row says so."""

    number: str
    division: str
    category: int
    people: int
    met: date | None


@dataclass(frozen=True)
class ListedFamilies:
    """count: of all that were asked for. shown: those from `skip` on."""

    count: int
    shown: tuple[ListedFamily, ...]


@transaction.atomic
def families(
    *, viewer: Viewer, division: str, categories: tuple[int, ...], unseen: bool, skip: int, limit: int, at: datetime
) -> ListedFamilies:
    """The families behind a number of the overview, by place and number; those whom nobody met longest ago first, if `unseen`.

    A list seen is one event with those who were on it. Raises NotAllowed.
    """
    grant = _may(viewer, FAMILIES, division, at)
    base = _listed()
    if base is None:
        return ListedFamilies(0, ())
    chosen = within(base, division)
    if categories:
        chosen &= np.isin(base.category, categories)
    if unseen:
        chosen &= base.unseen
    at_all = np.flatnonzero(chosen)
    order = np.lexsort((base.place[at_all], base.met[at_all])) if unseen else np.argsort(base.place[at_all], kind="stable")
    page = at_all[order][skip : skip + limit]
    numbers = public.family_numbers(settings.WORKSPACE, base.position[page].tolist())
    shown = tuple(_family(base, int(one), number) for one, number in zip(page, numbers, strict=True))
    keys = public.family_keys(settings.WORKSPACE, numbers)
    subjects = [Subject("household", keys.get(one.number, ""), one.division, household=one.number) for one in shown]
    record(FAMILIES, by=actor(viewer, grant), at=at, subjects=subjects, purpose=grant.purpose)
    return ListedFamilies(len(at_all), shown)


def _family(base: Listed, one: int, number: str) -> ListedFamily:
    met = int(base.met[one])
    day = date(1970, 1, 1) + timedelta(days=met) if met >= 0 else None
    return ListedFamily(number, base.codes[base.place[one]], int(base.category[one]), int(base.people[one]), day)


@transaction.atomic
def taken_away(*, viewer: Viewer, division: str, today: date, at: datetime) -> Overview:
    """The overview, to be taken away as a table; one event. Raises NotAllowed."""
    grant = _may(viewer, EXPORT, division, at)
    told = overview(viewer=viewer, division=division, today=today, at=at)
    record(EXPORT, by=actor(viewer, grant), at=at, on=Subject("division", division, division[:12]), purpose=grant.purpose)
    return told


def may_list(viewer: Viewer, operation: str, division: str, *, at: datetime) -> bool:
    """Whether the list behind a number of this division opens to the viewer."""
    return allowed(viewer, operation, on=Scope(division), at=at) is not None
