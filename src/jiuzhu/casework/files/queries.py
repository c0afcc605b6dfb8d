"""What may be asked of a family's file once it is open: members, items, warnings with their evidence, and the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.accounts.permissions import Scope, Viewer, allowed_each, key_of, mask
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.queries import within_reach
from jiuzhu.casework.dispatch.witnesses import Witnesses, witnesses_of
from jiuzhu.casework.files.chain import Chain, chain_of
from jiuzhu.casework.files.checked import FactEvidence, facts_checked
from jiuzhu.casework.files.lanes import ChainAct, acts_of_steps
from jiuzhu.casework.files.opening import OPEN, Opening
from jiuzhu.casework.files.told import GroupTold, Lack, Line, groups_told, lacks
from jiuzhu.registry import public
from jiuzhu.registry.public import Family, Identity, Obligor
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Title


@dataclass(frozen=True)
class Member:
    """place: among the members. lines: item code to what is known of this member. tags: the titles of facts that hold."""

    place: int
    identity: Identity
    lines: Mapping[str, Line]
    tags: tuple[Title, ...]


@dataclass(frozen=True)
class Version:
    """A release in which a family may be read as it was."""

    release: str
    as_of: date


@dataclass(frozen=True)
class FamilyTold:
    """The file of a family in one release. head: what its household items say, by code. newest: not an earlier release."""

    opening: Opening
    family: Family
    members: tuple[Member, ...]
    obligors: tuple[tuple[Obligor, Identity | None], ...]
    groups: tuple[GroupTold, ...]
    warnings: tuple[Warning, ...]
    evidence: Witnesses
    facts: tuple[FactEvidence, ...]
    chain: Chain
    newest: bool

    @property
    def head(self) -> Mapping[str, Line]:
        return {line.item.code: line for group in self.groups for line in group.lines if line.member is None}

    @property
    def items(self) -> int:
        return sum(len(group.group.items) for group in self.groups)

    @property
    def answered(self) -> int:
        return sum(group.answered for group in self.groups)

    @property
    def old(self) -> int:
        return sum(group.old for group in self.groups)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Why it is not complete: all of them are the items without an answer."""
        return lacks(self.groups)

    @property
    def percent(self) -> int:
        return self.answered * 100 // self.items if self.items else 0


def family_told(*, viewer: Viewer, opening: Opening, at: datetime, release: str | None = None) -> FamilyTold:
    """The file of the family that was opened; in an earlier release as it was then, without what was done since.

    Raises NoHousehold, NoRelease where that release does not know the family.
    """
    who, workspace = key_of(viewer), settings.WORKSPACE
    family = public.read_family(workspace, opening.number, by=who, purpose=OPEN, at=at, release=release)
    groups = groups_told(family, opening.grant)
    known = _identities(family, opening, who, at)
    newest = release is None or release == public.current(workspace)
    warnings = _warnings(viewer, family, at)
    return FamilyTold(
        opening=opening,
        family=family,
        members=_members(family, groups, known),
        obligors=tuple((one, known.get(one.person)) for one in family.obligors),
        groups=groups,
        warnings=tuple(item for item in warnings if item.state == Warning.State.OPEN) if newest else (),
        evidence=witnesses_of(workspace=workspace, warnings=warnings if newest else (), catalogue=family.catalogue),
        facts=facts_checked(family, opening.grant),
        chain=chain_of(family, (*_signals(family, warnings), *acts_of_steps(viewer, opening.number, at))),
        newest=newest,
    )


def _identities(family: Family, opening: Opening, who: str, at: datetime) -> Mapping[int, Identity]:
    if not opening.grant.opens("personal"):
        return {}
    people = [*family.household.people, *(one.person for one in family.obligors)]
    return public.identities(settings.WORKSPACE, people, by=who, purpose=OPEN, at=at)


def _members(family: Family, groups: Sequence[GroupTold], known: Mapping[int, Identity]) -> tuple[Member, ...]:
    by_member: dict[int, dict[str, Line]] = {place: {} for place in range(len(family.household.people))}
    for group in groups:
        for line in group.lines:
            if line.member is not None:
                by_member[line.member][line.item.code] = line
    tags: dict[int, list[Title]] = {place: [] for place in by_member}
    for code in family.catalogue.family_file.tags:
        for told in family.facts[code]:
            if told.member is not None and told.value == "true":
                tags[told.member].append(family.catalogue.facts[code].title)
    return tuple(
        Member(place, known.get(person, Identity("", "")), by_member[place], tuple(tags[place]))
        for place, person in enumerate(family.household.people)
    )


def _warnings(viewer: Viewer, family: Family, at: datetime) -> list[Warning]:
    """Every warning of the family that the viewer may see, also on the register some of its members stand in."""
    registers = {row.columns.get("hukou_household_no", "") for row in family.household.rows.get("police_population", ())}
    numbers = {family.household.number, *registers} - {""}
    reach = within_reach(viewer=viewer, operation="warnings.list", at=at).filter(household_id__in=numbers)
    found = list(reach.order_by("-level", "due_on", "indicator_id", "warning_id"))
    grants = allowed_each(
        viewer, "warnings.list", on=[Scope(item.division_code, item.state, household=item.household_id) for item in found], at=at
    )
    return [mask(item, grant) for item, grant in zip(found, grants, strict=True)]


def _signals(family: Family, warnings: Sequence[Warning]) -> list[ChainAct]:
    return [
        ChainAct(
            "signals", item.first_seen, _title_of(family.catalogue, item.indicator_id), level=item.level, link=item.warning_id
        )
        for item in warnings
        if item.kind == "warning"
    ]


def _title_of(catalogue: Catalogue, indicator: str) -> Title:
    known = catalogue.indicators.get(indicator)
    return known.title if known is not None else Title(indicator, indicator)


def versions() -> tuple[Version, ...]:
    """The whole releases that are kept, newest first; the file of a family opens in those that know it."""
    workspace = Path(settings.WORKSPACE)
    found = [version for name in public.releases(workspace) if (version := _version(workspace, name)) is not None]
    return tuple(sorted(found, key=lambda version: (version.as_of, version.release), reverse=True))


@lru_cache(maxsize=4096)
def _version(workspace: Path, name: str) -> Version | None:
    """None for a release of some households only. A release never changes."""
    told = public.release(workspace, name)
    return None if told.only else Version(name, told.as_of)
