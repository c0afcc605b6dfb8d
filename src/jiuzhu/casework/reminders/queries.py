"""What may be asked of reminders; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import Viewer, visible
from jiuzhu.casework.referrals import queries as referring
from jiuzhu.casework.reminders.models import Reminder


def offices_of(viewer: Viewer, *, at: datetime) -> frozenset[int]:
    """The units in which the viewer holds a live role."""
    return referring.offices_of(viewer, at=at, role="")


def reminders(*, viewer: Viewer, at: datetime) -> QuerySet[Reminder]:
    """Those of the viewer's units, and of those below where the viewer answers for them; the unseen first, the newest first."""
    mine = Q(office_id__in=offices_of(viewer, at=at))
    found = visible(Reminder.objects.all(), viewer, "reminders.read", at=at, division="office__division_code", assigned=mine)
    return found.select_related("office").order_by("state", "-put_at", "-level", "indicator_id", "pk")


def units(*, viewer: Viewer, at: datetime, operation: str = "reminders.subscribe") -> QuerySet[Office]:
    """The units whose choices the viewer may change, by division."""
    mine = Q(pk__in=offices_of(viewer, at=at))
    return visible(Office.objects.all(), viewer, operation, at=at, assigned=mine).order_by("division_code", "pk")
