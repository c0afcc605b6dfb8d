"""What was paid too much comes back: found, heard, decided, returned in instalments or written off with its ground (D1).

Ledger: a decision moves it from `benefit` to `recoverable`; what comes back goes to the fund it left, what does not to `written_off`.
Nothing is taken off a later benefit by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet, Sum

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, key_of, require
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.tasks import new_task, office_of
from jiuzhu.casework.notices import letters
from jiuzhu.casework.notices.contact import is_deceased
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.payments import ledger
from jiuzhu.casework.payments.grants import Said, amounts
from jiuzhu.casework.payments.models import BudgetLine, CameBack, Due, Grant, Instalment, Instruction, Recovery, RecoveryMonth
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.declared import workflows
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.rules.tree import Title

ROAD, RECORD, LETTER, TASK = "recovery", "hearing_record", "N16", "recovery"
RECOVERABLE, WRITTEN_OFF = "recoverable", "written_off"
HOWS = ("at_home", "at_office", "by_phone", "in_writing")
MOST = 60  # instalments


class NothingToReturn(ValueError):
    """For these months no more was paid than was owed, or a recovery has them already."""


class WrongPlan(ValueError):
    """The instalments do not come to what is to be returned, or lie in the past."""


class NotHeard(ValueError):
    """The record of a hearing says nothing, was held after today, or nobody living would return the money."""


class EnteredBefore(ValueError):
    """More than is still to be returned, or a receipt that was entered before."""


class Part(NamedTuple):
    """So much by that day."""

    due_on: date
    fen: int


@dataclass(frozen=True)
class Heard:
    """What the record of a hearing says. how: of HOWS."""

    how: str
    held_on: date
    who: str
    told: str
    said: str


def paid(grant: Grant) -> Counter[str]:
    """Month to fen that arrived for it. What is on its way or was given back is not counted."""
    rows = Due.objects.filter(grant=grant, instruction__in=_arrived(grant)).values_list("month").annotate(Sum("fen"))
    return Counter(dict(rows))


def too_much(grant: Grant, *, wrong: Mapping[str, int] | None = None) -> dict[str, int]:
    """Month to what arrived beyond what is owed by the terms, less what a recovery took up already.

    wrong: month to what an officer found was not owed, where the terms still say it was.
    """
    terms = [Said(one.from_month, one.fen) for one in grant.terms.order_by("number")]
    arrived = paid(grant)
    owed = amounts(terms, max(arrived, default=""))
    taken = Counter(
        dict(
            RecoveryMonth.objects.filter(recovery__grant=grant)
            .exclude(recovery__walk__state="dropped")
            .values_list("month")
            .annotate(Sum("fen"))
        )
    )
    beyond = {month: fen - taken[month] - owed.get(month, 0) for month, fen in arrived.items()}
    if wrong is not None:
        beyond = {month: min(fen, arrived[month] - taken[month]) for month, fen in wrong.items()}
    return {month: fen for month, fen in sorted(beyond.items()) if fen > 0}


def found(
    grant: Grant, *, cause: str, who: str, at: datetime, wrong: Mapping[str, int] | None = None, because: str = ""
) -> Recovery | None:
    """Put what was paid too much at the start of its road; part of the act by which it is too much. None where nothing was.

    One that was found for the grant and not decided yet stays as it is: what it does not hold is found when it is over.
    """
    beyond = too_much(grant, wrong=wrong)
    if not beyond:
        return None
    key, case = new_key("E"), grant.case
    walk = roads.begin(ROAD, case=case, on=Subject(ROAD, key, grant.division_code, case.household_key, case.key), at=at)
    made = Recovery.objects.create(
        key=key, walk=walk, case=case, grant=grant, division_code=grant.division_code, cause=cause, fen=sum(beyond.values()),
        because=_sealed("because", because, key, case.key), found_by=who, found_at=at,
    )  # fmt: skip
    RecoveryMonth.objects.bulk_create(RecoveryMonth(recovery=made, month=month, fen=fen) for month, fen in beyond.items())
    return made


@transaction.atomic
def enter(*, grant: Grant, wrong: Mapping[str, int], because: str, by: Viewer, at: datetime) -> Recovery:
    """An officer found that months were paid wrongly. wrong: month to fen. Raises NotAllowed, NothingToReturn."""
    allowed = require(by, "recoveries.find", on=Scope(grant.division_code, household=grant.case.household_key), at=at)
    if not because.strip():
        raise NothingToReturn(f"{grant.key}: say how it was found")
    made = found(grant, cause="wrong", who=key_of(by), at=at, wrong=wrong, because=because.strip())
    if made is None or made.fen != sum(wrong.values()):
        raise NothingToReturn(f"{grant.key}: in these months less arrived than is said, or a recovery has them already")
    record(
        "recoveries.find", by=actor(by, allowed), at=at, on=subject(made), purpose=allowed.purpose,
        after={"grant": grant.key, "fen": made.fen, "months": len(wrong)},
    )  # fmt: skip
    return made


@transaction.atomic
def hear(*, recovery: Recovery, heard: Heard, party: Party, by: Viewer, at: datetime, seen: int = 0) -> Recovery:
    """Write down what whoever would return it was told and said. party: they themselves. Raises NotHeard, and what the road refuses."""
    texts = {name: getattr(heard, name).strip() for name in ("who", "told", "said")}
    if not all(texts.values()) or heard.how not in HOWS or heard.held_on > local_day(at):
        raise NotHeard(f"{recovery.key}: say who was heard, what they were told and what they said, on a day that has come")
    if is_deceased(party):
        raise NotHeard(f"{recovery.key}: whoever would return it has died; name who stands for the estate")
    kept = {name: _sealed(name, text, recovery.key, recovery.case.key) for name, text in texts.items()}
    Recovery.objects.filter(pk=recovery.pk).update(party=party, how=heard.how, heard_on=heard.held_on, **kept)
    roads.take(recovery.walk, "hear", by=by, at=at, seen=seen, papers=(RECORD,))
    return _again(recovery)


@transaction.atomic
def drop(*, recovery: Recovery, because: str, by: Viewer, at: datetime, seen: int = 0) -> Recovery:
    """Nothing is to be returned, for a reason. Raises what the road refuses."""
    roads.take(recovery.walk, "drop", by=by, at=at, because=because, seen=seen)
    return _again(recovery)


@transaction.atomic
def decide(
    *, recovery: Recovery, fen: int, plan: Sequence[Part], because: str, by: Viewer, at: datetime, seen: int = 0
) -> Recovery:
    """What is to be returned, by when: told in a letter with its remedies, and in the ledger from now on.

    Raises WrongPlan, and what the road refuses.
    """
    if not 0 < fen <= recovery.fen:
        raise WrongPlan(f"{recovery.key}: {fen} fen is not between nothing and the {recovery.fen} that were paid too much")
    taken = roads.take(recovery.walk, "decide", by=by, at=at, because=because, seen=seen)
    held = Recovery.objects.select_for_update().get(pk=recovery.pk)
    held.decided_fen = fen
    _planned(held, plan, fen, at)
    held.save(update_fields=["decided_fen", "plan"])
    lines = [ledger.Line(RECOVERABLE, fen, held.grant_id), ledger.Line(ledger.BENEFIT, -fen, held.grant_id)]
    ledger.post("recovery", lines, about=held.key, at=at)
    office = office_of(held.division_code, county=taken.role in roads.COUNTY_ROLES)
    _write(held, fen, plan, because, by, at, office=office)
    return _again(held)


@transaction.atomic
def replan(*, recovery: Recovery, plan: Sequence[Part], because: str, by: Viewer, at: datetime, seen: int = 0) -> Recovery:
    """Other instalments for what is still to be returned. Raises WrongPlan, and what the road refuses."""
    roads.take(recovery.walk, "replan", by=by, at=at, because=because, seen=seen)
    held = Recovery.objects.select_for_update().get(pk=recovery.pk)
    _planned(held, plan, outstanding(held), at)
    held.save(update_fields=["plan"])
    return _again(held)


@transaction.atomic
def receive(*, recovery: Recovery, fen: int, day: date, receipt: str, by: Viewer, at: datetime, seen: int = 0) -> Recovery:
    """Money came back, to the fund it left; with the last of it the recovery is over. Raises EnteredBefore, and what the road refuses."""
    held = Recovery.objects.select_for_update().get(pk=recovery.pk)
    left, receipt = outstanding(held), receipt.strip()[:40]
    if not 0 < fen <= left or day > local_day(at) or not receipt or CameBack.objects.filter(receipt=receipt).exists():
        raise EnteredBefore(
            f"{held.key}: {left} fen are still to be returned; each receipt is entered once, on a day that has come"
        )
    roads.take(held.walk, "settle" if fen == left else "receive", by=by, at=at, seen=seen)
    lines = [ledger.Line(ledger.fund(_fund_of(held.grant)), fen), ledger.Line(RECOVERABLE, -fen, held.grant_id)]
    journal = ledger.post("came_back", lines, about=held.key, at=at)
    CameBack.objects.create(recovery=held, receipt=receipt, day=day, fen=fen, journal=journal, by=key_of(by), at=at)
    _asked_no_more(held, at)
    return _again(held)


@transaction.atomic
def write_off(*, recovery: Recovery, ground: str, because: str, by: Viewer, at: datetime, seen: int = 0) -> Recovery:
    """The rest will not come back: on a ground, with words, by another officer than who decided it. Raises WrongPlan, what the road refuses."""
    if ground not in Recovery.Ground.values or not ground:
        raise WrongPlan(f"{recovery.key}: choose the ground on which it is written off")
    roads.take(recovery.walk, "write_off", by=by, at=at, because=because, seen=seen)
    held = Recovery.objects.select_for_update().get(pk=recovery.pk)
    held.ground = ground
    held.save(update_fields=["ground"])
    left = outstanding(held)
    lines = [ledger.Line(WRITTEN_OFF, left, held.grant_id), ledger.Line(RECOVERABLE, -left, held.grant_id)]
    ledger.post("written_off", lines, about=held.key, at=at)
    _asked_no_more(held, at)
    return _again(held)


@transaction.atomic
def anew(*, recovery: Recovery, because: str, by: Viewer, at: datetime) -> Recovery:
    """The decision was found wrong: what is still to be returned leaves the ledger, and it is decided again. Raises what the road refuses."""
    roads.take(recovery.walk, "reopen", by=by, at=at, because=because)
    held = Recovery.objects.select_for_update().get(pk=recovery.pk)
    left = outstanding(held)
    lines = [ledger.Line(RECOVERABLE, -left, held.grant_id), ledger.Line(ledger.BENEFIT, left, held.grant_id)]
    ledger.post("recovery_undone", lines, about=held.key, at=at)
    held.decided_fen = None
    held.save(update_fields=["decided_fen"])
    return _again(held)


def outstanding(recovery: Recovery) -> int:
    """Fen still to be returned; 0 before it is decided."""
    back = recovery.came_back.aggregate(fen=Sum("fen"))["fen"] or 0
    return (recovery.decided_fen or 0) - back if recovery.decided_fen else 0


def late(recovery: Recovery, *, on: date) -> int:
    """Fen that should have come back by that day by the plan in force, and have not."""
    parts = recovery.instalments.filter(plan=recovery.plan)
    whole = parts.aggregate(fen=Sum("fen"))["fen"] or 0
    later = parts.filter(due_on__gte=on).aggregate(fen=Sum("fen"))["fen"] or 0
    return max(0, outstanding(recovery) - later) if whole else 0


def remind(*, at: datetime) -> int:
    """A task of the county for each recovery with a late instalment; gives how many. Twice is harmless."""
    today, asked = local_day(at), 0
    rows = Recovery.objects.filter(walk__state="decided", instalments__due_on__lt=today).select_related("case").distinct()
    for one in rows.order_by("pk"):
        waits = Task.objects.filter(case=one.case, kind=TASK, state=Task.State.OPEN).exists()
        if not waits and late(one, on=today):
            with transaction.atomic():
                new_task(case=one.case, kind=TASK, because=roads.REASON, due_on=None, at=at, county=True)
            asked += 1
    return asked


def subject(recovery: Recovery) -> Subject:
    return Subject(ROAD, recovery.key, recovery.division_code, recovery.case.household_key, recovery.case.key)


def _arrived(grant: Grant) -> QuerySet[Instruction]:
    return Instruction.objects.filter(grant=grant, state="confirmed")


def _planned(recovery: Recovery, plan: Sequence[Part], fen: int, at: datetime) -> None:
    today = local_day(at)
    if (
        not 0 < len(plan) <= MOST
        or sum(one.fen for one in plan) != fen
        or any(one.fen <= 0 or one.due_on < today for one in plan)
    ):
        raise WrongPlan(
            f"{recovery.key}: instalments come to {fen} fen together, each on a day that has not passed, {MOST} at most"
        )
    recovery.plan += 1
    Instalment.objects.bulk_create(
        Instalment(recovery=recovery, plan=recovery.plan, number=number, due_on=one.due_on, fen=one.fen)
        for number, one in enumerate(sorted(plan), start=1)
    )


def _fund_of(grant: Grant) -> BudgetLine:
    """The line the last money of the grant left."""
    return _arrived(grant).select_related("list__line").order_by("-pk")[0].list.line


def _write(recovery: Recovery, fen: int, plan: Sequence[Part], because: str, by: Viewer, at: datetime, *, office: str) -> None:
    assert recovery.party is not None  # heard before
    months = list(recovery.months.order_by("month").values_list("month", flat=True))
    named = [f"{one.due_on:%Y-%m-%d} {_yuan(one.fen)}" for one in sorted(plan)]
    words = {
        "matter": _title(recovery.grant.programme), "period": months[0] if len(months) == 1 else f"{months[0]} — {months[-1]}",
        "amount": _yuan(fen), "reason": because.strip(), "plan": Title("；".join(named), "; ".join(named)),
    }  # fmt: skip
    letters.give(
        LETTER, case=recovery.case, party=recovery.party, about=subject(recovery), words=words, office=office, by=by, at=at
    )


def _title(programme: str) -> Title:
    known = workflows().get(programme)
    return known.title if known else Title(programme, programme)


def _asked_no_more(recovery: Recovery, at: datetime) -> None:
    for task in Task.objects.filter(case=recovery.case, kind=TASK, state=Task.State.OPEN):
        tasks.done(task, at=at)


def _sealed(name: str, text: str, key: str, case: str) -> str:
    return sealed(text, column=f"payments_recovery.{name}", row=key, of=case)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}" if fen % 100 else f"{fen // 100}"


def _again(recovery: Recovery) -> Recovery:
    return Recovery.objects.select_related("walk", "case", "grant", "party").get(pk=recovery.pk)
