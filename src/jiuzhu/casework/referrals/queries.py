"""What may be asked of referrals: those a viewer may see, one of them with its words, and who leaves them unanswered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet

from jiuzhu.casework.accounts.models import Assignment
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, allowed, visible
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import FAMILY, officer_of
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals.models import Referral, Step
from jiuzhu.casework.trace.actions import Subject, record

DEPARTMENT = "department_officer"


def offices_of(viewer: Viewer, *, at: datetime, role: str = DEPARTMENT) -> frozenset[int]:
    """The offices for which the viewer answers referrals now. role: another one, or "" for those of any role."""
    officer = officer_of(viewer)
    if officer is None or not officer.is_active:
        return frozenset()
    held = Assignment.objects.filter(officer=officer, since__lte=at, until__gt=at)
    return frozenset((held.filter(role=role) if role else held).values_list("office_id", flat=True))


def within_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Referral]:
    mine = Q(office_id__in=offices_of(viewer, at=at))
    return visible(Referral.objects.all(), viewer, "referrals.read", at=at, assigned=mine, household=FAMILY).select_related(
        "office", "case"
    )


def referrals(*, viewer: Viewer, at: datetime, state: str = "open") -> QuerySet[Referral]:
    """Nearest day first; those without a day last."""
    return within_reach(viewer=viewer, at=at).filter(state=state).order_by(F("due_on").asc(nulls_last=True), "-priority", "key")


def referable(*, viewer: Viewer, case_key: str, at: datetime) -> Case | None:
    """The case, if the viewer may refer its family; None when it is not there or out of reach."""
    return visible(Case.objects.all(), viewer, "referrals.make", at=at, household="household_key").filter(key=case_key).first()


@dataclass(frozen=True)
class Said:
    """One step in clear."""

    step: Step
    said: str
    sentence: str


@dataclass(frozen=True)
class Opened:
    """A referral with its words. answers: those of the visit that were handed over, by question; form: which asked them.

    theirs: whether the viewer answers for the office it lies with.
    """

    referral: Referral
    asked: str
    who: str
    form: str
    answers: Mapping[str, Any]
    steps: Sequence[Said] = field(default_factory=tuple)
    theirs: bool = False


@transaction.atomic
def referral(*, viewer: Viewer, key: str, at: datetime) -> Opened | None:
    """One referral, the look written down before its words leave; None when it is not there or out of reach (A3).

    Words are empty for whom the grant opens less than what is sensitive.
    """
    found = within_reach(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        return None
    theirs = found.office_id in offices_of(viewer, at=at, role="")
    scope = Scope(found.division_code, found.state, assigned=theirs, household=found.case.household_key)
    theirs = theirs and allowed(viewer, "referrals.answer", on=scope, at=at) is not None
    grant = allowed(viewer, "referrals.read", on=scope, at=at)
    if grant is None:
        return None
    on = Subject("referral", found.key, found.division_code, found.case.household_key, found.case.key)
    record("referrals.read", by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    if not grant.opens("sensitive"):
        return Opened(found, "", "", "", {}, [Said(step, "", "") for step in found.steps.order_by("number")], theirs)
    facts = json.loads(opened(found.facts, column="referral.facts", row=key) or "{}")
    return Opened(
        referral=found,
        asked=opened(found.asked, column="referral.asked", row=key),
        who=opened(found.who, column="referral.who", row=key),
        form=facts.get("form", ""),
        answers=facts.get("answers", {}),
        steps=[_said(step, key) for step in found.steps.order_by("number")],
        theirs=theirs,
    )


def _said(step: Step, key: str) -> Said:
    about = f"{key}/{step.number}"
    said = opened(step.said, column="referral.said", row=about)
    return Said(step, said, opened(step.sentence, column="referral.sentence", row=about))


@dataclass(frozen=True)
class Silence:
    """One department's office: how many lie open there, how many it has not taken up, how many are late, the oldest day."""

    department: str
    division_code: str
    open: int
    waiting: int
    late: int
    oldest: date | None


def unanswered(*, viewer: Viewer, at: datetime, today: date) -> list[Silence]:
    """By office, the one with most late referrals first. What waits for the township's supplement is not counted as waiting or late."""
    acting = Q(answer__in=("sent", "accepted"))
    rows = (
        within_reach(viewer=viewer, at=at)
        .filter(state="open")
        .values("office__department", "office__division_code")
        .annotate(
            n=Count("pk"),
            waiting=Count("pk", filter=Q(answer="sent")),
            late=Count("pk", filter=acting & Q(due_on__lt=today)),
            oldest=Min("due_on", filter=acting),
        )
        .order_by("-late", "-waiting", "office__department", "office__division_code")
    )
    return [
        Silence(row["office__department"], row["office__division_code"], row["n"], row["waiting"], row["late"], row["oldest"])
        for row in rows
    ]
