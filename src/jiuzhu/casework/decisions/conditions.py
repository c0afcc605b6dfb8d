"""What roads ask of decisions: whether a proposal grants, and whether its public notice is over."""

from __future__ import annotations

from datetime import date, datetime

from jiuzhu.casework.decisions.models import Proposal
from jiuzhu.casework.notices.models import Publication
from jiuzhu.casework.notices.publications import over
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
    """Whether what was put up for the newest proposal hung its days, and no objection to it is open or was upheld."""
    put_up = Taken.objects.filter(walk=walk, step=PUBLISH).order_by("-number").first()
    if put_up is None or put_up.to != walk.state:
        return False
    hung = Publication.objects.filter(subject_kind=walk.subject_kind, subject_key=walk.subject_key).order_by("-pk").first()
    return hung is not None and over(hung, at)


def lasts(walk: Walk, day: date) -> int | None:
    """For how many days a notice of this road hangs; None where no number says so."""
    step = road_of(walk).steps[PUBLISH]
    amount = step.lasts.removesuffix(" days")
    return whole(int(amount) if amount.isdigit() else amount, division=walk.division_code, on=day)
