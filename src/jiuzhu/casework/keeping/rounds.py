"""What the worker removes once a day because it was kept long enough, and what of it is somebody's: then they are erased as by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.sessions.models import Session as WebSession
from django.db import transaction
from django.db.models import QuerySet

from jiuzhu.casework.accounts.entrances import Session, Tries
from jiuzhu.casework.keeping.declared import keeping
from jiuzhu.casework.keeping.erasing import NotYet, erased
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.residents.models import Code, ResidentSession
from jiuzhu.casework.trace.actions import Actor, record
from jiuzhu.casework.trace.models import Answer, Event
from jiuzhu.casework.visits.models import Draft

APPLY = "keeping.apply"
BY_ITSELF = Actor("system:keeping")
MOST_A_DAY = 2_000  # people; more wait for the next day
_CHINA = ZoneInfo("Asia/Shanghai")
# What of each code is older than an instant.
OLDER: Mapping[str, tuple[Callable[[datetime], QuerySet], ...]] = {  # type: ignore[type-arg]
    "draft": (lambda before: Draft.objects.filter(saved_at__lt=before),),
    "form_key": (lambda before: Answer.objects.filter(at__lt=before),),
    "sign_in": (
        lambda before: Session.objects.filter(ended_at__lt=before),
        lambda before: ResidentSession.objects.filter(ended_at__lt=before),
        lambda before: Code.objects.filter(asked_at__lt=before),
        lambda before: Tries.objects.filter(last_at__lt=before),
        lambda before: WebSession.objects.filter(expire_date__lt=before),
    ),
}


def apply(*, at: datetime) -> int:
    """Once a day of Beijing: remove what was kept long enough, erase whose files were; gives how many rows and people.

    One event says how many of each; each person erased is an event of their own.
    """
    midnight = at.astimezone(_CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    if Event.objects.filter(operation=APPLY, at__gte=midnight, at__lt=midnight + timedelta(days=1)).exists():
        return 0
    with transaction.atomic():
        removed = {
            code: sum(older(keeping()[code].before(at)).delete()[0] for older in several) for code, several in OLDER.items()
        }
        removed["case"] = sum(_erased(one, at) for one in _due(at)[:MOST_A_DAY])
        record(APPLY, by=BY_ITSELF, at=at, after=removed)
    return sum(removed.values())


def _due(at: datetime) -> QuerySet[Party]:
    """People all of whose cases were closed long enough ago, and who met us as long ago if they never had one."""
    before = keeping()["case"].before(at)
    rows = Party.objects.filter(erased_at__isnull=True, met_at__lt=before)
    return rows.exclude(memberships__case__state="open").exclude(memberships__case__closed_at__gte=before).order_by("pk")


def _erased(party: Party, at: datetime) -> bool:
    """A hindrance of another kind lets them wait; the next round asks again."""
    try:
        erased(party, who=BY_ITSELF, grant=None, because="", at=at)
    except NotYet:
        return False
    return True
