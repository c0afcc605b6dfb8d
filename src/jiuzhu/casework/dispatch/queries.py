"""What may be asked of warnings; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from jiuzhu.casework.accounts.models import Assignment
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, allowed_each, mask, visible
from jiuzhu.casework.accounts.places import inside
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch.models import Load, Warning

# Columns a list is sorted by, never null and all in one direction, so that the next page begins after a key; True: the greatest first.
ORDERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "level": (("rank", "due_key", "pk"), False),
    "due": (("due_key", "rank", "pk"), False),
    "household": (("household_id", "rank", "pk"), False),
    "indicator": (("indicator_id", "rank", "pk"), False),
    "newest": (("first_seen", "pk"), True),
}
# The lists a warning can stand in. `working` is what was released and is not yet dealt with.
QUEUES = {"waiting": "waiting", "working": "released", "snoozed": "snoozed", "hints": "hints", "closed": "closed"}
# All that is issued and not yet dealt with: what an overview counts.
ALL, UNDEALT = "all", ("waiting", "released", "snoozed")
PIECE = 500  # rows of an export between two looks at the role it rests on


@dataclass(frozen=True)
class Filter:
    """What the reader asked for. Empty means everything; levels are 1 to 4, divisions are codes of 6, 9 or 12 digits.

    queue: a key of QUEUES; ALL the warnings of every open one; "" is all that is open, hints too. raised_to: the division whose
    office was told last that nobody released them in time. down: the other way round.
    """

    queue: str = "waiting"
    side: str = ""
    levels: tuple[int, ...] = ()
    scenarios: tuple[str, ...] = ()
    indicator: str = ""
    divisions: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    raised_to: str = ""
    order: str = "level"
    down: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list. before, after: keys for `page`, "" where there is nothing more on that side."""

    items: list[Warning]
    before: str
    after: str


def newest_load() -> Load | None:
    """Asked for every page."""
    return next(iter(Load.objects.raw("SELECT * FROM dispatch_load ORDER BY id DESC LIMIT 1")), None)


def within_reach(*, viewer: Viewer, operation: str, at: datetime) -> QuerySet[Warning]:
    """The warnings to which the viewer may do that now; those of households near to the viewer's person are in other hands (A9)."""
    return visible(Warning.objects.all(), viewer, operation, at=at, household="household_id")


def warnings(*, viewer: Viewer, wanted: Filter, at: datetime, operation: str = "warnings.list") -> QuerySet[Warning]:
    """The warnings asked for, in the order asked for."""
    return narrowed(within_reach(viewer=viewer, operation=operation, at=at), wanted).order_by(*_ordered(wanted, back=False))


def page(*, viewer: Viewer, wanted: Filter, at: datetime, size: int, after: str = "", before: str = "") -> Page:
    """One page of the warnings asked for: from the beginning, after a key, or before one; an unreadable key is the beginning.

    A page is found by key, never by counting rows, so the last one of many takes no longer than the first.
    """
    columns, _ = ORDERS.get(wanted.order, ORDERS["level"])
    key, back = _key(before or after, columns), bool(before)
    rows = narrowed(within_reach(viewer=viewer, operation="warnings.list", at=at), wanted)
    if key is not None:
        greater = wanted_greatest_first(wanted) == back
        beyond = TupleGreaterThan if greater else TupleLessThan
        rows = rows.filter(beyond(tuple(F(name) for name in columns), key))
    order = _ordered(wanted, back=back and key is not None)
    # The numbers are found in an index, and only of those the whole rows are read.
    found = rows.order_by(*order).values("pk")[: size + 1]
    items = list(Warning.objects.filter(pk__in=found).order_by(*order))
    more, items = len(items) > size, items[:size]
    if back and key is not None:
        items.reverse()
    if not items:
        return Page([], "", "")
    has_before = more if back else key is not None
    has_after = True if back and key is not None else more
    return Page(items, _key_of(items[0], columns) if has_before else "", _key_of(items[-1], columns) if has_after else "")


def wanted_greatest_first(wanted: Filter) -> bool:
    """Whether the list begins with the greatest keys."""
    return ORDERS.get(wanted.order, ORDERS["level"])[1] != wanted.down


def _ordered(wanted: Filter, *, back: bool) -> list[str]:
    columns, _ = ORDERS.get(wanted.order, ORDERS["level"])
    sign = "-" if wanted_greatest_first(wanted) != back else ""
    return [sign + name for name in columns]


def _key_of(item: Warning, columns: tuple[str, ...]) -> str:
    """What a page begins after: the sorted columns of a row as text, without anything of a person but the household's number."""
    told = "\n".join(str(getattr(item, name)) for name in columns)
    return base64.urlsafe_b64encode(told.encode()).decode("ascii").rstrip("=")


def _key(text: str, columns: tuple[str, ...]) -> tuple[Any, ...] | None:
    try:
        parts = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("\n") if text else []
        if len(parts) != len(columns):
            return None
        kinds = {"rank": int, "pk": int, "due_key": date.fromisoformat, "first_seen": date.fromisoformat}
        return tuple(kinds.get(name, str)(part) for name, part in zip(columns, parts, strict=True))
    except ValueError:
        return None


def exported(*, viewer: Viewer, wanted: Filter, now: Callable[[], datetime]) -> Iterator[Warning]:
    """The warnings asked for, to be taken away, without what is above the level of the grant (A4).

    now: read before each piece, since a long export may outlive a role. Raises NotAllowed once the role it rests on has ended,
    also on the way (A11).
    """
    rows = warnings(viewer=viewer, wanted=wanted, at=now(), operation="warnings.export")
    yield from in_pieces(rows, viewer=viewer, operation="warnings.export", now=now)


def in_pieces(rows: QuerySet[Warning], *, viewer: Viewer, operation: str, now: Callable[[], datetime]) -> Iterator[Warning]:
    """Rows that are taken away by an operation, masked, the role being asked for again before each piece. Raises NotAllowed."""
    every = rows.iterator(chunk_size=PIECE)
    while piece := list(islice(every, PIECE)):
        scopes = [Scope(item.division_code, item.state, household=item.household_id) for item in piece]
        grants = allowed_each(viewer, operation, on=scopes, at=now())
        if None in grants:
            raise NotAllowed(f"{operation}: the role it rests on has ended")
        yield from (mask(item, grant) for item, grant in zip(piece, grants, strict=True))


def warning(*, viewer: Viewer, warning_id: str, at: datetime) -> Warning | None:
    """One warning, or none when it is not there or out of reach: the two look alike (A3)."""
    return within_reach(viewer=viewer, operation="warnings.read", at=at).filter(warning_id=warning_id).first()


def of_household(*, viewer: Viewer, household_id: str, at: datetime) -> QuerySet[Warning]:
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at)
    return reach.filter(household_id=household_id, state=Warning.State.OPEN).order_by("-level", "indicator_id")


def narrowed(rows: QuerySet[Warning], wanted: Filter) -> QuerySet[Warning]:
    """Those of the rows that a filter covers."""
    if wanted.queue == ALL:
        rows = rows.filter(queue__in=UNDEALT)
    elif wanted.queue:
        rows = rows.filter(queue=QUEUES[wanted.queue])
    else:
        rows = rows.filter(state=Warning.State.OPEN)
    if wanted.side:
        rows = rows.filter(side=wanted.side)
    if wanted.levels:
        rows = rows.filter(level__in=wanted.levels)
    if wanted.scenarios:
        rows = rows.filter(scenario_id__in=wanted.scenarios)
    if wanted.indicator:
        rows = rows.filter(indicator_id=wanted.indicator)
    if wanted.divisions:
        chosen = Q()
        for division in wanted.divisions:
            chosen |= inside(division, "division_code")
        rows = rows.filter(chosen)
    if wanted.since:
        rows = rows.filter(first_seen__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(first_seen__lte=wanted.until)
    if wanted.due_from:
        rows = rows.filter(due_on__gte=wanted.due_from)
    if wanted.due_until:
        rows = rows.filter(due_on__lte=wanted.due_until)
    if wanted.raised_to:
        rows = rows.filter(handling="waiting", raised_to=wanted.raised_to)
    return rows


@dataclass(frozen=True)
class Conserved:
    """What became of all warnings ever issued (F7). issued: counted when they came, the others where they are now."""

    issued: int
    open: int
    closed: int
    replaced: int

    @property
    def holds(self) -> bool:
        return self.issued == self.open + self.closed + self.replaced


def conserved() -> Conserved:
    """Of the whole desk, whoever asks: numbers alone."""
    by_state = dict(Warning.objects.order_by().values_list("state").annotate(n=Count("*")))
    issued = Load.objects.aggregate(n=Sum("brought"))["n"] or 0
    return Conserved(issued, *(by_state.get(state, 0) for state in ("open", "closed", "replaced")))


def of_case(*, viewer: Viewer, case: int, at: datetime) -> QuerySet[Warning]:
    """All warnings of a case, those open first."""
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at)
    return reach.filter(case=case).order_by("-state", "-level", "indicator_id")


@dataclass(frozen=True)
class Office:
    """How an office stands. staff: accounts with a live role there. late: waiting warnings and open tasks past their day; raised: those
    of which an office above was told.

    last_act: the newest instant somebody there released, gave or finished something; None for never.
    """

    division_code: str
    waiting: int
    open_tasks: int
    late: int
    raised: int
    staff: int
    last_act: datetime | None

    @property
    def silent(self) -> bool:
        """Something is late and nobody is there, or nobody there has done anything yet."""
        return self.late > 0 and (self.staff == 0 or self.last_act is None)


def offices(*, viewer: Viewer, at: datetime, today: date) -> list[Office]:
    """Every township within reach that has something to do, the most late first: an office that is silent shows one tier up (F7)."""
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at)
    waiting = reach.filter(queue="waiting").order_by().values_list("township")
    each = {"n": Count("*"), "late": Count("pk", filter=Q(due_on__lt=today)), "up": Count("pk", filter=Q(tier_up__gt=0))}
    counted = {code: (n, late, up) for code, n, late, up in waiting.annotate(**each)}
    released = dict(reach.filter(released_at__isnull=False).order_by().values_list("township").annotate(last=Max("released_at")))
    tasks = visible(Task.objects.all(), viewer, "tasks.read", at=at).order_by().values_list("office")
    tasks_of = {
        code: told
        for code, *told in tasks.annotate(
            n=Count("pk", filter=Q(state="open")),
            late=Count("pk", filter=Q(state="open", due_on__lt=today)),
            raised=Count("pk", filter=Q(state="open", tier_up__gt=0)),
            given=Max("given_at"),
            done=Max("done_at", filter=Q(state="done")),
        )
    }
    codes = sorted(counted.keys() | {code for code, told in tasks_of.items() if told[0]})
    live = Q(since__lte=at, until__gt=at, officer__is_active=True, duty="casework")
    staff = dict(
        Assignment.objects.filter(live, division_code__in=codes)
        .order_by()
        .values_list("division_code")
        .annotate(n=Count("officer", distinct=True))
    )
    made = [
        _office(code, counted.get(code, (0, 0, 0)), tasks_of.get(code), released.get(code), staff.get(code, 0)) for code in codes
    ]
    return sorted(made, key=lambda one: (-one.silent, -one.late, one.division_code))


def _office(code: str, waiting: tuple[int, int, int], tasks: list[Any] | None, released: datetime | None, staff: int) -> Office:
    n, late, raised, given, done = tasks or (0, 0, 0, None, None)
    acts = [one for one in (released, given, done) if one is not None]
    return Office(code, waiting[0], n, waiting[1] + late, waiting[2] + raised, staff, max(acts, default=None))
