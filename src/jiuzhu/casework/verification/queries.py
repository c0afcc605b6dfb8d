"""What may be asked of verification: what is under way, reports, who signed and who has not. Every answer is within reach of the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, actor, require, visible
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import FAMILY, case_scope
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.verification.authorising import PURPOSE, in_force
from jiuzhu.casework.verification.models import LIVE, Authorisation, Link, Objection, Question, Report, Request
from jiuzhu.casework.verification.reporting import found as found
from jiuzhu.casework.verification.reporting import statement_of
from jiuzhu.casework.verification.reporting import unknown_lists as unknown_lists


@dataclass(frozen=True)
class Standing:
    """How one person of a case stands: what is signed, whether it holds now, and whether a link is under way."""

    party: Party
    authorisation: Authorisation | None
    holds: bool
    link: Link | None


def reports(*, viewer: Viewer, at: datetime) -> QuerySet[Report]:
    """Reports within reach, the newest first."""
    found_ones = visible(Report.objects.all(), viewer, "verification.read", at=at, household=FAMILY)
    return found_ones.select_related("case", "request").order_by("-issued_at", "-pk")


def requests(*, viewer: Viewer, at: datetime) -> QuerySet[Request]:
    """What is under way within reach, that due first first."""
    open_ones = Request.objects.filter(ended_at=None)
    return (
        visible(open_ones, viewer, "verification.read", at=at, household=FAMILY).select_related("case").order_by("due_at", "pk")
    )


def report(*, viewer: Viewer, key: str, at: datetime) -> Report | None:
    """One report, or none when it is not there or out of reach: the two look alike (A3)."""
    return reports(viewer=viewer, at=at).filter(key=key).first()


@transaction.atomic
def read(report: Report, *, by: Viewer, at: datetime) -> dict[str, Any]:
    """Everything a report says; the look is an event about each person in it. Raises NotAllowed."""
    grant = require(by, "verification.read", on=case_scope(report.case, by), at=at)
    said = statement_of(report)
    case = report.case
    people = [Subject("person", one["person"], case.division_code, case.household_key, case.key) for one in said["people"]]
    on = Subject("report", report.key, report.division_code, case.household_key, case.key)
    record("verification.read", by=actor(by, grant), at=at, on=on, subjects=people, purpose=grant.purpose)
    return said


def standings(case: Case, parties: Sequence[Party], *, at: datetime, purpose: str = PURPOSE) -> list[Standing]:
    """Of each of these people of a case, in their order."""
    signed = {
        one.party_id: one
        for one in Authorisation.objects.filter(LIVE, case=case, purpose=purpose).select_related("case", "party", "signer")
    }
    links = {one.party_id: one for one in Link.objects.filter(LIVE, case=case, purpose=purpose, expires_at__gt=at)}
    return [
        Standing(one, signed.get(one.pk), one.pk in signed and in_force(signed[one.pk], at=at), links.get(one.pk))
        for one in parties
    ]


def late(request: Request) -> QuerySet[Question]:
    """Questions without an answer."""
    return request.questions.filter(state__in=("waiting", "asked")).order_by("source", "pk")


def objections(report: Report) -> QuerySet[Objection]:
    return report.objections.select_related("party").order_by("pk")
