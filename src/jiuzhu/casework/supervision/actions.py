"""What may be done in supervision: look for odd looks of a day, and settle one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.bonds import KinLink
from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.accounts.permissions import Console, NotAllowed, Scope, Viewer, actor, allowed, key_of, require, staff
from jiuzhu.casework.accounts.sealed import new_key, sealed
from jiuzhu.casework.supervision.curiosity import BACK, Known, Look, odd_looks
from jiuzhu.casework.supervision.models import Oddity
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.seen import Moved

LOOKS = ("family.open", "family.open_elsewhere", "family.find_by_number", "family.export", "cases.read", "warnings.read")
NOTE = "supervision_oddity.note"
SHORTEST_NOTE = 6
_CHINA = ZoneInfo("Asia/Shanghai")


class NotSettled(ValueError):
    """An odd look is settled with one of the outcomes and a few words."""


@transaction.atomic
def find_odd_looks(*, day: date, by: Viewer, at: datetime) -> list[Oddity]:
    """Write down what is odd about the looks of one day; a second run over the same day adds only what is new. Gives what is new.

    Raises NotAllowed.
    """
    grant = require(by, "oddities.find", on=Scope(), at=at)
    found = odd_looks(_looks(day), _known(at), day=day)
    there = set(Oddity.objects.filter(day=day).values_list("who", "household"))
    places = _workplaces(at)
    new = [
        Oddity(
            key=new_key("O"),
            who=one.who,
            household=one.household,
            division_code=places.get(one.who, ""),
            day=day,
            found_at=at,
            weight=one.weight,
            reasons=list(one.reasons),
            events=[look.event for look in one.looks],
        )
        for one in found
        if (one.who, one.household) not in there
    ]
    Oddity.objects.bulk_create(new, batch_size=500)
    subjects = [Subject("oddity", one.key, one.division_code[:12], household=one.household) for one in new]
    on = Subject("list", day.isoformat())
    record("oddities.find", by=actor(by, grant), at=at, on=on, subjects=subjects, after={"day": day, "found": len(new)})
    return new


def find_yesterdays(*, at: datetime) -> int:
    """The daily run (A7): odd looks of the day before, once that day is over and nobody has run it yet; gives how many are new."""
    yesterday = at.astimezone(_CHINA).date() - timedelta(days=1)
    ran = Event.objects.filter(subject_kind="list", subject_key=yesterday.isoformat(), operation="oddities.find", outcome="done")
    return 0 if ran.exists() else len(find_odd_looks(day=yesterday, by=Console(), at=at))


@transaction.atomic
def settle(*, oddity: Oddity, outcome: str, note: str, by: Viewer, at: datetime) -> Oddity:
    """Close an odd look after asking whom it concerns; nobody settles their own.

    Raises NotSettled, Moved if it is closed already, NotAllowed.
    """
    kept = Oddity.objects.select_for_update().get(pk=oddity.pk)
    if kept.state != Oddity.State.OPEN and allowed(by, "oddities.read", on=Scope(kept.division_code, kept.state), at=at):
        raise Moved(f"{kept.key} was settled by {kept.settled_by} meanwhile; nothing was changed")
    grant = require(by, "oddities.answer", on=Scope(kept.division_code, kept.state), at=at)
    officer, whose = staff(by), Officer.objects.filter(account=kept.who).first()
    if officer is None or (whose is not None and whose.person_id == officer.person_id):
        raise NotAllowed(f"oddities.answer: {key_of(by)} cannot settle what concerns themselves")
    if outcome not in Oddity.Outcome.values or len(note.strip()) < SHORTEST_NOTE:
        raise NotSettled(f"choose an outcome and say in {SHORTEST_NOTE} signs or more what was found out")
    kept.state, kept.outcome, kept.settled_by, kept.settled_at = Oddity.State.CLOSED, outcome, officer.account, at
    kept.note = sealed(note.strip(), column=NOTE, about=kept.key, of=kept.household)
    kept.save(update_fields=["state", "outcome", "settled_by", "settled_at", "note"])
    on = Subject("oddity", kept.key, kept.division_code[:12], household=kept.household)
    after = {"state": "closed", "outcome": outcome}
    record("oddities.answer", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=note.strip(), after=after)
    return kept


def _looks(day: date) -> Iterator[Look]:
    """Looks at families of that day and the two weeks before it. An emergency is seen by a supervisor of its own, so it has its task."""
    until = datetime.combine(day + timedelta(days=1), time(), _CHINA)
    rows = Event.objects.filter(operation__in=LOOKS, outcome=Event.Outcome.DONE, at__gte=until - BACK, at__lt=until)
    told = rows.exclude(household_key="").values_list("pk", "who", "at", "household_key", "task", "purpose")
    for number, who, at, household, task, purpose in told.iterator():
        yield Look(number, who, at, household, bool(task) or purpose == "emergency")


def _known(at: datetime) -> Known:
    """Households near to the staff, by account: what everybody declared or a comparison found, and those of people of one office."""
    accounts: dict[int, list[str]] = defaultdict(list)
    for person, account in Officer.objects.values_list("person_id", "account"):
        accounts[person].append(account)
    near: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in ("own", "kin", "address")}
    homes: dict[int, set[str]] = defaultdict(set)
    links = KinLink.objects.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at).exclude(household="")
    for person, because, household in links.values_list("person_id", "because", "household"):
        kind = {"register": "own", "kin": "kin"}.get(because, "address")
        if kind == "own":
            homes[person].add(household)
        for account in accounts[person]:
            near[kind][account].add(household)
    colleagues: dict[str, set[str]] = defaultdict(set)
    for people in _offices(at):
        for person in people:
            others: set[str] = set().union(*(homes[other] for other in people if other != person))
            for account in accounts[person]:
                colleagues[account] |= others
    frozen = {kind: {who: frozenset(households) for who, households in told.items()} for kind, told in near.items()}
    return Known(**frozen, colleagues={who: frozenset(households) for who, households in colleagues.items()})


def _offices(at: datetime) -> Iterable[set[int]]:
    people: dict[int, set[int]] = defaultdict(set)
    live = Assignment.objects.filter(since__lte=at, until__gt=at)
    for office, person in live.values_list("office_id", "officer__person_id"):
        people[office].add(person)
    return people.values()


def _workplaces(at: datetime) -> dict[str, str]:
    """Account to the division of its newest role."""
    rows = Assignment.objects.filter(since__lte=at).order_by("until", "pk")
    return dict(rows.values_list("officer__account", "division_code"))
