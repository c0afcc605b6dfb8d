"""What may be done with reminders: choose what a unit is told of, and note one as seen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, key_of, require
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.reminders.models import Reminder, Subscription
from jiuzhu.casework.reminders.queries import offices_of
from jiuzhu.casework.reminders.told import indicators
from jiuzhu.casework.trace.actions import Subject, record


@transaction.atomic
def subscribe(*, office: Office, code: str, choice: str, by: Viewer, at: datetime) -> Subscription:
    """Choose from which grade on a unit is told of a kind of warning. code: of an indicator, or a scenario for all of its.

    Holds for what is released afterwards. Raises NotAllowed, UnknownCode.
    """
    scope = Scope(office.division_code, assigned=office.pk in offices_of(by, at=at))
    grant = require(by, "reminders.subscribe", on=scope, at=at)
    declared = indicators()
    if code not in declared and code not in {one.scenario for one in declared.values()}:
        raise UnknownCode(f"'{code[:20]}' is neither an indicator nor a scenario of the catalogue")
    if choice not in Subscription.Choice.values:
        raise UnknownCode(f"'{choice[:20]}' is no choice; choose one of {', '.join(Subscription.Choice.values)}")
    before = Subscription.objects.filter(office=office, code=code).values_list("choice", flat=True).first()
    kept, _ = Subscription.objects.update_or_create(
        office=office, code=code, defaults={"choice": choice, "chosen_by": key_of(by), "chosen_at": at}
    )
    about = [Subject("indicator", code)]
    record(
        "reminders.subscribe", by=actor(by, grant), at=at, on=_unit(office), subjects=about, purpose=grant.purpose,
        before={"choice": before or "declared"}, after={"choice": choice},
    )  # fmt: skip
    return kept


@transaction.atomic
def see(*, reminders: list[int], by: Viewer, at: datetime) -> int:
    """Note reminders of one's own units as seen; those seen before stay as they are. Gives how many. Raises NotAllowed."""
    mine = offices_of(by, at=at)
    found = list(
        Reminder.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk__in=reminders, state="new")
        .order_by("pk")
    )
    grants = [
        require(by, "reminders.see", on=Scope(one.office.division_code, one.state, assigned=one.office_id in mine), at=at)
        for one in found
    ]
    if found:
        Reminder.objects.filter(pk__in=[one.pk for one in found]).update(state="seen", seen_by=key_of(by), seen_at=at)
        offices = {one.office_id: one.office for one in found}
        record(
            "reminders.see", by=actor(by, grants[0]), at=at, subjects=[_unit(one) for one in offices.values()], purpose=grants[0].purpose,
            after={"reminders": len(found)},
        )  # fmt: skip
    return len(found)


def _unit(office: Office) -> Subject:
    return Subject("office", str(office.pk), office.division_code)
