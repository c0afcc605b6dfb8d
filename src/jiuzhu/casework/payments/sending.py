"""Money leaves: intent, sent, confirmed or refused. Each step is written down before the next is tried, so it can stop anywhere (D3).

What is sent may have arrived and may not; after a while without an answer it is in doubt, and asked about under its number. Only
what the bank says it never had goes out again, under the same number, which the bank pays once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.payments import ledger
from jiuzhu.casework.payments.drawing import subject
from jiuzhu.casework.payments.lists import verify
from jiuzhu.casework.payments.models import Discrepancy, Instruction, PayList
from jiuzhu.casework.payments.payees import told
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.gateways.bank.base import Answer, Bank, Order, Portion, Unreachable
from jiuzhu.vocabulary.local_day import local_day

BY_ITSELF = Actor("system:payments")
PORTION = 1_000
PATIENCE = timedelta(hours=2)  # without an answer: in doubt
OVER = {"paid": "confirmed", "refused": "refused", "returned": "returned"}


@dataclass(frozen=True)
class Round:
    """What one round of the worker did. lost: calls to the bank without an answer."""

    sent: int = 0
    confirmed: int = 0
    refused: int = 0
    returned: int = 0
    doubted: int = 0
    again: int = 0
    odd: int = 0
    lost: int = 0
    closed: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(*(mine + theirs for mine, theirs in zip(self._all(), other._all(), strict=True)))

    def _all(self) -> tuple[int, ...]:
        return (
            self.sent,
            self.confirmed,
            self.refused,
            self.returned,
            self.doubted,
            self.again,
            self.odd,
            self.lost,
            self.closed,
        )


def work(bank: Bank, *, at: datetime, portion: int = PORTION, patience: timedelta = PATIENCE) -> Round:
    """Everything that is due with the bank at that instant, each step in a transaction of its own. Twice is harmless.

    portion: lines that leave at once. patience: how long an answer may take before its instruction is in doubt.
    """
    done = _fetch(bank, at=at)
    for made in PayList.objects.filter(state__in=("checked", "sending")).order_by("pk"):
        done += _send(made, bank, at=at, portion=portion)
    done += _doubt(at=at, patience=patience)
    done += _ask(bank, at=at, portion=portion, patience=patience)
    done += _fetch(bank, at=at)
    return done + Round(closed=_close(at=at))


def _send(made: PayList, bank: Bank, *, at: datetime, portion: int) -> Round:
    done = Round()
    while orders := _taken(made, at=at, most=portion):
        done += Round(sent=len(orders))
        try:
            bank.pay(Portion(made.key, made.digest, orders))
        except Unreachable:
            return done + Round(lost=1)
    return done


@transaction.atomic
def _taken(made: PayList, *, at: datetime, most: int) -> list[Order]:
    """The next of a list's lines, written down as sent before anything leaves. Raises NotWhatWasSigned."""
    held = PayList.objects.select_for_update().get(pk=made.pk)
    if held.state == "checked":
        verify(held)
        held.state = "sending"
        held.save(update_fields=["state"])
    found = list(
        held.instructions.select_for_update(of=("self",), skip_locked=True)
        .filter(state="intent")
        .select_related("payee")
        .order_by("number")[:most]
    )
    if not found:
        return []
    _moved(found, "sent", sent_at=at)
    lines = [line for one in found for line in (ledger.Line(ledger.OWED, one.fen, one.grant_id), _under_way(one, -1))]
    ledger.post("sent", lines, about=held.key, at=at)
    told_of = [Subject("instruction", one.number, held.division_code) for one in found]
    record("payments.send", by=BY_ITSELF, at=at, on=subject(held), subjects=told_of, after={"digest": held.digest})
    return [_order(one) for one in found]


def _order(one: Instruction) -> Order:
    assert one.payee is not None, "a constraint holds it"
    account = told(one.payee)
    return Order(one.number, one.fen, account.number, account.name, account.bank)


@transaction.atomic
def _doubt(*, at: datetime, patience: timedelta) -> Round:
    late = Instruction.objects.filter(state="sent", sent_at__lte=at - patience)
    return Round(doubted=late.update(state="in_doubt"))


def _ask(bank: Bank, *, at: datetime, portion: int, patience: timedelta) -> Round:
    """Ask about what is in doubt, under its numbers, and again each time that patience has passed once more."""
    done = Round()
    doubts = Instruction.objects.filter(state="in_doubt").order_by("number").values_list("number", "sent_at", "asked")
    due = [number for number, sent_at, asked in doubts if sent_at + patience * (asked + 1) <= at]
    for start in range(0, len(due), portion):
        numbers = due[start : start + portion]
        try:
            answers = bank.ask(numbers)
        except Unreachable:
            return done + Round(lost=1)
        Instruction.objects.filter(number__among=numbers).update(asked=F("asked") + 1)
        done += settle([one for one in answers if one.says in OVER], at=at)
        done += _again([one.number for one in answers if one.says == "unknown"], at=at)
    return done


@transaction.atomic
def _again(numbers: Sequence[str], *, at: datetime) -> Round:
    """What the bank never had goes out once more, under its number."""
    found = list(Instruction.objects.select_for_update().filter(number__among=numbers, state="in_doubt"))
    if not found:
        return Round()
    _moved(found, "intent", asked=0)
    lines = [line for one in found for line in (_under_way(one, 1), ledger.Line(ledger.OWED, -one.fen, one.grant_id))]
    ledger.post("not_sent", lines, about=found[0].number, at=at)
    return Round(again=len(found))


def _fetch(bank: Bank, *, at: datetime) -> Round:
    """What the bank tells by itself; it forgets an answer only after it is written down here."""
    done = Round()
    while True:
        try:
            answers = bank.answers()
            if not answers:
                return done
            done += settle(answers, at=at)
            bank.fetched(answers)
        except Unreachable:
            return done + Round(lost=1)


@transaction.atomic
def settle(answers: Iterable[Answer], *, at: datetime) -> Round:
    """Write down what became of instructions; told twice, or out of order, it counts once. What contradicts is named for a person."""
    told_of: dict[str, list[Answer]] = {}
    for one in answers:
        told_of.setdefault(one.number, []).append(one)
    kept = Instruction.objects.select_for_update(of=("self",)).select_related("list__line", "grant")
    found = {one.number: one for one in kept.filter(number__among=told_of)}
    odd = [(one, "unknown") for number, some in told_of.items() if number not in found for one in some]
    ended: list[tuple[Instruction, str]] = []
    for number, instruction in found.items():
        for one in sorted(told_of[number], key=lambda answer: answer.says == "returned"):  # paid, then returned
            kind = _read(instruction, one)
            if kind == "new":
                ended.append((instruction, instruction.state))
                _end(instruction, one, at)
            elif kind != "known":
                odd.append((one, kind))
    for one, kind in odd:
        day = one.day or local_day(at)
        Discrepancy.objects.get_or_create(
            number=one.number[:64], kind=kind, said=f"{one.says} {one.fen}", day=day, defaults={"found_at": at}
        )
    _book(ended, at=at)
    states = [one.state for one in {one.pk: one for one, _ in ended}.values()]
    return Round(
        confirmed=states.count("confirmed"), refused=states.count("refused"), returned=states.count("returned"), odd=len(odd)
    )


def _read(instruction: Instruction, answer: Answer) -> str:
    """`new`, `known` already, or what is wrong with it."""
    if answer.says not in OVER or (answer.says == "paid" and answer.day is None):
        return "known"  # it stands in no day's statement yet
    if answer.fen != instruction.fen:
        return "other_amount"
    state, says = instruction.state, OVER[answer.says]
    if state in ("sent", "in_doubt") or (state, says) == ("confirmed", "returned"):
        return "new"
    if state == says or (state, says) == ("returned", "confirmed"):
        return "known"
    if state == "intent" and instruction.sent_at is not None:
        return "new"  # the bank had it after all, and will not pay it twice when it hears it again
    return "contradicts"


def _end(instruction: Instruction, answer: Answer, at: datetime) -> None:
    instruction.state = OVER[answer.says]
    instruction.live = instruction.state == "confirmed"
    instruction.ended_at, instruction.paid_on, instruction.says = at, answer.day or instruction.paid_on, answer.why[:24]


def _book(ended: list[tuple[Instruction, str]], *, at: datetime) -> None:
    """The journal of what ended, and the event that names it; part of settling. ended: with the state each came from."""
    if not ended:
        return
    last = list({one.pk: one for one, _ in ended}.values())
    Instruction.objects.bulk_update(last, ["state", "live", "ended_at", "paid_on", "says"], batch_size=200)
    first = {one.pk: before for one, before in reversed(ended)}
    lines = [line for one in last for line in _moves(one, first[one.pk])]
    if lines:
        ledger.post("settled", lines, about=last[0].number, at=at)
    for made, some in groupby(sorted(last, key=lambda one: one.list_id), key=lambda one: one.list):
        of_list = [Subject("instruction", one.number, made.division_code) for one in some]
        event = record("payments.settle", by=BY_ITSELF, at=at, on=subject(made), subjects=of_list, after={"count": len(of_list)})
        announce("payments.settled", event=event, at=at, on=subject(made))


def _moves(one: Instruction, before: str) -> list[ledger.Line]:
    """What the end of an instruction does to the ledger. before: the state it came from."""
    fund, owed = ledger.fund(one.list.line), ledger.Line(ledger.OWED, -one.fen, one.grant_id)
    if before == "confirmed":  # it had left the fund, and came back
        return [ledger.Line(fund, one.fen), owed]
    left = [_under_way(one, 1)] if before != "intent" else [ledger.Line(ledger.OWED, one.fen, one.grant_id)]
    if one.state == "confirmed":
        return [*left, ledger.Line(fund, -one.fen)]
    return [*left, owed] if before != "intent" else []


def _under_way(one: Instruction, sign: int) -> ledger.Line:
    return ledger.Line(ledger.UNDER_WAY, sign * one.fen, one.grant_id)


def _moved(found: Sequence[Instruction], state: str, **told_too: object) -> None:
    Instruction.objects.filter(pk__among=[one.pk for one in found]).update(state=state, **told_too)


@transaction.atomic
def _close(*, at: datetime) -> int:
    """Lists of which nothing is open any more."""
    open_ones = Instruction.objects.filter(state__in=("intent", "sent", "in_doubt")).values("list")
    done = PayList.objects.select_for_update().filter(state="sending").exclude(pk__in=open_ones)
    closed = 0
    for made in done:
        made.state, made.closed_at = "closed", at
        made.save(update_fields=["state", "closed_at"])
        record("payments.close", by=BY_ITSELF, at=at, on=subject(made), after={"state": "closed"})
        closed += 1
    return closed
