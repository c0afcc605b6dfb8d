"""What a working rule says somewhere on a day, and what is proposed. Numbers in force are no secret: any act may ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, visible
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.rules.parameters import ancestors, trimmed


@dataclass(frozen=True)
class InForce:
    """value: None where none was found. division_code: whose number it is, trimmed; since: from which day it holds.

    change: the row of two persons it comes from; None for one of the catalogue.
    """

    value: Decimal | None
    division_code: str = ""
    since: date | None = None
    change: RuleChange | None = None


def in_force(rule: str, *, division: str, on: date) -> InForce:
    """The number of the nearest division with one, within it the newest; of one day, that of two persons before the catalogue's.

    Raises KeyError for a rule the catalogue does not have.
    """
    visiting().working.by_code[rule]
    changed: dict[str, RuleChange] = {}
    for one in RuleChange.objects.filter(rule=rule, state=RuleChange.State.RELEASED, holds_from__lte=on).order_by("holds_from"):
        changed[trimmed(one.division_code)] = one
    written = visiting().parameters.value("", rule, division, on)
    for place in ancestors(division):
        change = changed.get(place)
        row = written if written is not None and trimmed(written.division) == place else None
        if change is not None and change.holds_from is not None and (row is None or row.since <= change.holds_from):
            return InForce(Decimal(change.value), place, change.holds_from, change)
        if row is not None:
            return InForce(row.value, place, row.since)
    return InForce(None)


def number(rule: str, *, division: str, on: date) -> Decimal | None:
    """What an act asks for: the number in force; None where none was found, which an act says aloud and never guesses."""
    return in_force(rule, division=division, on=on).value


def whole(rule: str, *, division: str, on: date) -> int | None:
    """`number` of a rule that counts days or families."""
    found = number(rule, division=division, on=on)
    return None if found is None else int(found)


def changes(*, viewer: Viewer, at: datetime) -> QuerySet[RuleChange]:
    """What was proposed and decided in the viewer's division, below it and above it; newest first."""
    return visible(RuleChange.objects.all(), viewer, "rules.read", at=at).order_by("-made_at", "-pk")
