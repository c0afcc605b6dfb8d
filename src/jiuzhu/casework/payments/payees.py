"""Where money goes: an account of the person or of a recorded guardian, proposed by one officer and looked at by another (D6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.payments import months
from jiuzhu.casework.payments.models import Payee
from jiuzhu.casework.payments.telling import tell_of_change
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.keys import keys
from jiuzhu.crypto.index import keyed_index

COLUMN = "payee.account"
SHORTEST, LONGEST = 8, 30  # digits of an account at a Chinese bank, generously


class NotAnAccount(ValueError):
    """What was typed is no account money could go to."""


class NotByTheSame(Exception):
    """Whoever proposed an account does not look at it too."""


class ChangeWaits(Exception):
    """A change of this person's account already waits for a second officer."""


@dataclass(frozen=True)
class Account:
    """What the bank needs to know. Never logged."""

    number: str
    name: str
    bank: str


@transaction.atomic
def propose(*, case: Case, party: Party, account: Account, mandate: str = "", by: Viewer, at: datetime) -> Payee:
    """An account for what this person gets. mandate: of the guardian whose account it is, "" for the person's own.

    The first one is paid to as soon as a second officer has looked at it. A change is told to the old telephone, and waits for the
    month after that. Raises NotAllowed, NotAnAccount, ChangeWaits.
    """
    grant = require(by, "payees.propose", on=Scope(case.division_code, household=case.household_key), at=at)
    number = "".join(account.number.split())
    if not number.isdigit() or not SHORTEST <= len(number) <= LONGEST:
        raise NotAnAccount(f"an account number has {SHORTEST} to {LONGEST} digits; this one has {len(number)} characters")
    if not account.name.strip() or not account.bank.strip():
        raise NotAnAccount("say in whose name the account is kept, and at which bank")
    key, who = new_key("A"), actor(by, grant)
    try:
        with transaction.atomic():
            made = Payee.objects.create(
                key=key, party=party, holder="guardian" if mandate else "self", mandate=mandate, proposed_by=who.who, proposed_at=at,
                account=sealed(number, column=COLUMN, row=key), name=sealed(account.name.strip(), column="payee.name", row=key),
                bank=sealed(account.bank.strip(), column="payee.bank", row=key), account_index=_index(number),
            )  # fmt: skip
    except IntegrityError:
        raise ChangeWaits("an account of this person already waits for a second officer; look at that one first") from None
    event = record("payees.propose", by=who, at=at, on=_subject(made, case), purpose=grant.purpose, after={"holder": made.holder})
    held = party.payees.filter(state="confirmed").order_by("-from_month", "-pk").first()
    if held is not None:
        tell_of_change(made, case=case, held=held, at=at)
        announce("payee.changing", event=event, at=at, case=case, on=_subject(made, case))
    return made


@transaction.atomic
def look(*, payee: Payee, case: Case, right: bool, by: Viewer, at: datetime) -> Payee:
    """A second officer has seen the paper: right, or not. Raises NotAllowed, NotByTheSame."""
    grant = require(by, "payees.look", on=Scope(case.division_code, household=case.household_key), at=at)
    held = Payee.objects.select_for_update().get(pk=payee.pk, state="proposed")
    who = actor(by, grant)
    if who.who == held.proposed_by:
        raise NotByTheSame("whoever proposed an account does not confirm it; ask a second officer")
    known = held.party.payees.filter(state="confirmed").exists()
    held.state = "confirmed" if right else "refused"
    held.looked_by, held.looked_at = who.who, at
    held.from_month = months.after(months.of(at), 1 if known else 0) if right else ""
    if right:
        held.party.payees.filter(state="confirmed", from_month=held.from_month).update(
            state="replaced"
        )  # before it was ever paid to
    held.save(update_fields=["state", "looked_by", "looked_at", "from_month"])
    record("payees.look", by=who, at=at, on=_subject(held, case), purpose=grant.purpose, after={"state": held.state})
    return held


def paid_to(parties: Iterable[int] | None, month: str) -> dict[int, int]:
    """Party to the account its money of that month goes to: the newest one confirmed that it is paid from by then."""
    found = Payee.objects.filter(state="confirmed", from_month__lte=month)
    if parties is not None:
        found = found.filter(party__among=parties)
    return dict(found.order_by("from_month", "pk").values_list("party_id", "pk").iterator(chunk_size=20_000))


def shared(payees: Mapping[int, int]) -> set[int]:
    """Accounts to which money of more than one family goes. payees: account to the case it is paid to for."""
    cases: dict[str, set[int]] = defaultdict(set)
    known = Payee.objects.filter(state="confirmed").values_list("account_index", "pk")
    indexes = {account: index for index, account in known.iterator(chunk_size=20_000) if account in payees}
    for account, index in indexes.items():
        cases[index].add(payees[account])
    return {account for account, index in indexes.items() if len(cases[index]) > 1}


def told(payee: Payee) -> Account:
    """The account in the clear, for the bank's file alone."""
    return Account(
        opened(payee.account, column=COLUMN, row=payee.key),
        opened(payee.name, column="payee.name", row=payee.key),
        opened(payee.bank, column="payee.bank", row=payee.key),
    )


def _index(number: str) -> str:
    return keyed_index(number, keys=keys(), column=COLUMN).hex()


def _subject(payee: Payee, case: Case) -> Subject:
    return Subject("payee", payee.key, case.division_code, household=case.household_key, case=case.key)
