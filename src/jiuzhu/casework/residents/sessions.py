"""Sessions of residents: one a person, bound to the telephone it began on, over after half an hour's rest, after four hours, or at a word.

What somebody writes is kept page by page, so a session that ends takes nothing with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.residents.models import LIVE, ResidentSession
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.rules.granting import RESIDENT

IDLE, WHOLE = timedelta(minutes=30), timedelta(hours=4)
SEEN_EVERY = timedelta(seconds=30)  # how seldom `seen_at` is written, as for officers
BEGIN, END, PURPOSE = "session.begin", "session.end", "own_account"


@transaction.atomic
def begin(*, party: Party, device: str, at: datetime) -> ResidentSession:
    """Sign a resident in; the session they have elsewhere ends."""
    Party.objects.select_for_update().get(pk=party.pk)  # two at once come one after the other
    for one in ResidentSession.objects.filter(LIVE, party=party):
        end(session=one, because="replaced", at=at)
    made = ResidentSession.objects.create(party=party, device=device, began_at=at, seen_at=at, until=at + WHOLE)
    record(BEGIN, by=_whoever(made), at=at, on=_subject(made), purpose=PURPOSE, after={"until": made.until})
    return made


def standing(*, number: int | None, device: str, at: datetime) -> ResidentSession | None:
    """The session if it still lives, on the telephone it began on; what has run out is written down as ended."""
    kept = ResidentSession.objects.filter(LIVE, pk=number).select_related("party").first() if number else None
    if kept is None:
        return None
    over = _over(kept, device, at)
    if over:
        end(session=kept, because=over, at=at)
        return None
    if at - kept.seen_at >= SEEN_EVERY:
        ResidentSession.objects.filter(LIVE, pk=kept.pk).update(seen_at=at)
    return kept


@transaction.atomic
def end(*, session: ResidentSession, because: str, at: datetime) -> None:
    """End one; twice is harmless. because: a code."""
    if ResidentSession.objects.filter(LIVE, pk=session.pk).update(ended_at=at, ended_because=because):
        told = {"before": {"ended_at": None}, "after": {"ended_at": at, "because": because}}
        record(END, by=_whoever(session), at=at, on=_subject(session), purpose=PURPOSE, **told)


def _over(kept: ResidentSession, device: str, at: datetime) -> str:
    """Why it lives no more, "" where it does."""
    if at >= kept.until or kept.party.erased_at is not None:
        return "over"
    if at - kept.seen_at >= IDLE:
        return "idle"
    return "" if kept.device == device else "other_device"


def viewer(session: ResidentSession) -> Resident:
    return Resident(session.party.key)


def _whoever(one: ResidentSession) -> Actor:
    return Actor(one.party.key, RESIDENT)


def _subject(one: ResidentSession) -> Subject:
    return Subject("session", f"R{one.pk}")
