"""Verification at work: sources are asked what waits, what came late is fetched, and reports that are whole or due are issued."""

from __future__ import annotations

from datetime import datetime


def answers_come(*, at: datetime) -> dict[str, int]:
    """One round with every source; gives how many questions were answered and how many reports issued.

    A source without a gateway of its own is read from what it delivers; no gateway is connected before its department is.
    """
    from jiuzhu.casework.verification import asking, reporting
    from jiuzhu.casework.verification.models import Request

    waiting = Request.objects.filter(ended_at=None).select_related("case").order_by("pk")
    answered = sum(asking.chase(one, at=at) for one in waiting)
    return {"questions answered": answered, "reports issued": reporting.issue_due(at=at)}
