"""A family elsewhere that cannot wait: opened by a typed reason for a day, one household, seen next day by a supervisor (A6)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jiuzhu.casework.accounts.bonds import Emergency
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, asker, require, staff, visible
from jiuzhu.casework.accounts.sealed import new_key, opened, sealed
from jiuzhu.casework.trace.actions import Subject, record, refused
from jiuzhu.vocabulary.local_day import BEIJING, local_day

HOLDS = timedelta(hours=24)
SHORTEST_REASON = 10
REASON = "accounts_emergency.reason"


class NotOpened(Exception):
    """The emergency cannot be opened: without a reason, or (`again`) a second time by the same person."""

    def __init__(self, words: str, *, again: bool = False) -> None:
        super().__init__(words)
        self.again = again


def begin(*, household: str, division_code: str, reason: str, by: Viewer, at: datetime) -> Emergency:
    """Open one household elsewhere to the viewer for 24 hours. The same person never opens the same household so again.

    Call it outside any transaction: a refusal is written down too. Raises NotOpened, NotAllowed.
    """
    on = Subject("household", household, division_code[:12], household=household)
    told = reason.strip()
    try:
        with transaction.atomic():
            grant = require(by, "family.open_elsewhere", on=Scope(division_code, household=household), at=at)
            officer, key = staff(by), new_key("E")
            if officer is None:
                raise NotAllowed("family.open_elsewhere: only an account of somebody opens a family")
            if len(told) < SHORTEST_REASON:
                raise NotOpened(f"say in {SHORTEST_REASON} signs or more what cannot wait")
            try:
                with transaction.atomic():
                    made = Emergency.objects.create(
                        key=key, officer=officer, person_id=officer.person_id, household=household, division_code=division_code,
                        own_division=grant.division_code, reason=sealed(told, column=REASON, about=key, of=household), began_at=at,
                        until=at + HOLDS,
                    )  # fmt: skip
            except IntegrityError:
                raise NotOpened(
                    "you opened this household in an emergency before; a colleague must do it now", again=True
                ) from None
            after = {"until": made.until}
            record("emergencies.begin", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=told, after=after)
    except (NotAllowed, NotOpened):
        refused("emergencies.begin", by=asker(by, at=at), at=at, on=on, because=told)
        raise
    return made


def live(*, household: str, by: Viewer, at: datetime) -> Emergency | None:
    """The viewer's own emergency on this household, while it holds."""
    officer = staff(by)
    if officer is None:
        return None
    kept = Emergency.objects.filter(officer=officer.pk, household=household, began_at__lte=at, until__gt=at)
    return kept.first()


def of_household(household: str) -> QuerySet[Emergency]:
    """Every emergency in which this household was opened, newest first, to be shown as such in its file."""
    return Emergency.objects.filter(household=household).select_related("officer", "seen_by").order_by("-began_at", "-pk")


def in_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Emergency]:
    """What officers of the viewer's division opened, those nobody has seen first, then the newest."""
    rows = visible(Emergency.objects.all(), viewer, "emergencies.read", at=at, division="own_division")
    return rows.select_related("officer", "seen_by").order_by("-state", "-began_at", "-pk")


def due(emergency: Emergency) -> datetime:
    """By when a supervisor must have seen it: the end of the day after it was opened."""
    day = local_day(emergency.began_at) + timedelta(days=2)
    return datetime.combine(day, time(), BEIJING)


def reason_of(emergency: Emergency) -> str:
    return opened(emergency.reason, column=REASON, about=emergency.key)


@transaction.atomic
def see(*, emergency: Emergency, because: str, by: Viewer, at: datetime) -> Emergency:
    """A supervisor of the opener's division has seen it; never the opener themselves. Twice is harmless. Raises NotAllowed."""
    kept = Emergency.objects.select_for_update().select_related("officer").get(pk=emergency.pk)
    officer = staff(by)
    if kept.state == "seen":
        return kept
    grant = require(by, "emergencies.see", on=Scope(kept.own_division, kept.state), at=at)
    if officer is None or officer.person_id == kept.person_id:
        raise NotAllowed("emergencies.see: whoever opened it does not supervise it")
    kept.state, kept.seen_by, kept.seen_at = "seen", officer, at
    kept.save(update_fields=["state", "seen_by", "seen_at"])
    on = Subject("emergency", kept.key, kept.own_division[:12], household=kept.household)
    record("emergencies.see", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because, after={"state": "seen"})
    return kept
