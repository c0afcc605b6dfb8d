"""What residents may ask: who they are to us, whose families they belong to, and whom they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.accounts.permissions import NotAllowed, Resident, Scope, actor, require
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.registry import public

READ = "own.read"


@dataclass(frozen=True)
class Standing:
    """How a resident stands to a case. own: they belong to its family now; else giver: the key of whom they stand for.

    programmes: those the mandate is for; empty for every one.
    """

    case: Case
    own: bool
    giver: str = ""
    programmes: frozenset[str] = frozenset()

    def covers(self, programme: str) -> bool:
        return self.own or not self.programmes or programme in self.programmes

    @property
    def scope(self) -> Scope:
        """For permission."""
        return Scope(
            self.case.division_code,
            self.case.state,
            own_account=self.own,
            mandate=not self.own,
            household=self.case.household_key,
        )


@dataclass(frozen=True)
class Mine:
    """One resident as they see themselves. cases: of their family, then of families they stand for; the open ones first, the newest first.

    households: the numbers by which the registry knows their own family.
    """

    party: Party
    name: str
    cases: Sequence[Standing]
    households: tuple[str, ...]

    @property
    def division(self) -> str:
        return self.cases[0].case.division_code if self.cases else ""


@transaction.atomic
def mine(*, viewer: Resident, at: datetime) -> Mine:
    """What is theirs; that they looked is written down. Raises NotAllowed where they were erased meanwhile."""
    grant = require(viewer, READ, on=Scope(own_account=True), at=at)
    party = party_of(viewer)
    standings = standings_of(viewer, at=at)
    homes = {one.case.household_key for one in standings if one.own} | {party.registry_household}
    found = Mine(party, name_of(party, at=at), standings, tuple(sorted(homes - {""})))
    first = standings[0].case if standings else None
    home = found.households[0] if found.households else ""
    on = Subject("person", party.key, found.division, household=home, case=first.key if first else "")
    record(READ, by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    return found


def name_of(party: Party, *, at: datetime) -> str:
    """As an officer wrote it down, else as departments delivered it; "" where neither is known."""
    if party.name or not party.registry_person or public.current(Path(settings.WORKSPACE)) is None:
        return opened(party.name, column="parties_party.name", row=party.key)
    person = int(party.registry_person)
    return public.identities(Path(settings.WORKSPACE), [person], by=party.key, purpose=READ, at=at)[person].name


def party_of(viewer: Resident) -> Party:
    party = Party.objects.filter(key=viewer.who, erased_at__isnull=True).first()
    if party is None:
        raise NotAllowed("own.read: nobody is known by that key any more")
    return party


def standings_of(viewer: Resident, *, at: datetime) -> Sequence[Standing]:
    """Every case they may speak of. A mandate reaches the household it names, while its giver belongs to it (A12)."""
    party = party_of(viewer)
    found = {one.pk: Standing(one, own=True) for one in _cases(party)}
    for mandate in Mandate.objects.filter(taker=party.key, since__lte=at, until__gt=at).order_by("since", "pk"):
        giver = Party.objects.filter(key=mandate.giver, erased_at__isnull=True).first()
        for one in _cases(giver) if giver is not None else ():
            if one.household_key == mandate.household and one.pk not in found:
                found[one.pk] = Standing(one, own=False, giver=mandate.giver, programmes=frozenset(mandate.programmes))
    return sorted(found.values(), key=lambda one: (one.own, one.case.state == Case.State.OPEN, one.case.opened_at), reverse=True)


def standing_to(case: Case, viewer: Resident, *, at: datetime) -> Standing | None:
    """None for a case of somebody else."""
    return next((one for one in standings_of(viewer, at=at) if one.case.pk == case.pk), None)


def _cases(party: Party) -> Sequence[Case]:
    return list(Case.objects.filter(members__party=party, members__until__isnull=True).distinct())
