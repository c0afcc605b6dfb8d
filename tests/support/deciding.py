"""Families whose application is examined, and the officers who decide, for tests of decisions and of what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import actions
from jiuzhu.casework.decisions.facts import DECLARATION, REPORT, Gathered, Told, gathered
from jiuzhu.casework.decisions.models import Decision, Item, Proposal
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.trace.actions import Subject
from tests.support.families import COUNTY, TOWNSHIP, VILLAGE, family
from tests.support.officers import officer

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday morning; the calendar of 2027 is not needed
NUMBERS = {
    "dibao.urban_monthly": 770, "income.window_months": 12, "dibao.asset.financial_per_capita_multiple": 24,
    "dibao.asset.vehicles_max": 0, "dibao.asset.residence_max": 1, "dibao.asset.shops_max": 0, "dibao.asset.businesses_max": 0,
    "benefit.floor_pct": 0, "benefit.rounding_unit": 1, "benefit.rounding_how": "up", "topup.stacking": "groups",
}  # fmt: skip


def told_of(parties: list[Party], *, income: object = 18000, numbers: Mapping[str, Any] = NUMBERS, **more: Any) -> dict[str, Any]:
    """What a family declares: that income in twelve months, no savings; numbers brought along."""
    return {
        "division": "370502", "residence_kind": "urban", "counted_income": income, "authorised": True,
        "members": [{"name": one.key, "age": 40 + place, "financial_assets": 0, "is_tekun": False} for place, one in enumerate(parties)],
        "parameters": dict(numbers), **more,
    }  # fmt: skip


@dataclass
class Room:
    """The township's clerk and the county's reviewer; further officers by name."""

    clerk: Officer = field(default_factory=lambda: officer("clerk", "township_officer", TOWNSHIP))
    reviewer: Officer = field(default_factory=lambda: officer("reviewer", "county_officer", COUNTY))
    parties: dict[int, list[Party]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("kin_registered", "complained_of"):
            if (ears.EVERY, name) not in ears._conditions:
                ears.condition(name)(lambda _walk, _at: False)

    def application(self, *, at: datetime = AT, size: int = 3) -> Walk:
        """An application that was accepted and examined."""
        case = family()
        people = [Party.objects.create(key=new_key("P"), proved_by="paper", met_at=at) for _ in range(size)]
        self.parties[case.pk] = people
        with transaction.atomic():
            walk = roads.begin("application", case=case, on=Subject("application", new_key("A"), VILLAGE), at=at, party=people[0])
        for step in ("submit", "accept"):
            roads.take(walk, step, by=self.clerk, at=at)
        with transaction.atomic():
            roads.work_done(walk, "verify", at=at)
            roads.work_done(walk, "survey", at=at)
        roads.take(walk, "finish", by=self.clerk, at=at)
        walk.refresh_from_db()
        return walk

    def item(self, programme: str = "dibao", *, at: datetime = AT, size: int = 3, about: Walk | None = None) -> Item:
        walk = about or self.application(at=at, size=size)
        with transaction.atomic():
            return actions.open_item(
                programme, case=walk.case, party=self.parties[walk.case_id][0], applied_on=at.date(), about=walk, at=at
            )

    def people(self, case: Case) -> list[Party]:
        return self.parties[case.pk]

    def facts(self, item: Item, **said: Any) -> Gathered:
        """What was declared, and what the report found of the first member's savings."""
        people = self.people(item.case)
        found = {"division": "370502", "members": [{"name": people[0].key, "financial_assets": "320.15"}]}
        return gathered([
            Told(DECLARATION, date(2026, 10, 30), told_of(people, **said)), Told(REPORT, date(2026, 11, 2), found),
        ])  # fmt: skip

    def proposed(self, item: Item | None = None, *, at: datetime = AT, **said: Any) -> Proposal:
        item = item or self.item(at=at)
        return actions.propose(item=item, gathered=self.facts(item, **said), by=self.clerk, at=at)

    def reported(self, item: Item | None = None, *, at: datetime = AT, **said: Any) -> Item:
        """Proposed, noticed for seven days where it grants, and reported."""
        proposal = self.proposed(item, at=at, **said)
        if proposal.grants:
            actions.step(proposal.item, "publish", by=self.clerk, at=at)
        actions.step(proposal.item, "report", by=self.clerk, at=at + timedelta(days=8))
        return Item.objects.select_related("walk", "case").get(pk=proposal.item_id)

    def confirmed(self, item: Item | None = None, *, at: datetime = AT, **said: Any) -> Decision:
        return actions.confirm(item=self.reported(item, at=at, **said), by=self.reviewer, at=at + timedelta(days=9))
