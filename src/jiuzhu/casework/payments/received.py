"""What a resident sees of money: what their family is granted a month, and what was ordered, arrived or came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jiuzhu.casework.accounts.permissions import Resident, require
from jiuzhu.casework.payments import months
from jiuzhu.casework.payments.grants import Said, amounts
from jiuzhu.casework.payments.models import Grant, Instruction
from jiuzhu.casework.residents import queries

MOST = 60  # payments a page shows, the newest first
# How an instruction is told to the family: what was held or withdrawn was never on its way.
TOLD = {"intent": "coming", "sent": "coming", "in_doubt": "coming", "confirmed": "arrived", "refused": "back", "returned": "back"}
STATES = {"end": "ended", "suspend": "suspended"}


@dataclass(frozen=True)
class Benefit:
    """One benefit of a family. since: its first month. fen: owed for this month, 0 while suspended or after its end.

    state: paid, suspended, ended.
    """

    programme: str
    since: str
    fen: int
    state: str


@dataclass(frozen=True)
class Paid:
    """One amount. month: it is for; arrears are of months before. day: of the bank's statement, None before. state: coming, arrived, back."""

    programme: str
    month: str
    arrears: bool
    fen: int
    state: str
    day: date | None


def received(*, viewer: Resident, at: datetime) -> tuple[Sequence[Benefit], Sequence[Paid]]:
    """Of every family they belong to or stand for. The look is written down by `residents.queries.mine`. Raises NotAllowed."""
    grants: list[Grant] = []
    for one in queries.standings_of(viewer, at=at):
        require(viewer, queries.READ, on=one.scope, at=at)
        grants += [grant for grant in Grant.objects.filter(case=one.case) if one.covers(grant.programme)]
    return _benefits(grants, at), _payments(grants)


def _benefits(grants: Sequence[Grant], at: datetime) -> list[Benefit]:
    now, found = months.of(at), []
    for one in sorted(grants, key=lambda grant: (grant.begun_at, grant.pk), reverse=True):
        terms = list(one.terms.order_by("number"))
        last = next((term for term in reversed(terms) if term.from_month <= now), terms[0])
        fen = amounts([Said(term.from_month, term.fen) for term in terms], now).get(now, 0)
        found.append(Benefit(one.programme, terms[0].from_month, fen, STATES.get(last.kind, "paid")))
    return found


def _payments(grants: Sequence[Grant]) -> list[Paid]:
    rows = Instruction.objects.filter(grant__in=grants, state__in=TOLD).select_related("grant")
    return [
        Paid(one.grant.programme, one.month, one.kind == "arrears", one.fen, TOLD[one.state], one.paid_on)
        for one in rows.order_by("-month", "-pk")[:MOST]
    ]
