"""The plan of a family (一户一策): written anew as a whole, each time a version; none is ever changed. Part of this step's actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Plan, PlanItem
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.refusals import Moved, NothingNew, NotOpen
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import record


@dataclass(frozen=True)
class Item:
    """One measure: a code of measure, who does it, until when, and a state of PlanItem."""

    measure: str
    who: str
    until: date | None
    state: str = PlanItem.State.PLANNED


@transaction.atomic
def write_plan(*, case: Case, goal: str, items: Sequence[Item], based_on: int, by: Viewer, at: datetime) -> Plan:
    """The next version of the plan of a family. based_on: the number of the version that was looked at, 0 for none.

    Raises NotAllowed, UnknownCode, NothingNew for an empty plan, NotOpen, Moved if somebody wrote a newer version meanwhile: both
    stay, and the page shows them beside one another (G2).
    """
    if not goal.strip() and not items:
        raise NothingNew("the plan is empty: write a goal or a measure")
    for item in items:
        codes.known("measure", item.measure)
        if item.state not in PlanItem.State.values or not item.who.strip():
            raise codes.UnknownCode(f"measure '{item.measure}': say who does it, and its state as one of {PlanItem.State.values}")
    grant = require(by, "cases.plan", on=case_scope(case, by), at=at)
    if not Case.objects.filter(pk=case.pk, state=Case.State.OPEN).exists():
        raise NotOpen(f"{case.key} is closed; its plan stays as it is")
    newest = case.plans.order_by("-number").values_list("number", flat=True).first() or 0
    who = actor(by, grant)
    number = based_on + 1
    try:
        if newest != based_on:
            raise IntegrityError
        with transaction.atomic():
            plan = Plan.objects.create(
                case=case, number=number, written_by=who.who, written_at=at,
                goal=sealed(goal.strip(), column="cases_plan.goal", row=f"{case.key}/{number}", of=case.key),
            )  # fmt: skip
    except IntegrityError:
        raise Moved(
            f"{case.key}: version {number} of the plan was written meanwhile; nothing of yours was kept over it"
        ) from None
    PlanItem.objects.bulk_create(
        PlanItem(plan=plan, position=place, measure=one.measure, who=one.who.strip(), until=one.until, state=one.state)
        for place, one in enumerate(items)
    )
    after = {"version": number, "measures": [one.measure for one in items]}
    event = record("cases.plan", by=who, at=at, on=subject(case), purpose=grant.purpose, before={"version": newest}, after=after)
    announce("plan.written", event=event, at=at, case=case, on=subject(case))
    return plan
