"""What the office does with an application: tell once what is missing, accept, decline, finish; and its withdrawal. Part of the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.applications import following, known
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.drafting import UnknownPaper, changed, held_draft
from jiuzhu.casework.applications.facts import CLASSES
from jiuzhu.casework.applications.form import ID_NUMBER
from jiuzhu.casework.applications.handing_in import ask_papers
from jiuzhu.casework.applications.kept import WANTING, answers_of, kept
from jiuzhu.casework.applications.models import Application, PaperAsked
from jiuzhu.casework.applications.refusals import NothingMissing, StillMissing
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.models import Taken

SUBMITTED, EXAMINING = "submitted", "examining"
WORKS = ("verify", "survey")


def wanting(application: Application) -> list[dict[str, str]]:
    """The papers that are still to be brought, as they are told: of which paper, and why no source stands in for it."""
    open_papers = PaperAsked.objects.filter(application=application, document__isnull=True).order_by("pk")
    return [{"kind": "paper", "what": one.code, "why": one.why} for one in open_papers]


@transaction.atomic
def ask(
    *, application: Application, by: Viewer, at: datetime, papers: Sequence[str] = (), said: str = "", seen: int = 0
) -> Application:
    """Tell the applicant what is missing: all of it, and once. What the completeness check finds is in it whatever the officer adds.

    papers: further papers the officer needs; said: what else, in words. Raises NothingMissing, UnknownPaper, NotNow the second time,
    NotAllowed, NotADraft, Moved.
    """
    held = held_draft(application, seen, (SUBMITTED,))
    _look_again(held, by, at)
    for code in papers:
        if code not in application_form().papers:
            raise UnknownPaper(f"'{code[:24]}' is no paper of the form; choose one of its register")
        PaperAsked.objects.get_or_create(application=held, code=code, defaults={"why": PaperAsked.Why.OFFICER, "asked_at": at})
    told = wanting(held) + ([{"kind": "said", "what": said.strip(), "why": ""}] if said.strip() else [])
    if not told:
        raise NothingMissing(f"{held.key}: nothing is missing; accept it")
    roads.take(held.walk, "ask", by=by, at=at)
    changed(held, wanting=kept(told, column=WANTING, key=held.key, case=held.case.key))
    following.told_missing(held, told, by=by, at=at)
    held.refresh_from_db()
    return held


@transaction.atomic
def accept(*, application: Application, by: Viewer, at: datetime, seen: int = 0) -> Application:
    """Take an application up: its family is who it names, and verification and survey begin (L05 art. 10).

    What is missing must have been told before; what was told and not brought does not stand in the way. A family recognised already
    that asks only for what follows from its class is not examined again (L02 art. 42).
    Raises StillMissing, NotAllowed, NotNow, NotADraft, Moved.
    """
    held = held_draft(application, seen, (SUBMITTED,))
    _look_again(held, by, at)
    if (open_papers := wanting(held)) and not Taken.objects.filter(walk=held.walk, step="ask").exists():
        raise StillMissing([one["what"] for one in open_papers])
    roads.take(held.walk, "accept", by=by, at=at)
    together = Party.objects.filter(named__application=held, named__together=True)
    cases.as_declared(held.case, list(together), at=at)
    if is_recognised(held):
        for work in WORKS:
            roads.work_done(held.walk, work, at=at)
    else:
        following.signed_on_paper(held, answers_of(held), by=by, at=at)
        following.verified(held, by=by, at=at)
    changed(held)
    following.told_accepted(held, by=by, at=at)
    held.refresh_from_db()
    return held


@transaction.atomic
def decline(*, application: Application, because: str, by: Viewer, at: datetime, seen: int = 0) -> Application:
    """Do not take it up, for a reason in words (L05 art. 29). Raises NeedsReason, NotAllowed, NotNow, NotADraft, Moved."""
    held = _took(application, "decline", (SUBMITTED, EXAMINING), by, at, seen, because)
    following.told_declined(held, because, by=by, at=at)
    return held


@transaction.atomic
def withdraw(*, application: Application, by: Viewer, at: datetime, because: str = "", seen: int = 0) -> Application:
    """The applicant takes it back; they may apply again the next day. Raises NotAllowed, NotNow, NotADraft, Moved."""
    held = _took(application, "withdraw", ("draft", SUBMITTED, "incomplete", EXAMINING), by, at, seen, because)
    if not held.number and held.case.state == "open":
        cases.ends_unused(held.case, at=at)
    return held


@transaction.atomic
def finish(*, application: Application, by: Viewer, at: datetime, seen: int = 0) -> Application:
    """Its examination is over: each programme in it goes its own road now. Raises NotYet while work is open, NotAllowed, Moved."""
    return _took(application, "finish", (EXAMINING,), by, at, seen)


def is_recognised(application: Application) -> bool:
    """Whether the family has a class in force and asks only for what follows from it, so that nothing is examined again."""
    wanted = set(application_form().programmes_of(application.items.split()))
    return bool(application.recognised) and bool(wanted) and not wanted & _CLASSIFYING


def _look_again(held: Application, by: Viewer, at: datetime) -> None:
    """Ask the records that could not be asked when it was handed in; what they show now is not asked of the family."""
    values: Mapping[str, str] = answers_of(held)
    number = str(values.get(ID_NUMBER, ""))
    records = known.of_number(number, by=key_of(by), at=at) if number else known.UNASKED
    if records.asked:
        ask_papers(held, held.items.split(), values, records, at)


def _took(
    application: Application, step: str, states: tuple[str, ...], by: Viewer, at: datetime, seen: int, because: str = ""
) -> Application:
    held = held_draft(application, seen, states)
    roads.take(held.walk, step, by=by, at=at, because=because)
    changed(held)
    held.refresh_from_db()
    return held


# Programmes that look at income and property themselves: to be recognised, or helped without a class.
_CLASSIFYING = frozenset(
    {*CLASSES, "single_person_dibao", "tekun_care", "small_fast_relief", "temporary_assistance", "illness_poverty"}
)
