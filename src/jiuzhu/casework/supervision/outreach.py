"""Policy looks for people: who is entitled to a benefit and does not have it, benefit by benefit, and what came of telling them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, actor, require, visible
from jiuzhu.casework.accounts.places import inside
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.queries import in_pieces
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.rules.outreach import Benefit

RULE = "exchange.outreach_most"


class TooManyFamilies(Exception):
    """More families than one export may take away by the rule. most: how many it may; 0: none at all."""

    def __init__(self, families: int, most: int) -> None:
        super().__init__(
            f"{families} families are more than the {most} that one export may take away; choose one benefit or township"
        )
        self.families, self.most = families, most


@dataclass(frozen=True)
class Came:
    """Of one benefit: people nobody has turned to yet, in hand, helped by a visit, and those of whom the registry says it no more."""

    benefit: Benefit
    new: int
    going: int
    helped: int
    gone: int


def entitled(
    *, viewer: Viewer, at: datetime, benefit: str = "", division: str = "", operation: str = "outreach.read"
) -> QuerySet[Warning]:  # fmt: skip
    """Open warnings and hints that say somebody goes without a benefit, the oldest first. benefit: "" for all; unknown gives none."""
    found = _reach(viewer, at, operation).filter(state="open")
    told = visiting().outreach.benefits
    if benefit:
        found = found.filter(indicator_id__in=told[benefit].indicators if benefit in told else ())
    if division:
        found = found.filter(inside(division, "division_code"))
    return found.order_by("first_seen", "-level", "pk")


def came(*, viewer: Viewer, at: datetime, division: str = "") -> list[Came]:
    """One row a benefit, in the order of the file; what nobody goes without counts nothing."""
    outcomes = visiting().outcomes.by_code
    helped = [code for code, one in outcomes.items() if one.result == "helped"]
    reach = _reach(viewer, at, "outreach.read").order_by()
    if division:
        reach = reach.filter(inside(division, "division_code"))
    counted = {
        code: row
        for code, *row in reach.values_list("indicator_id").annotate(
            new=Count("pk", filter=Q(state="open", handling="waiting")),
            going=Count("pk", filter=Q(state="open") & ~Q(handling="waiting")),
            helped=Count("pk", filter=Q(state="closed", outcome__in=helped)),
            gone=Count("pk", filter=Q(state="closed", handling="lapsed")),
        )
    }
    return [
        Came(one, *(sum(counted.get(code, (0, 0, 0, 0))[place] for code in one.indicators) for place in range(4)))
        for one in visiting().outreach.benefits.values()
    ]


@transaction.atomic
def take_away(
    *, viewer: Viewer, at: datetime, now: Callable[[], datetime], benefit: str = "", division: str = ""
) -> Iterator[Warning]:  # fmt: skip
    """The list asked for, to be taken away, without what is above the level of the grant (A4); written down before anything leaves.

    now: read before each piece, since a long export may outlive a role. Raises NotAllowed, also on the way (A11), and TooManyFamilies
    where the rule of the viewer's division allows fewer.
    """
    grant = require(viewer, "outreach.export", on=None, at=at)
    rows = entitled(viewer=viewer, at=at, benefit=benefit, division=division, operation="outreach.export")
    families = rows.order_by().values("household_id").distinct().count()
    most = whole(RULE, division=grant.division_code, on=local_day(at)) or 0
    if families > most:
        raise TooManyFamilies(families, most)
    subjects = [Subject("warning", *told) for told in rows.values_list("warning_id", "division_code", "household_id")]
    on = Subject("export", "outreach", grant.division_code[:12])
    after = {"benefit": benefit, "division": division, "families": families}
    record("outreach.export", by=actor(viewer, grant), at=at, on=on, subjects=subjects, purpose=grant.purpose, after=after)
    return in_pieces(rows, viewer=viewer, operation="outreach.export", now=now)


def _reach(viewer: Viewer, at: datetime, operation: str) -> QuerySet[Warning]:
    indicators = list(visiting().outreach.by_indicator)
    return visible(Warning.objects.filter(indicator_id__in=indicators), viewer, operation, at=at, household="household_id")
