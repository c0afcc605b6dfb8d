"""What becomes of open work where a division is merged into another, or gets another code. Part of this step's actions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.tasks import COUNTY, TOWNSHIP, office_of
from jiuzhu.casework.cases.tasks import subject as of_task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public

BY_ITSELF = Actor("system:dispatch")


@transaction.atomic
def follow_divisions(*, at: datetime, today: date) -> int:
    """Open warnings, cases and tasks of a division that is no more stand where it went; gives how many. Once a day.

    A division that was split leaves them where they are: its office has nobody, which is seen one tier up (F7).
    """
    on = Subject("list", f"divisions {today.isoformat()}")
    if Event.objects.filter(subject_kind=on.kind, subject_key=on.key, operation="divisions.follow", outcome="done").exists():
        return 0
    subjects = [one for old, new in _gone(today) for one in _moved(old, new)]
    record("divisions.follow", by=BY_ITSELF, at=at, on=on, subjects=subjects, after={"moved": len(subjects)})
    return len(subjects)


def _gone(today: date) -> Iterator[tuple[str, str]]:
    """Codes of open work that are not in force, each with the one that stands for it now."""
    open_ones = [model.objects.filter(state="open").order_by() for model in (Warning, Case, Task)]
    divisions = public.divisions()
    for code in sorted({code for rows in open_ones for code in rows.values_list("division_code", flat=True).distinct()}):
        if divisions.find(code[:TOWNSHIP], on=today) is not None:
            continue
        now = divisions.resolve(code, on=today)
        # A township that the table does not know counts as its county there; it is left alone.
        if len(now) == 1 and now[0] != code and (len(now[0]) >= TOWNSHIP or len(code) == COUNTY):
            yield code, now[0]


def _moved(old: str, new: str) -> list[Subject]:
    tasks = list(Task.objects.select_for_update(of=("self",)).select_related("case").filter(state="open", division_code=old))
    for task in tasks:
        county = task.office == office_of(old, county=True)
        Task.objects.filter(pk=task.pk).update(
            division_code=new, office=office_of(new, county=county), tier_up=0, raised_to="", version=F("version") + 1
        )
    cases = Case.objects.filter(state="open", division_code=old)
    warnings = Warning.objects.filter(state="open", division_code=old)
    told = [
        *(of_task(one) for one in tasks),
        *(
            Subject("case", key, old, household, key)
            for key, household in cases.values_list("key", "household_key").order_by("pk")
        ),
        *(Subject("warning", *one) for one in warnings.values_list("warning_id", "division_code", "household_id").order_by("pk")),
    ]
    cases.update(division_code=new, grid_code="", version=F("version") + 1)
    warnings.update(division_code=new)
    return told
