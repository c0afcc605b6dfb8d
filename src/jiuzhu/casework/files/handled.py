"""The one timeline of a family: what it applied for, what was verified, decided, paid and asked of others, and what was watched (SF002).

Each line comes from the step that did it, as far as the reader may see that step's records; nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications import queries as applications
from jiuzhu.casework.bundles.declared import catalogue, library
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import queries as decisions
from jiuzhu.casework.decisions.letters import yuan
from jiuzhu.casework.dispatch.queries import of_case
from jiuzhu.casework.files.lanes import ChainAct
from jiuzhu.casework.files.steps import visits_to
from jiuzhu.casework.payments.models import Instruction
from jiuzhu.casework.referrals import queries as referrals
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.verification import queries as verification
from jiuzhu.rules.family import LANES
from jiuzhu.rules.tree import Title

REPORT = Title("核对报告", "Verification report")
ARRIVED, BACK = Title("到账", "arrived"), Title("退回", "came back")
ANSWERS = {
    "reported": Title("部门已办结", "done by its department"),
    "refused": Title("部门退回", "sent back by its department"),
}
ASKED = Title("转部门办理", "asked of its department")
Cases = QuerySet[Case]


def timeline(*, viewer: Viewer, case: Case, at: datetime) -> list[ChainAct]:
    """Everything that was done for a case up to now, the newest first; of one day what came later on its way stands first."""
    cases = Case.objects.filter(pk=case.pk)
    found = [*_signals(viewer, case, at), *visits_to(viewer, Q(case=case), at), *handled(viewer, cases, at)]
    return sorted(found, key=lambda act: (act.day, LANES.index(act.lane)), reverse=True)


def handled_of(viewer: Viewer, household: str, at: datetime) -> list[ChainAct]:
    """The same of a household of the registry, without what its file knows by itself: for the chain of its file."""
    return handled(viewer, Case.objects.filter(household_key=household), at) if household else []


def handled(viewer: Viewer, cases: Cases, at: datetime) -> list[ChainAct]:
    return [
        *_applied(viewer, cases, at), *_verified(viewer, cases, at), *_decided(viewer, cases, at), *_referred(viewer, cases, at),
    ]  # fmt: skip


def _signals(viewer: Viewer, case: Case, at: datetime) -> Iterator[ChainAct]:
    indicators = catalogue().indicators
    for one in of_case(viewer=viewer, case=case.pk, at=at):
        known = indicators.get(one.indicator_id)
        title = known.title if known is not None else Title(one.indicator_id, one.indicator_id)
        yield ChainAct("signals", one.first_seen, title, level=one.level, link=one.warning_id)


def _applied(viewer: Viewer, cases: Cases, at: datetime) -> Iterator[ChainAct]:
    """Each step of an application, from the day it was handed in."""
    for one in applications.within_reach(viewer=viewer, at=at).filter(case__in=cases).exclude(number="").select_related("walk"):
        road = road_of(one.walk)
        for taken in one.walk.taken.order_by("number"):
            if taken.step in road.steps:
                yield ChainAct("applications", taken.day, _both(road.title, road.steps[taken.step].title), source=road.title)


def _verified(viewer: Viewer, cases: Cases, at: datetime) -> Iterator[ChainAct]:
    for one in verification.reports(viewer=viewer, at=at).filter(case__in=cases):
        yield ChainAct("applications", local_day(one.issued_at), Title(f"{REPORT.zh} {one.number}", f"{REPORT.en} {one.number}"))


def _decided(viewer: Viewer, cases: Cases, at: datetime) -> Iterator[ChainAct]:
    """Every step of the road of each programme, with the amount it decided, and what arrived of it; money is seen by who sees decisions."""
    items = list(decisions.items(viewer=viewer, at=at).filter(case__in=cases))
    for item in items:
        road = road_of(item.walk)
        fen = {one.step: one.fen for one in item.decisions.order_by("pk")}
        for taken in item.walk.taken.order_by("number"):
            if taken.step in road.steps:
                amount = yuan(fen[taken.step]) if fen.get(taken.step) else ""
                yield ChainAct("results", taken.day, _both(road.title, road.steps[taken.step].title), amount=amount)
    paid = Instruction.objects.filter(grant__case__in={item.case_id for item in items}, state__in=("confirmed", "returned"))
    for one in paid.select_related("grant").order_by("pk"):
        day = one.paid_on or (local_day(one.ended_at) if one.ended_at else None)
        if day is not None:
            word = ARRIVED if one.state == "confirmed" else BACK
            yield ChainAct("grants", day, _both(programme(one.grant.programme), word), amount=yuan(one.fen))


def _referred(viewer: Viewer, cases: Cases, at: datetime) -> Iterator[ChainAct]:
    """Departments and charities that were asked, and what they answered."""
    for one in referrals.within_reach(viewer=viewer, at=at).filter(case__in=cases):
        title, office = asked_for(one), Title(one.office.department, one.office.department)
        yield ChainAct("services", local_day(one.made_at), _both(title, ASKED), source=office, link=one.key)
        if one.answer in ANSWERS and one.answered_at is not None:
            yield ChainAct("services", local_day(one.answered_at), _both(title, ANSWERS[one.answer]), source=office, link=one.key)


def asked_for(one: Referral) -> Title:
    """What a department was asked for, in words."""
    item, need = library().items.get(one.item), visiting().duties.needs.get(one.need)
    return item.title if item is not None else need.title if need is not None else Title(one.need, one.need)


def programme(code: str) -> Title:
    """The title of a programme; its code where the catalogue has it no more."""
    texts = catalogue().programmes.texts.get(code)
    return texts[0].title if texts else Title(code, code)


def _both(one: Title, other: Title) -> Title:
    return Title(f"{one.zh}：{other.zh}", f"{one.en}: {other.en}")
