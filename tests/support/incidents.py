"""Many views in the record, as many officers leave in months; the chain is not asked for here, so none is made."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from jiuzhu.casework.trace.models import Event


def seeded_views(count: int, *, by: str, place: str, households: int, at: datetime, seed: int) -> None:
    """So many openings of family files by one account, each a second after the other."""
    drawn = random.Random(seed)
    for start in range(0, count, 20_000):
        Event.objects.bulk_create(
            [
                Event(
                    writer=f"seeded {by}", number=n + 1, code="0" * 64, at=at + timedelta(seconds=n), who=by, role="county_officer",
                    division_code=place, operation="family.open", subject_kind="household", subject_key=f"H{drawn.randrange(households)}",
                    subject_division=place, household_key=f"H{drawn.randrange(households)}",
                )
                for n in range(start, min(count, start + 20_000))
            ]
        )  # fmt: skip
