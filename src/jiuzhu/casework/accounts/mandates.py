"""Acting for a resident: only by a recorded mandate, for the programmes it names, until its end; staff who do are named as such (A12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.accounts.sealed import new_key
from jiuzhu.casework.trace.actions import Subject, record


class NoMandate(Exception):
    """No mandate covers this: there is none, it has ended, or it is of another household or programme."""


class WrongMandate(ValueError):
    """A mandate has a giver, another taker, a paper and an end."""


@transaction.atomic
def give(
    *, household: str, division_code: str, giver: str, taker: str | Officer, programmes: Iterable[str], paper: str, until: datetime,
    by: Viewer, at: datetime,
) -> Mandate:  # fmt: skip
    """Record that `giver` lets `taker` act for them in these programmes, every one if none is named, from now until then.

    giver, taker: keys of persons of the household; an officer as taker acts as staff for the resident. paper: the key of the signed
    document. Raises WrongMandate, NotAllowed.
    """
    grant = require(by, "mandates.give", on=Scope(division_code, household=household), at=at)
    officer = taker if isinstance(taker, Officer) else None
    key, who = new_key("M"), actor(by, grant)
    try:
        with transaction.atomic():
            made = Mandate.objects.create(
                key=key, household=household, division_code=division_code, giver=giver, taker="" if officer else str(taker),
                taker_officer=officer, programmes=sorted(set(programmes)), paper=paper, since=at, until=until, told_by=who.who,
            )  # fmt: skip
    except IntegrityError:
        raise WrongMandate("a mandate names its giver, somebody else as taker, the signed paper, and a later end") from None
    on = Subject("mandate", key, division_code[:12], household=household)
    after = {"giver": giver, "taker": officer.account if officer else taker, "programmes": made.programmes, "until": until}
    record("mandates.give", by=who, at=at, on=on, purpose=grant.purpose, after=after)
    return made


@transaction.atomic
def end(*, mandate: Mandate, because: str, by: Viewer, at: datetime) -> Mandate:
    """End a mandate now; what has ended already stays. Raises NotAllowed."""
    kept = Mandate.objects.select_for_update().get(pk=mandate.pk)
    grant = require(by, "mandates.end", on=Scope(kept.division_code, household=kept.household), at=at)
    if kept.until > at:
        before, who = kept.until, actor(by, grant)
        kept.until, kept.ended_by = max(at, kept.since), who.who
        kept.save(update_fields=["until", "ended_by"])
        on = Subject("mandate", kept.key, kept.division_code[:12], household=kept.household)
        told = {"until": kept.until}
        record("mandates.end", by=who, at=at, on=on, purpose=grant.purpose, because=because, before={"until": before}, after=told)
    return kept


def acting_for(*, taker: str | Officer, giver: str, household: str, programme: str, at: datetime) -> Mandate:
    """The mandate by which `taker` may act for `giver` in that programme now; its giver goes into `actor(…, acting_for=…)`, and
    `Scope(mandate=True)` rests on it. Raises NoMandate."""
    whose = Q(taker_officer=taker.pk) if isinstance(taker, Officer) else Q(taker=taker)
    live = Mandate.objects.filter(whose, giver=giver, household=household, since__lte=at, until__gt=at).order_by("since", "pk")
    for one in live:
        if not one.programmes or programme in one.programmes:
            return one
    raise NoMandate(f"no mandate lets them act here for programme {programme}; record the signed paper first")
