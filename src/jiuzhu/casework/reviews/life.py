"""What happens in a family: entered by an officer with its proof, or told by a warning and looked into; it opens the right review.

A death ends nothing by itself: a named officer ends the benefit of whoever has died, and whoever would return money is heard (F4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Grant, Viewer, actor, require
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases import tags
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.decisions import changes
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.notices.contact import DECEASED, is_child
from jiuzhu.casework.parties import actions as parties
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.payments.decided import grant_of
from jiuzhu.casework.reviews import actions, opening
from jiuzhu.casework.reviews.declared import kinds
from jiuzhu.casework.reviews.models import LifeEvent, Review
from jiuzhu.casework.reviews.opening import LAPSE
from jiuzhu.casework.reviews.refusals import NeedsSuccessor, NotKnown, Unproved
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.rules.reviewing import DEATH, LifeEventKind

LAPSE_DAYS = 5  # working days the county has to end what was paid to somebody who has died
LONGEST = 2_000  # characters


@dataclass(frozen=True)
class Newcomer:
    """Who came into the family. number: of their identity card, "" where it was not seen; relation: to the head."""

    name: str
    number: str = ""
    relation: str = ""


@dataclass(frozen=True)
class Happened:
    """What an officer enters. party: whom it befell; successor: who stands for the family, where whoever did is gone."""

    kind: str
    on: date
    party: Party | None = None
    proof: str = ""
    note: str = ""
    newcomer: Newcomer | None = None
    successor: Party | None = None


@transaction.atomic
def enter(*, case: Case, happened: Happened, by: Viewer, at: datetime, event: LifeEvent | None = None) -> LifeEvent:
    """Write down what happened; members, whoever stands for the family, reviews and tasks follow from it in the same act.

    event: the one a warning told of. Raises NotAllowed, NotKnown, Unproved, NeedsSuccessor, and what a member refuses.
    """
    grant = require(by, "life.enter", on=case_scope(case, by), at=at)
    kind = _checked(case, happened, at)
    party = happened.party
    joined = _joined(case, happened, by, at) if kind.joins else None
    if kind.leaves and party is not None:
        _left(case, party, happened, by, at)
    made = _kept(case, happened, joined, grant, by, at, event)
    for item in opening.in_force().filter(case=case).order_by("pk"):
        _follows(item, kind, made, happened, at)
    after = {"kind": kind.code, "on": happened.on, "party": party.key if party else "", "joined": joined.key if joined else ""}
    record("life.enter", by=actor(by, grant), at=at, on=subject(made), purpose=grant.purpose, after=after)
    return made


@transaction.atomic
def dismiss(*, event: LifeEvent, because: str, by: Viewer, at: datetime) -> LifeEvent:
    """What a warning told of is not so: its reviews are dropped with the same words. Raises NotAllowed, NotKnown, what the road refuses."""
    grant = require(by, "life.enter", on=case_scope(event.case, by), at=at)
    if not because.strip() or not LifeEvent.objects.select_for_update().filter(pk=event.pk, state="hinted").exists():
        raise NotKnown(f"{event.key}: say why it is not so; an event that was settled stays")
    for review in Review.objects.filter(event=event, state="open").select_related("item__walk", "item__case", "case", "walk"):
        actions.drop(review=review, because=because, by=by, at=at)
    who = actor(by, grant)
    LifeEvent.objects.filter(pk=event.pk).update(
        state="dismissed", settled_by=who.who, settled_at=at, note=_sealed("note", because, event.key, event.case.key)
    )
    record("life.enter", by=who, at=at, on=subject(event), purpose=grant.purpose, after={"state": "dismissed"})
    event.refresh_from_db()
    return event


def subject(event: LifeEvent) -> Subject:
    return Subject("life_event", event.key, event.division_code, event.case.household_key, event.case.key)


def _checked(case: Case, happened: Happened, at: datetime) -> LifeEventKind:
    kind = kinds().get(happened.kind)
    if kind is None or happened.on > local_day(at):
        raise NotKnown(f"{case.key}: choose what happened, on a day that has come")
    member = happened.party is not None and case.members.filter(party=happened.party, until__isnull=True).exists()
    if (kind.leaves and not member) or (happened.party is not None and not member):
        raise NotKnown(f"{case.key}: name whom of the family it befell")
    if kind.joins and happened.newcomer is not None and not happened.newcomer.name.strip():
        raise NotKnown(f"{case.key}: whoever came has a name")
    if kind.code == DEATH and not happened.proof.strip():
        raise Unproved(f"{case.key}: say what proves the death: certificate, cremation, cancelled registration")
    return kind


def _joined(case: Case, happened: Happened, by: Viewer, at: datetime) -> Party | None:
    new = happened.newcomer
    if new is None:
        return None
    party = parties.meet(
        name=new.name.strip(),
        id_number=new.number.strip(),
        proved_by=Party.Proof.PAPER,
        division_code=case.division_code,
        by=by,
        at=at,
    )
    cases.add_member(case=case, party=party, relation=new.relation, by=by, at=at)
    return party


def _left(case: Case, party: Party, happened: Happened, by: Viewer, at: datetime) -> None:
    member = Member.objects.get(case=case, party=party, until__isnull=True)
    Member.objects.filter(pk=member.pk).update(until=max(happened.on, member.since))
    if happened.kind == DEATH:
        tags.tag(case=case, party=party, code=DECEASED, because=happened.proof.strip()[:LONGEST], by=by, at=at)


def _follows(item: Item, kind: LifeEventKind, event: LifeEvent, happened: Happened, at: datetime) -> None:
    """One benefit: it lapses where whom it was for has died and nobody is left; else another stands for the family and it is reviewed."""
    left = Member.objects.filter(case=item.case_id, until__isnull=True)
    gone = kind.leaves and happened.party is not None
    died = kind.code == DEATH and gone
    alone = item.member_id == happened.party.pk if item.member_id and happened.party else not left.exists()
    if died and alone:
        due = working_days_after(local_day(at), LAPSE_DAYS)
        new_task(case=item.case, kind=LAPSE, because="by_life_event", due_on=due, at=at, county=True)
        return
    if gone and happened.party is not None and item.party_id == happened.party.pk and left.exists():
        _succeeded(item, happened.successor, at)
    _reviewed(item, kind, event, at)


def _succeeded(item: Item, successor: Party | None, at: datetime) -> None:
    """Another adult of the family stands for it, and is paid to; an account of theirs is looked at by two officers first, as always."""
    there = successor is not None and Member.objects.filter(case=item.case_id, party=successor, until__isnull=True).exists()
    if successor is None or not there or is_child(successor, at=at):
        raise NeedsSuccessor(f"{item.key}: name the adult of the family who stands for it from now on")
    changes.carried(item, to=successor)
    grant = grant_of(item.walk)
    if grant is not None:
        grant.party = successor
        grant.save(update_fields=["party"])


def _reviewed(item: Item, kind: LifeEventKind, event: LifeEvent, at: datetime) -> None:
    """One that is open takes this up too; an event is not looked at twice."""
    standing = Review.objects.filter(item=item, state=Review.State.OPEN).first()
    if standing is not None:
        if standing.event_id is None or standing.event_id != event.pk:
            Review.objects.filter(pk=standing.pk).update(event=event, kind=kind.code)
        return
    opening.opened(item, kind=kind.code, event=event, finish=opening.finish_by(kind, at), at=at)


def _kept(
    case: Case, happened: Happened, joined: Party | None, grant: Grant, by: Viewer, at: datetime, event: LifeEvent | None
) -> LifeEvent:
    who = actor(by, grant).who
    if event is not None and (event.state != LifeEvent.State.HINTED or event.case_id != case.pk):
        raise NotKnown(f"{event.key} was settled already")
    made = event or LifeEvent(key=new_key("Y"), case=case, division_code=case.division_code, told_by=who, told_at=at)
    made.kind, made.party, made.joined, made.happened_on = happened.kind, happened.party, joined, happened.on
    made.proof = _sealed("proof", happened.proof, made.key, case.key)
    made.note = _sealed("note", happened.note, made.key, case.key)
    made.state, made.settled_by, made.settled_at = LifeEvent.State.ENTERED, who, at
    made.save()
    return made


def _sealed(name: str, text: str, key: str, case: str) -> str:
    return sealed(text.strip()[:LONGEST], column=f"reviews_lifeevent.{name}", row=key, of=case)
