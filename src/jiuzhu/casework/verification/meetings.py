"""A meeting with another region over a line: who sat, what was shown, what was settled, beside the letters that went to and fro (SF227)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.verification.asking import REGION, on_request
from jiuzhu.casework.verification.models import Meeting, Request
from jiuzhu.casework.verification.refusals import NotNow

WORDS = ("participants", "shown", "settled")


@dataclass(frozen=True)
class Minutes:
    """What was said of one meeting. region: their division. minutes: how long it took."""

    region: str
    held_at: datetime
    minutes: int
    participants: str
    shown: str
    settled: str


@transaction.atomic
def keep(*, request: Request, told: Minutes, by: Viewer, at: datetime) -> Meeting:
    """Keep the record of a meeting with a region that was asked in this verification, so that an authorisation went there.

    Raises NotAllowed, NotNow where that region was not asked, or where the record says nothing or speaks of a time to come.
    """
    grant = require(by, "verification.request", on=case_scope(request.case, by), at=at)
    if told.region not in regions_of(request):
        raise NotNow(f"{told.region} was not asked in this verification, so nobody there holds an authorisation; ask it first")
    if not (told.participants.strip() and told.settled.strip() and told.minutes > 0 and request.begun_at <= told.held_at <= at):
        raise NotNow(
            "say who sat on both sides, what was settled, how long it took, and when: since the verification began, and not later than now"
        )
    made = Meeting(
        key=new_key("M"), request=request, division_code=request.division_code, region=told.region, held_at=told.held_at,
        minutes=told.minutes, kept_by=actor(by, grant).who, kept_at=at,
    )  # fmt: skip
    for name in WORDS:
        text = sealed(getattr(told, name).strip(), column=f"verification_meeting.{name}", row=made.key, of=request.case.key)
        setattr(made, name, text)
    made.save(force_insert=True)
    signed = request.subjects.filter(party__questions__request=request, party__questions__source=REGION + told.region)
    people = [
        Subject("person", one.party.key, request.division_code, request.case.household_key, request.case.key)
        for one in signed.select_related("party").distinct()
    ]
    record(
        "verification.meet", by=actor(by, grant), at=at, on=on_request(request), subjects=people, purpose=grant.purpose,
        after={"region": told.region, "held_at": told.held_at.isoformat(), "minutes": told.minutes},
    )  # fmt: skip
    return made


def regions_of(request: Request) -> Sequence[str]:
    """The divisions of other regions that are asked in a verification."""
    sources = request.questions.filter(source__startswith=REGION).values_list("source", flat=True)
    return sorted({one.removeprefix(REGION) for one in sources})


def meetings_of(request: Request) -> list[tuple[Meeting, Minutes]]:
    """Those kept of a verification, in their order. The report was read before."""
    return [(one, _opened(one)) for one in request.meetings.order_by("held_at", "pk")]


def _opened(one: Meeting) -> Minutes:
    words = {name: opened(getattr(one, name), column=f"verification_meeting.{name}", row=one.key) for name in WORDS}
    return Minutes(one.region, one.held_at, one.minutes, **words)
