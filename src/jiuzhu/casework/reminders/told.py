"""Which units are told of an indicator: those the catalogue routes it to, unless they chose otherwise, and those that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.reminders.models import Subscription
from jiuzhu.registry import public
from jiuzhu.rules.duties import ROUTED
from jiuzhu.rules.tree import Indicator

CIVIL_AFFAIRS = "民政"
LEAST = {"all": 1, "yellow": 2, "orange": 3, "red": 4}


def indicators() -> Mapping[str, Indicator]:
    """Of the release on the desk; before the first release the national ones."""
    workspace = Path(settings.WORKSPACE)
    return public.catalogue_of(workspace).indicators if public.current(workspace) else _national()


@lru_cache(maxsize=1)
def _national() -> Mapping[str, Indicator]:
    return public.catalogue().indicators


def is_declared(office: Office, indicator: Indicator) -> bool:
    """Whether the catalogue routes the indicator to units of this kind; the township is told by its tasks."""
    if office.department == CIVIL_AFFAIRS:
        return office.tier == "county" and "county" in indicator.route
    return ROUTED + office.department in indicator.route


@dataclass(frozen=True)
class Wish:
    """What holds for one unit and indicator. least: from which grade on it is told, 0 for never. chosen: by a row of its own."""

    least: int
    chosen: bool


def wish(office: Office, indicator: Indicator, chosen: Mapping[str, str]) -> Wish:
    """chosen: code of an indicator or scenario to the choice of this unit; the indicator's row goes before the scenario's."""
    choice = chosen.get(indicator.code, "declared")
    if choice == "declared":
        choice = chosen.get(indicator.scenario, "declared")
    if choice == "declared":
        return Wish(1 if is_declared(office, indicator) else 0, False)
    return Wish(LEAST.get(choice, 0), True)


def units(townships: Iterable[str]) -> dict[str, list[Office]]:
    """Township to the offices of its own division and of all above it, the nearest first."""
    codes = {one: [one, *places.above(one)] for one in townships}
    found: dict[str, list[Office]] = {}
    for office in Office.objects.filter(division_code__in={code for some in codes.values() for code in some}).order_by("pk"):
        found.setdefault(office.division_code, []).append(office)
    return {one: [office for code in some for office in found.get(code, [])] for one, some in codes.items()}


def choices(offices: Iterable[int]) -> dict[int, dict[str, str]]:
    """Office to what it chose by code."""
    made: dict[int, dict[str, str]] = {}
    for office, code, choice in Subscription.objects.filter(office__in=list(offices)).values_list("office", "code", "choice"):
        made.setdefault(office, {})[code] = choice
    return made


def told_of(indicator: Indicator, level: int, near: Iterable[Office], chosen: Mapping[int, Mapping[str, str]]) -> list[Office]:
    """The units that are told of warnings of that grade. near: those of the place, the nearest first.

    Of a department that is only named by the catalogue the nearest unit is told, as with a referral; a unit that asked is told
    whatever stands below it.
    """
    told: list[Office] = []
    routed: set[str] = set()
    for office in near:
        held = wish(office, indicator, chosen.get(office.pk, {}))
        if is_declared(office, indicator):
            if not held.chosen and office.department in routed:
                continue
            routed.add(office.department)
        if held.least and level >= held.least:
            told.append(office)
    return told
