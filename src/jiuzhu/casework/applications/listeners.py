"""What applications hear: a visit that ends with one begins its draft; the last signature begins the verification they wait for, and
a report ends it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.applications.drafting import of_visit
from jiuzhu.casework.applications.following import verified
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.events import listens
from jiuzhu.casework.cases.findings import ADDRESS, HEADS, PHONE, found, relatives
from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.models import Taken, Walk, Work
from jiuzhu.casework.verification.models import Report
from jiuzhu.casework.visits.models import Visit

BY_ITSELF = "system:applications"
WANTED = "application"


@listens("visit.closed", name="applications")
def help_was_wanted(announcement: Announcement, at: datetime) -> None:
    visit = Visit.objects.select_related("case", "task", "officer").filter(key=announcement.subject_key).first()
    if visit is None or visiting().outcomes.by_code[visit.outcome].next != WANTED:
        return
    everything = Grant("", "", "", "", "", "sealed", None)
    facts = {fact: one.text for fact, one in found(visit.case, grant=everything).items()}
    named = relatives(visit.case, by=BY_ITSELF, at=at, grant=everything)
    head = visit.case.members.filter(until__isnull=True, relation__in=HEADS).select_related("party").order_by("pk").first()
    typed = {"residence": [visit.case.division_code], "address": [facts.get(ADDRESS, "")], "phone": [facts.get(PHONE, "")]}
    if head is not None and named:
        typed["applicant_name"] = [named[0].name]
    for line, one in enumerate(named):
        typed[f"members.{line}.member_name"] = [one.name]
    of_visit(
        task=visit.task, visit=visit.key, helper=visit.officer.account, typed=typed, applicant=head.party if head else None, at=at
    )


@listens("authorisation.signed", name="applications")
def was_signed(announcement: Announcement, at: datetime) -> None:
    """Where nobody else is waited for, the sources are asked as whoever took the application up ordered then; twice is harmless."""
    for held in _examined(announcement.case_id):
        accepted = Taken.objects.filter(walk=held.walk, step="accept").order_by("-number").first()
        officer = Officer.objects.filter(account=accepted.by).first() if accepted is not None else None
        if officer is not None and _waits_for_its_report(held.walk):
            verified(held, by=officer, at=at)


@listens("report.issued", name="applications")
def was_verified(announcement: Announcement, at: datetime) -> None:
    """The first report of an application, or of its family while it is examined, is what that waits for; twice is harmless."""
    report = Report.objects.select_related("request").filter(key=announcement.subject_key).first()
    made = report.request if report is not None else None
    if made is None:
        return
    of_one = Application.objects.select_related("walk").filter(key=made.about_key) if made.about_kind == "application" else None
    for held in _examined(made.case_id) if of_one is None else of_one:
        roads.work_done(held.walk, "verify", at=at)


def _examined(case: int | None) -> QuerySet[Application]:
    """Applications of a case that are being examined."""
    return Application.objects.select_related("walk", "case", "applicant", "consent").filter(case=case, walk__state="examining")


def _waits_for_its_report(walk: Walk) -> bool:
    return Work.objects.filter(walk=walk, code="verify", done_at=None).exists()
