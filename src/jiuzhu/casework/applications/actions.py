"""What may be done with applications: begin, keep, hand in, tell once what is missing, supply, accept, decline, withdraw, finish."""

from __future__ import annotations

from jiuzhu.casework.applications.drafting import CONSENT, UnknownPaper, attach, call, draft, save
from jiuzhu.casework.applications.examining import accept, ask, decline, finish, is_recognised, wanting, withdraw
from jiuzhu.casework.applications.handing_in import submit, supply
from jiuzhu.casework.applications.refusals import Moved, NoPlace, NotADraft, NotFilled, NothingMissing, StillMissing

__all__ = [
    "CONSENT", "Moved", "NoPlace", "NotADraft", "NotFilled", "NothingMissing", "StillMissing", "UnknownPaper", "accept", "ask", "attach",
    "call", "decline", "draft", "finish", "is_recognised", "save", "submit", "supply", "wanting", "withdraw",
]  # fmt: skip
