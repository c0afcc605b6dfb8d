"""One family, as its file tells it: under which key it is found, its rows in any release, its facts, its kin, its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jiuzhu.registry.comparison.of_family import Stated, stated
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.asked import reader_of
from jiuzhu.registry.public.opened import declarations, known, reading_of, release_of, vault_of
from jiuzhu.registry.release import family
from jiuzhu.registry.release.family import FactTold, Obligor
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.household import Household, NoHousehold
from jiuzhu.registry.release.listed_families import Listed, listed
from jiuzhu.registry.release.near import Near, near, own
from jiuzhu.registry.release.recognised import Recognised, Somebody, oldest_with_a_telephone
from jiuzhu.registry.release.recognised import recognised as recognised_in
from jiuzhu.registry.release.subjects import display_names, id_numbers, is_invented
from jiuzhu.registry.vault.looks import record_look
from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Family:
    """What one release knows of a family. catalogue: the declarations of that release, under which its rows are to be read."""

    household: Household
    facts: Mapping[str, tuple[FactTold, ...]]
    obligors: tuple[Obligor, ...]
    catalogue: Catalogue


@dataclass(frozen=True)
class Identity:
    """name: "" where none was delivered. number: masked unless it was asked for in full; "" where there is none."""

    name: str
    number: str


def family_keys(workspace: Path, numbers: Iterable[str]) -> dict[str, str]:
    """The key of each living household by its number; those the current release does not know are left out. Nobody is looked at."""
    reader = reader_of(str(workspace.absolute()), release_of(workspace, None))
    keys, answer = Workspace(workspace).keys, {}
    for number in dict.fromkeys(number for number in numbers if number):
        try:
            answer[number] = family.key_of(reader.division(reader.position(number)), number, keys=keys)
        except NoHousehold:
            continue
    return answer


def family_of_key(workspace: Path, key: str) -> tuple[str, str]:
    """Number and division of the household behind a key; nobody is looked at. Raises NoHousehold, NoRelease."""
    reader = reader_of(str(workspace.absolute()), release_of(workspace, None))
    number = family.number_of(reader, key, keys=Workspace(workspace).keys)
    return number, reader.division(reader.position(number))


def read_family(workspace: Path, number: str, *, by: str, purpose: str, at: datetime, release: str | None = None) -> Family:
    """All that a release knows of a family: the newest with what came since, or the one that is named.

    Facts are those that the file of a family tells, by the catalogue of that release. The look is written down before it leaves.
    Raises NoHousehold, NoRelease.
    """
    chosen: Release = reading_of(workspace).newest_of(number) if release is None else release_of(workspace, release)
    reader = reader_of(str(workspace.absolute()), chosen)
    position = reader.position(number)
    known = reader.read(position, number)
    catalogue = declarations(str(workspace.absolute()), chosen.manifest.catalogue)
    persons = reader.persons(position)
    obligors = family.obligors_of(chosen, reader, persons) if family.OBLIGORS in catalogue.relations else ()
    looked_at = sorted({one for one in (*known.people, *(other.person for other in obligors)) if one > 0})
    record_look(Workspace(workspace).vault, by=by, purpose=purpose, person_ids=looked_at, at=at)
    facts = family.facts_told(chosen, catalogue, catalogue.family_file.facts, position, persons)
    return Family(known, facts, obligors, catalogue)


def household_of(workspace: Path, id_number: str, *, by: str, purpose: str, at: datetime) -> str:
    """The number of the household in which the current release knows whoever has that id number, "" for nobody. The look is written
    down. Raises NoRelease.
    """
    chosen, _ = known(workspace, None)
    vault = vault_of(workspace)
    person = vault.find(id_number)
    vault.record_look(by=by, purpose=purpose, person_ids=[person] if person else [], at=at)
    return own(chosen, person) if person else ""


def near_households(workspace: Path, id_number: str, *, by: str, purpose: str, at: datetime) -> tuple[Near, ...]:
    """Households near to whoever has that number, by every record of the current release: its own, and those that share a register,
    an address, a telephone or an account with it. The look is written down. Raises NoRelease.
    """
    chosen, told = known(workspace, None)
    vault = vault_of(workspace)
    person = vault.find(id_number)
    vault.record_look(by=by, purpose=purpose, person_ids=[person] if person else [], at=at)
    return near(chosen, told, vault, person) if person else ()


def recognised(
    workspace: Path, id_number: str, *, name: str, phone: str, by: str, purpose: str, at: datetime
) -> Recognised | None:  # fmt: skip
    """Who has that number, if departments delivered that name of them; None for everybody else. Nothing of theirs leaves but the
    person id and the number of their household. The look is written down. Raises NoRelease.
    """
    vault = vault_of(workspace)
    person = vault.find(id_number)
    vault.record_look(by=by, purpose=purpose, person_ids=[person] if person else [], at=at)
    return recognised_in(release_of(workspace, None), vault, person, name=name, phone=phone) if person else None


def invented_resident(workspace: Path) -> Somebody | None:
    """Somebody to sign in as where everybody is invented; None where they are not, or nobody has a telephone."""
    return oldest_with_a_telephone(vault_of(workspace)) if is_invented(Workspace(workspace)) else None


def cross_checked(household: Household, catalogue: Catalogue) -> tuple[Stated, ...]:
    """What sources state of the same thing of a household's people, from the rows that were read with it (SF248)."""
    return stated(household, catalogue)


def identities(
    workspace: Path, people: Sequence[int], *, full: bool = False, by: str, purpose: str, at: datetime
) -> dict[int, Identity]:
    """Name and id number of people by their person ids; the look is written down before they leave. full: numbers unmasked."""
    wanted = sorted({person for person in people if person > 0})
    vault = vault_of(workspace)
    vault.record_look(by=by, purpose=purpose, person_ids=wanted, at=at)
    names, numbers = display_names(vault, wanted), id_numbers(vault, wanted)
    return {one: Identity(names.get(one, ""), _shown(numbers.get(one, ""), full)) for one in wanted}


def _shown(number: str, full: bool) -> str:
    return number if full or not number else f"{number[:4]}{'*' * 10}{number[14:]}"


def families_listed(workspace: Path) -> Listed:
    """The families of the low-income base in the current release: places, categories and days, no number and no name.

    Kept for the next who asks, since a release never changes. Raises NoRelease.
    """
    return _listed(str(workspace.absolute()), release_of(workspace, None).name)


@lru_cache(maxsize=2)
def _listed(workspace: str, name: str) -> Listed:
    return listed(*known(Path(workspace), name))


def family_numbers(workspace: Path, positions: Sequence[int]) -> list[str]:
    """What the living households at these positions of the current release are called; nobody is looked at. Raises NoRelease."""
    numbers = release_of(workspace, None).numbers["number"]
    return [str(numbers[position].as_py()) for position in positions]
