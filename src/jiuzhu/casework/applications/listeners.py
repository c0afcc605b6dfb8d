"""What applications hear: a visit that ends with one begins its draft; a report ends the verification they wait for."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.applications.drafting import of_visit
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.events import listens
from jiuzhu.casework.cases.findings import ADDRESS, HEADS, PHONE, found, relatives
from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.roads import actions as roads
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


@listens("report.issued", name="applications")
def was_verified(announcement: Announcement, at: datetime) -> None:
    """The first report of an application is what its examination waits for; twice is harmless."""
    report = Report.objects.select_related("request").filter(key=announcement.subject_key).first()
    made = report.request if report is not None else None
    if made is None or made.about_kind != "application":
        return
    application = Application.objects.select_related("walk").filter(key=made.about_key).first()
    if application is not None:
        roads.work_done(application.walk, "verify", at=at)
