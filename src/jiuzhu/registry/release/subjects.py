"""Whom the positions of a release stand for: numbers of households, people by the vault, and the names of warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from jiuzhu.crypto.index import keyed_digest
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.households import ALONE
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.vault.vault import Vault

PURPOSE = "warning"


@dataclass(frozen=True)
class Subjects:
    """Positions of one release. kind: person, living or hukou."""

    release: Release

    @cached_property
    def persons(self) -> list[int]:
        """The person id of each position; below zero of a record that stands alone."""
        ids: list[int] = self._sealed["person"]
        return ids

    @cached_property
    def _sealed(self) -> Mapping[str, list[int]]:
        columns: Mapping[str, list[int]] = self.release.subjects().to_pydict()
        return columns

    @cached_property
    def _numbers(self) -> Mapping[str, list[Any]]:
        columns: Mapping[str, list[Any]] = self.release.numbers.to_pydict()
        return columns

    @cached_property
    def _hukou(self) -> list[str]:
        numbers: list[str] = self.release.hukou_numbers["number"].to_pylist()
        return numbers

    @cached_property
    def _places(self) -> Mapping[str, list[int]]:
        base = self.release.base
        return {
            "person": base.people["place"].to_pylist(),
            "living": base.households["place"].to_pylist(),
            "hukou": base.hukou["place"].to_pylist(),
        }

    @cached_property
    def _codes(self) -> list[str]:
        codes: list[str] = self.release.base.places["code"].to_pylist()
        return codes

    @cached_property
    def _homes(self) -> list[int]:
        homes: list[int] = self.release.base.people["household"].to_pylist()
        return homes

    @cached_property
    def _first(self) -> list[int]:
        first: list[int] = self.release.base.households["first"].to_pylist()
        return first

    @cached_property
    def _hukou_first(self) -> dict[int, int]:
        """The first member of each hukou household."""
        first: dict[int, int] = {}
        for person, hukou in enumerate(self.release.base.people["hukou"].to_pylist()):
            first.setdefault(hukou, person)
        return first

    def division(self, kind: str, position: int) -> str:
        return self._codes[self._places[kind][position]]

    def living(self, position: int) -> str:
        """The number of a living household; "" for somebody alone."""
        return str(self._numbers["number"][position])

    def person_of(self, kind: str, position: int) -> int:
        """The person a subject is, or who stands first in it."""
        if kind == "person":
            return position
        return self._first[position] if kind == "living" else self._hukou_first[position]

    def household_id(self, kind: str, position: int) -> str:
        """The number of the household a subject is or lives in."""
        if kind == "hukou":
            return self._hukou[position]
        return self.living(self._homes[position] if kind == "person" else position)

    def number(self, kind: str, position: int) -> str | None:
        """What a household is called; None for a person, and for a household of somebody alone."""
        if kind == "person" or (kind == "living" and self._numbers["kind"][position] == ALONE):
            return None
        return self.household_id(kind, position)

    def key(self, kind: str, position: int) -> tuple[str, str]:
        """What names a subject in every release alike, never shown to anybody."""
        number = self.number(kind, position)
        if number is not None:
            return (kind if kind == "hukou" else f"living {self._numbers['kind'][position]}", number)
        person = self.person_of(kind, position)
        record = self._sealed["record"][person]
        return (f"{kind} record", str(record)) if record else (f"{kind} person", str(self.persons[person]))

    def warning_id(self, indicator: str, kind: str, position: int) -> str:
        return named_warning(self.release.workspace, indicator, self.key(kind, position))


def named_warning(workspace: Workspace, indicator: str, key: tuple[str, str]) -> str:
    """The number of a warning, the same in every release. key: of its subject."""
    return keyed_digest(indicator, *key, keys=workspace.keys, purpose=PURPOSE)


def id_numbers(vault: Vault, persons: Sequence[int]) -> dict[int, str]:
    """The 18 characters of each person's number, of those who have one."""
    known = np.unique(np.array([person for person in persons if person > 0], dtype=np.int64))
    return {int(one): text for one, text in zip(known, vault.id_number_of(known), strict=True) if text}


def display_names(vault: Vault, persons: Iterable[int]) -> dict[int, str]:
    """One name a person, the first of those delivered; of a record that stands alone none."""
    return {person: names[0] for person, names in vault.names_of(one for one in persons if one > 0).items() if names}


def is_invented(workspace: Workspace) -> bool:
    """Whether everybody in the workspace is invented, so that numbers may be shown without a purpose."""
    return (workspace.folder / "invented").exists()
