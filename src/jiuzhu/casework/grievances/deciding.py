"""An upheld appeal against a decision: what it decided walks its road anew, linked to the one that was wrong."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.decisions import actions as decisions
from jiuzhu.casework.decisions.models import Decision
from jiuzhu.casework.grievances.ears import NobodyDecides, decides_anew


@decides_anew("item")
def item_anew(key: str, because: str, by: Viewer, at: datetime) -> None:
    """Raises NobodyDecides where nothing was decided about it yet."""
    decision = Decision.objects.select_related("item").filter(item__key=key).order_by("-pk").first()
    if decision is None:
        raise NobodyDecides(f"nothing was decided about {key} yet; whoever handles it takes up what was said")
    decisions.replace(decision=decision, because=because, by=by, at=at)
