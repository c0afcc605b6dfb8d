"""Looks a family must not hear of yet: an investigation is protected while it lasts, half a year at most, and then told like all else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, key_of, require, visible
from jiuzhu.casework.accounts.sealed import new_key, sealed
from jiuzhu.casework.supervision.models import Investigation
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.models import Event

LONGEST = timedelta(days=183)
SHORTEST_REASON = 6
BECAUSE = "supervision_investigation.because"


class NotProtected(ValueError):
    """An investigation names who conducts it, why, and an end within half a year."""


@transaction.atomic
def begin(
    *, household: str, division_code: str, conducted_by: Iterable[str], because: str, until: datetime, by: Viewer, at: datetime
) -> Investigation:
    """Hold back from the family's own list what these accounts do about it from now on, and the viewer's part in it.

    Raises NotProtected, NotAllowed.
    """
    grant = require(by, "investigations.begin", on=Scope(division_code, household=household), at=at)
    who = sorted({key_of(by), *filter(None, (one.strip() for one in conducted_by))})
    if not household or len(because.strip()) < SHORTEST_REASON or not at < until <= at + LONGEST:
        raise NotProtected("say why in six signs or more, and until when: not longer than half a year")
    key = new_key("I")
    made = Investigation.objects.create(
        key=key, household=household, division_code=division_code, conducted_by=who, began_at=at, until=until,
        because=sealed(because.strip(), column=BECAUSE, about=key, of=household),
    )  # fmt: skip
    after = {"conducted_by": who, "until": until}
    record(
        "investigations.begin", by=actor(by, grant), at=at, on=_subject(made), purpose=grant.purpose, because=because, after=after
    )
    return made


@transaction.atomic
def release(*, investigation: Investigation, because: str, by: Viewer, at: datetime) -> Investigation:
    """End the protection now, so that the family is told of every look; what has ended already stays. Raises NotAllowed."""
    kept = Investigation.objects.select_for_update().get(pk=investigation.pk)
    on = Scope(kept.division_code, household=kept.household)
    grant = require(by, "investigations.release", on=on, at=at)
    if at < kept.until:
        before, kept.until = kept.until, max(at, kept.began_at + timedelta(microseconds=1))
        kept.released_by = key_of(by)
        kept.save(update_fields=["until", "released_by"])
        told = {"before": {"until": before}, "after": {"until": kept.until}}
        record(
            "investigations.release",
            by=actor(by, grant),
            at=at,
            on=_subject(kept),
            purpose=grant.purpose,
            because=because,
            **told,
        )
    return kept


def in_reach(*, viewer: Viewer, household: str, at: datetime) -> QuerySet[Investigation]:
    """Those of one family that the viewer could release, newest first."""
    reach = visible(
        Investigation.objects.filter(household=household), viewer, "investigations.release", at=at, household="household"
    )
    return reach.order_by("-began_at", "-pk")


def protecting(household: str, *, at: datetime) -> Sequence[Investigation]:
    """Those that hold something of this family back at that instant."""
    return list(Investigation.objects.filter(household=household, until__gt=at))


def is_held_back(event: Event, protecting: Sequence[Investigation]) -> bool:
    """Whether one of these investigations keeps the event from the family: its own people did it while it ran."""
    return any(event.who in one.conducted_by and one.began_at <= event.at for one in protecting)


def _subject(one: Investigation) -> Subject:
    return Subject("investigation", one.key, one.division_code[:12], household=one.household)
