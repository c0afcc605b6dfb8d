"""A list is made, checked by another, and from then on neither a line nor a fen of it changes (D5); what stops it, a person lets through.

The statement both sign names every line by one digest. The bank's file carries it, and nothing is sent of a list that is not what
was signed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.payments import ledger, payees
from jiuzhu.casework.payments.declared import paying
from jiuzhu.casework.payments.drawing import last_list, subject
from jiuzhu.casework.payments.models import Instruction, Payee, PayList
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.trace.written import digest

PAID = ("intent", "sent", "in_doubt", "confirmed", "refused", "returned")  # what a list sends, or has sent


class NotNow(Exception):
    """The list has moved on, or is not so far yet."""


class SameHand(Exception):
    """Maker and checker are two people."""


class Stopped(Exception):
    """A gate stops the list: say why it is right all the same."""


class NotWhatWasSigned(Exception):
    """A line, an amount or an account of the list is not what its maker and checker signed: nothing of it is sent."""


@dataclass(frozen=True)
class Gate:
    """One thing that is looked at before a list goes. stops: it needs a person's reason. told: figures, for the page."""

    code: str
    stops: bool
    told: dict[str, int]


def gates(made: PayList) -> list[Gate]:
    """What a list is held against (D8): that it is not empty, its budget line, the last list of its programme, its held lines."""
    lines = made.instructions.filter(state__in=PAID).aggregate(count=Count("pk"), fen=Sum("fen"))
    count, fen = lines["count"], lines["fen"] or 0
    left = ledger.balance(ledger.fund(made.line)) + _promised(made)
    before = last_list(made) if made.run == 1 else None
    found = [
        Gate("empty", count == 0, {"count": count}),
        Gate("budget", fen > left, {"fen": fen, "left": left}),
        Gate("held", False, {"count": made.instructions.filter(state="held").count()}),
    ]
    if before is not None:
        limit = paying().change_percent
        far = [abs(now - then) * 100 > then * limit for now, then in ((fen, before.fen), (count, before.count))]
        found.append(
            Gate("last_month", any(far), {"fen": fen, "before": before.fen, "count": count, "count_before": before.count})
        )
    elif made.run == 1:
        found.append(Gate("first_list", True, {"count": count, "fen": fen}))
    return found


@transaction.atomic
def make(*, made: PayList, by: Viewer, at: datetime) -> PayList:
    """The maker signs what the list holds now. Raises NotAllowed, NotNow."""
    held = _held(made, "drawn")
    grant = require(by, "payments.make", on=Scope(held.division_code), at=at)
    who = actor(by, grant)
    held.count, held.fen, held.digest = _digested(held)
    held.stops = " ".join(gate.code for gate in gates(held) if gate.stops)
    held.state, held.made_by, held.made_at = "made", who.who, at
    held.statement = _statement(held)
    held.maker_signature = _signed(held, who.who)
    held.save()
    record(
        "payments.make", by=who, at=at, on=subject(held), purpose=grant.purpose,
        after={"digest": held.digest, "count": held.count, "fen": held.fen, "stops": held.stops},
    )  # fmt: skip
    return held


@transaction.atomic
def check(*, made: PayList, by: Viewer, at: datetime, because: str = "") -> PayList:
    """Another officer has looked and signs too; from here on it goes to the bank. because: needed where a gate stops it.

    Raises NotAllowed, NotNow, SameHand, Stopped, NotWhatWasSigned.
    """
    held = _held(made, "made")
    grant = require(by, "payments.check", on=Scope(held.division_code), at=at)
    who = actor(by, grant)
    if who.who == held.made_by or (who.acting_for and who.acting_for == held.made_by):
        raise SameHand("whoever made a list does not check it; ask another officer of the county")
    if "empty" in held.stops.split():
        raise Stopped("the list is empty; there is nothing to pay")
    if held.stops and not because.strip():
        raise Stopped(f"stopped by: {held.stops}; look at the figures and say why it is right, or send it back")
    verify(held)
    held.state, held.checked_by, held.checked_at = "checked", who.who, at
    held.because = sealed(because.strip(), column="pay_list.because", row=held.key)
    held.checker_signature = _signed(held, who.who)
    held.save()
    record(
        "payments.check", by=who, at=at, on=subject(held), purpose=grant.purpose, before={"digest": held.digest},
        after={"state": "checked", "stops": held.stops},
    )  # fmt: skip
    return held


@transaction.atomic
def send_back(*, made: PayList, by: Viewer, at: datetime) -> PayList:
    """The checker does not sign: the list is open again for its maker. Raises NotAllowed, NotNow."""
    held = _held(made, "made")
    grant = require(by, "payments.check", on=Scope(held.division_code), at=at)
    held.state, held.made_by, held.made_at, held.digest, held.statement, held.maker_signature = "drawn", "", None, "", "", ""
    held.save()
    record("payments.send_back", by=actor(by, grant), at=at, on=subject(held), purpose=grant.purpose, after={"state": "drawn"})
    return held


@transaction.atomic
def withdraw(*, instruction: Instruction, by: Viewer, at: datetime) -> Instruction:
    """Take off a line that is held, or came back: by a decision that changed the grant it is not owed. Raises NotAllowed, NotNow.

    Where it is owed all the same, the next list has it again.
    """
    held = Instruction.objects.select_for_update(of=("self",)).select_related("grant__case", "list").get(pk=instruction.pk)
    case = held.grant.case
    grant = require(by, "payments.hold", on=Scope(case.division_code, household=case.household_key), at=at)
    if held.state not in ("held", "refused", "returned") or Instruction.objects.filter(follows=held).exists():
        raise NotNow(
            f"line {held.number} is '{held.state}', or is paid again already: only what is held or came back is taken off"
        )
    held.state, held.live, held.ended_at = "withdrawn", False, at
    held.save(update_fields=["state", "live", "ended_at"])
    lines = [ledger.Line(ledger.OWED, held.fen, held.grant_id), ledger.Line(ledger.BENEFIT, -held.fen)]
    ledger.post("not_due", lines, about=held.number, at=at)
    record("payments.withdraw", by=actor(by, grant), at=at, on=_line(held), purpose=grant.purpose, after={"fen": held.fen})
    return held


@transaction.atomic
def pay_held(*, instruction: Instruction, by: Viewer, at: datetime) -> Instruction:
    """An officer has looked: the line goes along with the open list of its programme. Raises NotAllowed, NotNow."""
    held = Instruction.objects.select_for_update(of=("self",)).select_related("grant__case", "list").get(pk=instruction.pk)
    case = held.grant.case
    grant = require(by, "payments.hold", on=Scope(case.division_code, household=case.household_key), at=at)
    if held.state != "held":
        raise NotNow(f"line {held.number} is '{held.state}', not held back")
    into = _open_list(held)
    account = payees.paid_to([held.grant.party_id], into.month).get(held.grant.party_id)
    if account is None:
        raise NotNow("no account of this person was seen by two officers; have one looked at first")
    held.list, held.payee_id, held.state, held.held = into, account, "intent", ""
    held.save(update_fields=["list", "payee", "state", "held"])
    record("payments.pay_held", by=actor(by, grant), at=at, on=_line(held), purpose=grant.purpose, after={"state": "intent"})
    return held


@transaction.atomic
def pay_again(*, instruction: Instruction, by: Viewer, at: datetime) -> Instruction:
    """What the bank refused or gave back goes along with the open list, to an account a second officer has looked at since (D4).

    It names the one it pays again; nothing new is owed. Raises NotAllowed, NotNow.
    """
    old = Instruction.objects.select_for_update(of=("self",)).select_related("grant__case", "list__line").get(pk=instruction.pk)
    case = old.grant.case
    grant = require(by, "payments.again", on=Scope(case.division_code, household=case.household_key), at=at)
    if old.state not in ("refused", "returned") or Instruction.objects.filter(follows=old).exists():
        raise NotNow(f"line {old.number} is '{old.state}', or is paid again already: nothing is paid twice")
    into = _open_list(old)
    account = payees.paid_to([old.grant.party_id], into.month).get(old.grant.party_id)
    seen = Payee.objects.filter(pk=account, looked_at__gt=old.ended_at).exists()
    if not seen:
        raise NotNow("since it came back no second officer has looked at the account; propose it again, and have it looked at")
    made = Instruction.objects.create(
        number=new_key("Z"), list=into, grant=old.grant, payee_id=account, month=old.month, kind=old.kind, fen=old.fen, state="intent",
        follows=old,
    )  # fmt: skip
    record(
        "payments.again", by=actor(by, grant), at=at, on=_line(made), purpose=grant.purpose, before={"number": old.number},
        after={"number": made.number},
    )  # fmt: skip
    return made


def verify(made: PayList) -> None:
    """That the list holds what was signed, and its signatures are ours. Raises NotWhatWasSigned."""
    if (made.count, made.fen, made.digest) != _digested(made) or made.statement != _statement(made):
        raise NotWhatWasSigned(f"list {made.key}: its lines are not those that were signed; nothing is sent, tell the auditor")
    public = signing_key().public
    for who, signature in ((made.made_by, made.maker_signature), (made.checked_by, made.checker_signature)):
        if who and not public.verifies(_words(made, who), base64.b64decode(signature)):
            raise NotWhatWasSigned(f"list {made.key}: the signature for {who} does not hold; nothing is sent, tell the auditor")


def _digested(made: PayList) -> tuple[int, int, str]:
    """How many lines, how many fen, and one digest over all of them in the order of their numbers."""
    count, total = 0, 0

    def told() -> Iterator[bytes]:
        nonlocal count, total
        rows = made.instructions.filter(state__in=PAID).order_by("number")
        for number, grant, payee, kind, fen in rows.values_list("number", "grant__key", "payee__key", "kind", "fen").iterator(
            chunk_size=20_000
        ):
            count, total = count + 1, total + fen
            yield f"{number}|{grant}|{payee}|{kind}|{fen}\n".encode()

    whole = digest(b"".join(told()))
    return count, total, whole.hex()


def _promised(made: PayList) -> int:
    """Fen of the budget line that other lists will take: what they order and the bank has not paid yet. Less than nothing."""
    others = Instruction.objects.filter(list__line=made.line, state__in=("intent", "sent", "in_doubt")).exclude(list=made)
    return -(others.aggregate(fen=Sum("fen"))["fen"] or 0)


def _statement(made: PayList) -> str:
    told = {
        "list": made.key, "division": made.division_code, "programme": made.programme, "month": made.month, "run": made.run,
        "line": made.line.code, "count": made.count, "fen": made.fen, "digest": made.digest,
    }  # fmt: skip
    return json.dumps(told, sort_keys=True)


def _words(made: PayList, who: str) -> bytes:
    return f"{made.statement}\n{who}".encode()


def _signed(made: PayList, who: str) -> str:
    return base64.b64encode(signing_key().sign(_words(made, who))).decode("ascii")


def _held(made: PayList, state: str) -> PayList:
    held = PayList.objects.select_for_update().select_related("line").get(pk=made.pk)
    if held.state != state:
        raise NotNow(f"list {held.key} is '{held.state}', not '{state}': open it again to see who has been at it")
    return held


def _open_list(one: Instruction) -> PayList:
    """The list of the line's programme that takes lines in. Raises NotNow where none is open."""
    found = PayList.objects.filter(division_code=one.list.division_code, programme=one.list.programme, state="drawn").first()
    if found is None:
        raise NotNow("no list of the programme is open; draw this month's list first, then it goes along")
    return found


def _line(one: Instruction) -> Subject:
    case = one.grant.case
    return Subject("instruction", one.number, case.division_code, household=case.household_key, case=case.key)
