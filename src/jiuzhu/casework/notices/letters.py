"""Letters: given as part of the act they tell of, numbered, frozen; served by a way that is proved. Part of this step's actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.accounts.permissions import Grant, Resident, Scope, Viewer, actor, key_of, require
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.notices import contact, messages
from jiuzhu.casework.notices.declared import UnknownKind, kind_of, noticing
from jiuzhu.casework.notices.models import Notice, Series, Service
from jiuzhu.casework.notices.wording import Letter, Words, letter, packed, unpacked
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.registry import public
from jiuzhu.rules.noticing import Kind, Remedy
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.period import shift_months
from jiuzhu.vocabulary.working_days import YearNotLoaded

BY_ITSELF = Actor("system:notices")
CONTENT, SIGNATURE, PROOF = "notices_notice.content", "notices_notice.signature", "notices_service.proof"
TASK = "serve_notice"
WAITING = "N25"  # the message that a letter waits


class NotServed(ValueError):
    """This is no proof that the letter arrived: another way, no day, or nobody who signed."""


@dataclass(frozen=True)
class Term:
    """Until when, that day included, somebody may use a remedy."""

    remedy: str
    title: Title
    until: date


@transaction.atomic
def give(
    kind: str,
    *,
    case: Case | None,
    party: Party,
    about: Subject,
    words: Words,
    by: Viewer | Actor,
    at: datetime,
    channels: Sequence[str] = (),
    office: str = "",
    guardian: Party | None = None,
) -> Notice:
    """Write a letter to a person, in the transaction of the act it tells of; its number and its words never change afterwards.

    about: what it tells of. words: what its kind asks for, a text for both languages or a Title. channels: the ways by which it may be
    served, of those of its kind; none given: all of them. office: the division whose office gives it, that of the family's township if
    none is named. guardian: who gets it where the person is a child. Where the person has a telephone, a message says that it waits.

    Raises UnknownKind, NotSaid, NotToBeSaid, NotToThem.
    """
    declared = kind_of(kind)
    if not declared.is_letter:
        raise UnknownKind(f"{kind} is no letter; a publication is put up by publish, a message written by messages.write")
    to = contact.addressee(party, case=case, guardian=guardian, at=at)
    division = case.division_code if case is not None else about.division_code
    giver, day, key = office or tasks.office_of(division), local_day(at), new_key("N")
    number = next_number(declared.code, giver, day)
    told = letter(
        declared, number=number, to=contact.name_of(to, case=case, at=at), words=words, office=giver, division=division, day=day
    )
    content, signature = packed(told)
    whose = case.key if case is not None else to.key
    made = Notice.objects.create(
        key=key, kind=declared.code, number=number, case=case, party=to, about=party, division_code=division,
        household_key=case.household_key if case is not None else "", office=giver, subject_kind=about.kind, subject_key=about.key,
        content=sealed(content.decode(), column=CONTENT, row=key, of=whose),
        signature=sealed(signature, column=SIGNATURE, row=key, of=whose), ways=" ".join(_ways(declared, channels)),
        given_by=_who(by).who, given_at=at, serve_by=_serve_by(declared, day),
    )  # fmt: skip
    after = {"kind": made.kind, "number": number, "serve_by": made.serve_by}
    record("notices.give", by=_who(by), at=at, on=subject(made), after=after)
    messages.write(WAITING, party=to, case=case, about=subject(made), words={"letter": declared.title}, office=giver, at=at)
    return made


@transaction.atomic
def serve(*, notice: Notice, how: str, proof: str, by: Viewer | Actor, at: datetime, on: date | None = None) -> Service:
    """Write down that a letter arrived. proof: who signed, the number of the item, the receipt. on: the day of it, today if none is said.

    The earliest day that is proved counts. by: an Actor where the platform itself has the proof. Raises NotAllowed, NotServed.
    """
    held = Notice.objects.select_for_update(of=("self",)).select_related("case", "party").get(pk=notice.pk)
    grant = None if isinstance(by, Actor) else require(by, "notices.serve", on=scope_of(held, by, at=at), at=at)
    day = on or local_day(at)
    if how not in held.ways.split():
        raise NotServed(f"{held.number} may be served by {held.ways.replace(' ', ', ')}, not by '{how[:12]}'")
    if not proof.strip():
        raise NotServed("say what proves it: who signed, the number of the item, where it was published")
    if not local_day(held.given_at) <= day <= local_day(at):
        raise NotServed("it arrived on a day between that of the letter and today")
    number = held.services.count() + 1
    made = Service.objects.create(
        notice=held, number=number, how=how, proved_on=day, counts_from=day + timedelta(days=noticing().ways[how].after),
        proof=sealed(proof.strip(), column=PROOF, row=f"{held.key}/{number}", of=_whose(held)), by=_who(by).who, at=at,
    )  # fmt: skip
    earlier = held.served_on is None or made.counts_from < held.served_on
    if earlier:
        Notice.objects.filter(pk=held.pk).update(state=Notice.State.SERVED, served_on=made.counts_from)
    event = record(
        "notices.serve", by=_doer(by, grant), at=at, on=subject(held), purpose=grant.purpose if grant else "",
        after={"how": how, "served_on": made.counts_from},
    )  # fmt: skip
    if earlier:
        announce("notice.served", event=event, at=at, case=held.case, on=subject(held))
        _task_done(held, at=at)
    return made


def read_on_portal(*, notice: Notice, by: Resident, at: datetime) -> Service | None:
    """The person, or who stands for them, opened the letter on their own pages: read there, it is served; only the first time counts.

    Raises NotAllowed.
    """
    if "portal" not in notice.ways.split() or notice.services.filter(how="portal").exists():
        return None
    return serve(notice=notice, how="portal", proof=f"{by.who} {at.isoformat()}", by=by, at=at)


def read(notice: Notice) -> Letter:
    """The letter as it was given. Raises NotWhatWasGiven."""
    return unpacked(content_of(notice), opened(notice.signature, column=SIGNATURE, row=notice.key))


def content_of(notice: Notice) -> bytes:
    """The very bytes that were signed; the same each time."""
    return opened(notice.content, column=CONTENT, row=notice.key).encode()


def terms(notice: Notice) -> list[Term]:
    """Until when each remedy may be used, from the day of service; none while nobody has proved that it arrived.

    The first day is not counted. A last day that is no working day moves to the next one, where the calendar of its year is loaded;
    elsewhere it is the day itself, so that nobody is told too late a day.
    """
    if notice.served_on is None:
        return []
    declared = [noticing().remedies[code] for code in kind_of(notice.kind).remedies]
    return [
        Term(one.code, one.title, until)
        for one in declared
        if one.item and (until := _until(one, notice.division_code, local_day(notice.given_at), notice.served_on))
    ]


@transaction.atomic
def raise_unserved(*, at: datetime) -> int:
    """A letter nobody proved to have arrived by its day becomes a task of its office, which goes up by itself when it is late.

    Gives how many letters; each is raised once, and letters of one case are one task. Twice is harmless.
    """
    today = local_day(at)
    late = Notice.objects.select_for_update(of=("self",)).filter(state="to_serve", serve_by__lt=today, raised_on__isnull=True)
    found = list(late.select_related("case").order_by("pk"))
    for one in found:
        if one.case is not None and one.case.state == Case.State.OPEN:
            county = len(one.office) < tasks.TOWNSHIP
            tasks.new_task(case=one.case, kind=TASK, because="letter_unserved", due_on=today, at=at, priority=3, county=county)
    if found:
        Notice.objects.filter(pk__among=[one.pk for one in found]).update(raised_on=today)
        record("notices.raise", by=BY_ITSELF, at=at, subjects=[subject(one) for one in found], after={"raised": len(found)})
    return len(found)


def scope_of(notice: Notice, viewer: Viewer, *, at: datetime) -> Scope:
    """Where a letter stands, as permission asks; own to whom it is addressed, and by mandate to whoever stands for them."""
    mine = isinstance(viewer, Resident) and viewer.who == notice.party.key
    stands = isinstance(viewer, Resident) and not mine and _stands_for(viewer, notice, at)
    return Scope(notice.division_code, notice.state, own_account=mine, mandate=stands, household=notice.household_key)


def subject(notice: Notice) -> Subject:
    case = notice.case.key if notice.case is not None else ""
    return Subject("notice", notice.key, notice.division_code, notice.household_key, case)


def next_number(kind: str, office: str, day: date) -> str:
    """`N09-370502-2026-000219`: kind, office, year, and a number of which none is missing: it comes back with a rollback."""
    Series.objects.get_or_create(office=office, kind=kind, year=day.year)
    row = Series.objects.select_for_update().get(office=office, kind=kind, year=day.year)
    Series.objects.filter(pk=row.pk).update(last=F("last") + 1)
    return f"{kind}-{office}-{day.year}-{row.last + 1:06}"


def _ways(kind: Kind, channels: Sequence[str]) -> tuple[str, ...]:
    if other := [one for one in channels if one not in kind.ways]:
        raise NotServed(f"{kind.code} may be served by {', '.join(kind.ways)}, not by {', '.join(other)}")
    return tuple(channels) or kind.ways


def _serve_by(kind: Kind, day: date) -> date | None:
    return working_days_after(day, kind.serve) if kind.unit == "working_days" else day + timedelta(days=kind.serve)


def _until(remedy: Remedy, division: str, given: date, served: date) -> date | None:
    row = visiting().parameters.value("", remedy.item, division, given)
    if row is None or row.value is None:
        return None
    amount = int(row.value)
    last = served + timedelta(days=amount) if remedy.unit == "days" else shift_months(served, amount)
    try:
        return public.working_days().add(last, 0)
    except YearNotLoaded:
        return last


def _task_done(notice: Notice, *, at: datetime) -> None:
    """The task of serving is done with the last late letter of its case."""
    others = Notice.objects.filter(Q(case=notice.case), state="to_serve", raised_on__isnull=False)
    if notice.case is not None and not others.exists():
        for waiting in Task.objects.filter(case=notice.case, kind=TASK, state="open"):
            tasks.done(waiting, at=at)


def _stands_for(viewer: Resident, notice: Notice, at: datetime) -> bool:
    live = Mandate.objects.filter(taker=viewer.who, giver=notice.party.key, since__lte=at, until__gt=at)
    return any(not one.programmes for one in live)  # a mandate for some programmes opens no letters of others


def _whose(notice: Notice) -> str:
    return notice.case.key if notice.case is not None else notice.party.key


def _who(by: Viewer | Actor) -> Actor:
    return by if isinstance(by, Actor) else Actor(key_of(by))


def _doer(by: Viewer | Actor, grant: Grant | None) -> Actor:
    return by if isinstance(by, Actor) else actor(by, grant) if grant is not None else Actor(key_of(by))
