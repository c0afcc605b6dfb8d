"""How many warnings there are, for the words on the filters of a list: counted for who sees townships, read off for who sees more.

Part of this step's queries. A county counts its own as it asks; above it the numbers that `tally` keeps are added up, and only a filter
that these do not know, such as days, is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Substr

from jiuzhu.casework.accounts.permissions import Viewer, allowed, whole_divisions
from jiuzhu.casework.accounts.places import COUNTY_DIGITS, inside, stem
from jiuzhu.casework.dispatch.models import Tally, Warning
from jiuzhu.casework.dispatch.queries import ALL, QUEUES, UNDEALT, Filter, narrowed, within_reach
from jiuzhu.casework.dispatch.tally import planned_for_its_values

MOST_COUNTED = 10_000  # beyond it a page says "more than"
OPEN = [queue for name, queue in QUEUES.items() if name != "closed"]

Cell = tuple[str, str, int, int]  # place, scenario, level and how many


@dataclass(frozen=True)
class Counts:
    """How many, for the words on the filters: in each queue, and in the chosen one by each filter if it alone were left open.

    total, households: of what the list shows; None where they are more than MOST_COUNTED.
    """

    by_queue: dict[str, int]
    by_level: dict[int, int]
    by_scenario: dict[str, int]
    by_place: dict[str, int]
    total: int
    households: int | None


def counts(*, viewer: Viewer, wanted: Filter, at: datetime) -> Counts:
    """Numbers beside each filter, all of one instant where they are asked for in one transaction.

    Places are townships for who works in a county or below it, counties for all above: a province has two thousand townships.
    """
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at)
    kept = _kept(viewer, at)
    households = narrowed(reach, wanted).order_by().values("household_id").distinct()[: MOST_COUNTED + 1]
    if kept is None:
        by_queue, cells, here = _counted(viewer, reach, wanted, at)
        some = households.count()
    else:
        with planned_for_its_values():
            by_queue, cells, here = _read(viewer, kept, reach, wanted, at)
            some = households.count()
    by_both: Counter[tuple[str, int]] = Counter()
    for _, scenario, level, n in here:
        by_both[scenario, level] += n
    by_level: Counter[int] = Counter()
    by_scenario: Counter[str] = Counter()
    for (scenario, level), n in by_both.items():
        by_level[level] += n if not wanted.scenarios or scenario in wanted.scenarios else 0
        by_scenario[scenario] += n if not wanted.levels or level in wanted.levels else 0
    by_place: Counter[str] = Counter()
    for place, scenario, level, n in cells:
        if _fits(wanted, scenario, level):
            by_place[place] += n
    return Counts(
        by_queue={name: by_queue.get(QUEUES[name], 0) for name in QUEUES if name != "closed"},
        by_level=by_level,
        by_scenario=by_scenario,
        by_place=by_place,
        total=sum(n for both, n in by_both.items() if _fits(wanted, *both)),
        households=some if some <= MOST_COUNTED else None,
    )


def _fits(wanted: Filter, scenario: str, level: int) -> bool:
    return (not wanted.levels or level in wanted.levels) and (not wanted.scenarios or scenario in wanted.scenarios)


# In each open queue how many; the cells of the chosen one under all but grade, scenario and place; and those in the chosen places.
Told = tuple[dict[str, int], list[Cell], list[Cell]]


def _counted(viewer: Viewer, reach: QuerySet[Warning], wanted: Filter, at: datetime) -> Told:
    """From one look at the index in which the numbers lie together; where no other filter is set, the queues from the same."""
    chosen = _but_cells(wanted)
    queue = QUEUES.get(wanted.queue, "")
    every = reach.filter(queue__in=OPEN).order_by()
    cells: list[Cell] = []
    by_queue: dict[str, int] = {}
    if queue in OPEN and chosen == Filter(queue=wanted.queue, order=wanted.order, down=wanted.down):
        for one, *cell in every.values_list("queue", *_by_cell(viewer, at)).annotate(n=Count("*")):
            by_queue[one] = by_queue.get(one, 0) + cell[-1]
            cells += [tuple(cell)] if one == queue else []
    else:
        by_queue = dict(every.values_list("queue").annotate(n=Count("*")))
        cells = _cells(viewer, narrowed(reach, chosen), at)
    return by_queue, cells, _within(viewer, reach, wanted, at) if wanted.divisions else cells


def _read(viewer: Viewer, kept: QuerySet[Tally], reach: QuerySet[Warning], wanted: Filter, at: datetime) -> Told:
    by_queue = dict(kept.filter(queue__in=OPEN).values_list("queue").annotate(total=Sum("n")))
    chosen = _but_cells(wanted)
    if chosen == Filter(queue=wanted.queue, side=wanted.side, order=wanted.order, down=wanted.down):
        rows = kept.filter(queue__in=_queues(wanted.queue), **({"side": wanted.side} if wanted.side else {}))
        told = rows.values_list("county", "scenario_id", "level").annotate(total=Sum("n"))
        cells = [cell for cell in told if cell[-1]]  # where all have gone, nought is left
    else:
        cells = _cells(viewer, narrowed(reach, chosen), at)
    stems = tuple(stem(code) for code in wanted.divisions)
    if any(len(one) > COUNTY_DIGITS for one in stems):
        return by_queue, cells, _within(viewer, reach, wanted, at)
    return by_queue, cells, [cell for cell in cells if cell[0].startswith(stems)] if stems else cells


def _kept(viewer: Viewer, at: datetime) -> QuerySet[Tally] | None:
    """The numbers kept of all that the viewer sees; None for who works in a county or below it, or does not see all of a place."""
    codes = whole_divisions(viewer, "warnings.list", at=at)
    if not codes or any(len(stem(code)) >= COUNTY_DIGITS for code in codes):
        return None
    reached = Q()
    for code in codes:
        reached |= inside(code, "county")
    return Tally.objects.filter(reached).order_by()


def _but_cells(wanted: Filter) -> Filter:
    """The filter without what the cells tell apart, so that each number is what the list would be if that alone were left open."""
    return replace(wanted, levels=(), scenarios=(), divisions=())


def _queues(queue: str) -> Iterable[str]:
    if queue == ALL:
        return UNDEALT
    return [QUEUES[queue]] if queue else OPEN


def _within(viewer: Viewer, reach: QuerySet[Warning], wanted: Filter, at: datetime) -> list[Cell]:
    return _cells(viewer, narrowed(reach, replace(wanted, levels=(), scenarios=())), at)


def _cells(viewer: Viewer, rows: QuerySet[Warning], at: datetime) -> list[Cell]:
    """Every three of place, scenario and level that occur."""
    return list(rows.order_by().values_list(*_by_cell(viewer, at)).annotate(n=Count("*")))


def _by_cell(viewer: Viewer, at: datetime) -> tuple[Any, ...]:
    grant = allowed(viewer, "warnings.list", on=None, at=at)
    above = grant is not None and len(stem(grant.division_code)) < COUNTY_DIGITS
    return (Substr("township", 1, COUNTY_DIGITS) if above else F("township"), "scenario_id", "level")
