"""What may be asked of warnings; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from django.db.models import Count, Q, QuerySet

from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, allowed_each, mask, visible
from jiuzhu.casework.accounts.places import inside
from jiuzhu.casework.dispatch.models import Load, Warning

ORDERS = {
    "level": ("-level", "due_on", "indicator_id", "warning_id"),
    "due": ("due_on", "-level", "indicator_id", "warning_id"),
    "household": ("household_id", "-level", "indicator_id", "warning_id"),
    "indicator": ("indicator_id", "-level", "warning_id"),
    "newest": ("-first_seen", "-level", "indicator_id", "warning_id"),
}


PIECE = 500  # rows of an export between two looks at the role it rests on


@dataclass(frozen=True)
class Filter:
    """What the reader asked for. Empty means everything; levels are 1 to 4, divisions are codes of 6, 9 or 12 digits."""

    kind: str = "warning"
    side: str = ""
    levels: tuple[int, ...] = ()
    scenarios: tuple[str, ...] = ()
    indicator: str = ""
    divisions: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    closed: bool = False
    order: str = "level"
    down: bool = False


def newest_load() -> Load | None:
    return Load.objects.order_by("-pk").first()


def within_reach(*, viewer: Viewer, operation: str, at: datetime) -> QuerySet[Warning]:
    """The warnings to which the viewer may do that now."""
    return visible(Warning.objects.all(), viewer, operation, at=at)


def warnings(*, viewer: Viewer, wanted: Filter, at: datetime, operation: str = "warnings.list") -> QuerySet[Warning]:
    """The warnings asked for, in the order asked for."""
    found = _narrowed(within_reach(viewer=viewer, operation=operation, at=at), wanted)
    order = ORDERS.get(wanted.order, ORDERS["level"])
    if wanted.down:
        first = order[0][1:] if order[0].startswith("-") else "-" + order[0]
        order = (first, *order[1:])
    return found.order_by(*order)


def exported(*, viewer: Viewer, wanted: Filter, now: Callable[[], datetime]) -> Iterator[Warning]:
    """The warnings asked for, to be taken away, without what is above the level of the grant (A4).

    now: read before each piece, since a long export may outlive a role. Raises NotAllowed once the role it rests on has ended,
    also on the way (A11).
    """
    rows = warnings(viewer=viewer, wanted=wanted, at=now(), operation="warnings.export").iterator(chunk_size=PIECE)
    while piece := list(islice(rows, PIECE)):
        scopes = [Scope(item.division_code, item.state) for item in piece]
        grants = allowed_each(viewer, "warnings.export", on=scopes, at=now())
        if None in grants:
            raise NotAllowed("warnings.export: the role it rests on has ended")
        yield from (mask(item, grant) for item, grant in zip(piece, grants, strict=True))


def warning(*, viewer: Viewer, warning_id: str, at: datetime) -> Warning | None:
    """One warning, or none when it is not there or out of reach: the two look alike (A3)."""
    return within_reach(viewer=viewer, operation="warnings.read", at=at).filter(warning_id=warning_id).first()


def of_household(*, viewer: Viewer, household_id: str, at: datetime) -> QuerySet[Warning]:
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at)
    return reach.filter(household_id=household_id, state=Warning.State.OPEN).order_by("-level", "indicator_id")


@dataclass(frozen=True)
class Counts:
    """How many, for the words on the filters. by_tab: (kind, closed) to number; the others within the chosen tab."""

    by_tab: dict[tuple[str, bool], int]
    by_level: dict[int, int]
    by_scenario: dict[str, int]
    by_division: dict[str, int]
    households: int


def counts(*, viewer: Viewer, wanted: Filter, at: datetime) -> Counts:
    """Numbers beside each filter: what would be there if that filter alone were left open."""
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at)
    tabs = reach.values_list("kind", "state").annotate(n=Count("pk"))
    by_tab: dict[tuple[str, bool], int] = {(kind, state == Warning.State.CLOSED): n for kind, state, n in tabs}

    def grouped(column: str, **opened: object) -> dict[str, int]:
        rows = _narrowed(reach, replace(wanted, **opened))  # type: ignore[arg-type]
        return dict(rows.order_by().values_list(column).annotate(n=Count("pk")))

    return Counts(
        by_tab=by_tab,
        by_level={int(level): n for level, n in grouped("level", levels=()).items()},
        by_scenario=grouped("scenario_id", scenarios=(), indicator=""),
        by_division=grouped("division_code", divisions=()),
        households=_narrowed(reach, wanted).order_by().values("household_id").distinct().count(),
    )


def _narrowed(rows: QuerySet[Warning], wanted: Filter) -> QuerySet[Warning]:
    rows = rows.filter(state=Warning.State.CLOSED if wanted.closed else Warning.State.OPEN)
    if not wanted.closed:
        rows = rows.filter(kind=wanted.kind)
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
    return rows
