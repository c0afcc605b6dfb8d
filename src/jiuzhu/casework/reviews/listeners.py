"""What reviews hear after acts: the report they waited for was issued."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.cases.events import listens
from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.reviews.models import Review
from jiuzhu.casework.reviews.opening import ROAD
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.verification.models import Report


@listens("report.issued", name="reviews")
def was_verified(announcement: Announcement, at: datetime) -> None:
    """Twice is harmless."""
    report = Report.objects.select_related("request").filter(key=announcement.subject_key).first()
    if report is None or report.request.about_kind != ROAD:
        return
    review = Review.objects.select_related("walk").filter(key=report.request.about_key, state=Review.State.OPEN).first()
    if review is not None and review.walk is not None:
        roads.work_done(review.walk, "verify", at=at)
