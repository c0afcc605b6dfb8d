"""Where somebody lives, as far as we know it."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Resident
from jiuzhu.casework.residents.queries import party_of, standings_of
from jiuzhu.portals.citizen import known
from jiuzhu.registry import public


def home(viewer: Resident, *, at: datetime) -> str:
    """The division in which their family lives, as their case or the newest release says; "" where nobody knows."""
    standing = next((one.case for one in standings_of(viewer, at=at) if one.own), None)
    if standing is not None:
        return standing.division_code
    household = party_of(viewer).registry_household
    if not household or public.current(known.workspace()) is None:
        return ""
    key = public.family_keys(known.workspace(), [household]).get(household)
    return public.family_of_key(known.workspace(), key)[1][:12] if key else ""
