"""What time does to warnings that nobody releases: past their legal days the office above is told, tier by tier.

Part of this step's actions.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from itertools import chain

from django.db import transaction
from django.db.models import F, Q

from jiuzhu.casework.cases.tasks import next_tier_on, office_of, tier_above
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.actions import Actor, Subject, record

BY_ITSELF = Actor("system:dispatch")
UNRELEASED = Q(kind="warning", state="open", handling="waiting")


@transaction.atomic
def escalate_unreleased(*, at: datetime, today: date) -> int:
    """Tell the office one tier up of every waiting warning whose day has passed; gives how many went up.

    The township's office has it first, so the county is told first; the next tier follows after the working days that the rule
    `handling.tier_wd` says there, and the province is the last. Twice on a day is harmless. A snoozed warning stands still.
    """
    waiting = Warning.objects.select_for_update(of=("self",)).filter(UNRELEASED)
    # Two questions, each answered by an index of its own: as one, joined by OR, the whole table would be read every few seconds.
    late = (
        waiting.filter(tier_up=0, due_on__lt=today).order_by("due_on", "pk"),
        waiting.filter(rises_on__lte=today).order_by("rises_on", "pk"),
    )
    columns = ("pk", "division_code", "raised_to", "warning_id", "household_id")
    groups: dict[tuple[str, str], list[tuple[int, Subject]]] = defaultdict(list)
    for pk, division, raised_to, number, household in chain.from_iterable(rows.values_list(*columns) for rows in late):
        groups[office_of(division), raised_to].append((pk, Subject("warning", number, division, household)))
    subjects: list[Subject] = []
    for (office, raised_to), found in groups.items():
        up = tier_above(raised_to or office)
        keys = [pk for pk, _ in found]
        if up is None:
            Warning.objects.filter(pk__among=keys).update(rises_on=None)
            continue
        again = next_tier_on(office, up, today)
        Warning.objects.filter(pk__among=keys).update(raised_to=up, tier_up=F("tier_up") + 1, rises_on=again)
        subjects += [one for _, one in found]
    if subjects:
        record("warnings.escalate", by=BY_ITSELF, at=at, subjects=subjects)
    return len(subjects)
