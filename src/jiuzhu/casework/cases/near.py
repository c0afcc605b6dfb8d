"""What is open for a family near to somebody of the staff leaves that person's hands at once, and the county goes to its door (A9)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.cases.actions import subject as of_case
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.tasks import AT_THE_DOOR, BY_ITSELF, OPEN, office_of, subject
from jiuzhu.casework.trace.actions import record

BECAUSE = "近亲属回避"


@transaction.atomic
def out_of_hands(household: str, at: datetime) -> int:
    """Open tasks of a household leave those near to it, and its visits become the county's; gives how many tasks moved.

    A task that left somebody is with nobody: its office, which has others, names who does it. An adviser near to the family
    advises it no more. Twice is harmless.
    """
    near = kin.people_near(household, at=at)
    if not near:
        return 0
    standing = Task.objects.select_for_update(of=("self",)).filter(state=OPEN, case__household_key=household).order_by("pk")
    changed = sum(_handed_over(task, near, at) for task in standing.select_related("case", "owner"))
    advised = Case.objects.filter(state="open", household_key=household, adviser__person__in=near).select_related("adviser")
    for case in advised:
        Case.objects.filter(pk=case.pk).update(adviser=None, version=F("version") + 1)
        before = {"adviser": case.adviser.account if case.adviser else None}
        record("cases.appoint", by=BY_ITSELF, at=at, on=of_case(case), because=BECAUSE, before=before, after={"adviser": None})
    return changed


def _handed_over(task: Task, near: set[int], at: datetime) -> bool:
    theirs = task.owner is not None and task.owner.person_id in near
    office = office_of(task.division_code, county=True) if task.kind in AT_THE_DOOR else task.office
    if not theirs and office == task.office:
        return False
    before = {"owner": task.owner.account if task.owner else None, "office": task.office}
    if theirs:
        task.owner, task.given_by, task.given_at = None, "", None
    if office != task.office:
        task.office, task.tier_up, task.raised_to = office, 0, ""
    task.version += 1
    task.save(update_fields=["owner", "given_by", "given_at", "office", "tier_up", "raised_to", "version"])
    after = {"owner": task.owner.account if task.owner else None, "office": office}
    event = record(
        "tasks.hand_over", by=BY_ITSELF, at=at, on=subject(task), task=task.key, because=BECAUSE, before=before, after=after
    )
    announce("task.handed_over", event=event, at=at, case=task.case, on=subject(task))
    return True
