"""Families who are registered elsewhere: cared for where they live, found by it, and seen by the county of their hukou (SF206)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.permissions import Grant, Scope, Viewer, allowed, key_of, visible
from jiuzhu.casework.accounts.places import COUNTY_DIGITS, NATION
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.parties.queries import names
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue

OPERATION = "cases.registered_here"
LOCAL, COUNTY = "local_hukou", "home_county"  # comparisons that say whether, and where


def registered_elsewhere(household: public.Household, catalogue: Catalogue) -> dict[int, str]:
    """Members (by place) who are registered in another county than the one the family lives in, each with that county.

    The nation stands for a county nobody names, or that is none. Each thing is what its most trusted source says; of whom no source speaks is left
    out: not known is not elsewhere.
    """
    said: dict[int, dict[str, str]] = {}
    for one in public.cross_checked(household, catalogue):
        if one.comparison in (LOCAL, COUNTY):
            said.setdefault(one.member, {})[one.comparison] = one.words[0].value
    found = {}
    for member, words in said.items():
        county = words.get(COUNTY, "")
        if words.get(LOCAL) == "elsewhere" and county != household.division[:COUNTY_DIGITS]:
            found[member] = county if _is_county(county, household.as_of) else NATION
    return found


def _is_county(code: str, on: date) -> bool:
    return len(code) == COUNTY_DIGITS and code.isdecimal() and public.divisions().find(code, on=on) is not None


def lives_there_now(case: Case, county: str, *, registered: bool) -> None:
    """The family lives in another county from now on; part of the act that passes its case on.

    registered: it stays registered in the county it leaves. What a source says of a member's registration stays as it is; who is
    registered where they live now is registered elsewhere no more.
    """
    members = case.members.filter(until__isnull=True)
    if registered:
        members.filter(hukou_county="").update(hukou_county=case.division_code[:COUNTY_DIGITS])
    members.filter(hukou_county=county).update(hukou_county="")


@dataclass(frozen=True)
class CaredFor:
    """A family with members registered in the reader's divisions, cared for elsewhere. members: those registered here only."""

    case: Case
    members: tuple[Member, ...]
    grant: Grant


def cared_for_elsewhere(*, viewer: Viewer, at: datetime) -> QuerySet[Case]:
    """Cases in other counties of families with somebody registered in a division of the viewer's, the newest first."""
    here = visible(
        Member.objects.filter(until__isnull=True).exclude(hukou_county__in=("", NATION)), viewer, OPERATION, at=at,
        division="hukou_county", household="case__household_key",
    )  # fmt: skip
    return Case.objects.filter(pk__in=here.values("case")).order_by("-state", "-opened_at", "-pk")


def told(cases: list[Case], *, viewer: Viewer, at: datetime) -> list[CaredFor]:
    """Each of those cases with the members that are registered within the viewer's reach."""
    rows = (
        Member.objects.filter(case__in=cases, until__isnull=True).exclude(hukou_county__in=("", NATION)).select_related("party")
    )
    found: dict[int, tuple[Grant, list[Member]]] = {}
    standing = {one.pk: one for one in cases}
    for row in rows.order_by("pk"):
        household = standing[row.case_id].household_key
        grant = allowed(viewer, OPERATION, on=Scope(row.hukou_county, household=household), at=at)
        if grant is not None:
            found.setdefault(row.case_id, (grant, []))[1].append(row)
    return [CaredFor(one, tuple(found[one.pk][1]), found[one.pk][0]) for one in cases if one.pk in found]


def names_of(families: list[CaredFor], *, viewer: Viewer, at: datetime) -> dict[int, str]:
    """Row of a member to their name, where the grant opens what is personal; the registry writes the look down."""
    rows = [row for one in families if one.grant.opens("personal") for row in one.members]
    workspace = Path(settings.WORKSPACE)
    known: dict[int, public.Identity] = {}
    people = {row.pk: int(row.party.registry_person) for row in rows if row.party.registry_person.isdecimal()}
    if people and workspace.exists() and public.current(workspace) is not None:
        known = public.identities(workspace, list(people.values()), by=key_of(viewer), purpose=OPERATION, at=at)
    met = {key: name for one in families for key, name in names([row.party for row in one.members], grant=one.grant).items()}
    return {row.pk: met.get(row.party.key) or _name(known.get(people.get(row.pk, 0))) for row in rows}


def _name(identity: public.Identity | None) -> str:
    return identity.name if identity is not None else ""


def from_elsewhere() -> Q:
    """The condition that somebody of a case's family is registered elsewhere."""
    return Q(pk__in=Member.objects.filter(until__isnull=True).exclude(hukou_county="").values("case"))
