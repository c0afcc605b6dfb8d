"""Needs that visits found, shown to those outside the offices on three levels: stations, grid workers, society; each what it needs to
know and nothing else, as sharing.toml declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Min, Q

from jiuzhu.casework.accounts.permissions import Scope, Viewer, allowed_each, staff, visible
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.visits.models import Visit
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.rules.outreach import SharingLevel

RULE = "exchange.society_least"
TOWNSHIP = 9


@dataclass(frozen=True)
class Need:
    """One line of one level. shown: column to its value, only those the level shows; a value of `name` is the row of a case, whose name
    the portal asks for."""

    level: SharingLevel
    shown: Mapping[str, Any] = field(default_factory=dict)


def needs(*, viewer: Viewer, at: datetime) -> list[Need]:
    """What the viewer's levels show of the needs in their reach, families one by one before those that are counted.

    A need is one that the newest visit of an open case found in its round. Each row is shown by the widest role that reaches it,
    so nobody with two roles sees of one what only the other may see.
    """
    officer = staff(viewer)
    mine = Q(pk__in=Task.objects.filter(owner=officer, state="open").values("case")) if officer else Q(pk__in=[])
    with_needs = Visit.objects.exclude(needs="").values("case")
    reach = visible(
        Case.objects.filter(state="open", pk__in=with_needs),
        viewer,
        "needs.read",
        at=at,
        assigned=mine,
        household="household_key",
    )
    cases = {one.pk: one for one in reach}
    found = _newest(cases)
    own = set(reach.filter(mine).values_list("pk", flat=True)) if officer else set()
    shared = [cases[pk] for pk in found]
    scopes = [Scope(one.division_code, assigned=one.pk in own, household=one.household_key) for one in shared]
    roles = visiting().outreach.by_role
    lines: list[Need] = []
    counted: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    due = _due(found)
    for case, grant in zip(shared, allowed_each(viewer, "needs.read", on=scopes, at=at), strict=True):
        level = roles.get(grant.role) if grant is not None else None
        for code in found[case.pk].needs.split() if level is not None else ():
            if level.counted:
                counted[level.code, case.division_code[:TOWNSHIP], code].add(case.pk)
            else:
                lines.append(_line(level, case, found[case.pk], code, due.get(case.pk)))
    levels = visiting().outreach.levels
    for (level_code, township, code), families in sorted(counted.items()):
        least = whole(RULE, division=township, on=local_day(at))
        if least is not None and len(families) >= least:
            told = {"township": township, "need": code, "families": len(families)}
            level = levels[level_code]
            lines.append(Need(level, {name: told[name] for name in level.shows}))
    return lines


def _line(level: SharingLevel, case: Case, visit: Visit, need: str, due: date | None) -> Need:
    told = {
        "place": case.division_code,
        "name": case.pk,
        "need": need,
        "department": visiting().duties.needs[need].department if need in visiting().duties.needs else "",
        "since": local_day(visit.recorded_at),
        "due": due,
    }
    return Need(level, {name: told[name] for name in level.shows})


def _newest(cases: Mapping[int, Case]) -> dict[int, Visit]:
    """Case to the last visit of its round where that found a need, the latest first; one that puts another right comes after it."""
    rows = Visit.objects.filter(case__in=cases, round=F("case__round")).order_by("recorded_at", "pk")
    last = {one.case_id: one for one in rows}
    return {pk: one for pk, one in sorted(last.items(), key=lambda item: item[1].recorded_at, reverse=True) if one.needs}


def _due(found: Mapping[int, Visit]) -> dict[int, date | None]:
    """Case to the first day by which one of its open tasks is to be done."""
    open_tasks = Task.objects.filter(case__in=found, state="open").order_by()
    return dict(open_tasks.values_list("case").annotate(first=Min("due_on")))
