"""What may be asked of those who work here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.accounts.permissions import Power, Viewer, allowed, powers, visible


def posting(viewer: Viewer, *, at: datetime) -> Power | None:
    """The role and division a page names beside the viewer: the oldest live role of their own, else what was handed down."""
    held = [power for power in powers(viewer, at=at) if power.role != "anyone"]
    return min(held, key=lambda power: bool(power.delegated_by), default=None)


def officers(*, viewer: Viewer, wanted: str, at: datetime) -> QuerySet[Officer]:
    """The accounts with a role, now or before, in the viewer's division, and those that have none yet; by account.

    wanted: part of an account or a name, "" for all.
    """
    reached = visible(Assignment.objects.all(), viewer, "accounts.read", at=at)
    found = Officer.objects.filter(Exists(reached.filter(officer=OuterRef("pk"))) | Q(assignments__isnull=True)).distinct()
    if allowed(viewer, "accounts.read", on=None, at=at) is None:
        found = found.none()
    if wanted:
        found = found.filter(Q(account__icontains=wanted) | Q(display_name__icontains=wanted))
    return found.select_related("person", "second_factor").prefetch_related("assignments").order_by("account")
