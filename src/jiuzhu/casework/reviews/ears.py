"""What reviews hear of roads inside their acts: a hearing, an increase or an end does what a review asked for; who leaves is watched over."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.reviews import opening
from jiuzhu.casework.reviews.models import Watch
from jiuzhu.casework.reviews.opening import HEARING, LAPSE, MORE
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.declared import whole
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.vocabulary.period import shift_months

WATCHED = ("dibao", "single_person_dibao", "tekun")  # whose leavers and refused are watched over
WATCH_MONTHS = "monitor.after_exit_months"


@ears.follows(ears.EVERY, "hear", name="reviews")
def heard(walk: Walk, _taken: Taken, _by: Viewer, at: datetime) -> None:
    item = _item(walk)
    if item is not None:
        opening.done(item, HEARING, at=at)


@ears.follows(ears.EVERY, "increase", name="reviews")
def increased(walk: Walk, _taken: Taken, _by: Viewer, at: datetime) -> None:
    item = _item(walk)
    if item is not None:
        opening.done(item, MORE, at=at)


@ears.follows(ears.EVERY, "lapse", name="reviews")
def lapsed(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    item = _item(walk)
    if item is not None:
        opening.fell_away(item, who=taken.by, at=at)
        opening.done(item, LAPSE, at=at)


@ears.follows(ears.EVERY, "end", name="reviews")
def ended(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    item = _item(walk)
    if item is not None:
        opening.fell_away(item, who=taken.by, at=at)
        _watched(item, "left", at)


@ears.follows(ears.EVERY, "refuse", name="reviews")
def refused(walk: Walk, _taken: Taken, _by: Viewer, at: datetime) -> None:
    item = _item(walk)
    if item is not None:
        _watched(item, "refused", at)


def _watched(item: Item, why: str, at: datetime) -> None:
    """For so many months as the place says; nobody where no number is set, as the list of the watched then shows."""
    since = local_day(at)
    months = whole(WATCH_MONTHS, division=item.division_code, on=since)
    if item.programme in WATCHED and months:
        told = {"case": item.case, "division_code": item.division_code, "why": why, "since": since}
        Watch.objects.get_or_create(item=item, defaults={**told, "until": shift_months(since, months)})


def _item(walk: Walk) -> Item | None:
    return Item.objects.select_related("case", "walk", "party").filter(walk=walk).first()
