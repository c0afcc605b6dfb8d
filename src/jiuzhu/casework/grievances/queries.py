"""What may be asked of grievances; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Resident, Scope, Viewer, actor, allowed, require, visible
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.grievances.actions import scope_of, subject
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import record

OPEN = Q(state="open")


def within_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Grievance]:
    found = visible(Grievance.objects.all(), viewer, "grievances.read", at=at, household="household_key")
    return found.select_related("case", "party", "notice", "objection__publication__case", "owner", "referral__office")


def grievances(*, viewer: Viewer, at: datetime, show: str = "open", kind: str = "") -> QuerySet[Grievance]:
    """Those within reach, the nearest day first; `late`: past theirs; `answered`: the newest first."""
    found = within_reach(viewer=viewer, at=at)
    if kind:
        found = found.filter(kind=kind)
    if show == "answered":
        return found.filter(state="answered").order_by("-answered_at", "-pk")
    if show == "late":
        found = found.filter(due_on__lt=local_day(at))
    return found.filter(OPEN).order_by(F("due_on").asc(nulls_last=True), "pk")


def counts(*, viewer: Viewer, at: datetime) -> Mapping[str, int]:
    late = OPEN & Q(due_on__lt=local_day(at))
    of = {"open": OPEN, "late": late, "answered": Q(state="answered")}
    told = {code: Count("pk", filter=condition) for code, condition in of.items()}
    return within_reach(viewer=viewer, at=at).order_by().aggregate(**told)


def mine(*, viewer: Resident, at: datetime) -> QuerySet[Grievance]:
    """Those a resident lodged, or that were lodged for them, the newest first. Raises NotAllowed."""
    require(viewer, "grievances.read", on=Scope(own_account=True), at=at)
    found = Grievance.objects.filter(party__key=viewer.who).select_related("case", "party", "notice", "owner", "referral__office")
    return found.order_by("-received_at", "-pk")


@dataclass(frozen=True)
class Opened:
    """One in clear. The words are empty for whom they are not open."""

    grievance: Grievance
    words: str = ""
    name: str = ""
    contact: str = ""
    answer: str = ""


@transaction.atomic
def grievance(*, viewer: Viewer, key: str, at: datetime) -> Opened | None:
    """One of them, the look written down before its words leave; None when it is not there or out of reach (A3)."""
    held = Grievance.objects.select_related(
        "case", "party", "notice", "objection__publication__case", "owner", "referral__office"
    )
    found = held.filter(key=key).first()
    grant = allowed(viewer, "grievances.read", on=scope_of(found, viewer), at=at) if found is not None else None
    if found is None or grant is None:
        return None
    record("grievances.read", by=actor(viewer, grant), at=at, on=subject(found), purpose=grant.purpose)
    if not grant.opens("sensitive"):
        return Opened(found)
    parts = ("words", "name", "contact", "answer")
    return Opened(found, **{part: opened(getattr(found, part), column=f"grievance.{part}", row=key) for part in parts})
