"""Who somebody is: number, name and telephone held against what casework wrote down of them, and what departments delivered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.parties import actions as parties
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber
from jiuzhu.vocabulary.local_day import local_day
from jiuzhu.vocabulary.telephone import MOBILE, digits
from jiuzhu.vocabulary.text import compact

BY, PURPOSE = "residents", "own_account"
SELF = 14  # years; for whoever is younger a guardian acts


def proved(*, number: str, name: str, phone: str, at: datetime) -> Party | None:
    """The one person of that number, if name and telephone are theirs; None for everybody else, whatever of it does not fit.

    What an officer wrote down counts as what a department delivered does. Somebody casework has not met is met now. A child's
    guardian acts for it (K3). Raises IdNumberFault.
    """
    right, telephone = IdNumber.parse(number), digits(phone)
    born, today = right.birth_date, local_day(at)
    grown = (today.year - SELF, today.month, today.day) >= (born.year, born.month, born.day)
    if len(telephone) != MOBILE or not compact(name) or not grown:
        return None
    known = _delivered(right.number, name, telephone, at)
    found = _met(right.number, known)
    if found is None:
        return parties.met([str(known.person)], household=known.household, at=at)[0] if known and known.has_phone else None
    named = known is not None or _text(found, "name") == compact(name)
    reached = (known is not None and known.has_phone) or digits(_text(found, "phone")) == telephone
    return found if named and reached and found.erased_at is None else None


def _met(number: str, known: public.Recognised | None) -> Party | None:
    """Whom casework knows by that number, or by the person of the registry it is of: who belongs to a family before who does not."""
    index = parties.index_of(number)
    rows = list(Party.objects.filter(id_index=index))
    if known is not None:
        rows += Party.objects.filter(registry_person=str(known.person)).exclude(id_index=index)
    return next((one for one in rows if one.memberships.filter(until__isnull=True).exists()), rows[0] if rows else None)


def _delivered(number: str, name: str, phone: str, at: datetime) -> public.Recognised | None:
    workspace = Path(settings.WORKSPACE)
    if public.current(workspace) is None:
        return None
    return public.recognised(workspace, number, name=name, phone=phone, by=BY, purpose=PURPOSE, at=at)


def _text(party: Party, column: str) -> str:
    return compact(opened(getattr(party, column), column=f"parties_party.{column}", row=party.key))
