"""What may be asked of payments: lists within reach, and of one list its sums, its gates, and the lines that need a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require, visible
from jiuzhu.casework.payments import months
from jiuzhu.casework.payments.drawing import last_list, subject
from jiuzhu.casework.payments.lists import Gate, gates
from jiuzhu.casework.payments.models import BudgetLine, Discrepancy, Instruction, PayList
from jiuzhu.casework.trace.actions import record

MOST = 200  # lines of one kind a page shows


@dataclass(frozen=True)
class Sums:
    """Lines and fen of a list, by what became of them; whole = held + ready + under way + arrived + came back."""

    whole: tuple[int, int]
    held: tuple[int, int]
    ready: tuple[int, int]
    under_way: tuple[int, int]
    arrived: tuple[int, int]
    came_back: tuple[int, int]


@dataclass(frozen=True)
class Seen:
    """One list as its page shows it. before: lines and fen of the last month's list, None without one. doubts: without an answer."""

    list: PayList
    sums: Sums
    gates: Sequence[Gate]
    before: tuple[int, int] | None
    held: Sequence[Instruction]
    doubts: Sequence[Instruction]
    came_back: Sequence[Instruction]
    differences: Sequence[Discrepancy]


def lists(*, viewer: Viewer, at: datetime) -> QuerySet[PayList]:
    """Lists of the viewer's division and all in it, newest first."""
    return visible(PayList.objects.select_related("line"), viewer, "payments.read", at=at).order_by("-month", "programme", "-run")


def budgets(*, viewer: Viewer, at: datetime) -> QuerySet[BudgetLine]:
    """Budget lines a list could be drawn for by this viewer, this month or the next."""
    years = {int(month[:4]) for month in (months.of(at), months.after(months.of(at)))}
    return visible(BudgetLine.objects.filter(year__in=years), viewer, "payments.draw", at=at).order_by("programme", "year")


@transaction.atomic
def one(*, viewer: Viewer, key: str, at: datetime) -> Seen | None:
    """One list within reach, and that it was looked at; None for any other."""
    found = lists(viewer=viewer, at=at).filter(key=key).first()
    if found is None:
        return None
    grant = require(viewer, "payments.read", on=Scope(found.division_code), at=at)
    record("payments.read", by=actor(viewer, grant), at=at, on=subject(found), purpose=grant.purpose)
    before = last_list(found)
    rows = found.instructions.select_related("grant__case", "grant__party", "payee").order_by("pk")
    return Seen(
        list=found,
        sums=_sums(found),
        gates=gates(found) if found.state in ("drawn", "made") else (),
        before=(before.count, before.fen) if before else None,
        held=rows.filter(state="held")[:MOST],
        doubts=rows.filter(state="in_doubt")[:MOST],
        came_back=rows.filter(state__in=("refused", "returned"), again__isnull=True)[:MOST],
        differences=Discrepancy.objects.filter(settled_at__isnull=True, number__in=found.instructions.values("number")).order_by(
            "pk"
        )[:MOST],
    )


def _sums(made: PayList) -> Sums:
    kinds = {
        "whole": ~Q(state="withdrawn"),
        "held": Q(state="held"),
        "ready": Q(state="intent"),
        "under_way": Q(state__in=("sent", "in_doubt")),
        "arrived": Q(state="confirmed"),
        "came_back": Q(state__in=("refused", "returned")),
    }
    asked = {f"{name}_lines": Count("pk", filter=which) for name, which in kinds.items()}
    asked |= {f"{name}_fen": Sum("fen", filter=which) for name, which in kinds.items()}
    told = made.instructions.aggregate(**asked)
    return Sums(**{name: (told[f"{name}_lines"], told[f"{name}_fen"] or 0) for name in kinds})
