"""Whether a paper is a report that was issued here, for whoever holds it: what it says is not told."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from jiuzhu.casework.verification.models import Report
from jiuzhu.casework.verification.printing import SHORT
from jiuzhu.casework.verification.reporting import holds


@dataclass(frozen=True)
class Checked:
    """follows_up: whether a later report stands beside it."""

    number: str
    kind: str
    division: str
    issued_at: datetime
    valid_until: date
    digest: str
    follows_up: bool


def checked(number: str, digest: str) -> Checked | None:
    """None where no such report was issued, where the paper names another digest, or where what is kept does not verify."""
    found = Report.objects.select_related("case").filter(number=number).first()
    if found is None or not hmac.compare_digest(found.digest[:SHORT].encode(), digest.encode()) or not holds(found):
        return None
    return Checked(
        found.number, found.kind, found.division_code[:6], found.issued_at, found.valid_until, found.digest[:SHORT],
        found.followed_by.exists(),
    )  # fmt: skip
