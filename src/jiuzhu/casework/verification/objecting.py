"""Somebody says that a report is wrong: written down with a day by which it is answered, looked at again where they are right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.verification.asking import declared_in, request
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Objection, Report, Request
from jiuzhu.casework.verification.models import Subject as People
from jiuzhu.casework.verification.refusals import NothingAsked, NotNow
from jiuzhu.casework.working_rules.declared import numbers

SAID, ANSWER = "verification_objection.said", "verification_objection.answer"


@transaction.atomic
def object_to(
    *, report: Report, party: Party, said: str, by: Viewer, at: datetime, item: str = "", own: bool = False
) -> Objection:
    """Write down what somebody in the report says is wrong with it. item: its code, "" for the whole. own: by their own account.

    Raises NotAllowed, NothingAsked without a word, or for somebody the report is not about.
    """
    grant = require(
        by,
        "verification.sign" if own else "verification.object",
        on=Scope(own_account=True) if own else case_scope(report.case, by),
        at=at,
    )
    if not said.strip() or not report.request.subjects.filter(party=party).exists():
        raise NothingAsked("say what is wrong, for a person whom the report is about")
    row = numbers().value("", "verify.objection_recheck_wd", report.division_code, local_day(at))
    days = int(row.value) if row is not None and row.value is not None else verifying().recheck_wd
    made = Objection(
        key=new_key("O"), report=report, party=party, item=item, made_by=actor(by, grant).who, made_at=at,
        due_on=working_days_after(local_day(at), days),
    )  # fmt: skip
    made.said = sealed(said.strip(), column=SAID, row=made.key, of=report.case.key)
    made.save(force_insert=True)
    event = record(
        "verification.object", by=actor(by, grant), at=at, on=_on(made), purpose=grant.purpose, after={"report": report.number}
    )
    announce("report.disputed", event=event, at=at, case=report.case, on=_on(made))
    new_task(case=report.case, kind="verification", because="new_facts", due_on=made.due_on, at=at)
    return made


@transaction.atomic
def answer(*, objection: Objection, upheld: bool, because: str, by: Viewer, at: datetime) -> Request | None:
    """Answer an objection in words. Upheld, everything is asked again under the same authorisations, and a report of its own comes of it.

    Raises NotAllowed, NotNow, NothingAsked without words, NotAuthorised where somebody has withdrawn since.
    """
    grant = require(by, "verification.answer", on=case_scope(objection.report.case, by), at=at)
    held = Objection.objects.select_for_update().select_related("report__request", "report__case", "party").get(pk=objection.pk)
    if held.state != "open":
        raise NotNow("this objection is answered already")
    if not because.strip():
        raise NothingAsked("say why, in words the family can read")
    held.state, held.answered_by, held.answered_at = "upheld" if upheld else "dismissed", actor(by, grant).who, at
    held.answer = sealed(because.strip(), column=ANSWER, row=held.key, of=held.report.case.key)
    held.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    record("verification.answer", by=actor(by, grant), at=at, on=_on(held), purpose=grant.purpose, after={"state": held.state})
    return _asked_again(held.report, by, at) if upheld else None


def said_in(objection: Objection) -> str:
    return opened(objection.said, column=SAID, row=objection.key)


def answer_in(objection: Objection) -> str:
    return opened(objection.answer, column=ANSWER, row=objection.key)


def _asked_again(report: Report, by: Viewer, at: datetime) -> Request:
    before = report.request
    Request.objects.filter(pk=before.pk, ended_at=None).update(ended_at=at)
    subjects = list(before.subjects.select_related("party").order_by("pk"))
    return request(
        case=before.case, parties=_parties(subjects, False), obligors=_parties(subjects, True), template=before.template,
        about=Subject(before.about_kind, before.about_key, before.division_code, before.case.household_key, before.case.key),
        items=before.items.split(), declared=declared_in(before), follows=report, by=by, at=at,
    )  # fmt: skip


def _parties(subjects: Sequence[People], obligors: bool) -> list[Party]:
    return [one.party for one in subjects if one.is_obligor is obligors]


def _on(one: Objection) -> Subject:
    case = one.report.case
    return Subject("objection", one.key, case.division_code, case.household_key, case.key)
