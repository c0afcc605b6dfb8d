"""`outreach.toml`, `sharing.toml`: which indicators say that somebody goes without a benefit, and who else is shown which needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.faults import clipped, nearest
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

OUTREACH, SHARING = "outreach.toml", "sharing.toml"
OF_ONE = ("place", "name", "need", "department", "since", "due")
COUNTED = ("township", "need", "families")


@dataclass(frozen=True)
class Benefit:
    """indicators: those that say somebody is entitled to it and does not have it. policy: the card that is told, "" for none."""

    code: str
    title: Title
    policy: str
    indicators: tuple[str, ...]
    basis: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class SharingLevel:
    """role: whom it serves. shows: the columns of the list, in order. counted: families stand as numbers, none by itself."""

    code: str
    title: Title
    role: str
    shows: tuple[str, ...]
    counted: bool
    basis: tuple[Mapping[str, str], ...]


@dataclass
class Outreach:
    benefits: dict[str, Benefit] = field(default_factory=dict)
    levels: dict[str, SharingLevel] = field(default_factory=dict)

    @property
    def by_indicator(self) -> Mapping[str, Benefit]:
        return {code: one for one in self.benefits.values() for code in one.indicators}

    @property
    def by_role(self) -> Mapping[str, SharingLevel]:
        return {one.role: one for one in self.levels.values()}


def read_outreach(folders: Iterable[Path], reading: Reading, policies: Collection[str]) -> Outreach:
    """policies: codes of the cards. That its indicators exist is looked at when these are known (`check_outreach`)."""
    found = Outreach()
    for folder in folders:
        if (folder / OUTREACH).is_file():
            _read_benefits(Source(folder / OUTREACH, reading.faults), found, reading, policies)
        if (folder / SHARING).is_file():
            _read_levels(Source(folder / SHARING, reading.faults), found, reading)
    return found


def check_outreach(
    found: Outreach, folders: Iterable[Path], indicators: Collection[str], roles: Collection[str], reading: Reading
) -> None:
    """Each indicator of a benefit exists, and each level serves a role of permissions.toml."""
    for folder in folders:
        if (folder / OUTREACH).is_file():
            source = Source(folder / OUTREACH, reading.faults)
            for code in source.data.get("benefits", {}):
                for name in found.benefits[code].indicators if code in found.benefits else ():
                    if name not in indicators:
                        told = f"indicator '{clipped(name)}' does not exist"
                        source.fault(("benefits", code, "indicators"), "indicator", told, nearest(name, indicators))
        if (folder / SHARING).is_file():
            source = Source(folder / SHARING, reading.faults)
            for code in source.data.get("levels", {}):
                if code in found.levels and (role := found.levels[code].role) not in roles:
                    told = f"role '{clipped(role)}' is not in permissions.toml"
                    source.fault(("levels", code, "role"), "role", told, nearest(role, roles))


def _read_benefits(source: Source, found: Outreach, reading: Reading, policies: Collection[str]) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("benefits", required=True):
        policy = keys.text("policy")
        if policy and policy not in policies:
            keys.fault("policy", "policy", f"policy '{clipped(policy)}' is not in policies.toml", nearest(policy, policies))
        one = Benefit(
            code, titled(keys), policy, keys.words("indicators", required=True), read_basis(keys, reading.laws, required=True)
        )
        keys.done()
        twice = [name for name in one.indicators if name in found.by_indicator]
        if twice:
            keys.fault("indicators", "twice", f"{', '.join(twice)} stands under another benefit too", "leave it under one")
        if reading.new("benefit", code, source):
            found.benefits[code] = one
    whole.done()


def _read_levels(source: Source, found: Outreach, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("levels", required=True):
        shows, counted = keys.words("shows", required=True), keys.flag("counted")
        for name in shows:
            if name not in (COUNTED if counted else OF_ONE):
                keys.fault(
                    "shows",
                    "column",
                    f"'{clipped(name)}' is not shown on this level",
                    nearest(name, COUNTED if counted else OF_ONE),
                )
        one = SharingLevel(
            code, titled(keys), keys.text("role", required=True), shows, counted, read_basis(keys, reading.laws, required=True)
        )
        keys.done()
        if one.role in found.by_role:
            keys.fault("role", "twice", f"role '{clipped(one.role)}' has another level too", "give a role one level")
        if reading.new("sharing level", code, source):
            found.levels[code] = one
    whole.done()
