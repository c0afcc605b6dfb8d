"""What may be asked of proposals and shadow runs; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, QuerySet

from jiuzhu.casework.accounts.models import Assignment
from jiuzhu.casework.accounts.permissions import Viewer, visible
from jiuzhu.casework.calibration.models import Proposal, Shadow


def proposals(*, viewer: Viewer, at: datetime) -> QuerySet[Proposal]:
    """Proposals somebody stands for, those that wait first."""
    rows = visible(Proposal.objects.all(), viewer, "proposals.read", at=at)
    return rows.select_related("made_person", "decided_person").order_by("-state", "-made_at")


def shadows(*, viewer: Viewer, indicator: str, at: datetime) -> QuerySet[Shadow]:
    """Shadow runs of an indicator, those that run first."""
    rows = visible(Shadow.objects.filter(indicator=indicator), viewer, "what_if.run", at=at)
    return rows.prefetch_related("counts").order_by("ended_at", "-begun_at")


def workers(*, division: str, at: datetime) -> Mapping[str, int]:
    """Township to how many hold the role of a township officer there now: who has to visit what is found."""
    live = Assignment.objects.filter(
        role="township_officer", since__lte=at, until__gt=at, division_code__startswith=division, officer__is_active=True
    )
    return dict(live.values_list("division_code").annotate(n=Count("officer__person", distinct=True)))
