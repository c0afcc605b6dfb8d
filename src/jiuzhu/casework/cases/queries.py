"""What may be asked of cases and tasks; every answer holds only what a live role of the viewer, or a task of theirs, lets them see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Present, Scope, Viewer, allowed, powers, visible
from jiuzhu.casework.accounts.places import inside, within
from jiuzhu.casework.cases.elsewhere import from_elsewhere
from jiuzhu.casework.cases.models import LIVE, Case, CaseTag, Member, Plan, Task
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.bulk import among_values

Kept = TypeVar("Kept", bound=Model)
OPEN = Task.State.OPEN
FAMILY = "case__household_key"  # whom what is kept of a case concerns, for `visible`


@dataclass(frozen=True)
class TaskFilter:
    """What the reader asked for; empty is everything. due: late, today, week. whose: mine, nobody, or an account."""

    kind: str = ""
    due: str = ""
    whose: str = ""
    divisions: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True)
class CaseFilter:
    """What the reader asked for; empty is everything. tags: all of them, live on that day.

    from_elsewhere: only families of whom somebody is registered in another county.
    """

    tags: tuple[str, ...] = ()
    main_class: str = ""
    divisions: tuple[str, ...] = ()
    closed: bool = False
    unconfirmed: bool = False
    from_elsewhere: bool = False


def officer_of(viewer: Viewer) -> Officer | None:
    """The account behind a viewer; None for the machine and for who is not signed in."""
    if isinstance(viewer, Present):
        return viewer.officer
    return viewer if isinstance(viewer, Officer) else None


def of_viewer(viewer: Viewer) -> Q:
    """Tasks that are the viewer's own."""
    officer = officer_of(viewer)
    return Q(owner=officer, state=OPEN) if officer else Q(pk__in=[])


def cases_of_viewer(viewer: Viewer) -> Q:
    """Cases on which the viewer has an open task, or which they advise."""
    officer = officer_of(viewer)
    if officer is None:
        return Q(pk__in=[])
    return Q(pk__in=Task.objects.filter(owner=officer, state=OPEN).values("case")) | Q(adviser=officer)


def task_scope(task: Task, viewer: Viewer) -> Scope:
    officer = officer_of(viewer)
    mine = officer is not None and task.owner_id == officer.pk and task.state == OPEN
    state = "open" if task.state == OPEN else "done"
    return Scope(task.division_code, state, assigned=mine, household=task.case.household_key)


def case_scope(case: Case, viewer: Viewer) -> Scope:
    officer = officer_of(viewer)
    mine = officer is not None and (case.adviser_id == officer.pk or case.tasks.filter(owner=officer, state=OPEN).exists())
    return Scope(case.division_code, case.state, assigned=mine, household=case.household_key)


def tasks(*, viewer: Viewer, at: datetime, wanted: TaskFilter | None = None, today: date | None = None) -> QuerySet[Task]:
    """The tasks asked for, those due first first; those without a date last. today: for `due`."""
    wanted = wanted or TaskFilter()
    found = visible(Task.objects.all(), viewer, "tasks.read", at=at, assigned=of_viewer(viewer), household=FAMILY)
    found = found.exclude(state=OPEN) if wanted.done else found.filter(state=OPEN)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.whose == "mine":
        found = found.filter(of_viewer(viewer))
    elif wanted.whose:
        found = found.filter(owner__isnull=True) if wanted.whose == "nobody" else found.filter(owner__account=wanted.whose)
    found = _in_divisions(found, wanted.divisions)
    if today is not None and wanted.due:
        found = found.filter(due(wanted.due, today))
    return found.select_related("case", "owner").order_by(*(("-done_at", "pk") if wanted.done else ("due_on", "-priority", "pk")))


def task(*, viewer: Viewer, key: str, at: datetime) -> Task | None:
    """One task, or none when it is not there or out of reach: the two look alike (A3)."""
    found = visible(Task.objects.filter(key=key), viewer, "tasks.read", at=at, assigned=of_viewer(viewer), household=FAMILY)
    return found.select_related("case", "owner").first()


def cases(*, viewer: Viewer, at: datetime, wanted: CaseFilter | None = None) -> QuerySet[Case]:
    """The cases asked for, the newest first."""
    wanted = wanted or CaseFilter()
    found = visible(Case.objects.all(), viewer, "cases.read", at=at, assigned=cases_of_viewer(viewer), household="household_key")
    found = found.filter(state="closed" if wanted.closed else "open")
    for tag in wanted.tags:
        found = found.filter(pk__in=CaseTag.objects.filter(LIVE, code=tag).values("case"))
    if wanted.main_class:
        found = found.filter(main_class=wanted.main_class)
    if wanted.unconfirmed:
        found = found.filter(confirmed=False)
    if wanted.from_elsewhere:
        found = found.filter(from_elsewhere())
    return _in_divisions(found, wanted.divisions).order_by("-opened_at", "-pk")


def case(*, viewer: Viewer, key: str, at: datetime) -> Case | None:
    """One case, or none when it is not there or out of reach."""
    found = visible(
        Case.objects.filter(key=key), viewer, "cases.read", at=at, assigned=cases_of_viewer(viewer), household="household_key"
    )
    return found.select_related("adviser").first()


def open_cases_of(households: Iterable[str]) -> dict[str, list[int]]:
    """Household of the registry to the open cases of its family, oldest first: the one that goes by it, and those of its people."""
    found: dict[str, set[int]] = {}
    wanted = sorted({one for one in households if one})
    by_number = Case.objects.filter(state="open", household_key__among=wanted).values_list("household_key", "pk")
    by_people = Member.objects.filter(until__isnull=True, case__state="open", party__registry_household__among=wanted)
    for household, key in [*by_number, *by_people.values_list("party__registry_household", "case")]:
        found.setdefault(household, set()).add(key)
    return {household: sorted(keys) for household, keys in found.items()}


def visit_is_open(households: Iterable[str]) -> set[str]:
    """Those of the households to whose family somebody is to go already, by a case that goes by it or that holds its people."""
    wanted = sorted({one for one in households if one})
    with connection.cursor() as cursor:
        among, told = among_values(wanted)
        cursor.execute(_VISITED.format(among=among), [told, told])
        return {household for (household,) in cursor.fetchall()}


# Asked for every list, so as it stands: put together anew each time it takes three times as long.
_VISITED = """
    SELECT c.household_key FROM cases_task t JOIN cases_case c ON c.id = t.case_id
    WHERE t.kind = 'visit' AND t.state = 'open' AND c.state = 'open' AND c.household_key {among}
    UNION
    SELECT p.registry_household FROM cases_task t JOIN cases_case c ON c.id = t.case_id
    JOIN cases_member m ON m.case_id = c.id JOIN parties_party p ON p.id = m.party_id
    WHERE t.kind = 'visit' AND t.state = 'open' AND c.state = 'open' AND m.until IS NULL AND p.registry_household {among}
"""


def plan(case: Case) -> Plan | None:
    """The version in force. The case was asked for before."""
    return case.plans.order_by("-number").prefetch_related("items").first()


def goal(plan: Plan) -> str:
    return opened(plan.goal, column="cases_plan.goal", row=f"{plan.case.key}/{plan.number}")


def who_may_take(office: str, *, at: datetime) -> QuerySet[Officer]:
    """Accounts with a live role of casework in that division, below it or above it, which may be given a task of it."""
    above = [office[:n] for n in (9, 6) if n < len(office)] + [office[:4] + "00", office[:2] + "0000"]
    live = Q(assignments__since__lte=at, assignments__until__gt=at, assignments__duty="casework", is_active=True)
    where = inside(office, "assignments__division_code") | Q(assignments__division_code__in=above)
    doing = Q(assignments__role__in=("township_officer", "county_officer", "grid_worker", "surveyor", "data_steward"))
    return Officer.objects.filter(live & where & doing).distinct().order_by("account")


def may_hold(officer: Officer, task: Task, *, at: datetime) -> bool:
    """Whether they could see the task once it is theirs, and a live role of theirs lies in its office, below it, or above it.

    Nobody holds a task on a household near to them (A9).
    """
    on = Scope(task.division_code, "open", assigned=True, household=task.case.household_key)
    if allowed(officer, "tasks.read", on=on, at=at) is None:
        return False
    held = [one.division_code for one in powers(officer, at=at) if one.role not in ("anyone", "console")]
    return any(within(code, task.office) or within(task.office, code) for code in held)


def _in_divisions(found: QuerySet[Kept], divisions: tuple[str, ...]) -> QuerySet[Kept]:
    chosen = Q()
    for division in divisions:
        chosen |= inside(division, "division_code")
    return found.filter(chosen)


def due(word: str, today: date) -> Q:
    """The condition of a word of `TaskFilter.due`."""
    sunday = today + timedelta(days=6 - today.weekday())
    return {
        "late": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "week": Q(due_on__gt=today, due_on__lte=sunday),
        "later": Q(due_on__gt=sunday) | Q(due_on__isnull=True),
    }.get(word, Q())
