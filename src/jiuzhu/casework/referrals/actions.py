"""What may be done with a referral: make it, accept, ask once, supply, report, refuse, and tell the division above of silence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.cases import tasks as on_tasks
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.referrals.models import Referral, Step
from jiuzhu.casework.referrals.queries import offices_of
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.registry import public
from jiuzhu.rules.forms import Form
from jiuzhu.vocabulary.working_days import YearNotLoaded

BY_ITSELF = Actor("system:referrals")
CORRECTION = "correction"  # no need of needs.toml: what a department's own file says of a family is wrong
# From which answer an act is possible, and what it leaves.
ROADS: Mapping[str, tuple[frozenset[str], str]] = {
    "accept": (frozenset({"sent"}), "accepted"),
    "ask": (frozenset({"sent"}), "asked"),
    "supply": (frozenset({"asked"}), "sent"),
    "report": (frozenset({"sent", "accepted"}), "reported"),
    "refuse": (frozenset({"sent"}), "refused"),
}


class NoOffice(LookupError):
    """No office of the department answers for the family's division."""


class NoNeed(LookupError):
    """The need is not in needs.toml."""


class AlreadyReferred(Exception):
    """The same need of the same family lies open with the same office."""


class NotNow(Exception):
    """The referral has moved on: the act is not possible from where it stands."""


class NotSaid(ValueError):
    """What has to be said is missing: what is done, until when, what lacks, or whose it is."""


@transaction.atomic
def make(
    *,
    case: Case,
    need: str,
    asked: str,
    who: str,
    by: Viewer,
    at: datetime,
    task: Task | None = None,
    form: Form | None = None,
    answers: Mapping[str, Any] | None = None,
    visit_key: str = "",
    priority: int = 0,
    item: str = "",
) -> Referral:
    """Ask the office of the need's department that is nearest to the family, by the working days the need allows.

    asked: what it shall do. who: whom it is about and how to reach them. form, answers: of a visit; of them only those go along
    that needs.toml lets this department read. item: which of the library of items an application asks for. The task of referring,
    where one is open in this round, is done with it.

    Raises NotAllowed, NoNeed, NoOffice, AlreadyReferred, NotSaid.
    """
    wanted = visiting().duties.needs.get(need)
    if wanted is None:
        require(by, "referrals.make", on=Scope(case.division_code, household=case.household_key), at=at)
        raise NoNeed(f"need '{need}' is not in needs.toml")
    facts = {name: value for name, value in (answers or {}).items() if name in wanted.shows}
    return _sent(
        case, need, wanted.department, wanted.days, asked, who, by=by, at=at, task=task, facts=_told(form, facts), shown=sorted(facts),
        visit_key=visit_key, priority=priority, item=item,
    )  # fmt: skip


@transaction.atomic
def ask_to_correct(*, case: Case, department: str, asked: str, who: str, days: int, by: Viewer, at: datetime) -> Referral:
    """Ask the department whose file says something wrong of a family to put it right, within so many working days.

    Raises NotAllowed, NoOffice, AlreadyReferred, NotSaid.
    """
    return _sent(case, CORRECTION, department, days, asked, who, by=by, at=at)


def _sent(
    case: Case, need: str, department: str, days: int, asked: str, who: str, *, by: Viewer, at: datetime, task: Task | None = None,
    facts: str = "", shown: Sequence[str] = (), visit_key: str = "", priority: int = 0, item: str = "",
) -> Referral:  # fmt: skip
    """One referral to the department's office nearest to the family; it ends the task of referring, where one is open."""
    grant = require(by, "referrals.make", on=Scope(case.division_code, household=case.household_key), at=at)
    if not asked.strip():
        raise NotSaid(f"{need}: say what {department} shall do")
    office = _office(department, case.division_code)
    held = Case.objects.select_for_update().get(pk=case.pk)
    if Referral.objects.filter(case=held, round=held.round, need=need, item=item, office=office, state="open").exists():
        raise AlreadyReferred(f"{need} of case {held.key} lies open with {department}: wait for the answer")
    key, sender = new_key("R"), actor(by, grant)
    made = Referral.objects.create(
        key=key,
        case=held,
        task=task,
        round=held.round,
        need=need,
        item=item,
        office=office,
        division_code=held.division_code,
        priority=priority,
        made_by=sender.who,
        made_at=at,
        due_on=working_days_after(local_day(at), days),
        visit_key=visit_key,
        asked=sealed(asked.strip(), column="referral.asked", row=key, of=case.key),
        who=sealed(who.strip(), column="referral.who", row=key, of=case.key),
        facts=sealed(facts, column="referral.facts", row=key, of=case.key),
    )
    for waiting in Task.objects.select_for_update().filter(case=held, round=held.round, kind="referral", state="open"):
        if need != CORRECTION:
            on_tasks.done(waiting, at=at)
    after = {"need": need, **({"item": item} if item else {}), "office": office.pk, "due_on": made.due_on, "shown": list(shown)}
    record(
        "referrals.make", by=sender, at=at, on=subject(made), purpose=grant.purpose, task=task.key if task else "", after=after
    )
    return made


def accept(
    *, referral: Referral, said: str, until: date | None, by: Viewer, at: datetime, sentence: str = "", seen: int | None = None
) -> Referral:
    """The department does it: what and who (said), until when, and what the family is told.

    seen: how many steps the referral had when it was read, None where nobody looked. Raises NotAllowed, NotNow, NotSaid.
    """
    if until is None or until < local_day(at):
        raise NotSaid("say until when it will be done, today or later")
    return _answered(referral, "accept", said, sentence, by=by, at=at, seen=seen, until=until)


def ask(*, referral: Referral, said: str, by: Viewer, at: datetime, seen: int | None = None) -> Referral:
    """The department lacks something and says all of it, once; its days wait until it is supplied. Raises as `accept`."""
    return _answered(referral, "ask", said, "", by=by, at=at, seen=seen)


def report(*, referral: Referral, said: str, by: Viewer, at: datetime, sentence: str = "", seen: int | None = None) -> Referral:
    """The department has done it, and says what. Raises as `accept`."""
    return _answered(referral, "report", said, sentence, by=by, at=at, seen=seen)


def refuse(*, referral: Referral, said: str, belongs_to: str, by: Viewer, at: datetime, seen: int | None = None) -> Referral:
    """It is not theirs: why, and whose it is instead, so that nobody is sent around in circles. Raises as `accept`."""
    known = {one.department for one in visiting().duties.needs.values()}
    if belongs_to not in known or belongs_to == referral.office.department:
        raise NotSaid("say which other department it belongs to")
    return _answered(referral, "refuse", said, "", by=by, at=at, seen=seen, belongs_to=belongs_to)


@transaction.atomic
def report_by(referral: Referral, *, said: str, sentence: str, by: Actor, at: datetime) -> Referral:
    """What `report` does, of the department's own system; part of another act, which knows that the referral lies with its office.

    Raises NotNow, NotSaid.
    """
    return _stepped(_held(referral), "report", said, sentence, by=by, purpose="service", at=at, seen=None)


@transaction.atomic
def supply(*, referral: Referral, said: str, by: Viewer, at: datetime, seen: int | None = None) -> Referral:
    """Whoever referred adds what was asked for; the days the department waited are given back. Raises as `accept`."""
    held = _held(referral)
    grant = require(by, "referrals.make", on=Scope(held.division_code, household=held.case.household_key), at=at)
    return _stepped(held, "supply", said, "", by=actor(by, grant), purpose=grant.purpose, at=at, seen=seen)


@transaction.atomic
def raise_overdue(*, at: datetime) -> int:
    """Tell the division above of every referral whose day has passed while a department should act; how many there were.

    Each is told once. What waits for the township's own supplement is not the department's silence.
    """
    late = Referral.objects.select_for_update(of=("self",)).filter(
        state="open", answer__in=("sent", "accepted"), due_on__lt=local_day(at), raised_on__isnull=True
    )
    found = list(late.select_related("case").order_by("pk"))
    if found:
        Referral.objects.filter(pk__in=[one.pk for one in found]).update(raised_on=local_day(at))
        record("referrals.raise", by=BY_ITSELF, at=at, subjects=[subject(one) for one in found], after={"raised": len(found)})
    return len(found)


@transaction.atomic
def _answered(
    referral: Referral, act: str, said: str, sentence: str, *, by: Viewer, at: datetime, seen: int | None, **kept: Any
) -> Referral:
    held = _held(referral)
    theirs = held.office_id in offices_of(by, at=at, role="")
    on = Scope(held.division_code, held.state, assigned=theirs, household=held.case.household_key)
    grant = require(by, "referrals.answer", on=on, at=at)
    return _stepped(held, act, said, sentence, by=actor(by, grant), purpose=grant.purpose, at=at, seen=seen, **kept)


def _held(referral: Referral) -> Referral:
    return Referral.objects.select_for_update(of=("self",)).select_related("office", "case").get(pk=referral.pk)


def _stepped(
    held: Referral, act: str, said: str, sentence: str, *, by: Actor, purpose: str, at: datetime, seen: int | None, **kept: Any
) -> Referral:
    possible, leaves = ROADS[act]
    steps = held.steps.count()
    if seen is not None and seen != steps:
        raise NotNow(f"referral {held.key} was answered since it was read; nothing was done, read it again")
    if held.answer not in possible or held.steps.filter(act=act).exists():
        raise NotNow(f"referral {held.key} stands at '{held.answer}': '{act}' is not possible any more; read it again")
    if not said.strip():
        raise NotSaid(f"'{act}' of referral {held.key}: say it in words")
    number = steps + 1
    about = f"{held.key}/{number}"
    Step.objects.create(
        referral=held,
        number=number,
        act=act,
        by=by.who,
        at=at,
        said=sealed(said.strip(), column="referral.said", row=about, of=held.case.key),
        sentence=sealed(sentence.strip(), column="referral.sentence", row=about, of=held.case.key),
        **kept,
    )
    before = {"answer": held.answer, "due_on": held.due_on}
    if act == "supply":
        held.due_on, held.raised_on = _later(held, at), None
    held.answer, held.answered_at = leaves, at
    held.state = "done" if leaves in ("reported", "refused") else "open"
    held.save(update_fields=["answer", "answered_at", "state", "due_on", "raised_on"])
    operation = "referrals.supply" if act == "supply" else "referrals.answer"
    after = {"answer": leaves, "due_on": held.due_on, **kept}
    record(operation, by=by, at=at, on=subject(held), purpose=purpose, before=before, after=after)
    return held


def _later(held: Referral, at: datetime) -> date | None:
    """The due day, later by the working days between question and supplement."""
    asked_on = local_day(held.steps.get(act="ask").at)
    if held.due_on is None:
        return None
    try:
        return public.working_days().add(held.due_on, public.working_days().between(asked_on, local_day(at)))
    except YearNotLoaded:
        return None


def _office(department: str, division_code: str) -> Office:
    """The department's office in the family's division, or in the nearest one above. Raises NoOffice."""
    codes = [division_code, *places.above(division_code)]
    found = {office.division_code: office for office in Office.objects.filter(department=department, division_code__in=codes)}
    for code in codes:
        if code in found:
            return found[code]
    raise NoOffice(f"{department} has no office that answers for {division_code}; open one with `jiuzhu officers`")


def _told(form: Form | None, facts: Mapping[str, Any]) -> str:
    return json.dumps({"form": form.code, "answers": facts}, ensure_ascii=False) if form is not None and facts else ""


def subject(one: Referral) -> Subject:
    return Subject("referral", one.key, one.division_code, one.case.household_key, one.case.key)
