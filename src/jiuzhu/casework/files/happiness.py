"""The happiness list of a family (幸福清单): every benefit and service it received, from us and from departments, and what it may still ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.files.chain import chain_of
from jiuzhu.casework.files.lanes import ChainAct
from jiuzhu.casework.payments.received import Benefit, Paid, received
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.residents import queries
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.registry import public
from jiuzhu.rules.duties import Card
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import local_day

GIVEN = ("grants", "services")  # lanes of the chain that tell of something received
REFUSED = "refused"


@dataclass(frozen=True)
class Service:
    """A department was asked to help. done: it has; until: the working day by which it will have, None where that is not known."""

    need: Title
    since: date
    until: date | None
    done: bool


@dataclass(frozen=True)
class Open:
    """What the registry says the family is entitled to and does not have. card: what is told of it, None where there is no card."""

    title: Title
    card: Card | None


@dataclass(frozen=True)
class Happiness:
    """benefits, payments: of ours. services: asked of departments. elsewhere: what departments delivered, the newest first."""

    benefits: Sequence[Benefit]
    payments: Sequence[Paid]
    services: Sequence[Service]
    elsewhere: Sequence[ChainAct]
    open: Sequence[Open]


def happiness(*, viewer: Resident, mine: queries.Mine, at: datetime) -> Happiness:
    """mine: what `residents.queries.mine` gave, which wrote the look down. Raises NotAllowed."""
    benefits, payments = received(viewer=viewer, at=at)
    return Happiness(
        benefits=benefits,
        payments=payments,
        services=list(_services(mine)),
        elsewhere=[act for home in mine.households for act in _elsewhere(home, viewer, at)],
        open=list(_open(mine)),
    )


def _services(mine: queries.Mine) -> Iterator[Service]:
    needs = visiting().duties.needs
    asked = Referral.objects.filter(case__in=[one.case for one in mine.cases if one.own]).exclude(answer=REFUSED)
    for one in asked.order_by("-made_at", "-pk"):
        title = needs[one.need].title if one.need in needs else Title(one.need, one.need)
        yield Service(title, local_day(one.made_at), one.due_on, one.state == Referral.State.DONE)


def _elsewhere(household: str, viewer: Resident, at: datetime) -> list[ChainAct]:
    """What departments delivered of a household; nothing where no release knows it as a living one."""
    workspace = Path(settings.WORKSPACE)
    try:
        family = public.read_family(workspace, household, by=viewer.who, purpose=queries.READ, at=at)
    except (public.NoHousehold, public.NoRelease):
        return []
    told = [act for act in chain_of(family, ()).acts if act.lane in GIVEN]
    return sorted(told, key=lambda act: (act.day, act.title.zh), reverse=True)


def _open(mine: queries.Mine) -> Iterator[Open]:
    """Once a benefit, however many indicators say so."""
    wanted, cards = visiting().outreach.by_indicator, visiting().duties.cards
    rows = Warning.objects.filter(household_id__in=mine.households, state="open", indicator_id__in=wanted)
    found = {wanted[code].code: wanted[code] for code in rows.order_by("pk").values_list("indicator_id", flat=True)}
    for benefit in found.values():
        yield Open(benefit.title, cards.get(benefit.policy))
