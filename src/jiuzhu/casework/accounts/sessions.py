"""Live sessions: one a kind of device, bound to it, over after a quarter of an hour's rest, after ten hours, or at a word."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from jiuzhu.casework.accounts.entrances import LIVE, Session
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.sealed import digest
from jiuzhu.casework.trace.actions import Actor, Subject, record

IDLE, WHOLE = timedelta(minutes=15), timedelta(hours=10)
# How seldom `seen_at` is written: a row a request would double the writes of every page. Rest is counted from the last writing,
# so a session may end up to this much early, never late.
SEEN_EVERY = timedelta(seconds=30)


@transaction.atomic
def begin(*, officer: Officer, way: str, kind: str, device: str, at: datetime, address: str = "") -> Session:
    """Sign an account in on a device; the session it has on another device of that kind ends. address: where the request came from."""
    Officer.objects.select_for_update().get(pk=officer.pk)  # two sign-ins at once come one after the other
    end_all(officer=officer, because="replaced", at=at, kind=kind)
    made = Session.objects.create(
        officer=officer, way=way, kind=kind, device=device, source=source_of(address), began_at=at, seen_at=at, until=at + WHOLE
    )
    after = {"kind": kind, "way": way, "until": made.until}
    record("session.begin", by=_whoever(officer), at=at, on=_subject(made), purpose="own_account", after=after)
    return made


def source_of(address: str) -> str:
    """What stands for an address in a session: where somebody signed in from can be asked for, not read."""
    return digest(address, purpose="source") if address else ""


def standing(*, number: int | None, officer: Officer, device: str, at: datetime) -> Session | None:
    """The session if it still lives, on the device it began on; None if it does not. What has run out is written down as ended.

    On another device it ends too, for both: one of them is not who signed in.
    """
    # Asked for every request, so as it stands: put together anew each time it takes three times as long.
    asked = "SELECT * FROM accounts_session WHERE id = %s AND officer_id = %s AND ended_at IS NULL"
    kept = next(iter(Session.objects.raw(asked, [number, officer.pk])), None)
    if kept is None:
        return None
    over = (
        "over" if at >= kept.until else "idle" if at - kept.seen_at >= IDLE else "other_device" if kept.device != device else ""
    )
    if over:
        end(session=kept, because=over, at=at)
        return None
    if at - kept.seen_at >= SEEN_EVERY:
        Session.objects.filter(LIVE, pk=kept.pk).update(seen_at=at)
    return kept


@transaction.atomic
def end(*, session: Session, because: str, at: datetime) -> None:
    """End one session of an account; twice is harmless. because: a code."""
    if Session.objects.filter(LIVE, pk=session.pk).update(ended_at=at, ended_because=because):
        before, after = {"ended_at": None}, {"ended_at": at, "because": because}
        record(
            "session.end",
            by=_whoever(session.officer),
            at=at,
            on=_subject(session),
            purpose="own_account",
            before=before,
            after=after,
        )


@transaction.atomic
def end_all(*, officer: Officer, because: str, at: datetime, kind: str = "") -> int:
    """End every live session of an account, or those on one kind of device; gives how many there were."""
    live = Session.objects.filter(LIVE, officer=officer.pk).select_related("officer")
    found = list(live.filter(kind=kind) if kind else live)
    for one in found:
        end(session=one, because=because, at=at)
    return len(found)


def live(officer: Officer, *, at: datetime) -> list[Session]:
    """The sessions in which the account is signed in now, newest first."""
    kept = Session.objects.filter(LIVE, officer=officer.pk, until__gt=at, seen_at__gt=at - IDLE)
    return list(kept.order_by("-began_at", "-pk"))


def workplace(officer: Officer) -> str:
    """The division its newest role stands in, "" before the first."""
    newest = officer.assignments.order_by("-until", "pk").first()
    return newest.division_code if newest else ""


def _whoever(officer: Officer) -> Actor:
    """With the place they work in, so that whoever supervises there sees it in their trace."""
    return Actor(officer.account, division_code=workplace(officer)[:12])


def _subject(one: Session) -> Subject:
    return Subject("session", str(one.pk))
