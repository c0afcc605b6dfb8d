"""What may be asked of recoveries; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, actor, require, visible
from jiuzhu.casework.cases.queries import FAMILY, case_scope
from jiuzhu.casework.parties import actions as parties
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.payments.models import CameBack, Instalment, Recovery, RecoveryMonth
from jiuzhu.casework.payments.recovering import subject
from jiuzhu.casework.trace.actions import record

READ = "recoveries.read"
OF = {one: Q(walk__state=one) for one in ("found", "heard", "decided")} | {"over": Q(walk__ended=True)}


@dataclass(frozen=True)
class Opened:
    """One in clear. words: because, who, told, said; empty for whom they are not open."""

    recovery: Recovery
    months: Sequence[RecoveryMonth]
    instalments: Sequence[Instalment]
    came_back: Sequence[CameBack]
    words: Mapping[str, str] = field(default_factory=dict)


def within_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Recovery]:
    found = visible(Recovery.objects.all(), viewer, READ, at=at, household=FAMILY)
    return found.select_related("walk", "case", "grant", "party")


def recoveries(*, viewer: Viewer, at: datetime, show: str = "found") -> QuerySet[Recovery]:
    """Those in one state of their road, or over; the oldest first, of those over the newest."""
    found = within_reach(viewer=viewer, at=at).filter(OF[show])
    return found.order_by("-found_at", "-pk") if show == "over" else found.order_by("found_at", "pk")


def counts(*, viewer: Viewer, at: datetime) -> Mapping[str, int]:
    told = {code: Count("pk", filter=condition) for code, condition in OF.items()}
    found: Mapping[str, int] = within_reach(viewer=viewer, at=at).order_by().aggregate(**told)
    return found


@transaction.atomic
def one(*, viewer: Viewer, key: str, at: datetime) -> Opened | None:
    """One within reach, and that it was looked at; None for any other (A3)."""
    found = within_reach(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        return None
    grant = require(viewer, READ, on=case_scope(found.case, viewer), at=at)
    record(READ, by=actor(viewer, grant), at=at, on=subject(found), purpose=grant.purpose)
    lists = (
        list(found.months.order_by("month")), list(found.instalments.filter(plan=found.plan).order_by("number")),
        list(found.came_back.order_by("pk")),
    )  # fmt: skip
    if not grant.opens("sensitive"):
        return Opened(found, *lists)
    words = {name: _open(found, name) for name in ("because", "who", "told", "said")}
    return Opened(found, *lists, words)


def meet(recovery: Recovery, *, name: str, phone: str, by: Viewer, at: datetime) -> Party:
    """Somebody who stands for the estate of a family, met now; part of the hearing. Raises NotAllowed."""
    return parties.meet(
        name=name, phone=phone, proved_by=Party.Proof.DECLARED, division_code=recovery.division_code, by=by, at=at
    )


def _open(recovery: Recovery, name: str) -> str:
    text = getattr(recovery, name)
    return opened(text, column=f"payments_recovery.{name}", row=recovery.key) if text else ""
