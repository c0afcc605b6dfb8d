"""The gate before a family: a task on it or a typed reason, written down before anything is shown; names only near, numbers one by one.

Every page, answer and command that shows a family's file, or looks for a person, calls this first (A5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts import emergencies, places
from jiuzhu.casework.accounts.permissions import Grant, NotAllowed, Scope, Viewer, actor, allowed, asker, key_of, require
from jiuzhu.casework.trace.actions import Subject, record, refused

SHORTEST_REASON = 6  # signs: a dot, or one word, is no reason


class ReasonMissing(Exception):
    """A file opens only with a task on the family or a typed reason; nothing was shown."""


class TooWide(Exception):
    """A name is looked for inside one's own division, a county at most; nothing was looked at."""


@dataclass(frozen=True)
class Family:
    """What is to be opened. household: the registry's number; case: the key of its case, "" before there is one."""

    household: str
    division_code: str
    case: str = ""


@dataclass(frozen=True)
class Look:
    """A look that was written down. grant: what of the file may be shown. event: the row of its entry in the record."""

    grant: Grant
    event: int


def open_family(*, family: Family, by: Viewer, at: datetime, task: str = "", reason: str = "", assigned: bool = False) -> Look:
    """Let the viewer see a family's file, after writing down that and why they look.

    task: the key of an open task on this family, "" if there is none. assigned: that task is the viewer's own. reason: as typed.
    Outside the viewer's reach it opens only while their emergency on this household holds (A6). The entry is committed when this
    returns, so what is shown afterwards was always written before; call it outside any transaction.
    Raises NotAllowed, ReasonMissing.
    """
    scope = Scope(family.division_code, assigned=assigned, household=family.household)
    grant = allowed(by, "family.open", on=scope, at=at)
    urgent = None if grant else emergencies.live(household=family.household, by=by, at=at)
    if urgent is not None:
        grant = allowed(by, "family.open_elsewhere", on=scope, at=at)
    on = Subject("household", family.household, family.division_code[:12], household=family.household, case=family.case)
    if grant is None:
        refused("family.open", by=asker(by, at=at), at=at, on=on, task=task, because=reason)
        raise NotAllowed(f"family.open: {key_of(by)} may not see this family")
    if not task and urgent is None and len(reason.strip()) < SHORTEST_REASON:
        refused("family.open", by=asker(by, at=at), at=at, on=on, because="no task and no reason")
        raise ReasonMissing(f"there is no task on this family: say in {SHORTEST_REASON} signs or more why you look")
    told = {"purpose": grant.purpose, "task": task, "because": reason.strip()}
    with transaction.atomic(durable=True):
        event = record(grant.operation, by=actor(by, grant), at=at, on=on, **told)
    return Look(grant, event.pk)


def search_names(*, division_code: str, name: str, by: Viewer, at: datetime) -> Grant:
    """Let the viewer look for a name among the people of one division, after writing it down; the caller then reads that division only.

    name: kept encrypted, as the reason. Raises TooWide above a county, NotAllowed outside the viewer's own division.
    """
    on = Subject("division", division_code, division_code[:12])
    if places.tier(places.canonical(division_code)) not in ("county", "township", "village", "grid"):
        refused("family.search_names", by=asker(by, at=at), at=at, on=on)
        raise TooWide("a name is looked for inside one county at most; choose a county, or look for an exact id number")
    return _recorded("family.search_names", Scope(division_code), by, at, on, because=name.strip())


def find_by_number(*, number_index: str, division_code: str, by: Viewer, at: datetime, reason: str, household: str = "") -> Grant:
    """Let the viewer look for one exact id number, after writing it down.

    number_index: its keyed index, never the number. division_code, household: of the person found; of nobody, the viewer's own
    division and "". Raises ReasonMissing, NotAllowed.
    """
    on = Subject("person", number_index[:32], division_code[:12], household=household)
    if len(reason.strip()) < SHORTEST_REASON:
        refused("family.find_by_number", by=asker(by, at=at), at=at, on=on)
        raise ReasonMissing(f"say in {SHORTEST_REASON} signs or more why you look for this person")
    return _recorded("family.find_by_number", Scope(division_code, household=household), by, at, on, because=reason.strip())


def shown(
    operation: str, *, by: Viewer, at: datetime, on: Subject | None = None, subjects: Sequence[Subject] = (), task: str = "",
    grant: Grant | None = None,
) -> None:  # fmt: skip
    """Write down what a page is about to show: one thing, or a list with those who are on it, as one event (C1, C3).

    subjects: as far as they were shown; what was masked is left out. task: what the look rests on. grant: the one by which it is
    shown, if it is known; else any that lets the viewer do this. Raises NotAllowed.
    """
    held = grant or require(by, operation, on=None, at=at)
    listed = [
        replace(one, case="") for one in subjects
    ]  # found by family; what was done to a case is not to be buried under lists
    with transaction.atomic(durable=True):
        record(operation, by=actor(by, held), at=at, on=on, subjects=listed, purpose=held.purpose, task=task)


def _recorded(operation: str, scope: Scope, by: Viewer, at: datetime, on: Subject, *, because: str) -> Grant:
    try:
        grant = require(by, operation, on=scope, at=at)
    except NotAllowed:
        refused(operation, by=asker(by, at=at), at=at, on=on, because=because)
        raise
    with transaction.atomic(durable=True):
        record(operation, by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because)
    return grant
