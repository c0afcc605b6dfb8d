"""The portrait of a family in our care: its newest verification report, and the help it had, beside what it could have (SF224)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, allowed, key_of
from jiuzhu.casework.bundles.advice import Advice, advice, place_of
from jiuzhu.casework.bundles.declared import library
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.decisions.joining import known_of
from jiuzhu.casework.decisions.models import Decision
from jiuzhu.casework.files.chain import chain_of
from jiuzhu.casework.files.handled import asked_for, programme
from jiuzhu.casework.payments.models import Grant, Instruction
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.verification.models import Report
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title

READ, PURPOSE = "decisions.read", "casework"
GIVEN = ("grants", "services")  # lanes of the chain on which departments' help stands


@dataclass(frozen=True)
class Had:
    """Help that was given or refused. fen: in all, 0 where it was no money. running: it still goes on."""

    title: Title
    source: Title
    since: date
    until: date | None
    fen: int
    running: bool
    refused: bool = False


@dataclass(frozen=True)
class Portrait:
    """report: the newest there is, null for none. had: newest first. known: whether anything was declared or found at all."""

    case: Case
    report: Report | None
    had: Sequence[Had] = field(default_factory=tuple)
    advice: Sequence[Advice] = field(default_factory=tuple)
    known: bool = False


@transaction.atomic
def portrait(*, viewer: Viewer, case_key: str, at: datetime) -> Portrait | None:
    """One family in our care, the look written down; None where it is not there or out of reach (A3)."""
    case = Case.objects.filter(key=case_key).first()
    grant = allowed(viewer, READ, on=case_scope(case, viewer), at=at) if case is not None else None
    if case is None or grant is None or not grant.opens("sensitive"):
        return None
    record(
        READ, by=actor(viewer, grant), at=at, on=Subject("case", case.key, case.division_code, case.household_key, case.key),
        purpose=grant.purpose,
    )  # fmt: skip
    known = known_of(case, at=at)
    report = Report.objects.filter(case=case).order_by("-issued_at", "-pk").first()
    told = advice(known, division=place_of(case, known), at=at)
    had = [*_granted(case), *_refused(case), *_referred(case), *_elsewhere(case, key_of(viewer), at)]
    return Portrait(case, report, sorted(had, key=lambda one: one.since, reverse=True), told, bool(known.facts))


def _granted(case: Case) -> list[Had]:
    """Our own grants, each with what arrived of it."""
    arrived: dict[int, int] = {}
    for grant, fen in Instruction.objects.filter(grant__case=case, state="confirmed").values_list("grant", "fen"):
        arrived[grant] = arrived.get(grant, 0) + fen
    ours = Title("本部门", "decided here")
    return [
        Had(programme(one.programme), ours, local_day(one.begun_at), None, arrived.get(one.pk, 0), _runs(one))
        for one in Grant.objects.filter(case=case)
    ]


def _runs(grant: Grant) -> bool:
    last = grant.terms.order_by("-number").first()
    return last is not None and last.fen > 0


def _refused(case: Case) -> list[Had]:
    rows = Decision.objects.filter(item__case=case, step="refuse").select_related("item")
    ours = Title("本部门", "decided here")
    return [Had(programme(one.item.programme), ours, local_day(one.at), None, 0, False, True) for one in rows]


def _referred(case: Case) -> list[Had]:
    """What departments reported done when they were asked; what they sent back is theirs to say elsewhere."""
    items = library().items
    found = []
    for one in Referral.objects.filter(case=case, answer="reported").select_related("office"):
        title = asked_for(one)
        owner = items[one.item].owner if one.item in items else Title(one.office.department, one.office.department)
        assert one.answered_at is not None  # a reported one was answered at an instant
        found.append(Had(title, owner, local_day(one.made_at), local_day(one.answered_at), 0, False))
    return found


def _elsewhere(case: Case, by: str, at: datetime) -> list[Had]:
    """What departments delivered of the household; nothing where no release knows it."""
    if not case.household_key:
        return []
    try:
        family = public.read_family(Path(settings.WORKSPACE), case.household_key, by=by, purpose=PURPOSE, at=at)
    except (*public.REFUSALS, OSError):
        return []
    acts = [act for act in chain_of(family, ()).acts if act.lane in GIVEN]
    return [Had(act.title, act.source, act.day, act.until, _fen(act.amount), False) for act in acts]


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100) if yuan else 0
