"""What became of warnings: visited, helped, adjusted, false, by indicator; and whether the family's help shows in the delivered data.

The link from an outcome to help is the family's next entry in a benefit dataset (`[granted]` of outcomes.toml), until grants are
decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, visible
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.registry import public
from jiuzhu.vocabulary.local_day import BEIJING

WITHIN_DAYS = 365  # an entry later than this after a warning is put down to something else
ENDED = Q(handled_at__isnull=False) & ~Q(outcome="")


@dataclass(frozen=True)
class Yield:
    """Of the warnings of one indicator. visited: ended by a visit. helped … open: by the `result` of their outcome.

    enrolled, aided, lost: visited families whose next entry after the warning says so; linked: visited warnings whose family the
    registry knows now, for whom that can be told at all.
    """

    indicator: str
    issued: int = 0
    visited: int = 0
    helped: int = 0
    adjusted: int = 0
    told: int = 0
    known: int = 0
    false: int = 0
    open: int = 0
    linked: int = 0
    enrolled: int = 0
    aided: int = 0
    lost: int = 0

    @property
    def precision(self) -> Decimal | None:
        """Of a hundred visits that found somebody, how many helped a family or corrected a benefit; None without one."""
        return percent(self.helped + self.adjusted, self.visited - self.open)


@dataclass(frozen=True)
class Handling:
    """How far the work is: of warnings released or ended, how many ended, and of these how many by their day; hints apart.

    days: from the warning to its end, on average; None before the first. enrolled, adjusted: families, each once.
    """

    issued: int
    taken_up: int
    ended: int
    in_time: int
    days: Decimal | None
    helped: int
    enrolled: int
    adjusted: int
    open_tasks: int
    workers: int

    @property
    def rate(self) -> Decimal | None:
        return percent(self.ended, self.taken_up)

    @property
    def tasks_a_worker(self) -> Decimal | None:
        """Open tasks over the people who have one; None where nobody has."""
        return None if not self.workers else tenth(Decimal(self.open_tasks) / self.workers)


@dataclass(frozen=True)
class SourceCoverage:
    """Of the datasets the catalogue declares, how many ever came: those of the duty lists that are not `never delivered`."""

    came: int
    whole: int

    @property
    def rate(self) -> Decimal | None:
        return percent(self.came, self.whole)


@dataclass
class Reached:
    """What the delivered data say of families after their warnings. linked: warnings whose family the registry knows now.

    families: number of the household to the best that was found.
    """

    by_warning: dict[int, str] = field(default_factory=dict)
    linked: set[int] = field(default_factory=set)
    families: dict[str, str] = field(default_factory=dict)


def source_coverage(declared: Collection[str], delivered: Iterable[public.Delivery]) -> SourceCoverage:
    """declared: codes of datasets. What the catalogue no longer has is left out."""
    return SourceCoverage(len({one.dataset for one in delivered} & set(declared)), len(declared))


def percent(part: int, whole: int) -> Decimal | None:
    return tenth(Decimal(100 * part) / whole) if whole > 0 else None


def tenth(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"), ROUND_HALF_UP)


def within_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Warning]:
    return visible(Warning.objects.all(), viewer, "yields.read", at=at)


def yields(*, viewer: Viewer, at: datetime, reached: Reached) -> list[Yield]:
    """One row an indicator with warnings in the viewer's reach, most visited first. reached: of the same viewer (`reached_after`)."""
    reach = within_reach(viewer=viewer, at=at).order_by()
    issued = dict(reach.values_list("indicator_id").annotate(n=Count("pk")))
    counted: dict[str, dict[str, int]] = {code: {"issued": n} for code, n in issued.items()}
    outcomes = visiting().outcomes.by_code
    visited = _visited(reach)
    for code, outcome, n in visited.values_list("indicator_id", "outcome").annotate(n=Count("pk")):
        row, result = counted[code], outcomes[outcome].result
        row[result] = row.get(result, 0) + n
        row["visited"] = row.get("visited", 0) + n
    for pk, code in visited.values_list("pk", "indicator_id"):
        row = counted[code]
        if pk in reached.linked:
            row["linked"] = row.get("linked", 0) + 1
        kind = {"ended": "lost"}.get(reached.by_warning.get(pk, ""), reached.by_warning.get(pk, ""))
        if kind:
            row[kind] = row.get(kind, 0) + 1
    found = [Yield(code, **row) for code, row in counted.items()]
    return sorted(found, key=lambda one: (-one.visited, -one.issued, one.indicator))


def found_by_visit(*, viewer: Viewer, indicator: str, at: datetime) -> dict[str, bool]:
    """Warnings of one indicator that a visit ended, and whether it found a family to help or a benefit to correct.

    Visits whose result is open say nothing yet.
    """
    outcomes = visiting().outcomes.by_code
    rows = _visited(within_reach(viewer=viewer, at=at).order_by().filter(indicator_id=indicator))
    told = {number: outcomes[outcome].result for number, outcome in rows.values_list("warning_id", "outcome")}
    return {number: result in ("helped", "adjusted") for number, result in told.items() if result != "open"}


def handling(*, viewer: Viewer, at: datetime, reached: Reached) -> Handling:
    """The rate at which warnings are handled, and what it came to (SF055, SF056)."""
    reach = within_reach(viewer=viewer, at=at).order_by().filter(kind="warning")
    outcomes = visiting().outcomes.by_code
    results = {result: [code for code, one in outcomes.items() if one.result == result] for result in ("helped", "adjusted")}
    row = reach.aggregate(
        issued=Count("pk"),
        taken=Count("pk", filter=Q(handling="released") | ENDED),
        ended=Count("pk", filter=ENDED),
        in_time=Count("pk", filter=ENDED & Q(due_on__isnull=False, handled_at__date__lte=F("due_on"))),
        helped=Count("case", filter=ENDED & Q(outcome__in=results["helped"]), distinct=True),
        adjusted=Count("case", filter=ENDED & Q(outcome__in=results["adjusted"]), distinct=True),
    )
    lasted = [handled_at - _midnight(seen) for handled_at, seen in reach.filter(ENDED).values_list("handled_at", "first_seen")]
    tasks = visible(Task.objects.filter(state="open"), viewer, "tasks.read", at=at)
    return Handling(
        issued=row["issued"],
        taken_up=row["taken"],
        ended=row["ended"],
        in_time=row["in_time"],
        days=tenth(Decimal(sum(lasted, timedelta()).total_seconds()) / 86400 / len(lasted)) if lasted else None,
        helped=row["helped"],
        enrolled=sum(kind == "enrolled" for kind in reached.families.values()),
        adjusted=row["adjusted"],
        open_tasks=tasks.filter(owner__isnull=False).count(),
        workers=tasks.filter(owner__isnull=False).values("owner").distinct().count(),
    )


def reached_after(*, viewer: Viewer, at: datetime) -> Reached:
    """For each visited warning in the viewer's reach, what its family's data say began after it: enrolled before aided before ended.

    Only entries up to the day of asking and within a year of the warning count. A family that the registry knows no more is not
    linked: that is unknown, not without help.
    """
    rows = list(_visited(within_reach(viewer=viewer, at=at)).values_list("pk", "household_id", "first_seen", "side"))
    granted, workspace, found = visiting().outcomes.granted, Path(settings.WORKSPACE), Reached()
    if not rows or public.current(workspace) is None:
        return found
    entries = public.entries(workspace, {number for _, number, _, _ in rows if number}, granted)
    for pk, number, seen, side in rows:
        begun = entries.get(number)
        if begun is None:
            continue
        found.linked.add(pk)
        kinds = {
            granted[one.dataset] for one in begun if seen < one.day <= min(local_day(at), seen + timedelta(days=WITHIN_DAYS))
        }
        wanted = ("ended",) if side == "exit" else ("enrolled", "aided")
        kind = next((kind for kind in wanted if kind in kinds), "")
        if kind:
            found.by_warning[pk] = kind
            if found.families.get(number) != "enrolled":
                found.families[number] = kind
    return found


def outcomes_for_goals(*, viewer: Viewer, at: datetime) -> dict[str, public.Outcome]:
    """The ends of visits as the registry's goals and calibration read them: number of the warning to whether it found what it said.

    A visit that found nobody says nothing.
    """
    outcomes = visiting().outcomes.by_code
    rows = _visited(within_reach(viewer=viewer, at=at)).values_list("warning_id", "outcome", "handled_at")
    return {
        number: public.Outcome(outcomes[code].result in ("helped", "adjusted", "told"), f"{local_day(handled_at):%Y-%m}")
        for number, code, handled_at in rows
        if outcomes[code].result != "open"
    }


def _visited(reach: QuerySet[Warning]) -> QuerySet[Warning]:
    """Those whose end a visit said, with a code the catalogue knows."""
    return reach.filter(ENDED, outcome__in=list(visiting().outcomes.by_code), task__isnull=False).order_by()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)
