"""What may be done with a case: open it, say who belongs to it, name an adviser, hear advice, hold duties apart, close it.

Tasks, tags and plans are in `tasks.py`, `tags.py` and `plans.py`; what is often needed stands here by name too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from jiuzhu.casework.accounts.actions import division_in_force
from jiuzhu.casework.accounts.models import Officer, Person
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, powers, require
from jiuzhu.casework.accounts.places import within
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Advice, Case, Duty, Member, Task
from jiuzhu.casework.cases.queries import case_scope, officer_of, open_cases_of
from jiuzhu.casework.cases.refusals import CannotHold, DutyHeld, Moved, NothingNew, NotOpen, StillOpen
from jiuzhu.casework.cases.tasks import assign, done, escalate_due, finish_task, new_task, take_back, transfer_task, withdrawn
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.bulk import insert_many

ADVISER = "adviser"


@transaction.atomic
def open_case(
    *, division_code: str, because: str, by: Viewer, at: datetime, household_key: str = "", confirmed: bool = False
) -> Case:
    """Take a family into care; the one whose household has an open case already gets that case.

    because: a code of handling_reason. confirmed: the officer has seen who belongs to it. Raises NotAllowed, NoSuchDivision,
    UnknownCode.
    """
    codes.known("handling_reason", because)
    code = division_in_force(division_code, on=local_day(at))[:12]
    grant = require(by, "cases.open", on=Scope(code, "open"), at=at)
    standing = open_cases_of([household_key]).get(household_key)
    if standing:
        return Case.objects.get(pk=standing[0])
    try:
        with transaction.atomic():
            case = Case.objects.create(
                key=new_key("C"),
                division_code=code,
                household_key=household_key,
                confirmed=confirmed,
                opened_at=at,
                opened_because=because,
            )
    except IntegrityError:  # opened by somebody else at the same time
        return Case.objects.get(household_key=household_key, state="open")
    on = subject(case)
    event = record("cases.open", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, after={"because": because})
    announce("case.opened", event=event, at=at, case=case, on=on)
    return case


def opened_for(families: Mapping[str, tuple[str, str]], *, because: str, at: datetime) -> dict[str, int]:
    """New unconfirmed cases for families that have none: each family to its case. Part of another act, which records them.

    families: by a name of the caller's, to household ("" if unknown to the registry) and division.
    """
    keys = {family: new_key("C") for family in families}
    rows = [(keys[family], division, household) for family, (household, division) in families.items()]
    same = {"opened_at": at, "opened_because": because}
    insert_many(Case, same=same, columns=("key", "division_code", "household_key"), rows=rows)
    made = dict(Case.objects.filter(key__among=keys.values()).values_list("key", "pk"))
    return {family: made[key] for family, key in keys.items()}


@transaction.atomic
def add_member(*, case: Case, party: Party, relation: str, by: Viewer, at: datetime, seen: int = 0) -> Member:
    """Say that somebody belongs to the family from today on. relation: to its head. Twice is harmless.

    Raises NotAllowed, UnknownCode, NotOpen, Moved.
    """
    if relation:
        codes.known("relation_to_head", relation)
    grant = require(by, "cases.confirm", on=case_scope(case, by), at=at)
    _changed(case, seen)
    member, new = Member.objects.get_or_create(
        case=case, party=party, until=None, defaults={"relation": relation, "since": local_day(at)}
    )
    if new:
        _record("cases.confirm", case, by, grant, at, after={"member": party.key, "relation": relation})
    return member


@transaction.atomic
def end_member(*, member: Member, because: str, by: Viewer, at: datetime) -> Member:
    """Say that somebody belongs to the family no longer, from today on. Raises NotAllowed, NotOpen, NothingNew."""
    grant = require(by, "cases.confirm", on=case_scope(member.case, by), at=at)
    if not Member.objects.filter(pk=member.pk, until__isnull=True).update(until=max(local_day(at), member.since)):
        raise NothingNew(f"{member.case.key}: this member has left already")
    _changed(member.case, 0)
    _record("cases.confirm", member.case, by, grant, at, because=because, before={"member": member.party.key})
    member.refresh_from_db()
    return member


@transaction.atomic
def confirm(*, case: Case, by: Viewer, at: datetime, seen: int = 0) -> Case:
    """Say that the members are those who live together, as somebody has seen. Raises NotAllowed, NotOpen, Moved, NothingNew."""
    grant = require(by, "cases.confirm", on=case_scope(case, by), at=at)
    if case.confirmed:
        raise NothingNew(f"{case.key} is confirmed already")
    changed = _changed(case, seen, confirmed=True)
    event = _record("cases.confirm", case, by, grant, at, before={"confirmed": False}, after={"confirmed": True})
    announce("case.confirmed", event=event, at=at, case=case, on=subject(case))
    return changed


@transaction.atomic
def name_adviser(*, case: Case, adviser: Officer | None, by: Viewer, at: datetime, seen: int = 0) -> Case:
    """Give the family an adviser of its area, or none. Raises NotAllowed, CannotHold, NotOpen, Moved."""
    grant = require(by, "cases.appoint", on=case_scope(case, by), at=at)
    if adviser is not None:
        areas = [one.division_code for one in powers(adviser, at=at) if one.role == ADVISER]
        if not any(within(case.division_code, area) for area in areas):
            raise CannotHold(
                f"{case.key}: {adviser.account} is no adviser of {case.division_code}; choose one whose area it lies in"
            )
    changed = _changed(case, seen, adviser=adviser)
    before, after = (one and one.account for one in (case.adviser, adviser))
    _record("cases.appoint", case, by, grant, at, before={"adviser": before}, after={"adviser": after})
    return changed


@transaction.atomic
def advise(*, case: Case, text: str, by: Viewer, at: datetime) -> Advice:
    """Write down what the adviser of a case advises; only they do. Raises NotAllowed, NotOpen, NothingNew."""
    grant = require(by, "cases.advise", on=case_scope(case, by), at=at)
    officer = officer_of(by)
    if officer is None or case.adviser_id != officer.pk:
        raise NotAllowed(f"cases.advise: {case.key} has another adviser")
    if not text.strip():
        raise NothingNew("the advice is empty")
    if case.state != Case.State.OPEN:
        raise NotOpen(f"{case.key} is closed")
    note = Advice.objects.create(case=case, by=officer, at=at, text="")
    note.text = sealed(text.strip(), column="cases_advice.text", row=str(note.pk), of=case.key)
    note.save(update_fields=["text"])
    _record("cases.advise", case, by, grant, at)
    return note


def take_duty(*, case: Case, group: str, duty: str, person: Person, at: datetime, round_number: int = 0) -> Duty:
    """Write down that a person does one of two things held apart; part of the act that does it. The same duty twice is harmless.

    Raises DutyHeld if the person did the other one in this round, under whichever account (A8).
    """
    told = {"case": case, "round": round_number or case.round, "group": group, "person": person}
    try:
        with transaction.atomic():
            held, _ = Duty.objects.get_or_create(**told, defaults={"duty": duty, "at": at})
    except IntegrityError:
        held = Duty.objects.get(**told)
    if held.duty != duty:
        raise DutyHeld(f"{case.key}: whoever does '{held.duty}' cannot do '{duty}' in the same round; ask somebody else")
    return held


@transaction.atomic
def close_case(*, case: Case, outcome: str, because: str, by: Viewer, at: datetime, seen: int = 0) -> Case:
    """End our care for a family: nothing is left to do. outcome: a code of case_outcome; because: a sentence for the record.

    Raises NotAllowed, UnknownCode, StillOpen while a task is open, NotOpen, Moved.
    """
    codes.known("case_outcome", outcome)
    grant = require(by, "cases.close", on=case_scope(case, by), at=at)
    Case.objects.select_for_update().get(pk=case.pk)
    waiting = Task.objects.filter(case=case, state="open").count()
    if waiting:
        raise StillOpen(f"{case.key} has {waiting} open tasks; finish or pass on these first")
    changed = _changed(case, seen, state=Case.State.CLOSED, closed_at=at, outcome=outcome)
    event = _record("cases.close", case, by, grant, at, because=because, before={"state": "open"}, after={"outcome": outcome})
    announce("case.closed", event=event, at=at, case=case, on=subject(case))
    return changed


def moved(case: Case, division: str, *, seen: int = 0) -> Case:
    """The family is cared for elsewhere from now on; part of the act that moves it with its tasks. Raises NotOpen, Moved."""
    return _changed(case, seen, division_code=division, grid_code="")


def of_household(case: Case, household: str) -> Case:
    """The registry's number of a family that was taken into care without one; part of another act. Raises NotOpen."""
    return _changed(case, 0, household_key=household)


def joined(case: Case, member: Party, relation: str, *, at: datetime) -> Member:
    """Somebody belongs to the family by what it declared, until a person says otherwise; part of another act. Twice is harmless."""
    known = {"relation": relation, "since": local_day(at)}
    kept, new = Member.objects.get_or_create(case=case, party=member, until=None, defaults=known)
    if not new and relation and not kept.relation:
        Member.objects.filter(pk=kept.pk).update(relation=relation)
    return kept


def as_declared(case: Case, members: Collection[Party], *, at: datetime) -> Case:
    """The family is those who were declared and no others, as somebody has seen; part of the act that accepts it. Raises NotOpen."""
    for left in case.members.filter(until__isnull=True).exclude(party__in=members):
        Member.objects.filter(pk=left.pk).update(until=max(local_day(at), left.since))
    return _changed(case, 0, confirmed=True)


def ends_unused(case: Case, *, at: datetime) -> bool:
    """A case in which nothing was done and nobody is named ends when what it was opened for is taken back; part of that act."""
    if case.members.exists() or Task.objects.filter(case=case, state=Task.State.OPEN).exists():
        return False
    _changed(case, 0, state=Case.State.CLOSED, closed_at=at, outcome="declined")
    return True


def put_into(case: Case, other: Case, *, at: datetime) -> None:
    """A case in which nothing was done yet ends, since the family has another; part of the act that found it out. Raises NotOpen."""
    _changed(case, 0, state=Case.State.CLOSED, closed_at=at, outcome="joined_another")
    open_tasks = Task.objects.filter(case=case, state=Task.State.OPEN)
    there = Task.objects.filter(case=other, round=other.round, state=Task.State.OPEN).values_list("kind", flat=True)
    withdrawn(open_tasks.filter(kind__in=list(there)), at=at)  # what the family's case waits for already is done there
    open_tasks.update(case=other, round=other.round)


def subject(case: Case) -> Subject:
    return Subject("case", case.key, case.division_code, case.household_key, case.key)


def _record(operation, case, by, grant, at, **told):  # type: ignore[no-untyped-def]
    return record(operation, by=actor(by, grant), at=at, on=subject(case), purpose=grant.purpose, **told)


def _changed(case: Case, seen: int, **columns: object) -> Case:
    """The one way an open case changes: only from the version that was looked at (G2)."""
    standing = Case.objects.filter(pk=case.pk, state=Case.State.OPEN, version=seen or case.version)
    if not standing.update(version=F("version") + 1, **columns):
        if Case.objects.get(pk=case.pk).state != Case.State.OPEN:
            raise NotOpen(f"{case.key} is closed; nothing was changed")
        raise Moved(f"{case.key} was changed by somebody else since you opened it; nothing was changed, look again")
    return Case.objects.select_related("adviser").get(pk=case.pk)


__all__ = [
    "add_member", "advise", "as_declared", "assign", "close_case", "confirm", "done", "end_member", "ends_unused", "escalate_due",
    "finish_task", "joined", "moved", "name_adviser", "new_task", "of_household", "open_case", "opened_for", "put_into", "subject",
    "take_back", "take_duty", "transfer_task",
]  # fmt: skip
