"""一事一议: what no rule covers is put to a conference, which says with its participants' names how much, and from which fund line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Viewer, actor, key_of, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions.models import Conference, Item
from jiuzhu.casework.decisions.queries import subject
from jiuzhu.casework.decisions.refusals import Unheard
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.roads.permitted import scope
from jiuzhu.casework.trace.actions import record

FEWEST = 3  # people; fewer are no conference


@dataclass(frozen=True)
class Minutes:
    """participants: accounts of who sat. fund_line: a code of fund_line; fen: what was granted, 0 for nothing."""

    held_on: date
    participants: Sequence[Officer]
    question: str
    resolution: str
    fund_line: str
    fen: int


@transaction.atomic
def hold(*, item: Item, minutes: Minutes, by: Viewer, at: datetime) -> Conference:
    """Write down a conference about a programme that is being decided. Raises NotAllowed, UnknownCode, Unheard where it is none."""
    grant = require(by, "conferences.hold", on=scope(item.walk, by, at=at), at=at)
    codes.known("fund_line", minutes.fund_line)
    people = {one.person_id for one in minutes.participants if one.is_active}
    if len(people) < FEWEST or not minutes.question.strip() or not minutes.resolution.strip() or minutes.held_on > local_day(at):
        raise Unheard(
            f"{item.key}: name at least {FEWEST} people, what was put to them and what they resolved, on a day that has come"
        )
    key = new_key("K")
    made = Conference.objects.create(
        key=key, item=item, held_on=minutes.held_on, participants=" ".join(sorted(one.account for one in minutes.participants)),
        fund_line=minutes.fund_line, fen=minutes.fen, by=key_of(by), at=at,
        question=sealed(minutes.question.strip(), column="decisions_conference.question", row=key, of=item.case.key),
        resolution=sealed(minutes.resolution.strip(), column="decisions_conference.resolution", row=key, of=item.case.key),
    )  # fmt: skip
    after = {"participants": made.participants, "fund_line": made.fund_line, "fen": made.fen}
    record("conferences.hold", by=actor(by, grant), at=at, on=subject(item), purpose=grant.purpose, after=after)
    return made
