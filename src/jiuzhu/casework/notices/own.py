"""Letters as whoever they are addressed to reads them: opening one on the telephone is the proof that it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.notices import letters, queries
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.notices.queries import Opened
from jiuzhu.casework.notices.wording import Letter
from jiuzhu.casework.trace.actions import Actor
from jiuzhu.rules.granting import RESIDENT
from jiuzhu.rules.tree import Title

PORTAL = "portal"


@dataclass(frozen=True)
class Waiting:
    """A letter on the list. title: what kind it is; nothing of what it says."""

    notice: Notice
    title: Title


def own(*, viewer: Resident) -> Sequence[Waiting]:
    """Every letter addressed to them, the newest first; none of it is opened by being listed."""
    found = Notice.objects.filter(party__key=viewer.who).select_related("party", "case").order_by("-given_at", "-pk")
    return [Waiting(one, letters.kind_of(one.kind).title) for one in found]


def read(*, viewer: Resident, key: str, at: datetime) -> Opened | None:
    """One that was opened before, with until when each remedy may be used; None for one that was not, or is somebody else's."""
    found = Notice.objects.filter(key=key, party__key=viewer.who, state=Notice.State.SERVED).first()
    return queries.notice(viewer=viewer, key=found.key, at=at) if found is not None else None


@transaction.atomic
def open_letter(*, viewer: Resident, key: str, at: datetime) -> Letter | None:
    """Open one; the first time it is thereby served, if it may be served so. None for one of somebody else."""
    found = Notice.objects.filter(key=key, party__key=viewer.who).first()
    if found is None:
        return None
    if found.state == Notice.State.TO_SERVE and PORTAL in found.ways.split():
        letters.serve(notice=found, how=PORTAL, proof=at.isoformat(), by=Actor(viewer.who, RESIDENT), at=at)
    told = queries.notice(viewer=viewer, key=key, at=at)
    return told.letter if told is not None else None
