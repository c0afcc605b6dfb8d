"""What may be asked of people casework met. Names leave only with a grant that opens what is personal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Grant, Scope, Viewer, actor, require
from jiuzhu.casework.parties.actions import index_of
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.vocabulary.id_number import IdNumber


def of_person(registry_person: str) -> Party | None:
    """Whoever casework knows by the registry's number; None where it met nobody, or where the number is empty."""
    return Party.objects.filter(registry_person=registry_person).exclude(registry_person="").first()


@transaction.atomic
def find_by_number(*, viewer: Viewer, number: str, division_code: str, at: datetime) -> Party | None:
    """The one person with exactly that id number, wherever they live; the search is recorded before its answer leaves (A5).

    division_code: where the viewer looks from. Raises NotAllowed, IdNumberFault.
    """
    grant = require(viewer, "family.find_by_number", on=Scope(division_code), at=at)
    party = Party.objects.filter(id_index=index_of(IdNumber.parse(number).number)).first()
    on = Subject("person", party.key, division_code) if party else None
    record("family.find_by_number", by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    return party


def names(parties: Iterable[Party], *, grant: Grant) -> dict[str, str]:
    """Key of each party to its name, "" where none is known; nothing at all where the grant does not open what is personal."""
    if not grant.opens("personal"):
        return {}
    return {one.key: opened(one.name, column="parties_party.name", row=one.key) for one in parties}
