"""When an application is examined, each programme in it starts its road; what it declares and what its reports found are facts of it."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications import facts as of_applications
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.handing_in import near_to_staff
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions import rulebooks
from jiuzhu.casework.decisions.actions import open_item
from jiuzhu.casework.decisions.facts import DECLARATION, REPORT, Told
from jiuzhu.casework.decisions.freezing import BESIDE
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.decisions.sources import gives
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.declared import workflows
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.verification import queries as verification
from jiuzhu.casework.verification.models import Report

EXAMINED = "application"
PERSON = "person"


@ears.follows(EXAMINED, "finish", name="decisions")
def opened(walk: Walk, _taken: Taken, _by: Viewer, at: datetime) -> None:
    """Each programme that was asked for and has a road of its own; what another department decides goes there as a referral."""
    application = Application.objects.select_related("case", "applicant").get(walk=walk)
    assert application.applicant is not None
    assert application.submitted_at is not None
    texts = rulebooks.catalogue(rulebooks.in_force(at=at)).programmes.texts
    asked = application_form().programmes_of(application.items.split())
    told_beside = {beside for code in asked for beside in BESIDE.get(code, ())}
    for code in asked:
        text = next(iter(texts.get(code, ())), None)
        if text is None or text.workflow not in workflows() or code in told_beside:
            continue
        member = application.applicant if text.of == PERSON else None
        open_item(
            code, case=application.case, party=application.applicant, member=member, about=walk, at=at,
            applied_on=local_day(application.submitted_at),
        )  # fmt: skip


@gives(DECLARATION)
def declared(item: Item, _at: datetime) -> Told | None:
    application = _application(item)
    if application is None or application.submitted_at is None:
        return None
    return Told(DECLARATION, local_day(application.submitted_at), of_applications.declared(application))


@gives(REPORT)
def reported(item: Item, _at: datetime) -> Told | None:
    """The newest report of the application. A list of which a source is silent says how much is known at least, not that it is all:
    it counts only beside what the family itself declared."""
    application = _application(item)
    if application is None:
        return None
    about = {"request__about_kind": EXAMINED, "request__about_key": application.key}
    report = Report.objects.filter(**about).select_related("request", "case").order_by("-issued_at", "-pk").first()
    if report is None:
        return None
    said, silent = of_applications.declared(application), verification.unknown_lists(report)
    found = {name: things for name, things in verification.found(report).items() if name not in silent or name in said}
    household = {"verified_on": local_day(report.issued_at).isoformat()}
    return Told(REPORT, local_day(report.issued_at), {"household": household, **found})


@ears.condition("kin_registered")
def is_near_to_staff(walk: Walk, at: datetime) -> bool:
    """Whether a relative among the staff was declared or registered: the county then goes to the door and decides (A9)."""
    application = Application.objects.select_related("case").filter(walk__in=[one for one in (walk, walk.parent) if one]).first()
    return application is not None and near_to_staff(application, at=at)


def _application(item: Item) -> Application | None:
    walk = item.walk.parent
    return Application.objects.select_related("case", "applicant").filter(walk=walk).first() if walk is not None else None
