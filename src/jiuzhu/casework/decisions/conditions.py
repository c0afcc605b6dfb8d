"""What roads ask of decisions: whether a proposal grants, and whether its public notice is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions.models import Proposal
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.declared import road_of, whole
from jiuzhu.casework.roads.models import Taken, Walk

PUBLISH = "publish"


@ears.condition("grants")
def grants(walk: Walk, _at: datetime) -> bool:
    """Whether the newest proposal of what walks there grants something."""
    newest = Proposal.objects.filter(item__walk=walk).order_by("-number").first()
    return newest is not None and newest.grants


@ears.condition("notice_over")
def notice_over(walk: Walk, at: datetime) -> bool:
    """Whether the days of the last public notice are over, the day it was put up not counted; not where their number is not set."""
    step = road_of(walk).steps.get(PUBLISH)
    put_up = Taken.objects.filter(walk=walk, step=PUBLISH).order_by("-number").first()
    if step is None or put_up is None or put_up.to != walk.state:
        return False
    amount = step.lasts.removesuffix(" days")
    days = whole(int(amount) if amount.isdigit() else amount, division=walk.division_code, on=put_up.day)
    return days is not None and local_day(at) > put_up.day + timedelta(days=days)
