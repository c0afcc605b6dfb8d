"""What life changes in a benefit in force: more after a review, its end by a death, and who stands for the family from then on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions.actions import AS_ADVISED, Choice, decided, month_after, newest, proposed
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.hearings import amount_now
from jiuzhu.casework.decisions.models import Decision, Item
from jiuzhu.casework.decisions.refusals import NoSuchAmount
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.refusals import NotYet

DEATH_RECORD = "death_record"


@transaction.atomic
def increase(
    *, item: Item, gathered: Gathered, because: str, by: Viewer, at: datetime, choice: Choice = AS_ADVISED, seen: int = 0
) -> Decision:
    """Pay one family more from the month after, by the facts as they are now, or as the officer says why.

    Raises NoSuchAmount where it is no more than now, Blocked, Differs, and what the road refuses.
    """
    proposal = proposed(item, gathered, choice, by=by, at=at)
    if proposal.fen <= amount_now(item):
        raise NoSuchAmount(
            f"{item.key}: {proposal.fen} fen is not more than {amount_now(item)}; keep it, or hear the family first"
        )
    made = decided(
        item, proposal, "increase", fen=proposal.fen, from_month=month_after(local_day(at)), because=because, by=by, at=at
    )
    roads.take(item.walk, "increase", by=by, at=at, because=because, seen=seen)
    return made


@transaction.atomic
def lapse(*, item: Item, died_on: date, because: str, by: Viewer, at: datetime, seen: int = 0) -> Decision:
    """Whoever it was for has died: nothing is owed from the month after that day on, which may lie in the past.

    A named officer does it on a record of the death; nobody is heard about it but whoever would return money, which is an act of its
    own. Raises NotYet for a day that has not come, and what the road refuses.
    """
    if died_on > local_day(at):
        raise NotYet(f"{item.key}: {died_on} has not come")
    begun = item.decisions.filter(step="confirm").order_by("pk").first()
    first = max(month_after(died_on), begun.from_month if begun else "")
    made = decided(item, newest(item), "lapse", from_month=first, because=because, by=by, at=at)
    roads.take(item.walk, "lapse", by=by, at=at, because=because, seen=seen, papers=(DEATH_RECORD,))
    return made


def carried(item: Item, *, to: Party) -> Item:
    """Another of the family stands for it from now on; part of the act that found out who, which records it."""
    item.party = to
    item.save(update_fields=["party"])
    item.walk.party = to
    item.walk.save(update_fields=["party"])
    return item
