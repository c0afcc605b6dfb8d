"""What may be asked of warnings; every answer stays inside the viewer's division."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q, QuerySet

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.dispatch.models import Load, Warning

ORDERS = {
    "level": ("-level", "due_on", "indicator_id", "warning_id"),
    "due": ("due_on", "-level", "indicator_id", "warning_id"),
    "household": ("household_id", "-level", "indicator_id", "warning_id"),
    "indicator": ("indicator_id", "-level", "warning_id"),
    "newest": ("-first_seen", "-level", "indicator_id", "warning_id"),
}


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
    closed: bool = False
    order: str = "level"
    down: bool = False


def newest_load() -> Load | None:
    return Load.objects.order_by("-pk").first()


def within_reach(viewer: Officer) -> QuerySet[Warning]:
    """All warnings of the viewer's division, by a range of codes: `LIKE` would read the whole table."""
    return Warning.objects.filter(_inside(viewer.division_code))


def warnings(*, viewer: Officer, wanted: Filter) -> QuerySet[Warning]:
    """The warnings asked for, in the order asked for."""
    found = _narrowed(within_reach(viewer), wanted)
    order = ORDERS.get(wanted.order, ORDERS["level"])
    if wanted.down:
        first = order[0][1:] if order[0].startswith("-") else "-" + order[0]
        order = (first, *order[1:])
    return found.order_by(*order)


def warning(*, viewer: Officer, warning_id: str) -> Warning | None:
    """One warning, or none when it is not there or out of reach: the two look alike (A3)."""
    return within_reach(viewer).filter(warning_id=warning_id).first()


def of_household(*, viewer: Officer, household_id: str) -> QuerySet[Warning]:
    return within_reach(viewer).filter(household_id=household_id, state=Warning.State.OPEN).order_by("-level", "indicator_id")


@dataclass(frozen=True)
class Counts:
    """How many, for the words on the filters. by_tab: (kind, closed) to number; the others within the chosen tab."""

    by_tab: dict[tuple[str, bool], int]
    by_level: dict[int, int]
    by_scenario: dict[str, int]
    by_division: dict[str, int]
    households: int


def counts(*, viewer: Officer, wanted: Filter) -> Counts:
    """Numbers beside each filter: what would be there if that filter alone were left open."""
    reach = within_reach(viewer)
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


def _inside(division: str) -> Q:
    code = division.rstrip("0") if len(division) == 6 else division
    code = code + "0" * (len(code) % 2) if len(code) < 6 else code
    return Q(division_code__gte=code, division_code__lt=code + ":")


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
        inside = Q()
        for division in wanted.divisions:
            inside |= _inside(division)
        rows = rows.filter(inside)
    if wanted.since:
        rows = rows.filter(first_seen__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(first_seen__lte=wanted.until)
    return rows
