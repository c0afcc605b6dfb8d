"""What grievances tell and ask of decisions: an upheld one has the programme decided anew, and a complaint sends the county to look."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.decisions import actions
from jiuzhu.casework.decisions.models import Decision
from jiuzhu.casework.grievances.ears import NobodyDecides, decides_anew
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.payments import recovering
from jiuzhu.casework.payments.models import Recovery
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.models import Walk


@decides_anew("item")
def again(key: str, because: str, by: Viewer, at: datetime) -> None:
    """The newest decision of a programme is replaced by a road begun anew. Raises NobodyDecides where nothing was decided yet."""
    last = Decision.objects.filter(item__key=key).select_related("item__walk").order_by("-pk").first()
    if last is None:
        raise NobodyDecides(f"{key}: nothing was decided yet that could be decided anew")
    actions.replace(decision=last, because=because, by=by, at=at)


@decides_anew("recovery")
def recovery_again(key: str, because: str, by: Viewer, at: datetime) -> None:
    """What is still to be returned leaves the ledger, and the recovery is decided again. Raises NobodyDecides once it is over."""
    found = Recovery.objects.select_related("walk", "case", "grant").filter(key=key, walk__state="decided").first()
    if found is None:
        raise NobodyDecides(f"{key}: it is not decided, or is over; settle by hand what was returned")
    recovering.anew(recovery=found, because=because, by=by, at=at)


@ears.condition("complained_of")
def complained_of(walk: Walk, _at: datetime) -> bool:
    """Whether a complaint or an objection about the family is open, or was upheld."""
    about = Grievance.objects.filter(case=walk.case_id, kind__in=("complaint", "objection"))
    return about.filter(state="open").exists() or about.filter(outcome__in=("upheld", "partly")).exists()
