"""Each day is held against the bank's statement of it: it ends with a difference of nothing, or with exceptions that have a name (D5)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.payments.models import Discrepancy, Instruction, Statement
from jiuzhu.casework.payments.sending import BY_ITSELF, settle
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.gateways.bank.base import Bank


class NotOver(ValueError):
    """The day is not over: its statement would not be its last."""


class NotSaid(ValueError):
    """An exception is settled with what was found out."""


def days_due(*, today: date) -> list[date]:
    """Days that are over, in which something arrived, and that were not held against a statement yet; oldest first."""
    paid = Instruction.objects.filter(paid_on__lt=today).exclude(paid_on__in=Statement.objects.values("day"))
    return list(paid.order_by("paid_on").values_list("paid_on", flat=True).distinct())


def reconcile(bank: Bank, *, day: date, today: date, at: datetime) -> Statement:
    """Hold a day that is over against the bank's statement; again is harmless. Raises NotOver, Unreachable."""
    if day >= today:
        raise NotOver(f"{day} is not over; its statement is read the day after")
    told = bank.statement(day)
    settle(told, at=at)
    theirs = {one.number: one.fen for one in told if one.says == "paid"}
    return _held_against(theirs, day=day, at=at)


@transaction.atomic
def _held_against(theirs: dict[str, int], *, day: date, at: datetime) -> Statement:
    ours = dict(
        Instruction.objects.filter(paid_on=day, state="confirmed").values_list("number", "fen").iterator(chunk_size=20_000)
    )
    for number in ours.keys() - theirs.keys():
        Discrepancy.objects.get_or_create(
            number=number, kind="not_in_statement", said=f"confirmed {ours[number]}", day=day, defaults={"found_at": at}
        )
    named = Discrepancy.objects.filter(day=day, settled_at__isnull=True).count()
    made, _ = Statement.objects.update_or_create(
        day=day, defaults={"theirs": sum(theirs.values()), "ours": sum(ours.values()), "named": named, "at": at}
    )
    after = {"theirs": made.theirs, "ours": made.ours, "named": named}
    record("payments.reconcile", by=BY_ITSELF, at=at, on=Subject("statement", day.isoformat()), after=after)
    return made


@transaction.atomic
def settle_exception(*, found: Discrepancy, because: str, by: Viewer, at: datetime) -> Discrepancy:
    """A person has found out why the bank and the books differ. Raises NotAllowed, NotSaid."""
    if not because.strip():
        raise NotSaid("say what was found out, and what follows")
    one = Instruction.objects.filter(number=found.number).select_related("list").first()
    grant = require(by, "payments.exception", on=Scope(one.list.division_code) if one else None, at=at)
    held = Discrepancy.objects.select_for_update().get(pk=found.pk)
    who = actor(by, grant)
    held.settled_by, held.settled_at = who.who, at
    held.because = sealed(because.strip(), column="discrepancy.because", row=str(held.pk))
    held.save(update_fields=["settled_by", "settled_at", "because"])
    record(
        "payments.exception",
        by=who,
        at=at,
        on=Subject("statement", held.day.isoformat()),
        purpose=grant.purpose,
        after={"number": held.number},
    )
    return held
