"""After an incident: whom one account, one address, one entry of the record or a period reached, what of them, and when (K5).

Two books are read: the record of acts, which says what was shown and done, and the vault's book of looks, which says whose names,
numbers and rows were opened. Nothing is guessed: what stands in neither was not reached through the platform.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.entrances import Session
from jiuzhu.casework.accounts.looks import SHORTEST_REASON
from jiuzhu.casework.accounts.models import Assignment
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, allowed, require, table, visible
from jiuzhu.casework.accounts.sessions import source_of
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.models import Event, EventSubject
from jiuzhu.registry import public
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.vocabulary.local_day import BEIJING

LIST = "incidents.list"
VAULT = "vault"  # the operation under which looks of the vault are told
SEALED_THERE = "sensitive"  # the level of what lies in the vault: names, numbers, telephones, accounts
NOBODY = frozenset((  # kinds of things an entry may speak of that are about no person
    "account", "dataset", "delivery", "division", "export", "filter", "indicator", "list", "office", "page", "parameter", "proposal",
    "release", "role", "session", "stream", "window",
))  # fmt: skip
_SHOWN = ("who", "role", "operation", "at", "subject_kind", "subject_key", "subject_division", "household_key", "case_key")
_PLACE = re.compile(r"(.+):(\d{1,18})", re.ASCII)  # of an entry in its chain


class TooVague(ValueError):
    """Neither account, address, entry nor period was named, or no reason, or an entry that is none: nothing was listed."""


@dataclass(frozen=True)
class Incident:
    """What is asked. Empty: whoever, from wherever. entry: one entry of the record, as `writer:number`. In [since, until)."""

    who: str = ""
    address: str = ""
    entry: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_vague(self) -> bool:
        if self.entry and not _PLACE.fullmatch(self.entry):
            return True
        return not (self.who or self.address or self.entry or (self.since and self.until))


@dataclass
class Reached:
    """One family, or one person or thing of a person whose family the books do not say. kind, key: `household`, `case`, else as in
    the record; a person of the vault is `person` with their lasting number.

    times: entries that name it. levels: the levels of fields those entries opened. accounts: whose they were.
    """

    kind: str
    key: str
    division_code: str
    first: datetime
    last: datetime
    times: int = 0
    operations: dict[str, int] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)

    @property
    def level(self) -> str:
        """The highest of the levels that were opened."""
        return max(self.levels, key=LEVELS.index) if self.levels else ""


def reached(incident: Incident, *, because: str, by: Viewer, at: datetime) -> list[Reached]:
    """Everybody within the viewer's reach whom it touched, those reached last first. The asking itself is recorded before.

    Raises TooVague, NotAllowed.
    """
    grant = require(by, LIST, on=None, at=at)
    if incident.is_vague or len(because.strip()) < SHORTEST_REASON:
        raise TooVague("name an account, an address, an entry or a period, and why it is asked")
    on = Subject("account", incident.who) if incident.who else Subject("page", LIST)
    with transaction.atomic(durable=True):
        record(LIST, by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because.strip())
    found: dict[tuple[str, str], Reached] = {}
    sessions = _sessions(incident.address) if incident.address else None
    for entry in _entries(incident, by, at):
        if sessions is None or _within(sessions, entry.who, entry.at):
            _add(found, entry)
    if not incident.entry:
        for entry in _looks(incident, by, at):
            if sessions is None or _within(sessions, entry.who, entry.at):
                _add(found, entry)
    return sorted(found.values(), key=lambda one: (one.last, one.key), reverse=True)


def write_csv(found: Iterable[Reached], file: TextIO) -> None:
    """A line each: kind, key, division, first and last time (Chinese time), times, accounts, operations, the highest level opened."""
    writer = csv.writer(file)
    writer.writerow(("kind", "key", "division", "first", "last", "times", "accounts", "operations", "level"))
    for one in found:
        when = (each.astimezone(BEIJING).isoformat(timespec="seconds") for each in (one.first, one.last))
        said = (" ".join(sorted(one.accounts)), " ".join(sorted(one.operations)))
        writer.writerow((one.kind, one.key, one.division_code, *when, one.times, *said, one.level))


@dataclass(frozen=True)
class _Entry:
    who: str
    operation: str
    level: str
    at: datetime
    kind: str
    key: str
    division_code: str


def _add(found: dict[tuple[str, str], Reached], entry: _Entry) -> None:
    one = found.get((entry.kind, entry.key))
    if one is None:
        one = found[entry.kind, entry.key] = Reached(entry.kind, entry.key, entry.division_code, entry.at, entry.at)
    one.first, one.last = min(one.first, entry.at), max(one.last, entry.at)
    one.times += 1
    one.operations[entry.operation] = one.operations.get(entry.operation, 0) + 1
    one.accounts.add(entry.who)
    if entry.level:
        one.levels.add(entry.level)


def _entries(incident: Incident, by: Viewer, at: datetime) -> Iterator[_Entry]:
    """What the record says, an entry for each thing of a person it names: itself, and those of its list."""
    events = visible(Event.objects.all(), by, LIST, at=at, state="outcome") | visible(
        Event.objects.all(), by, LIST, at=at, division="subject_division", state="outcome"
    )
    events = events.filter(_wanted(incident), outcome=Event.Outcome.DONE)
    levels = _levels()
    for who, role, operation, when, *on in events.values_list(*_SHOWN).iterator():
        if thing := _thing(*on):
            yield _Entry(who, operation, levels.get((operation, role), ""), when, *thing)
    listed = EventSubject.objects.filter(event__in=events.values("pk")).order_by("event_id")
    columns = [f"event__{name}" for name in _SHOWN[:4]]
    rows = listed.values_list("event_id", *columns, "kind", "key", "division_code", "household_key", "case_key").iterator()
    for _, lines in groupby(rows, key=lambda row: row[0]):
        named = {}
        for _, who, role, operation, when, *on in lines:
            if thing := _thing(*on):  # a list may name two warnings of one family: it was reached once
                named[thing[:2]] = _Entry(who, operation, levels.get((operation, role), ""), when, *thing)
        yield from named.values()


def _thing(kind: str, key: str, division: str, household: str, case: str) -> tuple[str, str, str] | None:
    """Whom an entry is about: the family as the registry knows it, else as casework does, else the thing itself."""
    if household:
        return "household", household, division
    if case:
        return "case", case, division
    return (kind, key, division) if key and kind not in NOBODY else None


def _looks(incident: Incident, by: Viewer, at: datetime) -> Iterator[_Entry]:
    """What the vault's book says of accounts within the viewer's reach, and of the one that is named."""
    mine: dict[str, bool] = {}
    for look in public.looked_at(Path(settings.WORKSPACE), who=incident.who, since=incident.since, until=incident.until):
        if look.by not in mine:
            mine[look.by] = _is_mine(look.by, incident, by, at)
        if mine[look.by]:
            for person in look.persons:
                yield _Entry(look.by, VAULT, SEALED_THERE, look.at, "person", str(person), "")


def _is_mine(account: str, incident: Incident, by: Viewer, at: datetime) -> bool:
    """Whether an account worked within the viewer's reach; who is no officer (a resident, the machine) only where they are named."""
    places = Assignment.objects.filter(officer__account=account).values_list("division_code", flat=True).distinct()
    if not places:
        return account == incident.who
    return any(allowed(by, LIST, on=Scope(place), at=at) for place in places)


def _wanted(incident: Incident) -> Q:
    wanted = Q()
    if incident.who:
        wanted &= Q(who=incident.who)
    if incident.since:
        wanted &= Q(at__gte=incident.since)
    if incident.until:
        wanted &= Q(at__lt=incident.until)
    if place := _PLACE.fullmatch(incident.entry):
        wanted &= Q(writer=place[1], number=int(place[2]))
    return wanted


def _sessions(address: str) -> dict[str, list[tuple[datetime, datetime]]]:
    """Account to the times in which it was signed in from that address."""
    told: dict[str, list[tuple[datetime, datetime]]] = {}
    for one in Session.objects.filter(source=source_of(address)).select_related("officer"):
        told.setdefault(one.officer.account, []).append((one.began_at, one.ended_at or one.until))
    return told


def _within(sessions: dict[str, list[tuple[datetime, datetime]]], who: str, at: datetime) -> bool:
    return any(since <= at <= until for since, until in sessions.get(who, ()))


def _levels() -> dict[tuple[str, str], str]:
    """Operation and role to the highest level of fields the permission table opens with them."""
    return {key: max((row.level for row in rows), key=LEVELS.index) for key, rows in table().rows.items()}
