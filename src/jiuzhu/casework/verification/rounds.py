"""What is due of verification at an instant: ask, fetch what was late, issue what is whole or whose hours are over. Twice is harmless."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from jiuzhu.casework.verification import asking, licences, reporting
from jiuzhu.casework.verification.models import Request


def work(*, at: datetime, departments: asking.Departments | None = None) -> dict[str, int]:
    """One round over everything under way; gives how many questions were answered and how many reports issued."""
    asked = connected() if departments is None else departments
    answered = 0
    for one in Request.objects.filter(ended_at=None).select_related("case").order_by("due_at", "pk"):
        first = one.questions.filter(state="waiting").exists()
        answered += (asking.collect if first else asking.chase)(one, at=at, departments=asked)
    return {"verified": answered, "reports": reporting.issue_due(at=at), "licences": licences.fetch(at=at)}


@lru_cache(maxsize=1)
def connected() -> asking.Departments:
    """The gateways the settings name, made once; a source without one is read from what it delivers."""
    return {source: import_string(path)(source) for source, path in settings.DEPARTMENTS.items()}
