"""What the steps before this one keep of a family: the open task of a reader, and the visits that were paid."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Present, Viewer, visible
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import FAMILY
from jiuzhu.casework.files.lanes import ChainAct
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.visits.models import Visit
from jiuzhu.rules.tree import Title

VISIT = Title("走访", "Visit")


def task_of(viewer: Viewer, household: str, at: datetime) -> str:
    """The key of an open task of the viewer's own on the case of a household; "" for none."""
    officer = viewer.officer if isinstance(viewer, Present) else viewer
    if not household or not isinstance(officer, Officer):
        return ""
    own = Task.objects.filter(case__household_key=household, owner=officer, state=Task.State.OPEN).order_by("pk").first()
    return own.key if own is not None else ""


def visits_of(viewer: Viewer, household: str, at: datetime) -> list[ChainAct]:
    """The visits to a household that the viewer may see, each as its last correction says."""
    return visits_to(viewer, Q(case__household_key=household) & ~Q(case__household_key=""), at)


def visits_to(viewer: Viewer, whose: Q, at: datetime) -> list[ChainAct]:
    """The same of the cases that are meant."""
    kept = Visit.objects.filter(whose, corrected_by__isnull=True)
    seen = visible(kept.order_by("began_at"), viewer, "visits.read", at=at, household=FAMILY)
    words = visiting().outcomes.by_code
    return [
        ChainAct(
            "visits", local_day(visit.began_at), words[visit.outcome].title if visit.outcome in words else VISIT, source=VISIT
        )
        for visit in seen
    ]
