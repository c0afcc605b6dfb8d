"""What residents may ask: who they are to us, whose families they belong to, and whom they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.accounts.permissions import NotAllowed, Resident, Scope, actor, require
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import Subject, record

READ = "own.read"


@dataclass(frozen=True)
class Mine:
    """One resident as they see themselves. cases: of their family, and of families they stand for, the newest first.

    households: the numbers by which the registry knows their own family. acts_for: who gave them a mandate.
    """

    party: Party
    name: str
    cases: Sequence[Case]
    households: tuple[str, ...]
    acts_for: Sequence[Party]

    @property
    def division(self) -> str:
        return self.cases[0].division_code if self.cases else ""


@transaction.atomic
def mine(*, viewer: Resident, at: datetime) -> Mine:
    """What is theirs; that they looked is written down. Raises NotAllowed where they were erased meanwhile."""
    grant = require(viewer, READ, on=Scope(own_account=True), at=at)
    party = party_of(viewer)
    own = cases_of(viewer, at=at)
    homes = {one.household_key for one in own if _is_theirs(one, party)} | {party.registry_household}
    found = Mine(
        party=party,
        name=opened(party.name, column="parties_party.name", row=party.key),
        cases=own,
        households=tuple(sorted(homes - {""})),
        acts_for=givers(party, at=at),
    )
    home = found.households[0] if found.households else ""
    on = Subject("person", party.key, found.division, household=home, case=own[0].key if own else "")
    record(READ, by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    return found


def party_of(viewer: Resident) -> Party:
    party = Party.objects.filter(key=viewer.who, erased_at__isnull=True).first()
    if party is None:
        raise NotAllowed("own.read: nobody is known by that key any more")
    return party


def givers(party: Party, *, at: datetime) -> Sequence[Party]:
    """Who lets them act for them now, whatever the programme."""
    live = Mandate.objects.filter(taker=party.key, since__lte=at, until__gt=at)
    return list(Party.objects.filter(key__in=live.values("giver")).order_by("pk"))


def cases_of(viewer: Resident, *, at: datetime) -> Sequence[Case]:
    """Cases whose family they belong to now, or for whose member they stand; the open ones first, then the newest."""
    return list(_cases(party_of(viewer), at).order_by("-state", "-opened_at", "-pk"))


def case_scope(case: Case, viewer: Resident, *, at: datetime) -> Scope:
    """How a case stands to a resident, for permission: their own, of somebody they stand for, or neither."""
    party = party_of(viewer)
    return Scope(
        case.division_code,
        case.state,
        own_account=_is_theirs(case, party),
        mandate=_of(givers(party, at=at)).filter(pk=case.pk).exists(),
        household=case.household_key,
    )


def _cases(party: Party, at: datetime) -> QuerySet[Case]:
    return _of([party, *givers(party, at=at)])


def _of(parties: Sequence[Party]) -> QuerySet[Case]:
    live = Q(members__party__in=parties, members__until__isnull=True)
    return Case.objects.filter(pk__in=Case.objects.filter(live).values("pk"))


def _is_theirs(case: Case, party: Party) -> bool:
    return case.members.filter(party=party, until__isnull=True).exists()
