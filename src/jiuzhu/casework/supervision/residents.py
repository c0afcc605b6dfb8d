"""What a family is told when it asks who looked at its file: which office, when, and what for; no officer's name, no typed reason (C9).

A typed reason may name somebody else: who complained, a neighbour, another family. It stays in the record, for whoever supervises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from jiuzhu.casework.accounts.models import Assignment
from jiuzhu.casework.accounts.permissions import Resident, Scope, Viewer, actor, require
from jiuzhu.casework.residents import queries
from jiuzhu.casework.supervision.investigations import is_held_back, protecting
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.models import Event, EventSubject
from jiuzhu.casework.trace.sentences import words
from jiuzhu.registry import public
from jiuzhu.rules.granting import RESIDENT
from jiuzhu.rules.tree import Title

TELL, OWN = "looks.tell", "own.looks"
SHORTEST_PROOF = 6
_CHINA = ZoneInfo("Asia/Shanghai")
_MACHINE = Title(zh="平台运行维护", en="Whoever runs the platform")
_FAMILY = Title(zh="您自家的人", en="Somebody of your own family")
_PLATFORM = "system:"  # what the platform does by itself is nobody's look


class ProofMissing(Exception):
    """Whoever asks has shown who they are, and what they showed is written down; nothing was told."""


@dataclass(frozen=True)
class Looked:
    """Looks of one office for one purpose on one day. first, last: when; times: how many. on_a_list: the family stood among others."""

    day: date
    first: datetime
    last: datetime
    times: int
    office: Title
    role: Title
    what: Title
    why: Title
    on_a_list: bool


def told_to_family(*, household: str, division_code: str, proof: str, by: Viewer, at: datetime) -> list[Looked]:
    """Everybody who looked at this family or did something about it, newest first; that it was told is an entry of its own, before.

    proof: which paper of whom was seen, encrypted as the reason. What a protected investigation does is left out until it is
    released. Raises ProofMissing, NotAllowed.
    """
    grant = require(by, TELL, on=Scope(division_code, household=household), at=at)
    if len(proof.strip()) < SHORTEST_PROOF:
        raise ProofMissing(f"say in {SHORTEST_PROOF} signs or more which paper was seen, and whose it is")
    on = Subject("household", household, division_code[:12], household=household)
    with transaction.atomic(durable=True):
        record(TELL, by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=proof.strip())
    held = protecting(household, at=at)
    return _summed(one for one in _of(household) if not is_held_back(one, held))


def told_to_resident(*, viewer: Resident, at: datetime) -> list[Looked]:
    """The same for somebody who proved on the citizen's pages who they are: of every household of their own family.

    That it was told is an entry of its own, before. Raises NotAllowed.
    """
    party = queries.party_of(viewer)
    own = [one for one in queries.standings_of(viewer, at=at) if one.own]
    homes = sorted({one.case.household_key for one in own} | {party.registry_household} - {""})
    grant = require(viewer, OWN, on=Scope(own_account=True), at=at)
    on = Subject("person", party.key, household=homes[0] if homes else "", case=own[0].case.key if own else "")
    with transaction.atomic(durable=True):
        record(OWN, by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    found: dict[int, Event] = {}
    for home in filter(None, homes):
        held = protecting(home, at=at)
        found |= {one.pk: one for one in _of(home) if not is_held_back(one, held)}
    for key in [one.case.key for one in own if not one.case.household_key]:  # a family the registry does not know
        found |= {one.pk: one for one in Event.objects.filter(case_key=key, outcome=Event.Outcome.DONE) if not _by_itself(one)}
    return _summed(found.values())


def _by_itself(one: Event) -> bool:
    return one.who.startswith(_PLATFORM)


def _of(household: str) -> Iterator[Event]:
    """Done by people, about this family; on a list too."""
    listed = EventSubject.objects.filter(household_key=household).values_list("event", flat=True)
    for rows in (
        Event.objects.filter(household_key=household),
        Event.objects.filter(pk__in=listed).exclude(household_key=household),
    ):
        yield from rows.filter(outcome=Event.Outcome.DONE).exclude(who__startswith=_PLATFORM).iterator()


def _summed(events: Iterable[Event]) -> list[Looked]:
    """Lists by day, all else one by one: a list is opened again and again, a file is not."""
    groups: dict[tuple[object, ...], list[Event]] = {}
    for one in events:
        listed = not one.household_key
        day = one.at.astimezone(_CHINA).date()
        key = (listed, day, one.who, one.role, one.operation, one.purpose, None if listed else one.pk)
        groups.setdefault(key, []).append(one)
    offices = _offices(
        {one.who for rows in groups.values() for one in rows} | {r.acting_for for rows in groups.values() for r in rows}
    )
    told = [_looked(rows, offices) for rows in groups.values()]
    return sorted(told, key=lambda one: (one.last, one.what.zh), reverse=True)


def _looked(rows: list[Event], offices: Mapping[str, list[Assignment]]) -> Looked:
    one, times = rows[0], sorted(row.at for row in rows)
    nothing = Title(zh="", en="")
    return Looked(
        day=times[0].astimezone(_CHINA).date(),
        first=times[0],
        last=times[-1],
        times=len(rows),
        office=_office(one, offices),
        role=words("role").get(one.role, nothing),
        what=words("operation")[one.operation],
        why=words("purpose").get(one.purpose, nothing),
        on_a_list=not one.household_key,
    )


def _office(one: Event, offices: Mapping[str, list[Assignment]]) -> Title:
    """The office that gave the role it was done by; the division where no such role is kept any more."""
    if one.role == RESIDENT:
        return _FAMILY
    for account in (one.acting_for, one.who):
        for held in offices.get(account, ()):
            if (held.role, held.division_code[:12]) == (one.role, one.division_code) and held.since <= one.at < held.until:
                name = held.office.name or f"{public.division_name(held.office.division_code)}{held.office.department}"
                return Title(zh=name, en=name)
    name = public.division_name(one.division_code) if one.division_code else ""
    return Title(zh=name, en=name) if name else _MACHINE


def _offices(accounts: set[str]) -> Mapping[str, list[Assignment]]:
    found: dict[str, list[Assignment]] = {}
    for held in (
        Assignment.objects.filter(officer__account__in=accounts).select_related("office", "officer").order_by("since", "pk")
    ):
        found.setdefault(held.officer.account, []).append(held)
    return found
