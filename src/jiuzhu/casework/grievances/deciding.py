"""What grievances and decisions have to do with one another: what was upheld is decided anew, who is complained of does not decide."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.decisions.actions import replace
from jiuzhu.casework.decisions.models import Decision
from jiuzhu.casework.grievances.ears import NobodyDecides, decides_anew
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.models import Walk

COMPLAINT = "complaint"


@decides_anew("item")
def programme_again(key: str, because: str, by: Viewer, at: datetime) -> None:
    """The programme of which a letter told starts its road anew, beside the decision that was found wrong."""
    decision = Decision.objects.filter(item__key=key).select_related("item__walk__parent", "item__case").order_by("-pk").first()
    if decision is None:
        raise NobodyDecides(f"{key}: nothing was decided about it yet; it goes its road all the same")
    replace(decision=decision, because=because, by=by, at=at)


@ears.condition("complained_of")
def is_complained_of(walk: Walk, _at: datetime) -> bool:
    """Whether a complaint about this case waits for its answer."""
    return Grievance.objects.filter(case=walk.case_id, kind=COMPLAINT, state=Grievance.State.OPEN).exists()
