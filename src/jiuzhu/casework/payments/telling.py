"""What people are told of their money: that it arrived, what kind and how much (SF030), and that somebody entered another account (D6)."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.events import event_of, listens
from jiuzhu.casework.cases.models import Announcement, Case
from jiuzhu.casework.notices import messages
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import months
from jiuzhu.casework.payments.models import Instruction, Payee
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.rules.tree import Title

BY_ITSELF = Actor("system:payments")
ARRIVED, CHANGED = "N13", "N21"


@listens("payments.settled", name="arrival message")
def tell_of_arrival(announcement: Announcement, at: datetime) -> None:
    """One message for each payment that arrived, however often the bank says so; none for what has come back meanwhile."""
    numbers = list(event_of(announcement).subjects.filter(kind="instruction").values_list("key", flat=True))
    arrived = Instruction.objects.filter(number__among=numbers, state="confirmed").order_by("number")
    told = [_arrival(one, at) for one in arrived.select_related("grant__case", "grant__party", "payee")]
    if told:
        record("messages.write", by=BY_ITSELF, at=at, subjects=told, after={"count": len(told)})


def tell_of_change(payee: Payee, *, case: Case, held: Payee, at: datetime) -> None:
    """Word of another account goes to the telephone of whoever has the money until now; part of proposing it, so that neither a change
    of the telephone after it nor a stopped worker comes in between. held: the account paid to until now."""
    about = Subject("payee", payee.key, case.division_code, case.household_key, case.key)
    words = {"month": months.after(months.of(at), 1)}
    messages.write(CHANGED, party=_reached(payee.party, held), case=case, about=about, words=words, at=at)


def _arrival(one: Instruction, at: datetime) -> Subject:
    case, programme = one.grant.case, one.grant.programme
    about = Subject("instruction", one.number, one.grant.division_code, case.household_key, case.key)
    words = {
        "benefit": codes.titles("fund_line").get(programme, Title(programme, programme)),
        "amount": f"{one.fen // 100}.{one.fen % 100:02}",
        "month": one.month,
    }
    messages.write(ARRIVED, party=_reached(one.grant.party, one.payee), case=case, about=about, words=words, at=at)
    return about


def _reached(party: Party, payee: Payee | None) -> Party:
    """The guardian whose account it is, where it is a guardian's and casework knows them; else the person."""
    mandate = Mandate.objects.filter(key=payee.mandate).first() if payee is not None and payee.mandate else None
    taker = Party.objects.filter(key=mandate.taker).first() if mandate is not None and mandate.taker else None
    return taker or party
