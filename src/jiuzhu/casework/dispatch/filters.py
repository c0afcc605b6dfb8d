"""Choices of filters that somebody keeps, for themselves or for all of their division. Part of this step's actions and queries."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, powers, require
from jiuzhu.casework.accounts.places import above
from jiuzhu.casework.cases.queries import officer_of
from jiuzhu.casework.dispatch.models import SavedFilter
from jiuzhu.casework.trace.actions import Subject, record

KEPT = {
    "warnings": ("tab", "level", "side", "scenario", "indicator", "division", "since", "until", "order", "down"),
    "cases": ("tag", "class", "division", "closed", "unconfirmed"),
}


class NameTaken(ValueError):
    """The officer has a filter of that name already."""


class EmptyFilter(ValueError):
    """A filter without a name or without a condition says nothing."""


@transaction.atomic
def save_filter(*, of: str, name: str, words: str, shared: bool, by: Viewer, at: datetime) -> SavedFilter:
    """Keep the filter of an address under a name. words: the query of the address; only what filters is kept, no page, no search.

    Raises EmptyFilter, NameTaken, NotAllowed.
    """
    kept = urlencode([(key, value) for key, value in parse_qsl(words) if key in KEPT[of] and value])
    if not name.strip() or not kept:
        raise EmptyFilter("give the filter a name and at least one condition")
    officer = officer_of(by)
    grant = require(by, "filters.save", on=None, at=at)
    if officer is None:
        raise NotAllowed("filters.save: only an account keeps filters")
    told = {"owner": officer, "of": of, "name": name.strip()[:40], "words": kept, "division_code": grant.division_code}
    try:
        with transaction.atomic():
            made = SavedFilter.objects.create(**told, shared=shared, saved_at=at)
    except IntegrityError:
        raise NameTaken(f"you have a filter '{name.strip()}' already; choose another name, or remove that one") from None
    on = Subject("filter", str(made.pk), grant.division_code[:12])
    record("filters.save", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, after={"words": kept, "shared": shared})
    return made


@transaction.atomic
def remove_filter(*, saved: SavedFilter, by: Viewer, at: datetime) -> None:
    """Only its owner can. Raises NotAllowed."""
    officer = officer_of(by)
    grant = require(by, "filters.save", on=Scope(saved.division_code), at=at)
    if officer is None or saved.owner_id != officer.pk:
        raise NotAllowed("filters.save: it is somebody else's")
    on = Subject("filter", str(saved.pk), saved.division_code[:12])
    record("filters.save", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, before={"words": saved.words})
    saved.delete()


def saved_filters(*, viewer: Viewer, of: str, at: datetime) -> QuerySet[SavedFilter]:
    """One's own first, then those shared in a division of one's roles or above it."""
    officer = officer_of(viewer)
    if officer is None:
        return SavedFilter.objects.none()
    mine = {one.division_code for one in powers(viewer, at=at) if one.role not in ("anyone", "console")}
    reached = {place for code in mine for place in (code, *above(code))}
    found = SavedFilter.objects.filter(Q(owner=officer) | Q(shared=True, division_code__in=reached), of=of)
    return found.order_by("shared", "name")
