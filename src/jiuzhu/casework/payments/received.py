"""What a resident sees of money: what their family is granted a month, and what was ordered, arrived or came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jiuzhu.casework.accounts.permissions import Resident, require
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.payments import months
from jiuzhu.casework.payments.grants import amounts, terms_of
from jiuzhu.casework.payments.models import Grant, Instruction
from jiuzhu.casework.residents import queries

MOST = 60  # payments a page shows, the newest first
# How an instruction is told to the family: what was held or withdrawn was never on its way.
TOLD = {"intent": "coming", "sent": "coming", "in_doubt": "coming", "confirmed": "arrived", "refused": "back", "returned": "back"}


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
    cases = queries.cases_of(viewer, at=at)
    for one in cases:
        require(viewer, queries.READ, on=queries.case_scope(one, viewer, at=at), at=at)
    return _benefits(cases, at), _payments(cases)


def _benefits(cases: Sequence[Case], at: datetime) -> list[Benefit]:
    now, found = months.of(at), []
    terms = dict(terms_of(case__in=cases))
    kinds = {
        one.pk: one.terms.filter(from_month__lte=now).order_by("-number").first() for one in Grant.objects.filter(case__in=cases)
    }
    for one in Grant.objects.filter(case__in=cases).order_by("-begun_at", "-pk"):
        said, last = terms[one.pk], kinds[one.pk]
        fen = amounts(said, now).get(now, 0)
        kind = last.kind if last is not None else ""
        state = "ended" if kind == "end" else "suspended" if kind == "suspend" else "paid"
        found.append(Benefit(one.programme, said[0].from_month, fen, state))
    return found


def _payments(cases: Sequence[Case]) -> list[Paid]:
    rows = Instruction.objects.filter(grant__case__in=cases, state__in=TOLD).select_related("grant")
    return [
        Paid(one.grant.programme, one.month, one.kind == "arrears", one.fen, TOLD[one.state], one.paid_on)
        for one in rows.order_by("-month", "-pk")[:MOST]
    ]
