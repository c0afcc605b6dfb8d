"""Short messages leave: each attempt is written down under its number before it does, so a round can stop anywhere and begin again.

What is sent may have arrived and may not; after a while without a receipt it is in doubt, and asked about under its number. Only what
the provider never had leaves again under that number, and only what it told as failed gets a new attempt, after a growing pause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.notices.letters import serve
from jiuzhu.casework.notices.messages import TEXT, TO, tell_in_person
from jiuzhu.casework.notices.models import Message, Notice
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.gateways.sms.base import FOR_GOOD, Outgoing, Receipt, Sms, Unreachable

BY_ITSELF = Actor("system:notices")
PORTION = 500
PATIENCE = timedelta(minutes=30)  # without a receipt: in doubt
PAUSES = (timedelta(minutes=10), timedelta(hours=2), timedelta(hours=12), timedelta(days=1))  # before the next attempt
BEFORE_ATTEMPT, NEVER_HAD = "/", "never_had"


@dataclass(frozen=True)
class Round:
    """What one round did. lost: calls to the provider without an answer."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    again: int = 0
    lost: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def work(sms: Sms, *, at: datetime, portion: int = PORTION, patience: timedelta = PATIENCE) -> Round:
    """Everything that is due with the provider at that instant, each step in a transaction of its own. Twice is harmless."""
    done = _fetch(sms, at=at)
    while leaving := _taken(at=at, most=portion):
        done += Round(sent=len(leaving))
        try:
            sms.send(leaving)
        except Unreachable:
            done += Round(lost=1)
            break
    Message.objects.filter(state="sent", sent_at__lte=at - patience).update(state="in_doubt")
    done += _ask(sms, at=at, portion=portion, patience=patience)
    return done + _fetch(sms, at=at)


@transaction.atomic
def _taken(*, at: datetime, most: int) -> list[Outgoing]:
    """The next ones, written down as sent before anything leaves."""
    found = list(
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state="queued", next_at__lte=at)
        .select_related("case")
        .order_by("next_at", "pk")[:most]
    )
    if not found:
        return []
    for one in found:
        if one.why != NEVER_HAD:  # what the provider never had leaves again under the number of its attempt
            one.tries += 1
        one.state, one.sent_at, one.next_at, one.asked, one.why = Message.State.SENT, at, None, 0, ""
    Message.objects.bulk_update(found, ["state", "sent_at", "next_at", "asked", "tries", "why"], batch_size=200)
    record("messages.send", by=BY_ITSELF, at=at, subjects=[subject(one) for one in found], after={"count": len(found)})
    return [_outgoing(one) for one in found]


def _ask(sms: Sms, *, at: datetime, portion: int, patience: timedelta) -> Round:
    """Ask about what is in doubt, and again each time that patience has passed once more."""
    done = Round()
    doubts = Message.objects.filter(state="in_doubt").order_by("pk").values_list("key", "tries", "sent_at", "asked")
    due = [f"{key}{BEFORE_ATTEMPT}{tries}" for key, tries, sent_at, asked in doubts if sent_at + patience * (asked + 1) <= at]
    for start in range(0, len(due), portion):
        numbers = due[start : start + portion]
        try:
            told = sms.ask(numbers)
        except Unreachable:
            return done + Round(lost=1)
        Message.objects.filter(key__among=[_key(one) for one in numbers]).update(asked=F("asked") + 1)
        done += settle(told, at=at)
    return done


def _fetch(sms: Sms, *, at: datetime) -> Round:
    """What the provider tells by itself; it forgets a receipt only after it is written down here."""
    done = Round()
    while True:
        try:
            told = sms.receipts()
            if not told:
                return done
            done += settle(told, at=at)
            sms.fetched(told)
        except Unreachable:
            return done + Round(lost=1)


@transaction.atomic
def settle(receipts: Iterable[Receipt], *, at: datetime) -> Round:
    """Write down what became of attempts; told twice, late or out of order, it counts once. A receipt of an earlier attempt that
    arrived after all counts as well: the message was read."""
    told = [one for one in receipts if one.says in ("delivered", "failed", "unknown")]
    kept = Message.objects.select_for_update(of=("self",)).select_related("case", "party")
    found = {one.key: one for one in kept.filter(key__among=sorted({_key(one.number) for one in told}))}
    changed: dict[str, Message] = {}
    done = Round()
    for receipt in sorted(told, key=lambda one: one.says != "delivered"):
        one = found.get(_key(receipt.number))
        if one is None or one.state in ("delivered", "failed", "unsendable"):
            continue
        if receipt.says == "delivered":
            done += _delivered(one, receipt, at)
        elif one.state in ("sent", "in_doubt") and receipt.number == _number(one):
            done += _again(one, at) if receipt.says == "unknown" else _failed(one, receipt, at)
        else:
            continue
        changed[one.key] = one
    if changed:
        columns = ["state", "why", "next_at", "ended_at"]
        Message.objects.bulk_update(changed.values(), columns, batch_size=200)
        record(
            "messages.settle",
            by=BY_ITSELF,
            at=at,
            subjects=[subject(one) for one in changed.values()],
            after={"count": len(changed)},
        )
    return done


def subject(message: Message) -> Subject:
    case = message.case
    return Subject("message", message.key, message.division_code, case.household_key if case else "", case.key if case else "")


def _delivered(one: Message, receipt: Receipt, at: datetime) -> Round:
    """Where it said that a letter waits, and such a letter may be served that way, it is served."""
    one.state, one.why, one.next_at, one.ended_at = Message.State.DELIVERED, "", None, at
    if one.subject_kind == "notice":
        letter = Notice.objects.get(key=one.subject_key)
        if "sms" in letter.ways.split():
            on = min(max(receipt.day or local_day(at), local_day(letter.given_at)), local_day(at))
            serve(notice=letter, how="sms", proof=receipt.number, by=BY_ITSELF, at=at, on=on)
    return Round(delivered=1)


def _failed(one: Message, receipt: Receipt, at: datetime) -> Round:
    one.why = receipt.why[:24]
    if receipt.why not in FOR_GOOD and one.tries <= len(PAUSES):
        one.state, one.next_at = Message.State.QUEUED, at + PAUSES[one.tries - 1]
        return Round(again=1)
    one.state, one.ended_at = Message.State.FAILED, at
    tell_in_person(one, at=at)
    return Round(failed=1)


def _again(one: Message, at: datetime) -> Round:
    one.state, one.why, one.next_at = Message.State.QUEUED, NEVER_HAD, at
    return Round(again=1)


def _outgoing(one: Message) -> Outgoing:
    to, text = opened(one.to, column=TO, row=one.key), opened(one.text, column=TEXT, row=one.key)
    return Outgoing(_number(one), to, text)


def _number(one: Message) -> str:
    return f"{one.key}{BEFORE_ATTEMPT}{one.tries}"


def _key(number: str) -> str:
    return number.partition(BEFORE_ATTEMPT)[0]
