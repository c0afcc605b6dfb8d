"""Help first, papers later: small fast aid to any family in an emergency, wherever it is registered, before anybody verified its means
(law of 2026, article 50). It waits for no application; the road of its programme, its two people and its letter are those of every aid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions.actions import Choice, open_item, propose
from jiuzhu.casework.decisions.facts import VISIT, Told, gathered
from jiuzhu.casework.decisions.models import Item, Proposal
from jiuzhu.casework.decisions.refusals import NotUrgent
from jiuzhu.casework.notices.contact import age
from jiuzhu.casework.parties.models import Party

PROGRAMME = "small_fast_relief"


@dataclass(frozen=True)
class Emergency:
    """What an officer saw or was told. happened: in words; fen: what is needed, None for the cap; residence_kind: urban or rural."""

    happened: str
    residence_kind: str
    fen: int | None = None


@transaction.atomic
def help_at_once(*, case: Case, party: Party, emergency: Emergency, by: Viewer, at: datetime) -> Proposal:
    """Propose small fast aid for a family, judged by the rules on what was seen; another officer confirms it.

    One is asked for at a time: what was begun for the family and is not decided stands. Raises NotUrgent where nothing is said of what
    happened, and what `actions.propose` and the road refuse.
    """
    if not emergency.happened.strip():
        raise NotUrgent(f"{case.key}: write what happened; the reason stands in the record and in the letter")
    if Item.objects.filter(case=case, programme=PROGRAMME, walk__state="proposed").exists():
        raise NotUrgent(f"{case.key}: small fast aid is proposed already and waits for a second officer")
    item = open_item(PROGRAMME, case=case, party=party, applied_on=local_day(at), at=at)
    choice = Choice(because=emergency.happened)
    return propose(item=item, gathered=gathered([_seen(case, party, emergency, at)]), by=by, at=at, choice=choice)


def _seen(case: Case, party: Party, emergency: Emergency, at: datetime) -> Told:
    """The family by its members, or where none is known yet by the one who asks."""
    people = [one.party for one in case.members.filter(until__isnull=True).select_related("party").order_by("pk")] or [party]
    asked = {} if emergency.fen is None else {"amount_asked": f"{emergency.fen // 100}.{emergency.fen % 100:02}"}
    members = [{"name": one.key} | ({"age": years} if (years := age(one, at=at)) is not None else {}) for one in people]
    told = {
        "division": case.division_code, "emergency_division": case.division_code, "residence_kind": emergency.residence_kind,
        "emergency": True, "members": members, **asked,
    }  # fmt: skip
    return Told(VISIT, local_day(at), told)
